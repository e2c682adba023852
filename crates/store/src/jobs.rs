//! What waits in the queue, for people to look at. River's tables are not ours: the statement is not
//! checked against our schema at build time, and nothing is written here.

use agendad_domain::JobState;
use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::{Store, StoreError};

#[derive(Debug, Clone, FromRow, serde::Serialize)]
pub struct JobListed {
    /// Id in the queue.
    pub id: i64,
    /// How far it is.
    pub state: JobState,
    pub usuario_id: Option<i32>,
    /// Name of the window.
    pub window: Option<String>,
    /// Nominal firing time.
    pub tick: Option<DateTime<Utc>>,
    /// When it is due.
    pub scheduled_at: DateTime<Utc>,
    /// When it was last handed out.
    pub attempted_at: Option<DateTime<Utc>>,
    /// To which process.
    pub attempted_by: Option<String>,
    /// When it ended.
    pub finalized_at: Option<DateTime<Utc>>,
    /// How often it was handed out.
    pub attempt: i16,
    /// How often its process died under it.
    pub errors: i32,
}

/// Which jobs are asked for.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Of this examiner only.
    pub usuario_id: Option<i32>,
    /// In this state only; `None`: those that have not ended.
    pub state: Option<JobState>,
}

impl Store {
    /// Jobs in the order in which they are due.
    pub async fn list_jobs(
        &self,
        filter: &JobFilter,
        limit: i64,
    ) -> Result<Vec<JobListed>, StoreError> {
        let rows = sqlx::query_as::<_, JobListed>(
            // What somebody has put in by hand may be no number and no time.
            // To the queue a job whose start is still to come is available too; to people it is not.
            "SELECT id, shown AS state,
                    CASE WHEN args ->> 'usuario_id' ~ '^-?[0-9]{1,10}$'
                         THEN CASE WHEN (args ->> 'usuario_id')::bigint BETWEEN -2147483648 AND 2147483647
                                   THEN (args ->> 'usuario_id')::int END END AS usuario_id,
                    args ->> 'window' AS \"window\",
                    CASE WHEN args ->> 'tick' ~ '^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}:[0-9]{2}' THEN (args ->> 'tick')::timestamptz END
                    AS tick, scheduled_at, attempted_at,
                    attempted_by[array_upper(attempted_by, 1)] AS attempted_by, finalized_at, attempt,
                    coalesce(array_length(errors, 1), 0) AS errors
             FROM (SELECT *, CASE WHEN state = 'available' AND scheduled_at > now() THEN 'scheduled'
                        ELSE state::text END AS shown FROM river.river_job) j
             WHERE kind = 'sync' AND ($1::int IS NULL OR args ->> 'usuario_id' = $1::int::text)
               AND CASE WHEN $2::text IS NULL THEN finalized_at IS NULL ELSE shown = $2 END
             ORDER BY CASE WHEN finalized_at IS NULL THEN scheduled_at END, finalized_at DESC, id LIMIT $3",
        )
        .bind(filter.usuario_id)
        .bind(filter.state)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
