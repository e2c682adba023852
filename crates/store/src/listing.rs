//! What people ask: the runs, the slots of a user and what became of them. One view of each for whoever asks, but for
//! what must not leave the database: a calendar has less of a slot, the clinic's day more.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::{Store, StoreError};
use agendad_domain::{
    ChangeKind, ErrorDetails, FailureKind, Origin, RunStatus, SlotStatus, Totals,
};

/// A run as it is recorded. What is not serialised is no part of `agendad runs --json`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RunView {
    pub id: i64,
    pub usuario_id: Option<i32>,
    pub window_name: Option<String>,
    /// First day.
    pub window_start: NaiveDate,
    /// Last day.
    pub window_end: NaiveDate,
    /// The tick it served.
    pub tick: Option<DateTime<Utc>>,
    /// How it ended.
    pub status: RunStatus,
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds from start to end, or until now.
    pub seconds: Option<f64>,
    /// Counts.
    pub totals: Option<Totals>,
    /// One technical sentence.
    pub error: Option<String>,
    /// Kind of the error.
    pub kind: Option<FailureKind>,
    /// Requests sent.
    pub requests: Option<i32>,
    /// Repeated requests.
    pub retries: Option<i32>,
    /// Who asked; `None` for a run of the earlier system.
    #[serde(skip)]
    pub origin: Option<Origin>,
    #[serde(skip)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Logins attempted.
    #[serde(skip)]
    pub logins: Option<i32>,
    /// Whether a cached session was still honoured.
    #[serde(skip)]
    pub session_reused: Option<bool>,
    /// The error in full. Read for [`Store::run`] only: with its chains and days it may be long.
    #[serde(skip)]
    pub details: Option<ErrorDetails>,
}

/// A slot as it is stored. What is not serialised is no part of `agendad slots --json`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SlotView {
    /// `agenda_slots.id`.
    pub id: i64,
    pub usuario_id: Option<i32>,
    pub unidade_code: String,
    pub data: NaiveDate,
    pub hora: NaiveTime,
    /// Its state.
    pub status: SlotStatus,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Candidate's CPF: masked, or whole where that was asked for.
    pub cpf: Option<String>,
    /// Kind of process.
    pub processo: Option<String>,
    pub first_seen_at: Option<DateTime<Utc>>,
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it was marked removed.
    pub removed_at: Option<DateTime<Utc>>,
    /// Its appointment.
    pub agendamento_id: Option<i32>,
    /// Licence category.
    #[serde(skip)]
    pub categoria: Option<String>,
    /// Since when readings miss it, while its removal is held back.
    #[serde(skip)]
    pub missing_since: Option<DateTime<Utc>>,
}

/// A change of a slot, with what a person wants to know of the slot. What is not serialised is no part of it for people:
/// the fields say it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ChangeView {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: ChangeKind,
    pub slot_id: i64,
    /// The run that saw it.
    pub run_id: Option<i64>,
    pub usuario_id: Option<i32>,
    pub data: NaiveDate,
    pub hora: NaiveTime,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Candidate's CPF, masked.
    pub cpf: Option<String>,
    /// The fields that differ: old and new value of those that are known to be harmless, and that the others changed.
    pub fields: Option<Value>,
    /// The slot's status right after it; `None`: it was removed, or an earlier release has written the change.
    #[serde(skip)]
    pub slot_status: Option<SlotStatus>,
}

/// Which changes are asked for.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Of these examiners only.
    pub usuario_ids: Option<Vec<i32>>,
    /// Of this slot only.
    pub slot_id: Option<i64>,
    /// Of this kind only.
    pub kind: Option<ChangeKind>,
    /// Since this moment.
    pub since: Option<DateTime<Utc>>,
    /// Behind so many.
    pub offset: i64,
}

/// Which slots are asked for.
#[derive(Debug, Clone, Default)]
pub struct SlotFilter {
    /// Of this examiner only.
    pub usuario_id: Option<i32>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// The removed ones instead of the current ones.
    pub removed: bool,
}

/// Runs, with `$details` as [`RunView::details`].
macro_rules! runs {
    ($details:literal, $which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            RunView,
            r#"SELECT id, usuario_id, window_name, window_start, window_end, tick, status AS "status: RunStatus",
                      started_at, extract(epoch FROM coalesce(finished_at, now()) - started_at)::float8 AS seconds,
                      totals AS "totals: Totals", error, error_details ->> 'kind' AS "kind: FailureKind", requests,
                      retries, origin AS "origin: Origin", finished_at, logins, session_reused, "#
                + $details
                + r#" AS "details: ErrorDetails" FROM agenda_sync_runs WHERE "#
                + $which,
            $($argument),*
        )
    };
}

