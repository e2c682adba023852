//! For whom something is done at the portal, and with what.

use std::sync::Arc;

use secrecy::SecretString;

use crate::credentials;
use crate::portal::Credentials;
use crate::session::CachedSession;
use crate::store::Store;
use crate::store::accounts::Account;
use crate::store::kept_sessions::KeptHere;
use crate::sync::run::failure::RunFailure;
use crate::sync::run::interrupt::Interrupts;
use crate::sync::syncer::Syncer;
use crate::sync::syncer::settings::Settings;

/// For whom something is done at the portal, and what may interrupt it.
#[derive(Clone, Copy)]
pub(in crate::sync) struct Context<'a> {
    pub(in crate::sync) syncer: &'a Syncer,
    pub(in crate::sync) account: &'a Account,
    pub(in crate::sync) interrupts: &'a Interrupts<'a>,
    /// Whether a person asked for it.
    pub(in crate::sync) by_hand: bool,
}

impl<'a> Context<'a> {
    pub(in crate::sync) fn store(&self) -> &'a Store {
        &self.syncer.store
    }

    /// As configured now.
    pub(in crate::sync) fn settings(&self) -> Arc<Settings> {
        self.syncer.settings.get()
    }

    /// The time-out starts again; false if the run would then take too long.
    pub(in crate::sync) fn renew_deadline(&self) -> bool {
        let timeout = self.settings().rules.run_timeout;
        self.interrupts.renew(timeout)
    }

    /// The session that is kept of the account; `here`: what the database has of it.
    pub(in crate::sync) async fn kept_session(
        &self,
        here: Option<&KeptHere>,
    ) -> Option<CachedSession> {
        let Account {
            usuario_id,
            cpf,
            credentials_since,
            ..
        } = self.account;
        let sessions = &self.syncer.sessions;
        let kept = sessions.find(*usuario_id, cpf, *credentials_since, here);
        kept.await
    }

    pub(super) fn credentials(&self) -> Result<Credentials, RunFailure> {
        Ok(Credentials {
            cpf: self.account.cpf.clone(),
            password: password(self.syncer, self.account)?,
            proven: self.account.proven,
        })
    }
}

/// The stored password of an account, or the one that a caller has brought in its stead.
pub(in crate::sync) fn password(
    syncer: &Syncer,
    account: &Account,
) -> Result<SecretString, RunFailure> {
    let stored = credentials::as_posted(&syncer.vault, account.usuario_id, &account.password);
    stored
        .map_err(RunFailure::Vault)?
        .ok_or(RunFailure::NoPassword)
}
