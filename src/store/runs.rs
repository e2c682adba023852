//! `agenda_sync_runs`: the record of every run, and the fence before the store.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::{Store, StoreError};
use crate::domain::{RunStatus, Totals};

/// A run about to start.
#[derive(Debug)]
pub struct NewRun<'a> {
    /// The examiner.
    pub usuario_id: i32,
    /// First day.
    pub window_start: NaiveDate,
    /// Last day.
    pub window_end: NaiveDate,
    /// Name of the window, if one was meant.
    pub window_name: Option<&'a str>,
    /// The tick it serves, if the schedule asked.
    pub tick: Option<DateTime<Utc>>,
    /// `schedule`, `cli` or `api`.
    pub origin: &'a str,
    /// This process.
    pub instance: &'a str,
}

/// How a run ended.
#[derive(Debug)]
pub struct FinishedRun {
    /// Never `Running`.
    pub status: RunStatus,
    /// The counts.
    pub totals: Totals,
    /// One sentence.
    pub error: Option<String>,
    /// Kind, chain, backtrace, per-date errors, notes.
    pub error_details: Option<Value>,
    /// Requests sent to the portal.
    pub requests: i32,
    /// Repeated requests.
    pub retries: i32,
    /// Logins attempted.
    pub logins: i32,
    /// Whether the cached session was still honoured.
    pub session_reused: bool,
    /// The windows of which all days were asked for.
    pub windows: Vec<String>,
}

/// What starting a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The run is recorded as `running`.
    Run {
        /// Its id.
        id: i64,
        /// For which days of which units current slots are stored in the run's window.
        days: Vec<(String, NaiveDate)>,
        /// The windows of the dead runs that were closed; empty for a range of dates.
        orphans: Vec<String>,
    },
    /// This tick has already had its run; nothing was recorded.
    TickDone,
}

impl Store {
    /// Records that a run starts. The caller holds the user's lock, so any older `running` row of that
    /// user is dead and closed as `orphaned`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn start_run(&self, run: &NewRun<'_>) -> Result<Started, StoreError> {
        let row = sqlx::query!(
            r#"WITH orphans AS (
                   UPDATE agenda_sync_runs
                   SET status = 'failed', finished_at = now(),
                       error = 'the process that ran it died',
                       error_details = jsonb_build_object('kind', 'orphaned')
                   WHERE usuario_id = $1 AND status = 'running'
                   RETURNING coalesce(window_name, '') AS window_name
               )
               INSERT INTO agenda_sync_runs
                   (usuario_id, window_start, window_end, window_name, tick, origin, instance, status, started_at)
               SELECT $1, $2, $3, $4, $5::timestamptz, $6, $7, 'running', now()
               WHERE NOT EXISTS (
                   SELECT FROM agenda_sync_runs
                   WHERE usuario_id = $1 AND window_name = $4 AND tick = $5
                     AND status <> 'running'
                     AND coalesce(error_details ->> 'kind', '') NOT IN ('orphaned', 'cancelled', 'lock_lost')
               )
               RETURNING id, (SELECT array_agg(window_name) FROM orphans) AS orphans, (
                   SELECT jsonb_agg(DISTINCT jsonb_build_array(unidade_code, data)) FROM agenda_slots
                   WHERE usuario_id = $1 AND data BETWEEN $2 AND $3 AND is_current)
                   AS "days: Json<Vec<(String, NaiveDate)>>",
                   EXISTS (SELECT FROM agenda_slots WHERE usuario_id = $1 AND uid_version = 0) AS "to_adopt!""#,
            run.usuario_id,
            run.window_start,
            run.window_end,
            run.window_name,
            run.tick,
            run.origin,
            run.instance,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(Started::TickDone);
        };
        if row.to_adopt {
            // The earlier system is still in service, or was when `agendad migrate` ran.
            self.adopt_locked(run.usuario_id).await?;
        }
        Ok(Started::Run {
            id: row.id,
            days: row.days.map(|days| days.0).unwrap_or_default(),
            orphans: row.orphans.unwrap_or_default(),
        })
    }

    /// Records how a run ended. Returns false, and changes nothing, if another process has closed it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn finish_run(&self, run_id: i64, run: &FinishedRun) -> Result<bool, StoreError> {
        let totals = serde_json::json!(run.totals);
        let letters = self.letters().await?;
        let error = run.error.as_deref().map(|error| letters.nearest(error));
        let details = run.error_details.clone();
        let details = details.map(|details| letters.nearest_json(details));
        let done = sqlx::query!(
            r#"WITH finished AS (
                   UPDATE agenda_sync_runs
                   SET status = $2, totals = $3, error = $4, error_details = $5, requests = $6, retries = $7,
                       logins = $8, session_reused = $9, finished_at = now()
                   WHERE id = $1 AND status = 'running'
                   RETURNING usuario_id, status
               ), account AS (
                   UPDATE configuracoes_detran c
                   SET ultima_sincronizacao = now() AT TIME ZONE $11
                   FROM finished f
                   WHERE c.usuario_id = f.usuario_id AND f.status = 'success'
               ), windows AS (
                   INSERT INTO sync_schedules AS s (usuario_id, window_name, last_success)
                   SELECT f.usuario_id, w.name, now() FROM finished f, unnest($10::text[]) AS w (name)
                   WHERE f.status = 'success'
                   ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_success = excluded.last_success
               )
               SELECT count(*) AS "count!" FROM finished"#,
            run_id,
            run.status.as_str(),
            totals,
            error.as_deref(),
            details,
            run.requests,
            run.retries,
            run.logins,
            run.session_reused,
            &run.windows,
            self.zone.name(),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(done.count == 1)
    }

    /// Deletes at most `limit` finished runs that ended before `age` ago; returns how many. Small
    /// batches keep row locks short, so that the store is never held up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn prune_runs(
        &self,
        age: std::time::Duration,
        limit: i64,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "DELETE FROM agenda_sync_runs WHERE id IN (
                 SELECT id FROM agenda_sync_runs
                 WHERE started_at < now() - make_interval(secs => $1) AND status <> 'running'
                 ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            age.as_secs_f64(),
            limit,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}
