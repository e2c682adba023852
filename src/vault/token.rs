//! 256 random bits that stand for a session, an invitation or an address. Only their hash is kept. Cannot print themselves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::VaultError;

const BYTES: usize = 32;

/// 256 random bits, as base64.
#[derive(Debug)]
pub struct Token(SecretString);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new() -> Result<Self, VaultError> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
        Ok(Self(BASE64.encode(bytes).into()))
    }

    /// The one that somebody sends; `None` for what none of ours looks like.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // Longer ones are not even decoded.
        let decoded = (text.len() < 64).then(|| BASE64.decode(text).ok())??;
        (decoded.len() == BYTES).then(|| Self(text.to_owned().into()))
    }

    /// The one that a file's name begins with, `<token>.ics`, at an address that is the secret. `None` for what none of
    /// ours looks like.
    #[must_use]
    pub fn of_file(name: &str, ending: &str) -> Option<Self> {
        Self::read(name.strip_suffix(ending)?)
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// What every form of a session must send along. It opens nothing, and leads back to no token.
    #[must_use]
    pub fn form_token(&self) -> String {
        let text = self.0.expose_secret().as_bytes();
        let hash = Sha256::digest([b"form:".as_slice(), text].concat());
        BASE64.encode(&hash[..16])
    }

    /// The token itself; a secret.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_never_printed() {
        let token = Token::new().unwrap();
        let read = Token::read(token.text()).unwrap();
        assert_eq!(read.hash(), token.hash());
        assert_eq!(read.form_token(), token.form_token());
        assert!(!format!("{token:?}").contains(token.text()));
        assert!(!token.text().contains(&token.form_token()));
        for none in ["", "a", "!", &"A".repeat(44), &"A".repeat(1000)] {
            assert!(Token::read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_file_is_named_by_its_token_and_nothing_else() {
        let token = Token::new().unwrap();
        let text = token.text();
        let found = Token::of_file(&format!("{text}.ics"), ".ics").unwrap();
        assert_eq!(found.hash(), token.hash());
        assert_ne!(Token::new().unwrap().hash(), token.hash());
        let short = &text[..40];
        for other in [
            text.to_owned(),
            ".ics".to_owned(),
            format!("{short}.ics"),
            format!("{text}A.ics"),
            format!("{text}.ics.ics"),
            format!("../{text}.ics"),
            format!("{text}\0.ics"),
        ] {
            assert!(Token::of_file(&other, ".ics").is_none(), "{other:?}");
        }
    }
}
