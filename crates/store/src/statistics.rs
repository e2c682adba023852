//! What happened, day by day.

use chrono::NaiveDate;

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

impl Store {
    /// Days on which runs of a user (or all) started, newest first.
    pub async fn statistics(
        &self,
        usuario_id: Option<i32>,
        days: i32,
        zone: &str,
    ) -> Result<Vec<DayStatistics>, StoreError> {
        let Some(user) = usuario_id else {
            return self.statistics_of_all(days, zone).await;
        };
        let rows = sqlx::query_as!(
            DayStatistics,
            r#"SELECT (started_at AT TIME ZONE $3)::date AS "day!",
                      count(*) AS "runs!",
                      count(*) FILTER (WHERE status = 'success') AS "success!",
                      count(*) FILTER (WHERE status = 'partial') AS "partial!",
                      count(*) FILTER (WHERE status = 'failed') AS "failed!",
                      coalesce(sum(agendad_count(totals, 'inserted')), 0)::bigint AS "inserted!",
                      coalesce(sum(agendad_count(totals, 'updated')), 0)::bigint AS "updated!",
                      coalesce(sum(agendad_count(totals, 'removed')), 0)::bigint AS "removed!",
                      coalesce(sum(requests), 0)::bigint AS "requests!"
               FROM agenda_sync_runs
               WHERE status <> 'running' AND usuario_id = $1
                 AND started_at >= ((now() AT TIME ZONE $3)::date - ($2::int - 1))::timestamp AT TIME ZONE $3
               GROUP BY 1 ORDER BY 1 DESC"#,
            user,
            days,
            zone,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Of all examiners, from what was added up as the runs ended.
    async fn statistics_of_all(
        &self,
        days: i32,
        zone: &str,
    ) -> Result<Vec<DayStatistics>, StoreError> {
        let rows = sqlx::query_as!(
            DayStatistics,
            r#"SELECT (quarter AT TIME ZONE $2)::date AS "day!",
                      sum(runs)::bigint AS "runs!", sum(success)::bigint AS "success!",
                      sum(partial)::bigint AS "partial!", sum(failed)::bigint AS "failed!",
                      sum(inserted)::bigint AS "inserted!", sum(updated)::bigint AS "updated!",
                      sum(removed)::bigint AS "removed!", sum(requests)::bigint AS "requests!"
               FROM agendad_run_sums
               WHERE quarter >= ((now() AT TIME ZONE $2)::date - ($1::int - 1))::timestamp AT TIME ZONE $2
               GROUP BY 1 HAVING sum(runs) > 0 ORDER BY 1 DESC"#,
            days,
            zone,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
