//! Step *lock*: one sync per user and per person at a time, everywhere; and whether a run may take place at all. A
//! caller may bring credentials of their own, which need not stand in `configuracoes_detran`.

use secrecy::{ExposeSecret, SecretString};

use super::session::context::password;
use super::syncer::Syncer;
use super::syncer::at_work::Work;
use super::syncer::request::{Refusal, SyncRequest};
use crate::domain::causes::in_a_line;
use crate::domain::{Cpf, Origin, PauseOf, PauseReason, WorkingDays};
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::control::UserLock;
use crate::store::pause::Pause;
use crate::store::refusals::Standing;
use crate::store::unanswered::MOST_UNANSWERED;

/// What a caller brings instead of an account. Cannot print its password.
#[derive(Debug, Clone)]
pub struct OwnCredentials {
    /// CPF for the portal.
    pub cpf: Cpf,
    /// Password for the portal.
    pub password: SecretString,
    /// On which weekdays days are read.
    pub working_days: WorkingDays,
}

/// Whether a run may take place.
pub(super) enum Admitted {
    Account(Box<AdmittedAccount>),
    /// Not while another sync of the same person is running.
    Busy,
    /// Not now.
    Refused(Refusal),
}

/// An account, and the work for its person.
pub(super) struct AdmittedAccount {
    pub(super) account: Account,
    _work: Work,
}

impl Admitted {
    pub(super) fn account(account: Account, work: Work) -> Self {
        Self::Account(Box::new(AdmittedAccount {
            account,
            _work: work,
        }))
    }
}

/// Takes the user's lock; `None` if another sync of this user is running, in whatever process.
pub(super) async fn take(syncer: &Syncer, usuario_id: i32) -> Result<Option<UserLock>, StoreError> {
    syncer.control.try_lock(usuario_id).await
}

/// Whether a run may take place now, with the account's credentials or those that are given.
pub(super) async fn admit(
    syncer: &Syncer,
    request: &SyncRequest,
    given: Option<&OwnCredentials>,
    lock: &UserLock,
) -> Result<Admitted, StoreError> {
    match given {
        Some(given) => account_of_credentials(syncer, request.usuario_id, given, lock).await,
        None => stored_account(syncer, request, lock).await,
    }
}

/// Loads the account under the lock, so that a pause or new credentials written before are seen.
async fn stored_account(
    syncer: &Syncer,
    request: &SyncRequest,
    lock: &UserLock,
) -> Result<Admitted, StoreError> {
    let usuario_id = request.usuario_id;
    let account = match syncer.store.account(usuario_id).await {
        Ok(Some(account)) => account,
        Ok(None) => return Ok(Admitted::Refused(Refusal::NoAccount(usuario_id))),
        // Waiting does not make it readable.
        Err(error @ StoreError::BadValue { .. }) => {
            return Ok(Admitted::Refused(Refusal::Unreadable(in_a_line(&error))));
        }
        Err(error) => return Err(error),
    };
    if !account.active {
        return Ok(Admitted::Refused(Refusal::Inactive(usuario_id)));
    }
    if request.origin == Origin::Schedule && !scheduled(&account, request.window.as_deref()) {
        return Ok(Admitted::Refused(Refusal::NotScheduled(usuario_id)));
    }
    admit_person(syncer, account, lock).await
}

/// The account of a run with given credentials. If they are those that are stored, a pause counts, and a
/// refusal pauses. A refused password is tried once, whoever brings it.
async fn account_of_credentials(
    syncer: &Syncer,
    usuario_id: i32,
    given: &OwnCredentials,
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
        None => Account::brought(
            usuario_id,
            given.cpf.clone(),
            given.password.expose_secret().to_owned(),
            working_days,
        ),
    };
    admit_person(syncer, account, lock).await
}

fn same(syncer: &Syncer, stored: &Account, given: &OwnCredentials) -> bool {
    stored.cpf == given.cpf
        && password(syncer, stored)
            .is_ok_and(|password| password.expose_secret() == given.password.expose_secret())
}

