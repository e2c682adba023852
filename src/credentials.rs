//! Portal passwords at rest, where vault and store meet: is the right key at hand, what is still in
//! clear text, storing a new password, sealing all of them anew. How a value is sealed is in [`vault`],
//! the rows are in [`store::passwords`].
//!
//! [`vault`]: crate::vault
//! [`store::passwords`]: crate::store::passwords

mod error;
mod posted;
mod sealing;

use std::path::Path;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::{Cpf, PauseReason, WorkingDays};
use crate::store::accounts::StoredPassword;
use crate::store::passwords::SealedBy;
use crate::store::pauses::Resumed;
use crate::store::settings::SettingsChange;
use crate::store::{Store, StoreError};
use crate::vault::{self, Purpose, Vault};

pub use error::CredentialsError;
pub(crate) use posted::as_posted;
pub use sealing::{Resealed, reseal, seal_clear};

/// How the stored passwords and the key fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordsAtRest {
    /// Sealed with a key that we have.
    pub sealed: i64,
    /// Sealed with keys that we lack: these accounts cannot log in.
    pub foreign: Vec<SealedBy>,
    /// In clear text, as the earlier application writes them.
    pub clear: i64,
}

/// The vault, made at the very first start: a key is never made where passwords wait for another one.
///
/// # Errors
/// [`CredentialsError`]: one sentence that says what to do.
pub async fn open_vault(
    configured: Option<&SecretString>,
    state_dir: &Path,
    store: &Store,
) -> Result<Vault, CredentialsError> {
    let Some(vault) = Vault::find(configured, state_dir)? else {
        return match store.sealed_by().await?.first() {
            None => Ok(Vault::open(configured, state_dir)?),
            Some(most) => Err(CredentialsError::NoKey {
                accounts: most.accounts,
                key_id: most.key_id.clone(),
                path: vault::key_file(state_dir),
            }),
        };
    };
    let passwords_at_rest = passwords_at_rest(store, &vault).await?;
    match passwords_at_rest.foreign.first() {
        Some(most) if passwords_at_rest.sealed == 0 && passwords_at_rest.clear == 0 => {
            Err(CredentialsError::WrongKey {
                accounts: most.accounts,
                sealed: most.key_id.clone(),
                ours: vault.key_id(),
            })
        }
        Some(_) | None => Ok(vault),
    }
}

/// Looks at what is stored.
pub async fn passwords_at_rest(
    store: &Store,
    vault: &Vault,
) -> Result<PasswordsAtRest, StoreError> {
    let (ours, foreign): (Vec<SealedBy>, Vec<SealedBy>) = store
        .sealed_by()
        .await?
        .into_iter()
        .partition(|by| vault.has_key(&by.key_id));
    Ok(PasswordsAtRest {
        sealed: ours.iter().map(|by| by.accounts).sum(),
        foreign,
        clear: store.clear_passwords().await?,
    })
}

impl PasswordsAtRest {
    /// What is not as it should be, in sentences that say what to do.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for SealedBy { key_id, accounts } in &self.foreign {
            warnings.push(Warning {
                found: format!(
                    "{accounts} passwords are sealed with key {key_id}, which is not configured: these accounts cannot log in"
                ),
                cure: "add that key to vault.key, or set the passwords anew",
            });
        }
        if self.clear > 0 {
            warnings.push(Warning {
                found: format!(
                    "{} passwords are stored in clear text by the earlier application",
                    self.clear
                ),
                cure: "once it no longer needs them: agendad vault seal",
            });
        }
        warnings
    }
}

/// Something about the passwords that is worth a look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} ({cure})")]
pub struct Warning {
    /// What is so.
    pub found: String,
    /// What to do.
    pub cure: &'static str,
}

/// What became of a change to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done. A new CPF or password has ended a pause after a refusal.
    Done,
    /// Done, but the password is the one that is stored already: a refused one is not tried again.
    SamePassword,
    /// Done, but the portal has refused this password with this CPF before: the account stays paused.
    RefusedBefore(PauseReason),
    NoAccount,
}

#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// The user whose it is; `None`: a new one, of this name and e-mail.
    pub usuario_id: Option<i32>,
    /// Name.
    pub nome: &'a str,
    /// E-mail.
    pub email: Option<&'a str>,
    pub cpf: &'a Cpf,
    pub days: WorkingDays,
}

/// Makes an account with its password, and switches it on. The user's number, and what became of the password: with this
/// CPF, the portal may have refused it before.
///
/// # Errors
/// [`CredentialsError`], [`StoreError::CpfTaken`] and [`StoreError::UserRefused`] in it.
pub async fn add_account(
    store: &Store,
    vault: &Vault,
    new: &NewAccount<'_>,
    password: &SecretString,
) -> Result<(i32, Changed), CredentialsError> {
    let added = store.add_user(new.usuario_id, new.nome, new.email, new.cpf, new.days);
    let user = added.await?;
    let active = SettingsChange {
        active: Some(true),
        ..SettingsChange::default()
    };
    let changed = change_account(store, vault, user, &active, Some(password)).await?;
    Ok((user, changed))
}

