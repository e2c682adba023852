//! What happened, day by day; and one run in full.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{Store, StoreError};

/// The runs of one day, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct DayStatistics {
    /// The day on which the runs started, in the configured zone.
    pub day: NaiveDate,
    /// Runs that have ended.
    pub runs: i64,
    /// Of these, with all dates read.
    pub success: i64,
    /// With some.
    pub partial: i64,
    /// With none.
    pub failed: i64,
    /// Slots never seen before.
    pub inserted: i64,
    /// Slots that changed or reappeared.
    pub updated: i64,
    /// Slots marked removed.
    pub removed: i64,
    /// Requests sent to the portal.
    pub requests: i64,
}

/// One run.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// Id.
    pub id: i64,
    /// The examiner.
    pub usuario_id: Option<i32>,
    /// Name of the window.
    pub window_name: Option<String>,
    /// First day.
    pub window_start: NaiveDate,
    /// Last day.
    pub window_end: NaiveDate,
    /// The tick it served.
    pub tick: Option<DateTime<Utc>>,
    /// `schedule`, `cli` or `api`.
    pub origin: Option<String>,
    /// `running`, `success`, `partial` or `failed`.
    pub status: String,
    /// Start.
    pub started_at: Option<DateTime<Utc>>,
    /// End.
    pub finished_at: Option<DateTime<Utc>>,
    /// Counts.
    pub totals: Option<Value>,
    /// One technical sentence.
    pub error: Option<String>,
    /// Kind, chain, per-date errors, notes.
    pub error_details: Option<Value>,
    /// Requests sent.
    pub requests: Option<i32>,
    /// Repeated requests.
    pub retries: Option<i32>,
    /// Logins attempted.
    pub logins: Option<i32>,
    /// Whether a cached session was still honoured.
    pub session_reused: Option<bool>,
}

impl Store {
    /// Days on which runs of a user (or all) started, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn statistics(
        &self,
        usuario_id: Option<i32>,
        days: i32,
        zone: &str,
    ) -> Result<Vec<DayStatistics>, StoreError> {
        let rows = sqlx::query_as!(
            DayStatistics,
            r#"SELECT (started_at AT TIME ZONE $3)::date AS "day!",
                      count(*) AS "runs!",
                      count(*) FILTER (WHERE status = 'success') AS "success!",
                      count(*) FILTER (WHERE status = 'partial') AS "partial!",
                      count(*) FILTER (WHERE status = 'failed') AS "failed!",
                      coalesce(sum((totals ->> 'inserted')::bigint), 0)::bigint AS "inserted!",
                      coalesce(sum((totals ->> 'updated')::bigint), 0)::bigint AS "updated!",
                      coalesce(sum((totals ->> 'removed')::bigint), 0)::bigint AS "removed!",
                      coalesce(sum(requests), 0)::bigint AS "requests!"
               FROM agenda_sync_runs
               WHERE status <> 'running' AND ($1::int IS NULL OR usuario_id = $1)
                 AND started_at >= ((now() AT TIME ZONE $3)::date - ($2::int - 1))::timestamp AT TIME ZONE $3
               GROUP BY 1 ORDER BY 1 DESC"#,
            usuario_id,
            days,
            zone,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// One run; `None` if there is none, or none of that user.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn run(
        &self,
        id: i64,
        usuario_id: Option<i32>,
    ) -> Result<Option<RunDetail>, StoreError> {
        let row = sqlx::query_as!(
            RunDetail,
            "SELECT id, usuario_id, window_name, window_start, window_end, tick, origin, status, started_at,
                    finished_at, totals, error, error_details, requests, retries, logins, session_reused
             FROM agenda_sync_runs WHERE id = $1 AND ($2::int IS NULL OR usuario_id = $2)",
            id,
            usuario_id,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }
}
