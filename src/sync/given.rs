//! Step *lock* for a caller who brings the credentials: they need not stand in
//! `configuracoes_detran`, and what becomes of them does not concern what stands there.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::lock::{self, Admitted};
use super::{Refusal, Syncer, session};
use crate::domain::{Cpf, WorkingDays};
use crate::store::StoreError;
use crate::store::accounts::{Account, StoredPassword};
use crate::store::control::UserLock;

/// What a caller brings instead of an account. Cannot print its password.
#[derive(Debug, Clone)]
pub struct Given {
    /// CPF for the portal.
    pub cpf: Cpf,
    /// Password for the portal.
    pub senha: SecretString,
    /// On which weekdays days are read.
    pub working_days: WorkingDays,
}

/// The account of a run with given credentials. If they are those that are stored, a pause counts, and a
/// refusal pauses. A refused password is tried once, whoever brings it.
pub(super) async fn account(
    syncer: &Syncer,
    usuario_id: i32,
    given: &Given,
    lock: &UserLock,
) -> Result<Admitted, StoreError> {
    if !syncer.store.user_exists(usuario_id).await? {
        return Ok(Admitted::Refused(Refusal::NoAccount(usuario_id)));
    }
    let stored = match syncer.store.account(usuario_id).await {
        Ok(stored) => stored.filter(|stored| same(syncer, stored, given)),
        // What cannot be read is not what was given.
        Err(StoreError::BadValue { .. }) => None,
        Err(error) => return Err(error),
    };
    let working_days = given.working_days;
    let account = match stored {
        Some(stored) => Account {
            working_days,
            ..stored
        },
        None => Account {
            usuario_id,
            cpf: given.cpf.clone(),
            senha: StoredPassword::Clear(given.senha.expose_secret().to_owned()),
            proven: false,
            // No stored credentials are so old: none are paused or proven in their stead.
            credentials_since: DateTime::<Utc>::UNIX_EPOCH,
            working_days,
            pause: None,
            active: true,
            automatic: false,
            windows: None,
            units: None,
        },
    };
    lock::admit(syncer, account, lock).await
}

fn same(syncer: &Syncer, stored: &Account, given: &Given) -> bool {
    stored.cpf == given.cpf
        && session::password(syncer, stored)
            .is_ok_and(|senha| senha.expose_secret() == given.senha.expose_secret())
}
