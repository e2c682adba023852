//! What is kept of a session between runs.

use secrecy::SecretString;

use crate::store::StoreError;
use crate::vault::VaultError;

/// A session that was kept. Cannot print its cookies.
#[derive(Debug)]
pub struct KeptSession {
    /// What was given to `SessionCache::put`.
    pub cookies: SecretString,
    /// Names the login that earned it.
    pub generation: i64,
    /// Older than `session.ttl`, or somebody asked for its end: good for nothing but a logout.
    pub expired: bool,
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