/// Takes the person's lock too, and looks whether the password may be posted: not while the account is paused, nor
/// if the portal has refused this very password with this CPF, whoever stored it and for whichever user.
async fn admit_person(
    syncer: &Syncer,
    account: Account,
    lock: &UserLock,
) -> Result<Admitted, StoreError> {
    if !lock.try_person(&account.cpf).await? {
        return Ok(Admitted::Busy);
    }
    let Some(work) = syncer.at_work.begin(&account.cpf) else {
        return Ok(Admitted::Busy);
    };
    // Asked under the person's lock: what a run of another user has just been told is known.
    let fingerprints = fingerprints(syncer, &account);
    if let Some(reason) = syncer.unwritten.reason(&account.cpf, &fingerprints) {
        // Whether it can be written by now or not: what was read of the account does not know of it.
        if let Err(error) = syncer.write_refusals(&|| {}).await {
            let error = in_a_line(&error);
            tracing::warn!(error, "a refusal of the portal is still not written down");
        }
        let pause = Pause::without_end(reason);
        return Ok(Admitted::Refused(paused(account.usuario_id, &pause)));
    }
    let standing = syncer
        .store
        .standing(account.usuario_id, &account.cpf, &fingerprints);
    let mut standing = standing.await?;
    if standing.refused.is_none() && standing.unanswered >= MOST_UNANSWERED && !account.proven {
        let reason = PauseReason::Unexplained;
        if let Some(fingerprint) = fingerprints.first() {
            let store = &syncer.store;
            let given_up = store.give_up_password(&account.cpf, fingerprint, reason);
            given_up.await?;
        }
        tracing::warn!(
            "a password that the portal has never accepted is posted no more: the answers to it were lost"
        );
        standing.refused = Some(reason);
    }
    Ok(match objection(syncer, &account, &standing).await? {
        Some(refusal) => Admitted::Refused(refusal),
        None => {
            let account = Account {
                pause: None,
                ..account
            };
            Admitted::account(account, work)
        }
    })
}

async fn objection(
    syncer: &Syncer,
    account: &Account,
    standing: &Standing,
) -> Result<Option<Refusal>, StoreError> {
    let usuario_id = account.usuario_id;
    let older = standing
        .older
        .filter(|_| account.active && account.automatic);
    let stored = account.pause.as_ref();
    let is_duplicate = |pause: &Pause| pause.reason == PauseReason::DuplicateCpf;
    if older.is_some() || stored.is_some_and(is_duplicate) {
        syncer.store.settle_duplicates().await?;
    }
    if let Some(older) = older {
        return Ok(Some(Refusal::Paused {
            usuario_id,
            reason: PauseReason::DuplicateCpf,
            pause_of: PauseOf::Older(older),
        }));
    }
    if let Some(pause) = stored.filter(|pause| !is_duplicate(pause)) {
        return Ok(Some(paused(usuario_id, pause)));
    }
    if let Some(reason) = standing.refused {
        let since = account.credentials_since;
        let again = syncer.store.pause_again(usuario_id, since, reason);
        again.await?;
        tracing::warn!(
            reason = reason.as_str(),
            "account paused: the portal has refused this password before"
        );
        return Ok(Some(paused(usuario_id, &Pause::without_end(reason))));
    }
    let elsewhere = standing.paused_elsewhere.as_ref();
    Ok(elsewhere.map(|other| Refusal::Paused {
        usuario_id,
        reason: other.pause.reason,
        pause_of: PauseOf::Twin {
            usuario_id: other.usuario_id,
            until: other.pause.until,
        },
    }))
}

/// What recognises the stored password; nothing, if there is none that can be opened: then none can be posted.
fn fingerprints(syncer: &Syncer, account: &Account) -> Vec<String> {
    password(syncer, account)
        .ok()
        .and_then(|password| {
            let (cpf, password) = (account.cpf.digits(), password.expose_secret());
            syncer.vault.fingerprints(cpf, password).ok()
        })
        .unwrap_or_default()
}

/// Whether the schedule may still run this window: it may have changed since the job was queued.
fn scheduled(account: &Account, window: Option<&str>) -> bool {
    let applies = match (&account.windows, window) {
        (Some(windows), Some(window)) => windows.iter().any(|name| name == window),
        (None, _) | (_, None) => true,
    };
    account.automatic && applies
}

fn paused(usuario_id: i32, pause: &Pause) -> Refusal {
    Refusal::Paused {
        usuario_id,
        reason: pause.reason,
        pause_of: PauseOf::Itself(pause.until),
    }
}
