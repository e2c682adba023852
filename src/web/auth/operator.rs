//! The operator token: kept as its SHA-256, compared in constant time.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const HASHED: &str = "sha256:";

/// Recognises the operator token. The token itself is not kept.
#[derive(Debug)]
pub(crate) struct OperatorToken {
    hash: [u8; 32],
    mark: String,
}

impl OperatorToken {
    /// From the configured text: the token, or `sha256:` and its hash in hexadecimal.
    pub(crate) fn new(configured: &SecretString) -> Self {
        let text = configured.expose_secret();
        let hash = text.strip_prefix(HASHED).and_then(from_hex);
        let hash = hash.unwrap_or_else(|| Sha256::digest(text.as_bytes()).into());
        let mark = Sha256::digest([b"mark".as_slice(), &hash].concat());
        Self {
            hash,
            mark: hex::encode(&mark[..8]),
        }
    }

    /// Tells this token from another, and opens nothing: sessions carry it.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// Whether this is the token. The hashes are compared, so that not even its length shows.
    pub(crate) fn is(&self, token: &str) -> bool {
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        hash.ct_eq(&self.hash).into()
    }
}

fn from_hex(hex: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_recognised_whether_configured_plain_or_hashed() {
        let plain = OperatorToken::new(&"abc".to_owned().into());
        let hashed = OperatorToken::new(
            &"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                .to_owned()
                .into(),
        );
        for token in [&plain, &hashed] {
            assert!(token.is("abc"));
            for wrong in [
                "",
                "ab",
                "abcd",
                "ABC",
                "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ] {
                assert!(!token.is(wrong), "{wrong}");
            }
        }
        assert!(!format!("{plain:?}").contains("abc"));
    }
}
