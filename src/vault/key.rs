//! Keys and key rings. A ring's text is one or several keys (base64 of 32 bytes) with white space
//! between them: the first seals, all of them open. That is what makes a rotation safe to interrupt.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use hmac::{Hmac, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::VaultError;

const KEY_BYTES: usize = 32;

/// One key, ready for use.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) cipher: XChaCha20Poly1305,
    /// Eight hexadecimal digits that name the key and say nothing of it.
    pub(super) id: String,
    /// Keys the fingerprints of passwords; derived, so that it opens nothing.
    fingerprints: Zeroizing<[u8; KEY_BYTES]>,
}

/// The keys of a vault, never empty.
#[derive(Clone)]
pub(super) struct Ring {
    /// The key that seals.
    pub(super) first: Key,
    earlier: Vec<Key>,
}

impl Ring {
    /// Reads a ring's text.
    ///
    /// # Errors
    /// [`VaultError::BadKey`].
    pub(super) fn parse(text: &str) -> Result<Self, VaultError> {
        let mut keys = text.split_whitespace().map(Key::parse);
        let first = keys.next().ok_or(VaultError::BadKey)??;
        let earlier = keys.collect::<Result<_, _>>()?;
        Ok(Self { first, earlier })
    }

    /// The key of that id, if it is on the ring.
    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.all().find(|key| key.id == id)
    }

    /// All keys, the one that seals first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.first).chain(&self.earlier)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(BASE64.decode(text).map_err(|_| VaultError::BadKey)?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| VaultError::BadKey)?;
        let digest = Sha1::digest([b"agendad key id", bytes.as_slice()].concat());
        let id = hex::encode(&digest[..4]);
        let mut fingerprints = Zeroizing::new([0_u8; KEY_BYTES]);
        let derived = mac(&bytes)?.chain_update(b"agendad fingerprint of a password");
        fingerprints.copy_from_slice(&derived.finalize().into_bytes());
        Ok(Self {
            cipher,
            id,
            fingerprints,
        })
    }

    /// A keyed hash of the parts, with the key's id; none of them can be had from it, nor guessed without the key.
    ///
    /// # Errors
    /// [`VaultError::BadKey`], never in truth: the key has its length.
    pub(super) fn fingerprint(&self, parts: [&str; 2]) -> Result<String, VaultError> {
        let mut mac = mac(self.fingerprints.as_slice())?;
        for part in parts {
            mac.update(part.as_bytes());
            // No byte of UTF-8: parts cannot run into each other.
            mac.update(&[0xff]);
        }
        let hash = hex::encode(mac.finalize().into_bytes());
        Ok(format!("f1.{}.{hash}", self.id))
    }
}

fn mac(key: &[u8]) -> Result<Hmac<Sha256>, VaultError> {
    Hmac::new_from_slice(key).map_err(|_| VaultError::BadKey)
}

/// The text of a new key.
///
/// # Errors
/// [`VaultError::NoRandomness`].
pub fn generate() -> Result<Zeroizing<String>, VaultError> {
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(key.as_mut()).map_err(|_| VaultError::NoRandomness)?;
    Ok(Zeroizing::new(BASE64.encode(key.as_slice())))
}
