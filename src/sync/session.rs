//! Step *session*, its end: what a run leaves behind of its conversation with the portal.

use secrecy::{ExposeSecret, SecretString};

use super::conversation::{Conversation, Parties};
use super::log::RunLog;
use super::{RunFailure, Syncer, refusal};
use crate::domain::secret_text;
use crate::portal::PortalError;
use crate::session::KeepError;
use crate::store::accounts::{Account, StoredPassword};
use crate::store::runs::SessionUsed;
use crate::vault::Purpose;

/// Keeps the session for the next run, or ends it if it is to be; an account that was refused is paused. Returns what
/// of the session is still to be written, with the run's record if there is one. Failures here do not change the
/// run's result; they are logged.
pub(super) async fn keep(
    parties: Parties<'_>,
    log: &mut RunLog,
    failure: Option<&RunFailure>,
) -> Option<SessionUsed> {
    let mut used = None;
    if let Some(conversation) = &mut log.conversation {
        if parties.syncer.live.get().rules.logout_after_run
            && let Err(error) = conversation.log_out(parties).await
        {
            tracing::warn!(%error, "not logged out after the run");
        }
        match keep_session(parties, conversation).await {
            Ok(kept) => used = kept,
            Err(error) => tracing::warn!(%error, "session not kept"),
        }
    }
    let portal_errors = failure.and_then(portal_error);
    if let Some(error) = portal_errors {
        refusal::take_down(parties.syncer, parties.account, error).await;
    }
    used
}

async fn keep_session(
    parties: Parties<'_>,
    conversation: &Conversation,
) -> Result<Option<SessionUsed>, KeepError> {
    let Parties {
        syncer, account, ..
    } = parties;
    let (usuario_id, cpf) = (account.usuario_id, &account.cpf);
    if let (Some(generation), Some(saved)) =
        (conversation.generation(), conversation.session().save())
    {
        let sessions = &syncer.sessions;
        let put = sessions.put_with_record(usuario_id, cpf, generation, saved.expose_json());
        return put.await;
    }
    if conversation.is_dropped() {
        syncer.sessions.forget(usuario_id).await;
    }
    Ok(None)
}

fn portal_error(failure: &RunFailure) -> Option<&PortalError> {
    match failure {
        RunFailure::Portal(error) => Some(error),
        RunFailure::Store(_)
        | RunFailure::Vault(_)
        | RunFailure::NoPassword
        | RunFailure::Stopped
        | RunFailure::LockLost
        | RunFailure::TimedOut
        | RunFailure::Panic(_) => None,
    }
}

/// What recognises the password of an account without telling it.
pub(super) fn fingerprint(syncer: &Syncer, account: &Account) -> Result<String, RunFailure> {
    let senha = password(syncer, account)?;
    let (cpf, senha) = (account.cpf.digits(), senha.expose_secret());
    let fingerprint = syncer.vault.fingerprint(cpf, senha);
    fingerprint.map_err(RunFailure::Vault)
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
