//! A stored password as the portal gets it.

use secrecy::{ExposeSecret, SecretString};

use crate::domain::secret_text;
use crate::store::accounts::StoredPassword;
use crate::vault::{Purpose, Vault, VaultError};

/// The stored password as it is posted, which is how it is recognised too: a byte order mark that was stored along is no
/// part of it. `None` if none is stored.
///
/// # Errors
/// [`VaultError`] if it cannot be opened.
pub(crate) fn as_posted(
    vault: &Vault,
    usuario_id: i32,
    stored: &StoredPassword,
) -> Result<Option<SecretString>, VaultError> {
    let text = match stored {
        StoredPassword::Clear(text) => text.clone(),
        StoredPassword::Sealed(sealed) => {
            let opened = vault.unseal(Purpose::Password, usuario_id, sealed)?;
            opened.expose_secret().to_owned()
        }
        StoredPassword::Missing => return Ok(None),
    };
    Ok(Some(secret_text::without_marks(text).into()))
}
