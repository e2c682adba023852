//! Whether the queue moves, and whether it is to.

use std::sync::atomic::{AtomicBool, Ordering};
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

/// Whether people have paused the queue, as it was found the last time. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Pause(Arc<AtomicBool>);

impl Pause {
    /// Tells when it begins and when it ends.
    pub(super) fn note(&self, is_paused: bool) {
        match (self.0.swap(is_paused, Ordering::Relaxed), is_paused) {
            (false, true) => tracing::warn!(
                "the queue is paused, by River's UI or by hand: no agenda is read by schedule until it is resumed"
            ),
            (true, false) => tracing::info!("the queue is no longer paused"),
            (true, true) | (false, false) => {}
        }
    }
}

/// What was found of jobs that are due.
pub(super) struct Found {
    /// For how long they have waited although workers are free.
    pub(super) waited: Option<Duration>,
    /// Nobody takes them: people have paused the queue.
    pub(super) is_paused: bool,
}

/// For how long jobs have been due although `instance`, which has so many workers, has some free, if longer than `limit`.
pub(super) async fn waited(
    pool: &PgPool,
    instance: &str,
    workers: usize,
    limit: Duration,
) -> Result<Found, sqlx::Error> {
    let found = sqlx::query_as(
        "SELECT (SELECT extract(epoch FROM now() - min(scheduled_at))::float8 FROM river.river_job
                 WHERE state = 'available' AND queue = $1 AND scheduled_at < now() - make_interval(secs => $2)
                   AND (SELECT count(*) FROM river.river_job
                        WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $3) < $4),
                EXISTS (SELECT FROM river.river_queue WHERE name = $1 AND paused_at IS NOT NULL)",
    )
    .bind(QUEUE)
    .bind(limit.as_secs_f64())
    .bind(instance)
    .bind(i64::try_from(workers).unwrap_or(i64::MAX))
    .fetch_one(pool);
    let (waited, is_paused): (Option<f64>, bool) = found.await?;
    Ok(Found {
        waited: waited.map(Duration::from_secs_f64),
        is_paused,
    })
}
