//! A login and nothing else, to learn whether the portal takes a password: by the same rules as a run, which may post the
//! same password, and never one that was refused or whose account is paused.

use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::conversation::Conversation;
use super::refusal;
use crate::domain::Origin;
use crate::domain::causes::in_a_line;
use crate::session::CachedSession;
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::control::UserLock;
use crate::sync::lock::{self, Admitted};
use crate::sync::run::failure::RunFailure;
use crate::sync::run::interrupt::Interrupts;
use crate::sync::syncer::Syncer;
use crate::sync::syncer::request::{Refusal, SyncRequest};

/// What became of it.
#[derive(Debug)]
pub enum Verified {
    /// The portal took the password.
    Accepted,
    /// It did not, or nobody knows.
    Failed(RunFailure),
    /// A sync of this user is running.
    Busy,
    /// No login may be attempted now.
    Refused(Refusal),
}

impl Syncer {
    /// Logs in once. The session is kept for the next run; a refused password pauses the account, as in a run.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails before the login begins.
    pub async fn verify(
        &self,
        usuario_id: i32,
        stop: &CancellationToken,
    ) -> Result<Verified, StoreError> {
        let Some(lock) = lock::take(self, usuario_id).await? else {
            return Ok(Verified::Busy);
        };
        let today = self.clock.today();
        let request = SyncRequest {
            usuario_id,
            window: None,
            from: today,
            to: today,
            tick: None,
            origin: Origin::Api,
        };
        let outcome = match lock::admit(self, &request, None, &lock).await {
            Ok(Admitted::Account(admitted)) => Ok(
                match self.log_in_once(&admitted.account, &lock, stop).await {
                    Ok(()) => Verified::Accepted,
                    Err(failure) => Verified::Failed(failure),
                },
            ),
            Ok(Admitted::Busy) => Ok(Verified::Busy),
            Ok(Admitted::Refused(refusal)) => Ok(Verified::Refused(refusal)),
            Err(error) => Err(error),
        };
        lock.release().await;
        outcome
    }

    async fn log_in_once(
        &self,
        account: &Account,
        lock: &UserLock,
        stop: &CancellationToken,
    ) -> Result<(), RunFailure> {
        let interrupts = Interrupts::new(stop, lock.lost(), self.settings.get().rules.run_timeout);
        let context = Context {
            syncer: self,
            account,
            interrupts: &interrupts,
            // Of many logins in a row none is so urgent that it may pass by the firewall's pause.
            by_hand: false,
        };
        let known = self.store.units(account.usuario_id, "").await?;
        let mut conversation = None;
        // What is asked is whether the password is good: a session that is kept would not tell, and is ended first, so
        // that the portal need not ask what to do about it.
        let since = account.credentials_since;
        let kept = self.sessions.get(account.usuario_id, &account.cpf, since);
        let kept = kept.await;
        let kept = kept.map(|kept| CachedSession {
            expired: true,
            ..kept
        });
        let opened = Conversation::begin(&mut conversation, context, known, kept, None).await;
        let opened = opened.map(|_| ());
        if let Some(conversation) = &mut conversation
            && let Some(used) = conversation.close_or_keep().await
        {
            let sealed = used.sealed.as_deref();
            let written = self.store.session_used(&used.cpf, used.generation, sealed);
            if let Err(error) = written.await {
                tracing::warn!(error = in_a_line(&error), "session not kept");
            }
        }
        if let Err(RunFailure::Portal(error)) = &opened {
            refusal::take_down(context, conversation.as_ref(), error).await;
        }
        opened
    }
}
