//! What is kept of a session between runs.

use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::store::StoreError;
use crate::vault::VaultError;

/// A session that was kept. Cannot print its cookies.
#[derive(Debug)]
pub struct CachedSession {
    /// What was given to `SessionCache::put`.
    pub cookies: SecretString,
    /// Names the login that earned it.
    pub generation: i64,
    /// Older than `session.ttl` or than the account's credentials, or somebody asked for its end: good for nothing but a
    /// logout.
    pub expired: bool,
    /// What recognises it, if it lies in PostgreSQL and is sealed with the key that seals now: such a one need not be
    /// written again.
    pub mark: Option<SessionMark>,
}

/// Recognises a session that was kept, without its cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionMark {
    generation: i64,
    digest: [u8; 32],
}

impl SessionMark {
    /// Of what is given to `SessionCache::put`.
    #[must_use]
    pub fn of(generation: i64, cookies: &str) -> Self {
        Self {
            generation,
            digest: Sha256::digest(cookies).into(),
        }
    }
}

/// A session could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It could not be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
