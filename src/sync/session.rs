//! Step *session*: cached cookies if the portal still honours them, else a login; afterwards the
//! cookies are kept, and an account that was refused is paused before anything else can try it again.

use futures::FutureExt;
use secrecy::{ExposeSecret, SecretString};

use super::interrupt::Interrupts;
use super::log::RunLog;
use super::{RunFailure, Syncer, persist};
use crate::domain::{Unit, secret_text};
use crate::portal::{AuthReason, Credentials, PortalError, PortalErrorKind, SavedCookies};
use crate::store::accounts::{Account, PauseReason, StoredPassword};
use crate::telemetry::metrics::names::SESSIONS_OPENED;
use crate::vault::Purpose;

/// Opens the conversation; the units of the search form are the proof that it is open.
pub(super) async fn open(
    syncer: &Syncer,
    account: &Account,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<Vec<Unit>, RunFailure> {
    let credentials = Credentials {
        cpf: account.cpf.clone(),
        senha: password(syncer, account)?,
        proven: account.proven,
    };
    let saved = syncer
        .sessions
        .get(account.usuario_id, &account.cpf)
        .await
        .and_then(|text| SavedCookies::from_json(text.expose_secret()).ok());
    let session = log
        .session
        .insert(syncer.live.get().portal.session(credentials, saved));
    let opened = interrupts.or(session.open()).await?;
    let how = match &opened {
        Ok(_) if session.stats().session_reused => "reused",
        Ok(_) => "login",
        Err(_) => "failed",
    };
    SESSIONS_OPENED.one([how]);
    opened.map_err(RunFailure::Portal)
}

/// Keeps what the run leaves behind: cookies, the proof of the credentials, or a pause. Failures here
/// do not change the run's result; they are logged.
pub(super) async fn keep(
    syncer: &Syncer,
    account: &Account,
    log: &mut RunLog,
    failure: Option<&RunFailure>,
) {
    let usuario_id = account.usuario_id;
    if let Some(session) = &log.session {
        match session.cookies() {
            Some(cookies) => {
                let kept = syncer
                    .sessions
                    .put(usuario_id, &account.cpf, cookies.expose_json());
                if let Err(error) = kept.await {
                    tracing::warn!(%error, "session not kept");
                }
                accepted(syncer, account, session.stats().logins).await;
            }
            None if is_over(failure) => syncer.sessions.forget(usuario_id).await,
            // A portal that could not be asked has not said that the cookies are dead.
            None => {}
        }
    }
    if let Some(RunFailure::Portal(error)) = failure {
        pause(syncer, account, error).await;
    }
}

fn is_over(failure: Option<&RunFailure>) -> bool {
    matches!(failure, Some(RunFailure::Portal(error)) if error.session_is_dropped())
}

async fn accepted(syncer: &Syncer, account: &Account, logins: u32) {
    if logins > 0
        && !account.proven
        && let Err(error) = syncer.store.credentials_accepted(account).await
    {
        tracing::warn!(%error, "accepted credentials not recorded");
    }
}

pub(super) async fn pause(syncer: &Syncer, account: &Account, error: &PortalError) {
    let (reason, for_how_long) = match error.kind() {
        PortalErrorKind::Auth(AuthReason::Refused) => (PauseReason::Refused, None),
        PortalErrorKind::Auth(AuthReason::Blocked) => (PauseReason::Blocked, None),
        PortalErrorKind::Captcha => (
            PauseReason::Captcha,
            Some(syncer.live.get().rules.captcha_pause),
        ),
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::SessionExpired
        | PortalErrorKind::Layout => return,
    };
    let write = || {
        let pausing = syncer
            .store
            .pause_after_refusal(account, reason, for_how_long);
        pausing.boxed()
    };
    // A pause that is lost means another try with the refused password.
    match persist::at_any_rate(write).await {
        Ok(true) => tracing::warn!(reason = reason.as_str(), "account paused"),
        Ok(false) => tracing::info!("credentials changed meanwhile; account not paused"),
        Err(error) => tracing::error!(%error, "account not paused"),
    }
}

pub(super) fn password(syncer: &Syncer, account: &Account) -> Result<SecretString, RunFailure> {
    match &account.senha {
        StoredPassword::Clear(text) => Ok(secret_text::without_marks(text.clone()).into()),
        StoredPassword::Sealed(sealed) => syncer
            .vault
            .unseal(Purpose::Password, account.usuario_id, sealed)
            .map(|text| secret_text::without_marks(text.expose_secret().to_owned()).into())
            .map_err(RunFailure::Vault),
        StoredPassword::Missing => Err(RunFailure::NoPassword),
    }
}
