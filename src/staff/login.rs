//! Logging in with name and password. Whoever fails is told the same, whether somebody has the name or not, and it has
//! taken as long.

use std::time::Duration;

use secrecy::SecretString;

use super::password::{self, PasswordError};
use crate::domain::LoginName;
use crate::store::staff::{OpenedBy, SessionTimeouts};
use crate::store::{Store, StoreError};
use crate::vault::{Token, VaultError};

/// Longer texts are no login names; so much of them counts.
const COUNTED: usize = 200;

/// Somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginError {
    /// Name or password are wrong, or they may not log in.
    #[error("name or password are wrong")]
    Wrong,
    /// Too many wrong passwords under this name.
    #[error("too many wrong passwords under this name")]
    Locked(Duration),
    /// The password could not be looked at.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Token(#[from] VaultError),
}

/// Opens a session for whoever has this name and this password.
pub(crate) async fn log_in(
    store: &Store,
    typed: &str,
    password: SecretString,
    by: OpenedBy<'_>,
    lasting: SessionTimeouts,
) -> Result<Token, LoginError> {
    let name = LoginName::parse(typed).ok();
    let counted: String = match &name {
        Some(name) => name.as_str().to_owned(),
        None => typed.chars().take(COUNTED).collect(),
    };
    if let Some(rest) = store.guess_login(&counted).await? {
        tracing::warn!(
            address = by.address,
            "too many wrong passwords under one login name"
        );
        return Err(LoginError::Locked(rest));
    }
    let person = match &name {
        Some(name) => store.login_credentials(name).await?,
        None => None,
    };
    let kept = person.as_ref().map(|person| person.password_hash.clone());
    let is_right = password::is_right(password, kept).await?;
    let Some(person) = person.filter(|_| is_right) else {
        return Err(LoginError::Wrong);
    };
    let token = Token::new()?;
    let hash = token.hash();
    let opened = store.open_session(&person, &hash, by, lasting).await?;
    // Disabled, or given another password, meanwhile.
    opened.then_some(token).ok_or(LoginError::Wrong)
}
