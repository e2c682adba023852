//! A probe of the portal with a user's login: under his lock and by the same rules as a run, because it
//! posts the same password. Nothing is read into the database.

use tokio_util::sync::CancellationToken;

use super::interrupt::Interrupts;
use super::lock::{self, Admitted};
use super::{Origin, Refusal, RunFailure, SyncRequest, Syncer, session};
use crate::portal::Credentials;
use crate::portal::probe::{self, ProbeStep};
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::control::UserLock;

/// What became of a probe.
#[derive(Debug)]
pub enum Probed {
    /// The portal was walked; `Err` says where the walk ended before its end.
    Walked(Result<(), RunFailure>),
    /// A sync of this user is running.
    Busy,
    /// No login may be attempted now.
    Refused(Refusal),
}

impl Syncer {
    /// Walks the portal with a user's login and shows each page to `tell`. A refused login pauses the
    /// account, as in a run. `although_paused`: a pause is no reason not to try.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails before the walk begins.
    pub async fn probe(
        &self,
        usuario_id: i32,
        although_paused: bool,
        stop: &CancellationToken,
        tell: impl FnMut(ProbeStep),
    ) -> Result<Probed, StoreError> {
        let Some(lock) = lock::take(self, usuario_id).await? else {
            return Ok(Probed::Busy);
        };
        let account = self.account_to_probe(usuario_id, although_paused, &lock);
        let outcome = match account.await {
            Ok(Admitted::Account(account)) => {
                let walk = self.walk(&account, &lock, stop, tell);
                Ok(Probed::Walked(walk.await))
            }
            Ok(Admitted::Busy) => Ok(Probed::Busy),
            Ok(Admitted::Refused(refusal)) => Ok(Probed::Refused(refusal)),
            Err(error) => Err(error),
        };
        lock.release().await;
        outcome
    }

    async fn account_to_probe(
        &self,
        usuario_id: i32,
        although_paused: bool,
        lock: &UserLock,
    ) -> Result<Admitted, StoreError> {
        let today = self.clock.today();
        let request = SyncRequest {
            usuario_id,
            window: None,
            from: today,
            to: today,
            tick: None,
            origin: Origin::Cli,
        };
        let account = lock::account(self, &request, lock).await?;
        if although_paused && matches!(account, Admitted::Refused(Refusal::Paused { .. })) {
            let account = self.store.account(usuario_id).await?.map(Box::new);
            let nobody = || Admitted::Refused(Refusal::NoAccount(usuario_id));
            return Ok(account.map_or_else(nobody, Admitted::Account));
        }
        Ok(account)
    }

    async fn walk(
        &self,
        account: &Account,
        lock: &UserLock,
        stop: &CancellationToken,
        tell: impl FnMut(ProbeStep),
    ) -> Result<(), RunFailure> {
        let settings = self.live.get();
        let credentials = Credentials {
            cpf: account.cpf.clone(),
            senha: session::password(self, account)?,
            proven: account.proven,
        };
        let interrupts = Interrupts::new(stop, lock.lost(), settings.rules.run_timeout);
        let walk = probe::walk(&settings.portal, credentials, self.clock.today(), tell);
        let walked = interrupts.or(walk).await?;
        if let Err(error) = &walked {
            session::pause(self, account, error).await;
        }
        walked.map_err(RunFailure::Portal)
    }
}
