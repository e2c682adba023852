//! What readiness depends on: the database, the loops, the queue.

use std::time::Duration;

use tokio::sync::watch;

use crate::scheduler::beat::Beats;
use crate::store::Store;

/// What readiness depends on.
#[derive(Debug, Clone)]
pub struct Readiness {
    store: Store,
    beats: Beats,
    stall: watch::Receiver<Option<Duration>>,
}

impl Readiness {
    /// Of a daemon with these loops; `stall` is set while jobs wait although workers are free.
    #[must_use]
    pub fn new(store: Store, beats: Beats, stall: watch::Receiver<Option<Duration>>) -> Self {
        Self {
            store,
            beats,
            stall,
        }
    }

    /// What is ill, one line each; empty: ready.
    pub async fn ills(&self) -> Vec<String> {
        let mut ills = Vec::new();
        match self.store.pending_migrations().await {
            Ok(0) => {}
            Ok(n) => ills.push(format!(
                "database: {n} migrations are missing; run: agendad migrate"
            )),
            Err(_) => ills.push("database: does not answer".to_owned()),
        }
        for (name, since) in self.beats.stuck() {
            ills.push(format!(
                "{name}: the loop has been stuck for {} s",
                since.as_secs()
            ));
        }
        if let Some(since) = *self.stall.borrow() {
            ills.push(format!(
                "queue: jobs have waited for {} s although workers are free",
                since.as_secs()
            ));
        }
        ills
    }
}