/// Slots, with the whole CPF if `$1` says so.
macro_rules! slots {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            SlotView,
            r#"SELECT id, usuario_id, unidade_code, data, hora, status AS "status: SlotStatus",
                      payload ->> 'nome' AS nome,
                      CASE WHEN $1 THEN payload ->> 'cpf'
                           ELSE '***.' || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                                       || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**'
                      END AS cpf,
                      payload ->> 'tipo_processo' AS processo, first_seen_at, last_seen_at, removed_at,
                      agendamento_id, payload ->> 'categoria' AS categoria, missing_since
               FROM agenda_slots WHERE "#
                + $which,
            $($argument),*
        )
    };
}

// Of a column that nobody has named, only that it changed: the portal may show a telephone number under any header.
macro_rules! changes {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            ChangeView,
            r#"SELECT c.id, c.at, c.kind AS "kind: ChangeKind", c.slot_id, c.run_id, s.usuario_id, s.data, s.hora,
                      s.payload ->> 'nome' AS nome,
                      '***.' || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                             || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**' AS cpf,
                      CASE WHEN jsonb_typeof(c.fields) = 'object' THEN
                          (SELECT jsonb_object_agg(key, CASE WHEN key IN ('nome', 'hora', 'tipo_processo', 'categoria',
                               'status_exame_medico', 'status_exame_psicologico', 'slot_status') THEN value ELSE '{}' END)
                           FROM jsonb_each(c.fields)) END AS fields, c.slot_status AS "slot_status: SlotStatus"
               FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id WHERE "#
                + $which,
            $($argument),*
        )
    };
}

