//! What an answer to a password means for the account: it is paused before anything else can try the password again.

use std::time::Duration;

use futures::FutureExt;
use secrecy::ExposeSecret;

use super::context::{Context, password};
use super::conversation::Conversation;
use super::unwritten::{Finding, Verdict};
use crate::domain::PauseReason;
use crate::domain::causes::in_a_line;
use crate::portal::{AuthReason, PortalError, PortalErrorKind};
use crate::store::accounts::{Account, StoredPassword};
use crate::sync::run::failure::RunFailure;
use crate::sync::run::persist;

/// A refusal is written down within this time, or kept until it can be: the examiner's lock is held meanwhile.
const TO_WRITE: Duration = Duration::from_secs(30);

/// Whatever answers a password and is neither a way in nor a way that failed counts against it, whatever else it is
/// called in the run.
pub(in crate::sync) async fn take_down(
    context: Context<'_>,
    conversation: Option<&Conversation<'_>>,
    error: &PortalError,
) {
    let captcha = context.settings().rules.captcha_pause;
    let in_a_row = 1 + conversation.map_or(0, |conversation| conversation.unexplained_before);
    let Some(finding) = finding(error, captcha, in_a_row) else {
        return;
    };
    let verdict = match verdict(context, finding) {
        Ok(verdict) => verdict,
        // A password that cannot be opened was not posted.
        Err(error) => return tracing::error!(%error, "account not paused"),
    };
    let write = || verdict.write(context.store()).boxed();
    let error = match tokio::time::timeout(TO_WRITE, persist::retry_always(write)).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => in_a_line(&error),
        Err(_) => format!("not written within {} s", TO_WRITE.as_secs()),
    };
    tracing::error!(
        error,
        "account not paused yet: the database does not take it; until it does, this process does not try the password again"
    );
    context.syncer.unwritten.keep(verdict);
}

/// Whether it condemns a password that the portal has never accepted.
pub(super) fn condemns(error: &PortalError) -> bool {
    match finding(error, Duration::ZERO, 1) {
        Some(Finding::Condemned(_) | Finding::Unexplained { .. }) => true,
        Some(Finding::Captcha(_)) | None => false,
    }
}

fn finding(error: &PortalError, captcha: Duration, in_a_row: i32) -> Option<Finding> {
    let condemned = |reason| Some(Finding::Condemned(reason));
    let unexplained = |captcha| Some(Finding::Unexplained { in_a_row, captcha });
    match (error.kind(), error.answers_password()) {
        (PortalErrorKind::Auth(AuthReason::Refused), _) => condemned(PauseReason::Refused),
        (PortalErrorKind::Auth(AuthReason::Blocked), _) => condemned(PauseReason::Blocked),
        (PortalErrorKind::Auth(AuthReason::ChangePassword), _) => {
            condemned(PauseReason::ChangePassword)
        }
        (PortalErrorKind::Captcha, true) => unexplained(Some(captcha)),
        (PortalErrorKind::Captcha, false) => Some(Finding::Captcha(captcha)),
        (PortalErrorKind::Auth(AuthReason::Unexplained), _) | (_, true) => unexplained(None),
        (
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. }
            | PortalErrorKind::SessionExpired
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout,
            false,
        ) => None,
    }
}

/// With what recognises the password of the account without telling it.
fn verdict(context: Context<'_>, finding: Finding) -> Result<Verdict, RunFailure> {
    let (syncer, account) = (context.syncer, context.account);
    let password = password(syncer, account)?;
    let (cpf, password) = (account.cpf.digits(), password.expose_secret());
    Ok(Verdict {
        fingerprint: syncer.vault.fingerprint(cpf, password)?,
        account: Account {
            password: StoredPassword::Missing,
            ..account.clone()
        },
        finding,
    })
}
