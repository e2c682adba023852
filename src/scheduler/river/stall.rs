//! Whether the queue moves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;

use super::state::QUEUE;

/// How many jobs had begun when some were found waiting although workers are free. That alone says little: in a backlog a
/// worker that has just become free waits for the next fetch, and after an outage all of them do. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Option<u64>>>);

impl Waiting {
    /// Returns what was found the last time.
    pub(super) fn replace(&self, begun: Option<u64>) -> Option<u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *known, begun)
    }

    /// What was found before says nothing of now.
    pub(super) fn forget(&self) {
        self.replace(None);
    }
}

/// For how long jobs have been due although `instance`, which has so many workers, has some free, if longer than `limit`.
pub(super) async fn waited(
    pool: &PgPool,
    instance: &str,
    workers: usize,
    limit: Duration,
) -> Result<Option<Duration>, sqlx::Error> {
    let waited = sqlx::query_scalar(
        "SELECT extract(epoch FROM now() - min(scheduled_at))::float8 FROM river.river_job
         WHERE state = 'available' AND queue = $1 AND scheduled_at < now() - make_interval(secs => $2)
           AND (SELECT count(*) FROM river.river_job
                WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $3) < $4",
    )
    .bind(QUEUE)
    .bind(limit.as_secs_f64())
    .bind(instance)
    .bind(i64::try_from(workers).unwrap_or(i64::MAX))
    .fetch_one(pool);
    let waited: Option<f64> = waited.await?;
    Ok(waited.map(Duration::from_secs_f64))
}
