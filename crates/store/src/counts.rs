//! How long a list would be that was cut.

use agendad_domain::RunStatus;

use super::jobs::JobFilter;
use super::listing::{ChangeFilter, SlotFilter};
use super::{Store, StoreError};

impl Store {
    /// Runs of which [`Store::list_runs`] shows the last.
    pub async fn count_runs(
        &self,
        usuario_id: Option<i32>,
        status: Option<RunStatus>,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agenda_sync_runs
               WHERE ($1::int IS NULL OR usuario_id = $1) AND ($2::text IS NULL OR status = $2)"#,
            usuario_id,
            status as _,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Slots of which [`Store::list_slots`] shows the first.
    pub async fn count_slots(&self, filter: &SlotFilter) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agenda_slots
               WHERE ($1::int IS NULL OR usuario_id = $1)
                 AND ($2::date IS NULL OR data >= $2) AND ($3::date IS NULL OR data <= $3) AND is_current <> $4"#,
            filter.usuario_id,
            filter.from,
            filter.to,
            filter.removed,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Changes of which [`Store::list_changes`] shows the last.
    pub async fn count_changes(&self, filter: &ChangeFilter) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
               WHERE ($1::int[] IS NULL OR s.usuario_id = ANY ($1)) AND ($2::bigint IS NULL OR c.slot_id = $2)
                 AND ($3::text IS NULL OR c.kind = $3) AND ($4::timestamptz IS NULL OR c.at >= $4)"#,
            filter.usuario_ids.as_deref(),
            filter.slot_id,
            filter.kind as _,
            filter.since,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Jobs of which [`Store::list_jobs`] shows the first. River's table is not ours: no checked statement.
    pub async fn count_jobs(&self, filter: &JobFilter) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*)
             FROM (SELECT *, CASE WHEN state = 'available' AND scheduled_at > now() THEN 'scheduled'
                        ELSE state::text END AS shown FROM river.river_job) j
             WHERE kind = 'sync' AND ($1::int IS NULL OR args ->> 'usuario_id' = $1::int::text)
               AND CASE WHEN $2::text IS NULL THEN finalized_at IS NULL ELSE shown = $2 END",
        )
        .bind(filter.usuario_id)
        .bind(filter.state);
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Alerts of which [`Store::list_alerts`] shows the first.
    pub async fn count_alerts(&self, cleared: bool) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agendad_alerts WHERE cleared_at IS NULL OR $1"#,
            cleared,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }
}
