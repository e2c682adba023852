//! What has been: runs found by whatever is known of them, how the days of examiners went, and for how much of the
//! time they were up to date.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;

use super::figures::WindowLimit;
use super::{Store, StoreError, Transaction};
use agendad_domain::{FailureKind, RunStatus, Totals};

/// Which runs are asked for.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of this examiner only.
    pub usuario_id: Option<i32>,
    /// Which ended so only.
    pub status: Option<RunStatus>,
    /// With a failure of this kind only.
    pub kind: Option<FailureKind>,
    /// Of the window of this name only.
    pub window: Option<String>,
    /// Started at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Started before this moment.
    pub before: Option<DateTime<Utc>>,
}

/// A run in a list of many examiners. No [`RunView`](super::listing::RunView): it bears its examiner's name, and the list
/// shows no more of it.
#[derive(Debug, Clone)]
pub struct RunFound {
    /// `agenda_sync_runs.id`.
    pub id: i64,
    pub usuario_id: Option<i32>,
    pub nome: Option<String>,
    pub window_name: Option<String>,
    /// How it ended.
    pub status: RunStatus,
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds from start to end, or until now.
    pub seconds: Option<f64>,
    /// Counts.
    pub totals: Option<Json<Totals>>,
    /// Kind of the error.
    pub kind: Option<FailureKind>,
}

/// How the runs of an examiner ended on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExaminerDay {
    pub usuario_id: i32,
    /// The day on which the runs started, in the configured zone.
    pub day: NaiveDate,
    /// With all dates read.
    pub success: i64,
    /// With some.
    pub partial: i64,
    /// With none.
    pub failed: i64,
}

impl ExaminerDay {
    /// How many there were.
    #[must_use]
    pub const fn runs(&self) -> i64 {
        self.success + self.partial + self.failed
    }
}

/// Runs are counted up to this number.
pub const COUNTED: i64 = 10_000;

impl Store {
    /// Runs, newest first: at most `limit` after `offset`.
    pub async fn find_runs(
        &self,
        filter: &RunFilter,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<RunFound>, StoreError> {
        let window = self.sought(filter.window.as_deref()).await?;
        let mut tx = self.begin_planning().await?;
        let rows = sqlx::query_as!(
            RunFound,
            r#"SELECT r.id AS "id!", r.usuario_id, u.nome AS "nome?", r.window_name,
                      r.status AS "status!: RunStatus", r.started_at,
                      extract(epoch FROM coalesce(r.finished_at, now()) - r.started_at)::float8 AS seconds,
                      r.totals AS "totals: Json<Totals>", r.error_details ->> 'kind' AS "kind: FailureKind"
               FROM (
                   -- In the order of the index over `started_at`; the earlier system may have left rows without one.
                   (SELECT x.* FROM agenda_sync_runs x
                    WHERE ($1::int IS NULL OR x.usuario_id = $1) AND ($2::text IS NULL OR x.status = $2)
                      AND ($3::text IS NULL OR x.error_details ->> 'kind' = $3 AND x.status IN ('partial', 'failed'))
                      AND ($4::text IS NULL OR x.window_name = $4)
                      AND ($5::timestamptz IS NULL OR x.started_at >= $5)
                      AND ($6::timestamptz IS NULL OR x.started_at < $6)
                      AND x.started_at IS NOT NULL
                    ORDER BY x.started_at DESC, x.id DESC LIMIT $7::bigint + $8::bigint)
                   UNION ALL
                   (SELECT x.* FROM agenda_sync_runs x
                    WHERE ($1::int IS NULL OR x.usuario_id = $1) AND ($2::text IS NULL OR x.status = $2)
                      AND ($3::text IS NULL OR x.error_details ->> 'kind' = $3 AND x.status IN ('partial', 'failed'))
                      AND ($4::text IS NULL OR x.window_name = $4)
                      AND ($5::timestamptz IS NULL OR x.started_at >= $5)
                      AND ($6::timestamptz IS NULL OR x.started_at < $6)
                      AND x.started_at IS NULL
                    ORDER BY x.id DESC LIMIT $7 + $8)
               ) r LEFT JOIN usuarios u ON u.id = r.usuario_id
               ORDER BY r.started_at DESC NULLS LAST, r.id DESC LIMIT $7 OFFSET $8"#,
            filter.usuario_id,
            filter.status as _,
            filter.kind as _,
            window,
            filter.from,
            filter.before,
            limit,
            offset,
        );
        Ok(rows.fetch_all(&mut *tx).await?)
    }

    /// A transaction in which a statement is planned for what is asked, each time: without a filter another index is the
    /// right one than with it, and a plan for any of them is wrong for most.
    pub(super) async fn begin_planning(&self) -> Result<Transaction, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("SET LOCAL plan_cache_mode = force_custom_plan")
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }

