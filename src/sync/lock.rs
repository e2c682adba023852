//! Step *lock*: one sync per user at a time, everywhere; and whether a run may take place at all.

use super::{Origin, Refusal, SyncRequest, Syncer};
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::store::accounts::{Account, Pause};
use crate::store::control::UserLock;

/// Takes the user's lock; `None` if another sync of this user is running, in whatever process.
pub(super) async fn take(syncer: &Syncer, usuario_id: i32) -> Result<Option<UserLock>, StoreError> {
    syncer.control.try_lock(usuario_id).await
}

/// Loads the account under the lock, so that a pause or new credentials written before are seen.
pub(super) async fn account(
    syncer: &Syncer,
    request: &SyncRequest,
) -> Result<Result<Account, Refusal>, StoreError> {
    let usuario_id = request.usuario_id;
    let account = match syncer.store.account(usuario_id).await {
        Ok(Some(account)) => account,
        Ok(None) => return Ok(Err(Refusal::NoAccount(usuario_id))),
        // Waiting does not make it readable.
        Err(error @ StoreError::BadValue { .. }) => {
            return Ok(Err(Refusal::Unreadable(in_a_line(&error))));
        }
        Err(error) => return Err(error),
    };
    if !account.active {
        return Ok(Err(Refusal::Inactive(usuario_id)));
    }
    if request.origin == Origin::Schedule && !scheduled(&account, request.window.as_deref()) {
        return Ok(Err(Refusal::NotScheduled(usuario_id)));
    }
    Ok(not_paused(account))
}

/// The account, unless no login may be attempted with it now.
pub(super) fn not_paused(account: Account) -> Result<Account, Refusal> {
    match &account.pause {
        Some(pause) => Err(refusal(account.usuario_id, pause)),
        None => Ok(account),
    }
}

/// Whether the schedule may still run this window: it may have changed since the job was queued.
fn scheduled(account: &Account, window: Option<&str>) -> bool {
    let applies = match (&account.windows, window) {
        (Some(windows), Some(window)) => windows.iter().any(|name| name == window),
        (None, _) | (_, None) => true,
    };
    account.automatic && applies
}

fn refusal(usuario_id: i32, pause: &Pause) -> Refusal {
    let cure = match (pause.reason.as_str(), pause.until) {
        (_, Some(until)) => format!("it goes on after {}", until.format("%Y-%m-%d %H:%M UTC")),
        ("refused", None) => {
            format!("set the right password with: agendad users set-password --user {usuario_id}")
        }
        (_, None) => format!("when all is well: agendad users resume --user {usuario_id}"),
    };
    Refusal::Paused {
        usuario_id,
        reason: pause.reason.clone(),
        cure,
    }
}
