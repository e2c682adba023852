//! Secrets and signatures of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::domain::webhook::SecretError;

const PREFIX: &str = "whsec_";
/// Of the bytes of a secret, as the standard says.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
/// Of those that we make.
const BYTES: usize = 32;

/// A secret that signs, as it is written: `whsec_` and base64. Cannot print itself.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A random one.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = Zeroizing::new([0_u8; BYTES]);
        getrandom::fill(&mut *bytes).map_err(|_| SecretError::NoRandomness)?;
        Ok(Self(format!("{PREFIX}{}", BASE64.encode(*bytes)).into()))
    }

    /// The one that is written so.
    ///
    /// # Errors
    /// [`SecretError::Form`].
    pub fn parse(text: &SecretString) -> Result<Self, SecretError> {
        key(text.expose_secret()).map(|_| Self(text.clone()))
    }

    /// As it is written; a secret.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.0.expose_secret()
    }

    /// The signature of a message, in the form of the header.
    ///
    /// # Errors
    /// [`SecretError::Form`], never in truth.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String, SecretError> {
        let key = key(self.0.expose_secret())?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| SecretError::Form)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
    }
}

fn key(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Form)?;
    let bytes = BASE64.decode(encoded).map_err(|_| SecretError::Form)?;
    let bytes = Zeroizing::new(bytes);
    LENGTHS
        .contains(&bytes.len())
        .then_some(bytes)
        .ok_or(SecretError::Form)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(whsec_…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key is `0123456789abcdef01234567`; the expectation was computed by another program (Python's `hmac`).
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret = Secret::parse(&"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3".into()).unwrap();
        let signed = secret.sign("chg_7", 1_795_000_000, b"{\"type\":\"slot.created\"}");
        assert_eq!(
            signed.unwrap(),
            "v1,xeRCBKtM/45nIfoumZStMW09VlX5L+Ml9xqMzRdOKi8="
        );
    }

    #[test]
    fn a_secret_has_24_to_64_bytes_and_prints_nothing() {
        let of = |text: &str| Secret::parse(&text.to_owned().into()).map(|_| ());
        assert_eq!(
            of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
            Err(SecretError::Form)
        );
        assert_eq!(of("whsec_MDEy"), Err(SecretError::Form));
        assert_eq!(of("whsec_?"), Err(SecretError::Form));
        let secret = Secret::random().unwrap();
        assert_eq!(of(secret.shown()), Ok(()));
        assert!(!format!("{secret:?}").contains(&secret.shown()[6..]));
        assert_ne!(secret.shown(), Secret::random().unwrap().shown());
    }
}
