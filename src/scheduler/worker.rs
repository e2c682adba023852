//! From a job to a run: what a tick does when its turn comes, and what becomes of the job.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::jobs::{JobEnd, SyncJob};
use crate::config::Config;
use crate::domain::{FailureKind, Window};
use crate::portal::BreakerState;
use crate::sync::failure::chain;
use crate::sync::{Origin, RunReport, SyncOutcome, SyncRequest, Syncer};

/// Does the jobs.
#[derive(Debug)]
pub struct Worker {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
}

impl Worker {
    /// A worker for the windows that are configured when a job's turn comes.
    #[must_use]
    pub fn new(syncer: Arc<Syncer>, config: watch::Receiver<Arc<Config>>) -> Self {
        Self { syncer, config }
    }

    fn window(&self, name: &str) -> Option<Window> {
        self.config
            .borrow()
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
        if let BreakerState::Open { until } = self.syncer.live.get().portal.breaker().state() {
            // Jobs wait instead of failing by the thousand.
            let rest = until.saturating_duration_since(tokio::time::Instant::now());
            return JobEnd::PutOff(rest.max(Duration::from_secs(1)));
        }
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
