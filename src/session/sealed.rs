//! The form in which a session is kept, wherever that is: sealed for one user, and with it the CPF whose
//! login has earned it, because an account may be given another CPF.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::Cpf;
use crate::vault::{Purpose, Vault, VaultError};

/// Seals the cookies of a user who logged in with `cpf`.
pub(super) fn seal(
    vault: &Vault,
    usuario_id: i32,
    cpf: &Cpf,
    cookies: &str,
) -> Result<String, VaultError> {
    let text = Zeroizing::new(format!("{}\n{cookies}", cpf.digits()));
    vault.seal(Purpose::Cookies, usuario_id, &text)
}

/// The cookies; `None` if this is anything else than a session of this user and CPF, sealed with a key
/// at hand.
pub(super) fn open(
    vault: &Vault,
    usuario_id: i32,
    cpf: &Cpf,
    sealed: &str,
) -> Option<SecretString> {
    let text = vault.unseal(Purpose::Cookies, usuario_id, sealed).ok()?;
    let (owner, cookies) = text.expose_secret().split_once('\n')?;
    (owner == cpf.digits()).then(|| cookies.to_owned().into())
}
