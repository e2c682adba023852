//! A secret address: 256 random bits, of which only the hash is kept. Cannot print itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::error::CalendarError;
use crate::config::Config;

const BYTES: usize = 32;

/// An address of a calendar.
#[derive(Debug)]
pub struct Address(SecretString);

impl Address {
    /// A random one.
    pub(super) fn new() -> Result<Self, CalendarError> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| CalendarError::NoRandomness)?;
        Ok(Self(BASE64.encode(bytes).into()))
    }

    /// The one that a request names: `<token>.ics`. `None` for what none of ours looks like.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let token = name.strip_suffix(".ics")?;
        let decoded = BASE64.decode(token).ok()?;
        (decoded.len() == BYTES).then(|| Self(token.to_owned().into()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The whole address; a secret.
    #[must_use]
    pub fn shown(&self, config: &Config) -> String {
        let base = config.http.public_address();
        format!("{base}/calendar/{}.ics", self.0.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_by_its_hash_and_prints_nothing() {
        let address = Address::new().unwrap();
        let token = address.0.expose_secret().to_owned();
        assert!(!format!("{address:?}").contains(&token));
        let found = Address::of_file(&format!("{token}.ics")).unwrap();
        assert_eq!(found.hash(), address.hash());
        assert_ne!(Address::new().unwrap().hash(), address.hash());
        let short = &token[..40];
        for other in [
            token.clone(),
            ".ics".to_owned(),
            format!("{short}.ics"),
            format!("{token}A.ics"),
            format!("{token}.ics.ics"),
            format!("../{token}.ics"),
            format!("{token}\0.ics"),
        ] {
            assert!(Address::of_file(&other).is_none(), "{other:?}");
        }
    }
}
