//! Whether the queue moves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::state::QUEUE;
use super::{Queue, QueueError, TIMEOUT};

/// How many jobs had begun when some were found waiting although workers are free. That alone says little: in a backlog a
/// worker that has just become free waits for the next fetch, and after an outage all of them do. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Option<u64>>>);

impl Waiting {
    /// Returns what was found the last time.
    fn replace(&self, begun: Option<u64>) -> Option<u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *known, begun)
    }

    /// What was found before says nothing of now.
    pub(super) fn forget(&self) {
        self.replace(None);
    }
}

impl Queue {
    /// For how long jobs have been due although this process has workers free, if longer than `limit`, and if the same was
    /// found the last time and none has begun here since.
    pub async fn stalled(&self, limit: Duration) -> Result<Option<Duration>, QueueError> {
        let before = self.waiting.replace(None);
        let Some(waited) = self.waited(limit).await? else {
            return Ok(None);
        };
        let begun = self.at_work.begun();
        self.waiting.replace(Some(begun));
        Ok((before == Some(begun)).then_some(waited))
    }

    async fn waited(&self, limit: Duration) -> Result<Option<Duration>, QueueError> {
        let failed = |error: sqlx::Error| QueueError {
            doing: "look whether it moves",
            source: error.into(),
        };
        let waited = sqlx::query_scalar(
            "SELECT extract(epoch FROM now() - min(scheduled_at))::float8 FROM river.river_job
             WHERE state = 'available' AND queue = $1 AND scheduled_at < now() - make_interval(secs => $2)
               AND (SELECT count(*) FROM river.river_job
                    WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $3) < $4",
        )
        .bind(QUEUE)
        .bind(limit.as_secs_f64())
        .bind(self.client.id())
        .bind(i64::try_from(self.workers).unwrap_or(i64::MAX))
        .fetch_one(&self.pool);
        let waited = tokio::time::timeout(TIMEOUT, waited).await;
        let waited: Option<f64> = waited
            .map_err(|_| failed(sqlx::Error::PoolTimedOut))?
            .map_err(failed)?;
        Ok(waited.map(Duration::from_secs_f64))
    }
}
