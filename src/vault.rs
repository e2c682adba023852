//! Encryption of secrets at rest: passwords and cached cookies.
//!
//! XChaCha20-Poly1305, a fresh random nonce each time (24 bytes: no counter to keep), with purpose and
//! user bound in as associated data, so that a sealed value is of no use in another row. The text form
//! is `v1.<key id>.<base64 of nonce and ciphertext>`; the key id says which key to ask for.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;

/// Seals and opens. Cannot print its key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key_id: String,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault(key {})", self.key_id)
    }
}

/// Why a secret cannot be sealed or opened. Carries no part of it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured key is not a key.
    #[error(
        "vault.key is not base64 of 32 bytes (make one with: head -c 32 /dev/urandom | base64)"
    )]
    BadKey,
    /// The key file cannot be read or made.
    #[error("the key file {} cannot be {action}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// `read` or `made`.
        action: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Sealed with another key.
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

/// What a sealed value is for; part of its associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A portal password.
    Password,
    /// Cached cookies.
    Cookies,
}

impl Purpose {
    fn associated_data(self, usuario_id: i32) -> String {
        let purpose = match self {
            Self::Password => "password",
            Self::Cookies => "cookies",
        };
        format!("agendad|{purpose}|{usuario_id}")
    }
}

impl Vault {
    /// The configured key; else the key file under `state_dir`, made at the first start.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], [`VaultError::KeyFile`].
    pub fn open(configured: Option<&SecretString>, state_dir: &Path) -> Result<Self, VaultError> {
        match configured {
            Some(key) => Self::from_base64(key.expose_secret()),
            None => Self::from_base64(&key_file(&state_dir.join("vault.key"))?),
        }
    }

    fn from_base64(text: &str) -> Result<Self, VaultError> {
        let key = Zeroizing::new(BASE64.decode(text.trim()).map_err(|_| VaultError::BadKey)?);
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| VaultError::BadKey)?;
        let digest = Sha1::digest([b"agendad key id", key.as_slice()].concat());
        let key_id = digest[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self { cipher, key_id })
    }

    /// Seals a secret for one user and purpose.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(
        &self,
        purpose: Purpose,
        usuario_id: i32,
        secret: &str,
    ) -> Result<String, VaultError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        let aad = purpose.associated_data(usuario_id);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: aad.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        let body = BASE64.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("v1.{}.{body}", self.key_id))
    }

    /// Opens a sealed secret of one user and purpose.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`], [`VaultError::Damaged`].
    pub fn unseal(
        &self,
        purpose: Purpose,
        usuario_id: i32,
        sealed: &str,
    ) -> Result<SecretString, VaultError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some("v1"), Some(key_id), Some(body)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(VaultError::Damaged);
        };
        if key_id != self.key_id {
            return Err(VaultError::OtherKey {
                sealed: key_id.to_owned(),
                ours: self.key_id.clone(),
            });
        }
        let bytes = BASE64.decode(body).map_err(|_| VaultError::Damaged)?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(VaultError::Damaged)?;
        let aad = purpose.associated_data(usuario_id);
        let payload = Payload {
            msg: sealed,
            aad: aad.as_bytes(),
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        String::from_utf8(plain)
            .map(SecretString::from)
            .map_err(|_| VaultError::Damaged)
    }
}

/// The key in `path`, made there (readable by the owner only) if there is none.
fn key_file(path: &Path) -> Result<Zeroizing<String>, VaultError> {
    let failed = |action| {
        move |source| VaultError::KeyFile {
            path: path.to_owned(),
            action,
            source,
        }
    };
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = Zeroizing::new([0_u8; 32]);
            getrandom::fill(key.as_mut()).map_err(|_| VaultError::NoRandomness)?;
            let text = Zeroizing::new(BASE64.encode(key.as_slice()));
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(failed("made"))?;
            }
            let mut options = std::fs::OpenOptions::new();
            match options.write(true).create_new(true).mode(0o600).open(path) {
                Ok(mut file) => {
                    file.write_all(text.as_bytes())
                        .and_then(|()| file.sync_all())
                        .map_err(failed("made"))?;
                    Ok(text)
                }
                // Another process has just made it.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    std::fs::read_to_string(path)
                        .map(Zeroizing::new)
                        .map_err(failed("read"))
                }
                Err(error) => Err(failed("made")(error)),
            }
        }
        Err(error) => Err(failed("read")(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: u8) -> Vault {
        Vault::from_base64(&BASE64.encode([byte; 32])).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_user_and_purpose_only() {
        let vault = vault(1);
        let sealed = vault.seal(Purpose::Password, 7, "segredo").unwrap();
        assert!(!sealed.contains("segredo"));
        assert_ne!(
            sealed,
            vault.seal(Purpose::Password, 7, "segredo").unwrap(),
            "nonces differ"
        );
        assert_eq!(
            vault
                .unseal(Purpose::Password, 7, &sealed)
                .unwrap()
                .expose_secret(),
            "segredo"
        );
        assert!(matches!(
            vault.unseal(Purpose::Password, 8, &sealed),
            Err(VaultError::Damaged)
        ));
        assert!(matches!(
            vault.unseal(Purpose::Cookies, 7, &sealed),
            Err(VaultError::Damaged)
        ));
    }

    #[test]
    fn another_key_and_damage_are_told_apart() {
        let sealed = vault(1).seal(Purpose::Password, 7, "segredo").unwrap();
        assert!(matches!(
            vault(2).unseal(Purpose::Password, 7, &sealed),
            Err(VaultError::OtherKey { .. })
        ));
        let damaged = sealed.replace("v1.", "v2.");
        assert!(matches!(
            vault(1).unseal(Purpose::Password, 7, &damaged),
            Err(VaultError::Damaged)
        ));
        assert!(matches!(
            Vault::from_base64("short"),
            Err(VaultError::BadKey)
        ));
    }

    #[test]
    fn the_first_start_makes_a_key_that_only_the_owner_reads() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let sealed = Vault::open(None, dir.path())
            .unwrap()
            .seal(Purpose::Password, 1, "x")
            .unwrap();
        assert!(
            Vault::open(None, dir.path())
                .unwrap()
                .unseal(Purpose::Password, 1, &sealed)
                .is_ok()
        );
        let mode = dir
            .path()
            .join("vault.key")
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
