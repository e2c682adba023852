//! Why stored passwords cannot be worked with.

use std::path::PathBuf;

use crate::store::StoreError;
use crate::vault::VaultError;
/// Why stored passwords cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Passwords are sealed, and there is no key.
    #[error(
        "{accounts} stored passwords are sealed with key {key_id}, and this machine has no key: put the key into {}, or set vault.key",
        path.display()
    )]
    NoKey {
        /// How many passwords.
        accounts: i64,
        /// Id of the key that most of them need.
        key_id: String,
        /// Where a key file would lie.
        path: PathBuf,
    },
    /// All passwords are sealed with another key.
    #[error(
        "{accounts} stored passwords are sealed with key {sealed}, but the key at hand is {ours}: configure that key (vault.key), or set the passwords anew"
    )]
    WrongKey {
        /// How many passwords.
        accounts: i64,
        /// Id of the key that most of them need.
        sealed: String,
        /// Id of our key.
        ours: String,
    },
    /// The key cannot be had.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
