//! From a job to a run: what a tick does when its turn comes, and what becomes of the job.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::jobs::{JobEnd, SyncJob};
use crate::config::Config;
use crate::domain::{FailureKind, Window};
use crate::portal::BreakerState;
use crate::sync::failure::chain;
use crate::sync::{Origin, RunReport, SyncOutcome, SyncRequest, Syncer};

/// How long a job at most keeps its place while the portal rests, before it goes back to the queue.
/// Without this wait the whole queue would be taken out and put back over and over.
const WAIT_IN_PLACE: Duration = Duration::from_secs(2);
/// The shortest time back in the queue.
const SHORTEST_REST: Duration = Duration::from_secs(1);

/// Does the jobs.
#[derive(Debug)]
pub struct Worker {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    /// Held by the one run that tries out whether the portal answers again.
    probe: Arc<Semaphore>,
}

/// Whether the breaker lets a run begin.
enum Leave {
    Granted(Option<OwnedSemaphorePermit>),
    /// Not before then.
    Rest(Duration),
}

impl Worker {
    /// A worker for the windows that are configured when a job's turn comes.
    #[must_use]
    pub fn new(syncer: Arc<Syncer>, config: watch::Receiver<Arc<Config>>) -> Self {
        Self {
            syncer,
            config,
            probe: Arc::new(Semaphore::new(1)),
        }
    }

    fn window(&self, name: &str) -> Option<Window> {
        let config = self.config.borrow();
        config
            .windows
            .iter()
            .find(|window| window.name == name)
            .cloned()
    }

    fn busy_delay(&self) -> Duration {
        self.config.borrow().scheduler.busy_delay
    }

    /// Does one job. Never fails: a run that failed for the portal's reasons is a job that is done,
    /// because the next tick is its retry.
    pub async fn work(&self, job: &SyncJob, stop: &CancellationToken) -> JobEnd {
        let Some(window) = self.window(&job.window) else {
            tracing::info!(
                window = job.window,
                "job of a window that is no longer configured"
            );
            return JobEnd::Done;
        };
        // Held during the run: while it tries the portal out, the others wait.
        let _leave = match self.leave_in_time(stop).await {
            Ok(leave) => leave,
            Err(end) => return end,
        };
        let (from, to) = window.range(self.syncer.clock.today());
        let request = SyncRequest {
            usuario_id: job.usuario_id,
            window: Some(job.window.clone()),
            from,
            to,
            tick: Some(job.tick),
            origin: Origin::Schedule,
        };
        match self.syncer.sync(&request, stop, &|_| {}).await {
            Ok(SyncOutcome::Ran(report)) => self.end(&report, stop),
            Ok(SyncOutcome::Busy) => JobEnd::PutOff(self.busy_delay()),
            Ok(SyncOutcome::TickDone) => JobEnd::Done,
            Ok(SyncOutcome::Refused(refusal)) => {
                tracing::info!(usuario_id = job.usuario_id, window = job.window, %refusal, "tick refused");
                JobEnd::Done
            }
            Err(error) => {
                let error = chain(&error).join(": ");
                tracing::warn!(
                    usuario_id = job.usuario_id,
                    window = job.window,
                    error,
                    "run put off"
                );
                JobEnd::PutOff(self.busy_delay())
            }
        }
    }

    /// While the portal is down, jobs wait instead of failing by the thousand: a little here, then in
    /// the queue.
    async fn leave_in_time(
        &self,
        stop: &CancellationToken,
    ) -> Result<Option<OwnedSemaphorePermit>, JobEnd> {
        let rest = match self.leave() {
            Leave::Granted(leave) => return Ok(leave),
            Leave::Rest(rest) => rest,
        };
        tokio::select! {
            () = stop.cancelled() => return Err(JobEnd::Stopped),
            () = tokio::time::sleep(rest.min(WAIT_IN_PLACE)) => {}
        }
        match self.leave() {
            Leave::Granted(leave) => Ok(leave),
            Leave::Rest(rest) => Err(JobEnd::PutOff(rest.max(SHORTEST_REST))),
        }
    }

    /// After each cool-down one run tries the portal out.
    fn leave(&self) -> Leave {
        match self.syncer.live.get().portal.breaker().state() {
            BreakerState::Closed => Leave::Granted(None),
            BreakerState::Open { until } => {
                Leave::Rest(until.saturating_duration_since(Instant::now()))
            }
            BreakerState::HalfOpen => match Arc::clone(&self.probe).try_acquire_owned() {
                Ok(leave) => Leave::Granted(Some(leave)),
                Err(_) => Leave::Rest(WAIT_IN_PLACE),
            },
        }
    }

    fn end(&self, report: &RunReport, stop: &CancellationToken) -> JobEnd {
        match report.error.as_ref().map(|error| error.kind) {
            Some(FailureKind::Cancelled) if stop.is_cancelled() => JobEnd::Stopped,
            // Our own trouble, not the portal's: the tick has not had its run yet.
            Some(FailureKind::LockLost | FailureKind::Cancelled) => {
                JobEnd::PutOff(self.busy_delay())
            }
            Some(
                FailureKind::Network
                | FailureKind::Timeout
                | FailureKind::Unavailable
                | FailureKind::SessionExpired
                | FailureKind::Auth
                | FailureKind::Captcha
                | FailureKind::Layout
                | FailureKind::Database
                | FailureKind::Orphaned
                | FailureKind::Vault
                | FailureKind::Panic,
            )
            | None => JobEnd::Done,
        }
    }
}