impl Store {
    /// The last runs, newest first; with `before`, those that come behind this run. One that is not there has none behind
    /// it: runs are deleted by their age.
    pub async fn list_runs(
        &self,
        usuario_id: Option<i32>,
        status: Option<RunStatus>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<RunView>, StoreError> {
        let mut before_start = None;
        if let Some(id) = before {
            let start = sqlx::query_scalar!(
                "SELECT started_at FROM agenda_sync_runs WHERE id = $1 AND ($2::int IS NULL OR usuario_id = $2)",
                id,
                usuario_id
            );
            match start.fetch_optional(&self.pool).await? {
                Some(start) => before_start = start,
                None => return Ok(Vec::new()),
            }
        }
        // In the order of an index; the earlier system may have left runs without a start.
        let rows = match usuario_id {
            Some(user) => {
                let rows = runs!(
                    "NULL::jsonb",
                    "id = ANY (ARRAY(
                         SELECT id FROM (
                             (SELECT id, started_at FROM agenda_sync_runs
                              WHERE usuario_id = $1 AND ($2::text IS NULL OR status = $2) AND started_at IS NOT NULL
                                AND ($3::bigint IS NULL OR (started_at, id) < ($4::timestamptz, $3))
                              ORDER BY started_at DESC, id DESC LIMIT $5)
                             UNION ALL
                             (SELECT id, started_at FROM agenda_sync_runs
                              WHERE usuario_id = $1 AND ($2::text IS NULL OR status = $2) AND started_at IS NULL
                                AND ($3 IS NULL OR $4 IS NOT NULL OR id < $3)
                              ORDER BY id DESC LIMIT $5)) found
                         ORDER BY started_at DESC NULLS LAST, id DESC LIMIT $5))
                     ORDER BY started_at DESC NULLS LAST, id DESC",
                    user,
                    status as _,
                    before,
                    before_start,
                    limit
                );
                rows.fetch_all(&self.pool).await?
            }
            None => {
                let rows = runs!(
                    "NULL::jsonb",
                    "id = ANY (ARRAY(
                         SELECT id FROM (
                             (SELECT id, started_at FROM agenda_sync_runs
                              WHERE ($1::text IS NULL OR status = $1) AND started_at IS NOT NULL
                                AND ($2::bigint IS NULL OR (started_at, id) < ($3::timestamptz, $2))
                              ORDER BY started_at DESC, id DESC LIMIT $4)
                             UNION ALL
                             (SELECT id, started_at FROM agenda_sync_runs
                              WHERE ($1::text IS NULL OR status = $1) AND started_at IS NULL
                                AND ($2 IS NULL OR $3 IS NOT NULL OR id < $2)
                              ORDER BY id DESC LIMIT $4)) found
                         ORDER BY started_at DESC NULLS LAST, id DESC LIMIT $4))
                     ORDER BY started_at DESC NULLS LAST, id DESC",
                    status as _,
                    before,
                    before_start,
                    limit
                );
                rows.fetch_all(&self.pool).await?
            }
        };
        Ok(rows)
    }

    /// One run; `None` if there is none, or none of that user.
    pub async fn run(
        &self,
        id: i64,
        usuario_id: Option<i32>,
    ) -> Result<Option<RunView>, StoreError> {
        let row = runs!(
            "error_details",
            "id = $1 AND ($2::int IS NULL OR usuario_id = $2)",
            id,
            usuario_id
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Finished runs with a greater id, oldest first.
    pub async fn runs_after(&self, id: i64) -> Result<Vec<RunView>, StoreError> {
        // Up to the first that still runs: ids are told in order, each once.
        let rows = runs!(
            "NULL::jsonb",
            "id > $1
             AND id < coalesce((SELECT min(id) FROM agenda_sync_runs WHERE status = 'running'), id + 1)
             ORDER BY id LIMIT 100",
            id
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Current slots in the order of the agenda, or the removed ones, last seen first. CPFs are masked.
    pub async fn list_slots(
        &self,
        filter: &SlotFilter,
        limit: i64,
    ) -> Result<Vec<SlotView>, StoreError> {
        let rows = slots!(
            "($2::int IS NULL OR usuario_id = $2)
             AND ($3::date IS NULL OR data >= $3) AND ($4::date IS NULL OR data <= $4)
             AND is_current <> $5
             ORDER BY CASE WHEN $5 THEN last_seen_at END DESC, data, hora, usuario_id, id LIMIT $6",
            false,
            filter.usuario_id,
            filter.from,
            filter.to,
            filter.removed,
            limit
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The current slots of an examiner from a day on, and those of these days that vanished within the
    /// last two days, in the order of the agenda. CPFs are masked unless they are asked for.
    pub async fn agenda(
        &self,
        usuario_id: i32,
        from: NaiveDate,
        whole_cpf: bool,
        limit: i64,
    ) -> Result<Vec<SlotView>, StoreError> {
        let rows = slots!(
            "usuario_id = $2 AND data >= $3 AND (is_current OR removed_at > now() - interval '2 days')
             ORDER BY data, hora, id LIMIT $4",
            whole_cpf,
            usuario_id,
            from,
            limit
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The last changes, newest first.
    pub async fn list_changes(
        &self,
        filter: &ChangeFilter,
        limit: i64,
    ) -> Result<Vec<ChangeView>, StoreError> {
        let rows = changes!(
            "($1::int[] IS NULL OR s.usuario_id = ANY ($1)) AND ($2::bigint IS NULL OR c.slot_id = $2)
             AND ($3::text IS NULL OR c.kind = $3) AND ($4::timestamptz IS NULL OR c.at >= $4)
             ORDER BY c.at DESC, c.id DESC LIMIT $5 OFFSET $6",
            filter.usuario_ids.as_deref(),
            filter.slot_id,
            filter.kind as _,
            filter.since,
            limit,
            filter.offset
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The next changes of an examiner that an address of `agendad_webhooks` wants, after this one, in their order.
    pub(super) async fn changes_of_claim(
        &self,
        webhook_id: i32,
        usuario_id: i32,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ChangeView>, StoreError> {
        let rows = changes!(
            "s.usuario_id = $2 AND c.id > $3
             AND c.id <= (SELECT upto_change FROM agendad_webhook_positions WHERE webhook_id = $1 AND usuario_id = $2)
             AND (SELECT kinds IS NULL OR c.kind = ANY (kinds) FROM agendad_webhooks WHERE id = $1)
             ORDER BY c.id LIMIT $4",
            webhook_id,
            usuario_id,
            after,
            limit
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The changes of these slots after this one, in their order.
    pub(super) async fn changes_of_slots(
        &self,
        slots: &[i64],
        after: i64,
    ) -> Result<Vec<ChangeView>, StoreError> {
        let rows = changes!(
            "c.slot_id = ANY ($1) AND c.id > $2 ORDER BY c.id",
            slots,
            after
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Slots by their numbers, current or not. CPFs are masked.
    pub(super) async fn slots_by_id(&self, ids: &[i64]) -> Result<Vec<SlotView>, StoreError> {
        let rows = slots!("id = ANY ($2)", false, ids);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Changes with a greater id, oldest first.
    pub async fn changes_after(&self, id: i64) -> Result<Vec<ChangeView>, StoreError> {
        let rows = changes!("c.id > $1 ORDER BY c.id LIMIT 1000", id);
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
