//! The secret address at which a spreadsheet fetches the agenda: 256 random bits, of which only the hash is kept. Cannot
//! print itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::store::sheets::NewSheet;
use crate::store::{Store, StoreError};

const BYTES: usize = 32;

#[derive(Debug)]
pub(crate) struct Address(SecretString);

/// An address could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl Address {
    /// The one that a request names: `<token>.csv`. `None` for what none of ours looks like.
    pub(crate) fn of_file(name: &str) -> Option<Self> {
        let token = name.strip_suffix(".csv")?;
        let decoded = BASE64.decode(token).ok()?;
        (decoded.len() == BYTES).then(|| Self(token.to_owned().into()))
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The whole address; a secret.
    pub(crate) fn shown(&self, config: &Config) -> String {
        let base = config.http.public_address();
        format!("{base}/planilha/{}.csv", self.0.expose_secret())
    }
}

/// Makes an address. Only the caller knows it, and it cannot be shown again. Its number comes with it.
///
/// # Errors
/// [`AddressError`]; then nothing has changed.
pub(crate) async fn make(
    store: &Store,
    sheet: &NewSheet,
    actor: &str,
) -> Result<(i32, Address), AddressError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| AddressError::NoRandomness)?;
    let address = Address(BASE64.encode(bytes).into());
    let id = store.make_sheet(sheet, &address.hash(), actor).await?;
    Ok((id, address))
}
