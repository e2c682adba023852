//! Why a secret cannot be sealed or opened.

use std::path::PathBuf;

fn no_key(is_empty: bool) -> &'static str {
    if is_empty {
        "is empty: put the copy of the key into it. If no password was stored and no backup made yet, as when the first start \
         was cut short, delete it: the next start makes a new one"
    } else {
        "is not base64 of 32 bytes: put the copy of the key into it"
    }
}

/// Why a secret cannot be sealed or opened. Carries no part of it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured key is not a key.
    #[error("vault.key is not base64 of 32 bytes (make one with: agendad vault init --print)")]
    BadKey,
    /// The key file holds something else.
    #[error("the key file {} {}", path.display(), no_key(*is_empty))]
    BadKeyFile {
        /// The file.
        path: PathBuf,
        /// Nothing at all: it may have been cut short when it was made.
        is_empty: bool,
    },
    /// The key file, or the lock beside it, cannot be read or made.
    #[error("the key file {} (under state_dir, AGENDAD_STATE_DIR) cannot be {action}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// `read`, `made`, `replaced` or `locked`.
        action: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Sealed with a key that is not on the ring.
    #[error(
        "the secret was sealed with key {sealed}, the configured key is {ours}; configure that key or set the secret anew"
    )]
    OtherKey {
        /// Id of the key that sealed it.
        sealed: String,
        /// Id of our key.
        ours: String,
    },
    /// Not a sealed value, or changed since, or of another user.
    #[error("the sealed secret is damaged or belongs to another user; set it anew")]
    Damaged,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}
