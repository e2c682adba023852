//! Looks after what the dead leave behind, what grows old, and whether the queue moves.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::Queue;
use crate::scheduler::beat::Beat;
use crate::store::{Store, StoreError};
use crate::sync::Syncer;
use crate::telemetry::metrics;

/// How often the jobs of dead processes are looked for.
const LOOK: Duration = Duration::from_secs(5);
/// How often sessions that are over are looked for: they are to be logged out within a minute.
const SESSIONS_EVERY: Duration = Duration::from_secs(20);
/// How often old runs are deleted, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const PRUNE_BATCH: i64 = 1000;
/// A job that is due for so long while workers are free means that the queue does not move.
const STALLED_AFTER: Duration = Duration::from_secs(60);

pub(super) struct Janitor {
    store: Store,
    syncer: Arc<Syncer>,
    queue: Queue,
    config: watch::Receiver<Arc<Config>>,
    beat: Beat,
    works: bool,
    stall: watch::Sender<Option<Duration>>,
    /// Whether its last look failed.
    failing: bool,
}

impl Janitor {
    pub(super) fn new(
        syncer: Arc<Syncer>,
        queue: &Queue,
        config: watch::Receiver<Arc<Config>>,
        beat: Beat,
        works: bool,
    ) -> Self {
        let (store, queue) = (syncer.store.clone(), queue.clone());
        Self {
            store,
            syncer,
            queue,
            config,
            beat,
            works,
            stall: watch::Sender::new(None),
            failing: false,
        }
    }

    /// Set while jobs wait although this process has workers free: for how long they have waited.
    pub(super) fn stall(&self) -> watch::Receiver<Option<Duration>> {
        self.stall.subscribe()
    }

    /// Until told to stop. A failing database is waited for.
    pub(super) async fn run(mut self, stop: &CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        let mut prunings = tokio::time::interval(PRUNE_EVERY);
        let mut sessions = tokio::time::interval(SESSIONS_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {
                    metrics::upkeep();
                    self.look().await;
                }
                _ = prunings.tick() => self.prune(stop).await,
                _ = sessions.tick(), if self.works => self.close_sessions(stop).await,
            }
            self.beat.beat();
        }
    }

    /// Tells when it begins to fail and when it works again: a database that is away for an hour is not worth
    /// a line every five seconds.
    async fn look(&mut self) {
        match self.look_after_queue().await {
            Ok(()) if std::mem::take(&mut self.failing) => {
                tracing::info!("the janitor can do its work again");
            }
            Ok(()) => {}
            Err(error) if !std::mem::replace(&mut self.failing, true) => warn(error.as_ref()),
            Err(error) => {
                let error = in_a_line(error.as_ref());
                tracing::debug!(error, "the janitor still could not do its work");
            }
        }
    }

    async fn look_after_queue(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let freed = self.queue.free_jobs_of_the_dead().await?;
        if freed > 0 {
            tracing::warn!(jobs = freed, "freed the jobs of a dead process");
        }
        if self.works {
            let stall = self.queue.stalled(STALLED_AFTER).await?;
            let before = self.stall.send_replace(stall);
            if let (None, Some(since)) = (before, stall) {
                tracing::error!(?since, "jobs wait although workers are free");
            }
        }
        let tables = self.store.analyze_young_tables().await?;
        if !tables.is_empty() {
            tracing::debug!(?tables, "gathered the statistics of young tables");
        }
        Ok(())
    }

    /// Logs out whom nobody needs logged in any more. What is left is tried again soon.
    async fn close_sessions(&self, stop: &CancellationToken) {
        let closing = self.syncer.close_sessions(None);
        let closed = tokio::select! {
            () = stop.cancelled() => return,
            closed = closing => closed,
        };
        match closed {
            Ok(closed) if closed.closed > 0 => {
                tracing::info!(
                    sessions = closed.closed,
                    "ended portal sessions that were over"
                );
            }
            Ok(_) => {}
            Err(error) => warn(&error),
        }
    }

    async fn prune(&self, stop: &CancellationToken) {
        let keep = self.config.borrow().retention.runs;
        if keep.is_zero() {
            return;
        }
        match self.prune_runs(keep, stop).await {
            Ok(0) => {}
            Ok(runs) => tracing::info!(runs, "deleted old runs (retention.runs)"),
            Err(error) => warn(&error),
        }
    }

    /// In batches, and no further one after `stop`: the first time there may be millions.
    async fn prune_runs(
        &self,
        keep: Duration,
        stop: &CancellationToken,
    ) -> Result<u64, StoreError> {
        let mut deleted = 0;
        while !stop.is_cancelled() {
            let batch = self.store.prune_runs(keep, PRUNE_BATCH).await?;
            deleted += batch;
            if batch < PRUNE_BATCH.unsigned_abs() {
                break;
            }
            self.beat.beat();
        }
        Ok(deleted)
    }
}

fn warn(error: &dyn Error) {
    tracing::warn!(
        error = in_a_line(error),
        "the janitor could not do its work, trying again"
    );
}
