//! Those who log in under a name of their own: their passwords (`password`), logging in (`login`), and invitations. The
//! same for dashboard and command line.

mod login;
mod password;

pub(crate) use login::{LoginError, log_in};
pub(crate) use password::{Hashed, PasswordError, hash, is_right};

use std::time::Duration;

use crate::config::Config;
use crate::store::staff::SessionTimeouts;
use crate::store::{Store, StoreError};
use crate::vault::{Token, VaultError};

/// For so long an invitation is good.
const INVITED_FOR: Duration = Duration::from_secs(4 * 3600);

/// How long sessions last, by the settings in force.
pub(crate) fn lasting(config: &Config) -> SessionTimeouts {
    SessionTimeouts {
        idle: config.http.session_idle,
        longest: config.http.session_longest,
    }
}

/// An invitation could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InviteError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Token(#[from] VaultError),
}

/// Makes an invitation to become an operator: an address that is good once. Only the caller knows it.
pub(crate) async fn invite(store: &Store, base: &str) -> Result<String, InviteError> {
    let token = Token::new()?;
    store.invite(&token.hash(), INVITED_FOR).await?;
    Ok(format!("{base}/primeiro-acesso?codigo={}", token.text()))
}
