//! Why a secret cannot be sealed or opened.

use std::path::PathBuf;

/// Why a secret cannot be sealed or opened. Carries no part of it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured key is not a key.
    #[error("vault.key is not base64 of 32 bytes (make one with: agendad vault init --print)")]
    BadKey,
    /// The key file cannot be read or made.
    #[error("the key file {} cannot be {action}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// `read`, `made` or `replaced`.
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
