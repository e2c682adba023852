//! *In what order?* One run of one window for one user: lock → session → scrape → upsert → mark
//! removed → record run. `run.rs` reads as that sentence; each step has a file of its own; `syncer.rs` is what the runs of a
//! process share.
//!
//! Architecture invariant: no SQL and no HTTP here; `record_run` is the only way out of a run.

mod lock;
mod mark_removed;
mod record_run;
mod remove;
mod run;
mod scrape;
mod session;
mod syncer;
mod upsert;

use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};

use crate::domain::Origin;
use crate::store::StoreError;
use crate::store::control::UserLock;

pub use lock::OwnCredentials;
pub use record_run::report::RunReport;
pub use remove::Removal;
pub use run::failure::RunFailure;
pub use run::interrupt::{Interrupts, MOST_TIMEOUTS};
pub use session::close::Closed;
pub use session::probe::Probed;
pub use session::unwritten::Unwritten;
pub use session::verify::Verified;
pub use syncer::Syncer;
pub use syncer::at_work::AtWork;

pub use syncer::request::{Progress, Refusal, SyncOutcome, SyncRequest, Watcher};
pub use syncer::settings::{CurrentSettings, Settings, SyncRules};

use lock::Admitted;
use run::Run;
use run::measure::Step;
use session::context::Context;

impl Syncer {
    /// Runs one window for one user. `stop` ends it between two requests; it is recorded all the same.
    ///
    /// # Errors
    /// [`StoreError`] only where the database fails before the run is recorded; everything later is
    /// part of the report.
    pub async fn sync(
        &self,
        request: &SyncRequest,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        self.sync_as(request, None, stop, watch).await
    }

    /// The same, with credentials and working days of the caller's; without, those of the user's account.
    ///
    /// # Errors
    /// As [`Syncer::sync`].
    pub async fn sync_as(
        &self,
        request: &SyncRequest,
        given: Option<&OwnCredentials>,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        let span = tracing::info_span!(
            "run",
            run_id = field::Empty,
            usuario_id = request.usuario_id,
            window = request.window.as_deref().unwrap_or("-"),
        );
        let sync = async {
            let Some(lock) = Step::Lock.of(lock::take(self, request.usuario_id)).await? else {
                return Ok(SyncOutcome::Busy);
            };
            let outcome = self.sync_locked(request, given, &lock, stop, watch).await;
            lock.release().await;
            outcome
        };
        sync.instrument(span).await
    }

    /// Under the user's lock: admits the account, opens the record, does the work, and records how it went.
    async fn sync_locked(
        &self,
        request: &SyncRequest,
        given: Option<&OwnCredentials>,
        lock: &UserLock,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        let admitted = match lock::admit(self, request, given, lock).await? {
            Admitted::Account(admitted) => admitted,
            Admitted::Busy => return Ok(SyncOutcome::Busy),
            Admitted::Refused(refusal) => return Ok(SyncOutcome::Refused(refusal)),
        };
        let account = &admitted.account;
        // Whoever has it otherwise may be at work, and their run would be closed as one of the dead.
        lock.check()?;
        let start = record_run::start(self, request, &account.cpf);
        let Some(record) = Step::RecordRun.of(start).await? else {
            return Ok(SyncOutcome::TickDone);
        };
        let interrupts = Interrupts::new(stop, lock.lost(), self.settings.get().rules.run_timeout);
        let context = Context {
            syncer: self,
            account,
            interrupts: &interrupts,
            by_hand: request.origin != Origin::Schedule,
        };
        // A run's future is as large as its deepest request.
        let report = Box::pin(Run::new(context, request, record, watch).carry_out()).await;
        Ok(SyncOutcome::Ran(Box::new(report)))
    }
}
