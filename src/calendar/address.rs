//! A secret address, of which only the hash is kept. Cannot print itself.

use crate::config::Config;
use crate::vault::{Token, VaultError};

/// An address of a calendar.
#[derive(Debug)]
pub struct Address(Token);

impl Address {
    /// A random one. Only the caller knows it, and it cannot be shown again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new() -> Result<Self, VaultError> {
        Token::new().map(Self)
    }

    /// The one that a request names: `<token>.ics`. `None` for what none of ours looks like.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        Token::read(name.strip_suffix(".ics")?).map(Self)
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.0.hash()
    }

    /// The whole address; a secret.
    #[must_use]
    pub fn shown(&self, config: &Config) -> String {
        let base = config.http.public_address();
        format!("{base}/calendar/{}.ics", self.0.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_by_its_hash_and_prints_nothing() {
        let address = Address::new().unwrap();
        let token = address.0.text();
        assert!(!format!("{address:?}").contains(token));
        let found = Address::of_file(&format!("{token}.ics")).unwrap();
        assert_eq!(found.hash(), address.hash());
        assert_ne!(Address::new().unwrap().hash(), address.hash());
        let short = &token[..40];
        for other in [
            token.to_owned(),
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