    /// How many there are; no more than [`COUNTED`] are counted.
    pub async fn count_found_runs(&self, filter: &RunFilter) -> Result<i64, StoreError> {
        let window = self.sought(filter.window.as_deref()).await?;
        let mut tx = self.begin_planning().await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT FROM agenda_sync_runs r
                   WHERE ($1::int IS NULL OR r.usuario_id = $1) AND ($2::text IS NULL OR r.status = $2)
                     AND ($3::text IS NULL OR r.error_details ->> 'kind' = $3 AND r.status IN ('partial', 'failed'))
                     AND ($4::text IS NULL OR r.window_name = $4)
                     AND ($5::timestamptz IS NULL OR r.started_at >= $5)
                     AND ($6::timestamptz IS NULL OR r.started_at < $6)
                   LIMIT $7) r"#,
            filter.usuario_id,
            filter.status as _,
            filter.kind as _,
            window,
            filter.from,
            filter.before,
            COUNTED,
        );
        Ok(count.fetch_one(&mut *tx).await?)
    }

    /// How the days of these examiners went, from the beginning of a day of `zone` on; days without runs are left out.
    pub async fn examiner_days(
        &self,
        users: &[i32],
        from: DateTime<Utc>,
        zone: &str,
    ) -> Result<Vec<ExaminerDay>, StoreError> {
        let rows = sqlx::query_as!(
            ExaminerDay,
            r#"SELECT usuario_id AS "usuario_id!", (started_at AT TIME ZONE $3)::date AS "day!",
                      count(*) FILTER (WHERE status = 'success') AS "success!",
                      count(*) FILTER (WHERE status = 'partial') AS "partial!",
                      count(*) FILTER (WHERE status = 'failed') AS "failed!"
               FROM agenda_sync_runs
               WHERE usuario_id = ANY ($1) AND started_at >= $2 AND status <> 'running'
               GROUP BY 1, 2 ORDER BY 1, 2"#,
            users,
            from,
            zone,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The part of the time since `from` in which an examiner was up to date, from 0 to 1: in which the last success of
    /// each of their windows was no older than it may be; of several windows, that of the worst. `None` if they have no
    /// window, or on the first day, until a run of each has ended.
    pub async fn share_up_to_date(
        &self,
        usuario_id: i32,
        from: DateTime<Utc>,
        windows: &[WindowLimit],
    ) -> Result<Option<f64>, StoreError> {
        let names: Vec<String> = windows.iter().map(|w| w.name.clone()).collect();
        let limits: Vec<DateTime<Utc>> = windows.iter().map(|w| w.late_before).collect();
        let share = sqlx::query_scalar!(
            r#"WITH windows AS (
                   SELECT w.name, now() - w.late_before AS allowed
                   FROM unnest($3::text[], $4::timestamptz[]) AS w (name, late_before)
                   JOIN configuracoes_detran c ON c.usuario_id = $1
                   WHERE c.janelas IS NULL OR w.name = ANY (c.janelas)
               ), began AS (
                   -- Nobody was late before the first run; and while the first of a window is under way, nobody knows.
                   SELECT greatest($2::timestamptz, min(started_at)) AS at
                   FROM agenda_sync_runs WHERE usuario_id = $1
                   HAVING min(started_at) < now() - interval '1 day' OR NOT EXISTS (
                       SELECT FROM windows w WHERE NOT EXISTS (
                           SELECT FROM agenda_sync_runs e
                           WHERE e.usuario_id = $1 AND e.window_name = w.name AND e.status <> 'running'))
               ), good AS (
                   SELECT w.name, w.allowed, greatest(r.finished_at, b.at) AS at,
                          -- What is left of a success of before.
                          w.allowed - greatest(b.at - r.finished_at, interval '0') AS lasts,
                          lead(r.finished_at, 1, now()) OVER (PARTITION BY w.name ORDER BY r.finished_at) AS next
                   FROM windows w CROSS JOIN began b
                   JOIN agenda_sync_runs r ON r.usuario_id = $1 AND r.window_name = w.name AND r.status = 'success'
                                          AND r.started_at >= b.at - w.allowed AND r.finished_at <= now()
               ), sums AS (
                   SELECT w.name, coalesce(sum(extract(epoch FROM greatest(
                              least(g.next - g.at, g.lasts), interval '0'))), 0) AS covered
                   FROM windows w LEFT JOIN good g USING (name) GROUP BY w.name
               )
               SELECT least(min(s.covered) / greatest(extract(epoch FROM now() - b.at), 1), 1)::float8 AS share
               FROM sums s CROSS JOIN began b WHERE b.at IS NOT NULL GROUP BY b.at"#,
            usuario_id,
            from,
            &names,
            &limits,
        );
        Ok(share.fetch_optional(&self.pool).await?.flatten())
    }
}
