//! What an answer to a password means for the account: it is paused before anything else can try the password again.

use std::time::Duration;

use futures::FutureExt;
use secrecy::ExposeSecret;

use super::context::{Context, password};
use crate::domain::PauseReason;
use crate::portal::{AuthReason, PortalError, PortalErrorKind};
use crate::store::pauses::Unexplained;
use crate::sync::failure::RunFailure;
use crate::sync::persist;

/// Whatever answers a password and is neither a way in nor a way that failed counts against it, whatever else it is
/// called in the run.
pub(in crate::sync) async fn take_down(context: Context<'_>, error: &PortalError) {
    let captcha_pause = Some(context.settings().rules.captcha_pause);
    let outcome = match (error.kind(), error.answers_password()) {
        (PortalErrorKind::Auth(AuthReason::Refused), _) => {
            pause(context, PauseReason::Refused, None).await
        }
        (PortalErrorKind::Auth(AuthReason::Blocked), _) => {
            pause(context, PauseReason::Blocked, None).await
        }
        (PortalErrorKind::Auth(AuthReason::ChangePassword), _) => {
            pause(context, PauseReason::ChangePassword, None).await
        }
        (PortalErrorKind::Captcha, true) => match unexplained(context).await {
            Ok(Unexplained::Tolerated) => pause(context, PauseReason::Captcha, captcha_pause).await,
            other => other.map(|_| ()),
        },
        (PortalErrorKind::Captcha, false) => {
            pause(context, PauseReason::Captcha, captcha_pause).await
        }
        (PortalErrorKind::Auth(AuthReason::Unexplained), _) | (_, true) => {
            unexplained(context).await.map(|_| ())
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

async fn unexplained(context: Context<'_>) -> Result<Unexplained, RunFailure> {
    let (store, account) = (context.store(), context.account);
    let fingerprint = fingerprint(context)?;
    let write = || store.login_unexplained(account, &fingerprint).boxed();
    let found = persist::retry_always(write).await?;
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
    context: Context<'_>,
    reason: PauseReason,
    for_how_long: Option<Duration>,
) -> Result<(), RunFailure> {
    let (store, account) = (context.store(), context.account);
    let fingerprint = fingerprint(context)?;
    let write = || {
        let pausing = store.pause_after_refusal(account, reason, for_how_long, &fingerprint);
        pausing.boxed()
    };
    if persist::retry_always(write).await? {
        tracing::warn!(reason = reason.as_str(), "account paused");
    } else {
        tracing::info!("credentials changed meanwhile; account not paused");
    }
    Ok(())
}

/// What recognises the password of the account without telling it.
fn fingerprint(context: Context<'_>) -> Result<String, RunFailure> {
    let (syncer, account) = (context.syncer, context.account);
    let senha = password(syncer, account)?;
    let (cpf, senha) = (account.cpf.digits(), senha.expose_secret());
    Ok(syncer.vault.fingerprint(cpf, senha)?)
}
