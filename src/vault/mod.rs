//! Encryption of secrets at rest: passwords and cached cookies. Which secrets are stored, and what
//! becomes of them when the key changes, is in [`credentials`](crate::credentials).
//!
//! XChaCha20-Poly1305, a fresh random nonce each time (24 bytes: no counter to keep), with purpose and
//! user bound in as associated data, so that a sealed value is of no use in another row. The text form
//! is `v1.<key id>.<base64 of nonce and ciphertext>`; the key id says which key to ask for.

mod error;
mod file;
mod key;
mod seal;
mod stream;
mod token;

pub use error::VaultError;
pub use file::KeyFileLock;
pub use key::generate;
pub use seal::{Purpose, Vault, key_file, sealing_key};
pub use stream::{Opening, Sealing, StreamKey};
pub use token::Token;
