//! Step *session*: the conversation with the portal, from the session that is kept or a login to what is kept for the
//! next run.

mod close;
mod conversation;
mod login;
mod probe;
pub(super) mod refusal;
mod units;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::interrupt::Interrupts;
use super::{RunFailure, Settings, Syncer};
use crate::domain::secret_text;
use crate::portal::Credentials;
use crate::session::KeptSession;
use crate::store::Store;
use crate::store::accounts::{Account, StoredPassword};
use crate::store::kept_sessions::KeptHere;
use crate::vault::Purpose;

pub use close::Closed;
pub(super) use conversation::Conversation;
pub use probe::Probed;

/// For whom something is done at the portal, and what may interrupt it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) syncer: &'a Syncer,
    pub(super) account: &'a Account,
    pub(super) interrupts: &'a Interrupts<'a>,
    /// Whether a person asked for it.
    pub(super) by_hand: bool,
}

impl<'a> Context<'a> {
    pub(super) fn store(&self) -> &'a Store {
        &self.syncer.store
    }

    /// As configured now.
    pub(super) fn settings(&self) -> Arc<Settings> {
        self.syncer.live.get()
    }

    /// The time-out starts again; false if the run would then take too long.
    pub(super) fn renew_deadline(&self) -> bool {
        let timeout = self.settings().rules.run_timeout;
        self.interrupts.renew(timeout)
    }

    /// The session that is kept of the account; `here`: what the database has of it.
    pub(super) async fn kept_session(&self, here: Option<&KeptHere>) -> Option<KeptSession> {
        let Account {
            usuario_id, cpf, ..
        } = self.account;
        self.syncer.sessions.find(*usuario_id, cpf, here).await
    }

    fn credentials(&self) -> Result<Credentials, RunFailure> {
        Ok(Credentials {
            cpf: self.account.cpf.clone(),
            senha: password(self.syncer, self.account)?,
            proven: self.account.proven,
        })
    }
}

/// The stored password of an account.
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
