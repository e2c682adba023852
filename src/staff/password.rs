//! Passwords are kept as Argon2id, with what OWASP asks for at least. That costs memory and time, so that a few are
//! reckoned at once, and others wait for their turn for a while: a flood of guesses takes neither.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::domain::LoginName;
use crate::domain::login::{BadPassword, check_password};

/// 19 MiB, twice, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// So many are reckoned at once.
const AT_ONCE: usize = 2;
/// So long somebody waits for their turn.
const WAIT_FOR_TURN: Duration = Duration::from_secs(5);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// With what the password of a name that nobody has is compared, so that it takes as long.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| make("nobody's").ok());

/// A password as it is kept.
#[derive(Debug)]
pub(crate) struct Hashed(pub(crate) String);

/// A password could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// It is not good enough.
    #[error(transparent)]
    Bad(#[from] BadPassword),
    /// Too many wait.
    #[error("too many log in at once")]
    Busy,
    /// No random bytes, no memory.
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes a new password, if it may be one.
pub(crate) async fn hash(
    login: &LoginName,
    password: SecretString,
) -> Result<Hashed, PasswordError> {
    check_password(login, password.expose_secret())?;
    let turn = turn().await?;
    let hashed = tokio::task::spawn_blocking(move || make(password.expose_secret())).await;
    drop(turn);
    hashed.map_err(|_| PasswordError::Failed)?.map(Hashed)
}

/// Whether it is the password that is kept. Where none is, it takes as long to say no.
///
/// # Errors
/// [`PasswordError::Busy`], [`PasswordError::Failed`].
pub(crate) async fn is_right(
    password: SecretString,
    kept: Option<String>,
) -> Result<bool, PasswordError> {
    let turn = turn().await?;
    let compare = move || {
        let nobodys = NOBODYS.as_deref();
        let known = kept.as_deref().or(nobodys)?;
        let known = PasswordHash::new(known).ok()?;
        let password = password.expose_secret().as_bytes();
        let is_same = hasher()?.verify_password(password, &known).is_ok();
        Some(is_same && kept.is_some())
    };
    let compared = tokio::task::spawn_blocking(compare).await;
    drop(turn);
    compared
        .map_err(|_| PasswordError::Failed)?
        .ok_or(PasswordError::Failed)
}

async fn turn() -> Result<SemaphorePermit<'static>, PasswordError> {
    let turn = tokio::time::timeout(WAIT_FOR_TURN, TURNS.acquire()).await;
    turn.map_err(|_| PasswordError::Busy)?
        .map_err(|_| PasswordError::Busy)
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn make(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0_u8; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Failed)?;
    let hasher = hasher().ok_or(PasswordError::Failed)?;
    let hash = hasher.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| PasswordError::Failed)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[tokio::test]
    async fn a_password_is_kept_as_owasp_asks_and_recognised() {
        let login = LoginName::parse("maria").unwrap();
        let Hashed(kept) = hash(&login, secret("chuva no telhado")).await.unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        let right = |password, kept| is_right(secret(password), kept);
        assert!(right("chuva no telhado", Some(kept.clone())).await.unwrap());
        assert!(!right("chuva no telhado ", Some(kept)).await.unwrap());
        assert!(!right("nobody's", None).await.unwrap());
        let Hashed(again) = hash(&login, secret("chuva no telhado")).await.unwrap();
        assert!(right("chuva no telhado", Some(again)).await.unwrap());
        let bad = hash(&login, secret("maria")).await.unwrap_err();
        assert!(matches!(bad, PasswordError::Bad(_)), "{bad}");
    }
}