/// Changes an account, in one statement, so that no run sees a new CPF with an old password.
pub async fn change_account(
    store: &Store,
    vault: &Vault,
    usuario_id: i32,
    change: &SettingsChange<'_>,
    password: Option<&SecretString>,
) -> Result<Changed, CredentialsError> {
    loop {
        let Some((stored, since)) = store.password(usuario_id).await? else {
            return Ok(Changed::NoAccount);
        };
        let same = password.is_some_and(|password| is_stored(vault, usuario_id, &stored, password));
        let sealed = match password {
            Some(password) if !same => {
                Some(vault.seal(Purpose::Password, usuario_id, password.expose_secret())?)
            }
            Some(_) | None => None,
        };
        let change = SettingsChange {
            sealed: sealed.as_deref(),
            seen: Some(since),
            ..change.clone()
        };
        // Somebody else may have changed it meanwhile: look again.
        if store.change_settings(usuario_id, &change).await? {
            return if let Some(reason) = paused_again(store, vault, usuario_id, &change).await? {
                Ok(Changed::RefusedBefore(reason))
            } else if same {
                Ok(Changed::SamePassword)
            } else {
                Ok(Changed::Done)
            };
        }
    }
}

/// New credentials have ended a pause; if they are some that the portal has refused before, it goes on.
async fn paused_again(
    store: &Store,
    vault: &Vault,
    usuario_id: i32,
    change: &SettingsChange<'_>,
) -> Result<Option<PauseReason>, CredentialsError> {
    if change.cpf.is_none() && change.sealed.is_none() {
        return Ok(None);
    }
    let Some(stored) = stored(store, vault, usuario_id).await? else {
        return Ok(None);
    };
    let standing = store.standing(usuario_id, &stored.cpf, &stored.fingerprints);
    let standing = standing.await?;
    if let Some(reason) = standing.refused {
        let again = store.pause_again(usuario_id, stored.since, reason);
        again.await?;
    }
    Ok(standing.refused)
}

/// The credentials of an account, as far as they may be compared.
struct Stored {
    cpf: Cpf,
    /// What recognises the password; nothing, if it cannot be opened.
    fingerprints: Vec<String>,
    /// Recognises these credentials.
    since: DateTime<Utc>,
}

/// `None` if there is no account that can be read.
async fn stored(
    store: &Store,
    vault: &Vault,
    usuario_id: i32,
) -> Result<Option<Stored>, CredentialsError> {
    let account = match store.account(usuario_id).await {
        Ok(Some(account)) => account,
        Ok(None) | Err(StoreError::BadValue { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let password = as_posted(vault, usuario_id, &account.password);
    let fingerprints = password
        .ok()
        .flatten()
        .map(|password| vault.fingerprints(account.cpf.digits(), password.expose_secret()))
        .transpose()?;
    Ok(Some(Stored {
        cpf: account.cpf,
        fingerprints: fingerprints.unwrap_or_default(),
        since: account.credentials_since,
    }))
}

/// Remembers the passwords for which an earlier release has paused accounts. How many.
pub async fn remember_refusals(store: &Store, vault: &Vault) -> Result<usize, CredentialsError> {
    let mut remembered = 0;
    for (usuario_id, reason) in store.forgotten_refusals().await? {
        if let Some(stored) = stored(store, vault, usuario_id).await?
            && let Some(fingerprint) = stored.fingerprints.first()
        {
            let remember = store.remember_refusal(&stored.cpf, fingerprint, reason);
            remember.await?;
            remembered += 1;
        }
    }
    Ok(remembered)
}

/// Ends the pause of an account whose password the portal has refused: that password is posted once more. Writes down
/// who wished it. Several wrong passwords can make the portal block the account.
///
/// # Errors
/// [`CredentialsError`]; then nothing has changed.
pub async fn resume_with_same_password(
    store: &Store,
    vault: &Vault,
    usuario_id: i32,
    actor: &str,
) -> Result<Resumed, CredentialsError> {
    let Some(Stored {
        cpf, fingerprints, ..
    }) = stored(store, vault, usuario_id).await?
    else {
        return Ok(store.resume_account(usuario_id, actor).await?);
    };
    let resumed = store.resume_with_same_password(usuario_id, &cpf, &fingerprints, actor);
    Ok(resumed.await?)
}

/// Stores a password for the portal, and nothing else.
pub async fn set_password(
    store: &Store,
    vault: &Vault,
    usuario_id: i32,
    password: &SecretString,
) -> Result<Changed, CredentialsError> {
    let nothing_else = SettingsChange::default();
    change_account(store, vault, usuario_id, &nothing_else, Some(password)).await
}

/// Whether this is the password that is stored.
pub(crate) fn is_stored(
    vault: &Vault,
    usuario_id: i32,
    stored: &StoredPassword,
    password: &SecretString,
) -> bool {
    as_posted(vault, usuario_id, stored)
        .ok()
        .flatten()
        .is_some_and(|stored| stored.expose_secret() == password.expose_secret())
}
