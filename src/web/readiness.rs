//! What readiness depends on: the database, the loops, the queue.

use std::time::Duration;

use tokio::sync::watch;

use crate::scheduler::liveness::LoopHeartbeats;
use crate::store::Store;
use crate::store::health::DatabaseHealth;

/// A look at the database that is older than this no longer counts.
const LOOK_IS_FRESH: Duration = Duration::from_secs(15);
/// A database that takes longer to list its migrations does not answer.
const QUERY_TIMEOUT: Duration = Duration::from_secs(4);

/// What readiness depends on.
#[derive(Debug, Clone)]
pub struct Readiness {
    store: Store,
    beats: LoopHeartbeats,
    health: watch::Receiver<DatabaseHealth>,
    stall: watch::Receiver<Option<Duration>>,
}

impl Readiness {
    /// Of a daemon with these loops; `health` says how it stands with its database, `stall` is set while jobs
    /// wait although workers are free.
    #[must_use]
    pub fn new(
        store: Store,
        beats: LoopHeartbeats,
        health: watch::Receiver<DatabaseHealth>,
        stall: watch::Receiver<Option<Duration>>,
    ) -> Self {
        Self {
            store,
            beats,
            health,
            stall,
        }
    }

    /// What is wrong, one line each; empty: ready.
    pub async fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        problems.extend(self.database().await);
        for (name, since) in self.beats.stuck() {
            problems.push(format!(
                "{name}: the loop has been stuck for {} s",
                since.as_secs()
            ));
        }
        if let Some(since) = *self.stall.borrow() {
            problems.push(format!(
                "queue: jobs have waited for {} s although workers are free",
                since.as_secs()
            ));
        }
        problems
    }

    /// What this process has tried within the last seconds counts more than an answer to a question.
    async fn database(&self) -> Option<String> {
        let health = *self.health.borrow();
        if let Some(trouble) = health.trouble {
            return Some(format!("database: {}", trouble.as_str()));
        }
        if health.looked.elapsed() > LOOK_IS_FRESH {
            return Some("database: does not answer".to_owned());
        }
        match tokio::time::timeout(QUERY_TIMEOUT, self.store.pending_migrations()).await {
            Ok(Ok(0)) => None,
            Ok(Ok(n)) => Some(format!(
                "database: {n} migrations are missing; run: agendad migrate"
            )),
            Ok(Err(_)) | Err(_) => Some("database: does not answer".to_owned()),
        }
    }
}
