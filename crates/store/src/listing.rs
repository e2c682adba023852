//! What people ask: the last runs, the slots of a user.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::{Store, StoreError};

/// A run in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RunListed {
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
    /// `running`, `success`, `partial` or `failed`.
    pub status: String,
    /// Start.
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds from start to end.
    pub seconds: Option<f64>,
    /// Counts.
    pub totals: Option<Value>,
    /// One sentence.
    pub error: Option<String>,
    /// Kind of the error.
    pub kind: Option<String>,
    /// Requests sent.
    pub requests: Option<i32>,
    /// Repeated requests.
    pub retries: Option<i32>,
}

/// A change of a slot, with what a person wants to know of the slot.
#[derive(Debug, Clone)]
pub struct ChangeTold {
    /// Id of the change.
    pub id: i64,
    /// The slot.
    pub slot_id: i64,
    /// The run that saw it.
    pub run_id: Option<i64>,
    /// `inserted`, `changed`, `removed` or `reappeared`.
    pub kind: String,
    /// The fields that differ.
    pub fields: Option<Value>,
    /// The examiner.
    pub usuario_id: i32,
    /// The day.
    pub data: NaiveDate,
    /// The hour.
    pub hora: NaiveTime,
    /// Candidate's name.
    pub nome: Option<String>,
}

/// A change in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ChangeListed {
    /// Id of the change.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `inserted`, `changed`, `removed` or `reappeared`.
    pub kind: String,
    /// The slot.
    pub slot_id: i64,
    /// The run that saw it.
    pub run_id: Option<i64>,
    /// The examiner.
    pub usuario_id: Option<i32>,
    /// The day.
    pub data: NaiveDate,
    /// The hour.
    pub hora: NaiveTime,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Candidate's CPF, masked.
    pub cpf: Option<String>,
    /// The fields that differ: old and new value, but for telephone numbers and e-mail addresses.
    pub fields: Option<Value>,
}

/// Which changes are asked for.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Of this examiner only.
    pub usuario_id: Option<i32>,
    /// Of this slot only.
    pub slot_id: Option<i64>,
    /// Of this kind only.
    pub kind: Option<String>,
    /// Since this moment.
    pub since: Option<DateTime<Utc>>,
}

/// A slot in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SlotListed {
    /// Id.
    pub id: i64,
    /// The examiner.
    pub usuario_id: Option<i32>,
    /// The unit.
    pub unidade_code: String,
    /// The day.
    pub data: NaiveDate,
    /// The hour.
    pub hora: NaiveTime,
    /// `available`, `booked` or `removed`.
    pub status: String,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Candidate's CPF, masked.
    pub cpf: Option<String>,
    /// Kind of process.
    pub processo: Option<String>,
    /// First time seen.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// Last time seen.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it was marked removed.
    pub removed_at: Option<DateTime<Utc>>,
    /// Its appointment.
    pub agendamento_id: Option<i32>,
}

/// Which slots are asked for.
#[derive(Debug, Clone, Default)]
pub struct SlotFilter {
    /// Of this examiner only.
    pub usuario_id: Option<i32>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// To this day.
    pub to: Option<NaiveDate>,
    /// The removed ones instead of the current ones.
    pub removed: bool,
}

impl Store {
    /// The last runs, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_runs(
        &self,
        usuario_id: Option<i32>,
        status: Option<&str>,
        limit: i64,
    ) -> Result<Vec<RunListed>, StoreError> {
        let rows = sqlx::query_as!(
            RunListed,
            r#"SELECT id, usuario_id, window_name, window_start, window_end, tick, status, started_at,
                      extract(epoch FROM coalesce(finished_at, now()) - started_at)::float8 AS seconds,
                      totals, error, error_details ->> 'kind' AS kind, requests, retries
               FROM agenda_sync_runs
               WHERE ($1::int IS NULL OR usuario_id = $1) AND ($2::text IS NULL OR status = $2)
               ORDER BY started_at DESC NULLS LAST, id DESC LIMIT $3"#,
            usuario_id,
            status,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Current slots in the order of the agenda, or the removed ones, last seen first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_slots(
        &self,
        filter: &SlotFilter,
        limit: i64,
    ) -> Result<Vec<SlotListed>, StoreError> {
        let rows = sqlx::query_as!(
            SlotListed,
            r#"SELECT id, usuario_id, unidade_code, data, hora, status, payload ->> 'nome' AS nome,
                      '***.' || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                             || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**' AS cpf,
                      payload ->> 'tipo_processo' AS processo,
                      first_seen_at, last_seen_at, removed_at, agendamento_id
               FROM agenda_slots
               WHERE ($1::int IS NULL OR usuario_id = $1)
                 AND ($2::date IS NULL OR data >= $2) AND ($3::date IS NULL OR data <= $3)
                 AND is_current <> $4
               ORDER BY CASE WHEN $4 THEN last_seen_at END DESC, data, hora, usuario_id, id LIMIT $5"#,
            filter.usuario_id,
            filter.from,
            filter.to,
            filter.removed,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The last changes, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_changes(
        &self,
        filter: &ChangeFilter,
        limit: i64,
    ) -> Result<Vec<ChangeListed>, StoreError> {
        let rows = sqlx::query_as!(
            ChangeListed,
            r#"SELECT c.id, c.at, c.kind, c.slot_id, c.run_id, s.usuario_id, s.data, s.hora,
                      s.payload ->> 'nome' AS nome,
                      '***.' || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                             || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**' AS cpf,
                      CASE WHEN jsonb_typeof(c.fields) = 'object' THEN
                          (SELECT jsonb_object_agg(key, CASE WHEN key IN ('telefone', 'email', 'cpf') THEN '{}' ELSE value END)
                           FROM jsonb_each(c.fields)) END AS fields
               FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
               WHERE ($1::int IS NULL OR s.usuario_id = $1) AND ($2::bigint IS NULL OR c.slot_id = $2)
                 AND ($3::text IS NULL OR c.kind = $3) AND ($4::timestamptz IS NULL OR c.at >= $4)
               ORDER BY c.at DESC, c.id DESC LIMIT $5"#,
            filter.usuario_id,
            filter.slot_id,
            filter.kind,
            filter.since,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Finished runs with a greater id, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn runs_after(&self, id: i64) -> Result<Vec<RunListed>, StoreError> {
        // Up to the first that still runs: ids are told in order, each once.
        let rows = sqlx::query_as!(
            RunListed,
            r#"SELECT id, usuario_id, window_name, window_start, window_end, tick, status, started_at,
                      extract(epoch FROM finished_at - started_at)::float8 AS seconds,
                      totals, error, error_details ->> 'kind' AS kind, requests, retries
               FROM agenda_sync_runs
               WHERE id > $1
                 AND id < coalesce((SELECT min(id) FROM agenda_sync_runs WHERE status = 'running'), id + 1)
               ORDER BY id LIMIT 100"#,
            id,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Changes with a greater id, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn changes_after(&self, id: i64) -> Result<Vec<ChangeTold>, StoreError> {
        let rows = sqlx::query_as!(
            ChangeTold,
            r#"SELECT c.id, c.slot_id, c.run_id, c.kind, c.fields, s.usuario_id AS "usuario_id!", s.data, s.hora,
                      s.payload ->> 'nome' AS nome
               FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
               WHERE c.id > $1 ORDER BY c.id LIMIT 1000"#,
            id,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
