//! Sealing all of them: those in clear text, and with another key.

use secrecy::ExposeSecret;

use super::error::CredentialsError;
use super::posted::as_posted;
use crate::domain::{ActionKind, Cpf, Detail};
use crate::store::accounts::StoredPassword;
use crate::store::audit::{self, Action};
use crate::store::passwords::{Locked, begin_sealing, lock_clear, lock_sealed, write_sealed};
use crate::store::refusals::{Rekeyed, rekey};
use crate::store::webhooks;
use crate::store::{Store, StoreError, Transaction};
use crate::vault::{Purpose, Vault, VaultError};

/// What sealing anew did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resealed {
    /// Passwords now sealed with the first key.
    pub resealed: usize,
    /// Passwords that were already.
    pub already: usize,
    /// Accounts whose password no key at hand opens; left as they were.
    pub unopened: Vec<i32>,
    /// Secrets of webhooks now sealed with the first key.
    pub resealed_webhooks: usize,
    /// Webhooks of whose secrets no key at hand opens one.
    pub unopened_webhooks: Vec<i32>,
}

/// Seals every stored password, and every secret of a webhook, with the first key, in one transaction: all of them or none.
pub async fn reseal(
    store: &Store,
    vault: &Vault,
    actor: &str,
) -> Result<Resealed, CredentialsError> {
    let mut tx = begin_sealing(store).await?;
    let mut outcome = Resealed::default();
    let mut fresh = Vec::new();
    let mut rekeyed = Vec::new();
    for Locked {
        usuario_id,
        cpf,
        value,
    } in lock_clear(&mut tx).await?
    {
        let stored = StoredPassword::Clear(value);
        if let Some(password) = as_posted(vault, usuario_id, &stored)? {
            rekeyed.extend(by_other_keys(vault, &cpf, password.expose_secret())?);
        }
    }
    for Locked {
        usuario_id,
        cpf,
        value,
    } in lock_sealed(&mut tx).await?
    {
        let stored = StoredPassword::Sealed(value.clone());
        if let Ok(Some(password)) = as_posted(vault, usuario_id, &stored) {
            rekeyed.extend(by_other_keys(vault, &cpf, password.expose_secret())?);
        }
        match vault.reseal(Purpose::Password, usuario_id, &value) {
            Ok(Some(sealed)) => fresh.push((usuario_id, sealed)),
            Ok(None) => outcome.already += 1,
            Err(VaultError::OtherKey { .. } | VaultError::Damaged) => {
                outcome.unopened.push(usuario_id);
            }
            Err(
                error @ (VaultError::BadKey
                | VaultError::BadKeyFile { .. }
                | VaultError::KeyFile { .. }
                | VaultError::NoRandomness),
            ) => return Err(error.into()),
        }
    }
    outcome.resealed = fresh.len();
    write_sealed(&mut tx, &fresh, false).await?;
    reseal_webhooks(&mut tx, vault, &mut outcome).await?;
    rekey(&mut tx, &rekeyed).await?;
    let action = Action {
        actor,
        action: ActionKind::VaultRotate,
        usuario_id: None,
        details: [
            Detail::Key.with(vault.key_id()),
            Detail::Resealed.with(outcome.resealed),
        ]
        .into(),
    };
    audit::record(&mut tx, &action).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(outcome)
}

/// The secrets of webhooks too. One that cannot be opened with any key at hand is left as it is.
async fn reseal_webhooks(
    tx: &mut Transaction,
    vault: &Vault,
    outcome: &mut Resealed,
) -> Result<(), CredentialsError> {
    for mut row in webhooks::lock_secrets(tx).await? {
        for sealed in std::iter::once(&mut row.secret).chain(&mut row.old_secret) {
            match vault.reseal(Purpose::Webhook, row.id, sealed) {
                Ok(Some(fresh)) => {
                    *sealed = fresh;
                    outcome.resealed_webhooks += 1;
                }
                Ok(None) => {}
                Err(VaultError::OtherKey { .. } | VaultError::Damaged) => {
                    outcome.unopened_webhooks.push(row.id);
                }
                Err(
                    error @ (VaultError::BadKey
                    | VaultError::BadKeyFile { .. }
                    | VaultError::KeyFile { .. }
                    | VaultError::NoRandomness),
                ) => return Err(error.into()),
            }
        }
        webhooks::write_secrets(tx, &row).await?;
    }
    outcome.unopened_webhooks.dedup();
    Ok(())
}

/// A password as each key at hand but the first recognises it, to be recognised by the first.
fn by_other_keys(vault: &Vault, cpf: &str, password: &str) -> Result<Vec<Rekeyed>, VaultError> {
    let Ok(cpf) = Cpf::parse(cpf) else {
        return Ok(Vec::new());
    };
    let mut fingerprints = vault.fingerprints(cpf.digits(), password)?.into_iter();
    let Some(new) = fingerprints.next() else {
        return Ok(Vec::new());
    };
    let rekeyed = |old| Rekeyed {
        cpf: cpf.clone(),
        new: new.clone(),
        old,
    };
    Ok(fingerprints.map(rekeyed).collect())
}

/// Seals every clear-text password in one transaction; how many.
pub async fn seal_clear(
    store: &Store,
    vault: &Vault,
    actor: &str,
) -> Result<usize, CredentialsError> {
    let mut tx = begin_sealing(store).await?;
    let sealed = lock_clear(&mut tx)
        .await?
        .into_iter()
        .map(
            |Locked {
                 usuario_id, value, ..
             }| {
                let sealed = vault.seal(Purpose::Password, usuario_id, &value)?;
                Ok((usuario_id, sealed))
            },
        )
        .collect::<Result<Vec<_>, VaultError>>()?;
    write_sealed(&mut tx, &sealed, true).await?;
    let action = Action {
        actor,
        action: ActionKind::VaultSeal,
        usuario_id: None,
        details: [
            Detail::Key.with(vault.key_id()),
            Detail::Sealed.with(sealed.len()),
        ]
        .into(),
    };
    audit::record(&mut tx, &action).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(sealed.len())
}
