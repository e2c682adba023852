//! Sealing of what is too long for one value: a backup. The same cipher, chunk by chunk, so that none can be changed,
//! left out, moved or cut off without notice (STREAM: a counter and a last-chunk mark are part of each nonce).

use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use serde::{Deserialize, Serialize};

use super::error::VaultError;
use super::seal::Vault;

/// The nonce without counter and mark.
const PREFIX_BYTES: usize = 19;

/// Which key seals a stream, and how it was begun; no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamKey {
    /// The key's id.
    pub key: String,
    /// Random, in hexadecimal digits.
    nonce: String,
}

/// Seals chunk after chunk.
pub struct Sealing {
    stream: EncryptorBE32<XChaCha20Poly1305>,
    context: Vec<u8>,
}

/// Opens chunk after chunk.
pub struct Opening {
    stream: DecryptorBE32<XChaCha20Poly1305>,
    context: Vec<u8>,
}

impl Vault {
    /// A new stream, under the key that seals.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn stream_key(&self) -> Result<StreamKey, VaultError> {
        // It will be kept for years: not under a key that another process has just retired.
        self.read_file_again();
        let mut nonce = [0_u8; PREFIX_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        Ok(StreamKey {
            key: self.key_id(),
            nonce: hex::encode(nonce),
        })
    }

    /// Seals a stream. `context` is what else must be as it was when it is opened.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`], [`VaultError::Damaged`].
    pub fn seal_stream(&self, key: &StreamKey, context: &[u8]) -> Result<Sealing, VaultError> {
        let (cipher, nonce) = self.parts(key)?;
        Ok(Sealing {
            stream: EncryptorBE32::from_aead(cipher, &nonce),
            context: context.to_vec(),
        })
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`], [`VaultError::Damaged`].
    pub fn open_stream(&self, key: &StreamKey, context: &[u8]) -> Result<Opening, VaultError> {
        let (cipher, nonce) = self.parts(key)?;
        Ok(Opening {
            stream: DecryptorBE32::from_aead(cipher, &nonce),
            context: context.to_vec(),
        })
    }

    fn parts(&self, key: &StreamKey) -> Result<(XChaCha20Poly1305, Prefix), VaultError> {
        let found = self.key(&key.key).ok_or_else(|| VaultError::OtherKey {
            sealed: key.key.clone(),
            ours: self.key_id(),
        })?;
        let bytes = hex::decode(&key.nonce).map_err(|_| VaultError::Damaged)?;
        let nonce = Prefix::try_from(bytes.as_slice()).map_err(|_| VaultError::Damaged)?;
        Ok((found.cipher, nonce))
    }
}

type Prefix = Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>;

impl Sealing {
    /// Seals the next chunk.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] after four thousand million chunks.
    pub fn next(&mut self, chunk: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = self.stream.encrypt_next(payload(chunk, &self.context));
        sealed.map_err(|_| VaultError::Damaged)
    }

    /// Seals the last one.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], never in truth.
    pub fn last(self, chunk: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = self.stream.encrypt_last(payload(chunk, &self.context));
        sealed.map_err(|_| VaultError::Damaged)
    }
}

impl Opening {
    /// Opens the next chunk.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn next(&mut self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let chunk = self.stream.decrypt_next(payload(sealed, &self.context));
        chunk.map_err(|_| VaultError::Damaged)
    }

    /// Opens the last one.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn last(self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let chunk = self.stream.decrypt_last(payload(sealed, &self.context));
        chunk.map_err(|_| VaultError::Damaged)
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing")
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opening")
    }
}

fn payload<'a>(msg: &'a [u8], aad: &'a [u8]) -> Payload<'a, 'a> {
    Payload { msg, aad }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::generate;

    fn vault() -> Vault {
        Vault::of(&generate().unwrap(), None).unwrap()
    }

    #[test]
    fn chunks_open_in_their_order_with_their_key_and_context_only() {
        let vault = vault();
        let key = vault.stream_key().unwrap();
        let mut sealing = vault.seal_stream(&key, b"header").unwrap();
        let (first, second) = (sealing.next(b"one").unwrap(), sealing.next(b"two").unwrap());
        let last = sealing.last(b"three").unwrap();
        let open = |context: &[u8]| vault.open_stream(&key, context).unwrap();

        let mut opening = open(b"header");
        assert_eq!(opening.next(&first).unwrap(), b"one");
        assert_eq!(opening.next(&second).unwrap(), b"two");
        assert_eq!(opening.last(&last).unwrap(), b"three");

        assert!(open(b"another").next(&first).is_err(), "another context");
        assert!(open(b"header").next(&second).is_err(), "a chunk left out");
        assert!(open(b"header").last(&first).is_err(), "cut off");
        let mut changed = first.clone();
        changed[0] ^= 1;
        assert!(open(b"header").next(&changed).is_err(), "changed");
        let stranger = Vault::of(&generate().unwrap(), None).unwrap();
        let other = stranger.open_stream(&key, b"header");
        assert!(matches!(other, Err(VaultError::OtherKey { .. })));
    }
}
