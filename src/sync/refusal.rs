//! What an answer to a password means for the account: it is paused before anything else can try the password again.

use futures::FutureExt;

use super::{RunFailure, Syncer, persist, session};
use crate::portal::{AuthReason, PortalError, PortalErrorKind};
use crate::store::accounts::Account;
use crate::store::pauses::{PauseReason, Unexplained};

/// Whatever answers a password and is neither a way in nor a way that failed counts against it, whatever else it is
/// called in the run.
pub(super) async fn take_down(syncer: &Syncer, account: &Account, error: &PortalError) {
    let captcha_pause = Some(syncer.live.get().rules.captcha_pause);
    let outcome = match (error.kind(), error.answers_password()) {
        (PortalErrorKind::Auth(AuthReason::Refused), _) => {
            pause(syncer, account, PauseReason::Refused, None).await
        }
        (PortalErrorKind::Auth(AuthReason::Blocked), _) => {
            pause(syncer, account, PauseReason::Blocked, None).await
        }
        (PortalErrorKind::Auth(AuthReason::ChangePassword), _) => {
            pause(syncer, account, PauseReason::ChangePassword, None).await
        }
        (PortalErrorKind::Captcha, true) => match unexplained(syncer, account).await {
            Ok(Unexplained::Tolerated) => {
                pause(syncer, account, PauseReason::Captcha, captcha_pause).await
            }
            other => other.map(|_| ()),
        },
        (PortalErrorKind::Captcha, false) => {
            pause(syncer, account, PauseReason::Captcha, captcha_pause).await
        }
        (PortalErrorKind::Auth(AuthReason::Unexplained), _) | (_, true) => {
            unexplained(syncer, account).await.map(|_| ())
        }
        (
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. }
            | PortalErrorKind::SessionExpired
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout,
            false,
        ) => Ok(()),
    };
    // A pause that is lost means another try with the refused password.
    if let Err(error) = outcome {
        tracing::error!(%error, "account not paused");
    }
}

async fn unexplained(syncer: &Syncer, account: &Account) -> Result<Unexplained, RunFailure> {
    let fingerprint = session::fingerprint(syncer, account)?;
    let write = || {
        let counting = syncer.store.login_unexplained(account, &fingerprint);
        counting.boxed()
    };
    let found = persist::at_any_rate(write)
        .await
        .map_err(RunFailure::Store)?;
    match found {
        Unexplained::Condemned => tracing::warn!(
            reason = PauseReason::Unexplained.as_str(),
            "account paused: the portal let nobody in and did not say why"
        ),
        Unexplained::Tolerated => tracing::warn!(
            "the portal let nobody in and did not say why; the password was accepted before, so the next tick tries once more"
        ),
    }
    Ok(found)
}

async fn pause(
    syncer: &Syncer,
    account: &Account,
    reason: PauseReason,
    for_how_long: Option<std::time::Duration>,
) -> Result<(), RunFailure> {
    let fingerprint = session::fingerprint(syncer, account)?;
    let write = || {
        let store = &syncer.store;
        let pausing = store.pause_after_refusal(account, reason, for_how_long, &fingerprint);
        pausing.boxed()
    };
    if persist::at_any_rate(write)
        .await
        .map_err(RunFailure::Store)?
    {
        tracing::warn!(reason = reason.as_str(), "account paused");
    } else {
        tracing::info!("credentials changed meanwhile; account not paused");
    }
    Ok(())
}
