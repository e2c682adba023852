//! The secret address at which a spreadsheet fetches the agenda, of which only the hash is kept. Cannot print itself.

use crate::config::Config;
use crate::vault::{Token, VaultError};

#[derive(Debug)]
pub(crate) struct Address(Token);

impl Address {
    /// A random one. Only the caller knows it, and it cannot be shown again.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub(crate) fn new() -> Result<Self, VaultError> {
        Token::new().map(Self)
    }

    /// The one that a request names: `<token>.csv`. `None` for what none of ours looks like.
    pub(crate) fn of_file(name: &str) -> Option<Self> {
        Token::read(name.strip_suffix(".csv")?).map(Self)
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.0.hash()
    }

    /// The whole address; a secret.
    pub(crate) fn shown(&self, config: &Config) -> String {
        let base = config.http.public_address();
        format!("{base}/planilha/{}.csv", self.0.text())
    }
}
