//! Looks after what the dead leave behind, what grows old, and whether the queue moves.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::Queue;
use crate::scheduler::beat::Beat;
use crate::store::{Store, StoreError};
use crate::telemetry::metrics;

/// How often the jobs of dead processes are looked for.
const LOOK: Duration = Duration::from_secs(5);
/// How often old runs are deleted, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const PRUNE_BATCH: i64 = 1000;
/// A job that is due for so long while workers are free means that the queue does not move.
const STALLED_AFTER: Duration = Duration::from_secs(60);

pub(super) struct Janitor {
    store: Store,
    queue: Queue,
    config: watch::Receiver<Arc<Config>>,
    beat: Beat,
    works: bool,
    stall: watch::Sender<Option<Duration>>,
}

impl Janitor {
    pub(super) fn new(
        store: &Store,
        queue: &Queue,
        config: watch::Receiver<Arc<Config>>,
        beat: Beat,
        works: bool,
    ) -> Self {
        let (store, queue) = (store.clone(), queue.clone());
        Self {
            store,
            queue,
            config,
            beat,
            works,
            stall: watch::Sender::new(None),
        }
    }

    /// Set while jobs wait although this process has workers free: for how long they have waited.
    pub(super) fn stall(&self) -> watch::Receiver<Option<Duration>> {
        self.stall.subscribe()
    }

    /// Until told to stop. A failing database is waited for.
    pub(super) async fn run(self, stop: &CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        let mut prunings = tokio::time::interval(PRUNE_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {
                    metrics::upkeep();
                    self.look().await;
                }
                _ = prunings.tick() => self.prune().await,
            }
            self.beat.beat();
        }
    }

    async fn look(&self) {
        match self.queue.free_jobs_of_the_dead().await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "freed the jobs of a dead process"),
            Err(error) => warn(&error),
        }
        match self.store.analyze_young_tables().await {
            Ok(tables) if tables.is_empty() => {}
            Ok(tables) => tracing::debug!(?tables, "gathered the statistics of young tables"),
            Err(error) => warn(&error),
        }
        if self.works {
            match self.queue.stalled(STALLED_AFTER).await {
                Ok(stall) => {
                    let before = self.stall.send_replace(stall);
                    if let (None, Some(since)) = (before, stall) {
                        tracing::error!(?since, "jobs wait although workers are free");
                    }
                }
                Err(error) => warn(&error),
            }
        }
    }

    async fn prune(&self) {
        let keep = self.config.borrow().retention.runs;
        if !keep.is_zero()
            && let Err(error) = self.prune_runs(keep).await
        {
            warn(&error);
        }
    }

    async fn prune_runs(&self, keep: Duration) -> Result<(), StoreError> {
        while self.store.prune_runs(keep, PRUNE_BATCH).await? == PRUNE_BATCH.unsigned_abs() {
            self.beat.beat();
        }
        Ok(())
    }
}

fn warn(error: &dyn std::error::Error) {
    tracing::warn!(
        error = in_a_line(error),
        "the janitor could not do its work, trying again"
    );
}
