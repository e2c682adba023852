//! `agendad_calendars`: whose calendar has which secret address; and what stands in a calendar.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::audit::{self, Action};
use super::{Store, StoreError};
use agendad_domain::ActionKind;

/// An examiner's calendar address, without the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarState {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the calendar was last read, to within ten minutes.
    pub last_read_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarOwner {
    pub usuario_id: i32,
    pub nome: String,
}

/// A slot as a calendar needs it. No [`SlotView`](super::listing::SlotView): of a candidate only name and process leave
/// the database for it, and it needs the changes counted.
#[derive(Debug, Clone)]
pub struct CalendarSlot {
    /// `agenda_slots.id`.
    pub id: i64,
    pub data: NaiveDate,
    /// The hour, local time.
    pub hora: NaiveTime,
    /// Whether it vanished.
    pub removed: bool,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Kind of process.
    pub process: Option<String>,
    /// When it was first seen; never changes.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// When it last changed.
    pub changed_at: Option<DateTime<Utc>>,
    /// How often it has changed since it was first seen.
    pub changes: i64,
}

impl Store {
    /// Gives an examiner a calendar address, of which this is the hash, in place of the one they may have;
    /// written down in the same transaction. Returns whether there is such a user.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn make_calendar(
        &self,
        usuario_id: i32,
        token_hash: &[u8; 32],
        actor: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "INSERT INTO agendad_calendars (usuario_id, token_hash)
             SELECT id, $2 FROM usuarios WHERE id = $1
             ON CONFLICT (usuario_id) DO UPDATE
             SET token_hash = excluded.token_hash, created_at = now(), last_read_at = NULL",
            usuario_id,
            token_hash.as_slice(),
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        audit::commit_if(
            found,
            tx,
            &Action::of(usuario_id, actor, ActionKind::CalendarMake),
        )
        .await
    }

    /// Takes an examiner's calendar address away; written down in the same transaction. Returns whether they
    /// had one.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn revoke_calendar(&self, usuario_id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "DELETE FROM agendad_calendars WHERE usuario_id = $1",
            usuario_id,
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        audit::commit_if(
            found,
            tx,
            &Action::of(usuario_id, actor, ActionKind::CalendarRevoke),
        )
        .await
    }

    /// What is known of an examiner's address; `None` if they have none.
    pub async fn calendar(&self, usuario_id: i32) -> Result<Option<CalendarState>, StoreError> {
        let row = sqlx::query_as!(
            CalendarState,
            "SELECT created_at, last_read_at FROM agendad_calendars WHERE usuario_id = $1",
            usuario_id,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Whose calendar has the address with this hash, and notes that it was read. `None` if nobody's, or
    /// if the user is switched off.
    pub async fn calendar_owner(
        &self,
        token_hash: &[u8; 32],
    ) -> Result<Option<CalendarOwner>, StoreError> {
        let row = sqlx::query_as!(
            CalendarOwner,
            r#"WITH owner AS (
                 SELECT u.id, u.nome, k.last_read_at
                 FROM agendad_calendars k JOIN usuarios u ON u.id = k.usuario_id
                 WHERE k.token_hash = $1 AND coalesce(u.ativo, TRUE)
             ), noted AS (
                 UPDATE agendad_calendars k SET last_read_at = now()
                 FROM owner o
                 WHERE k.usuario_id = o.id AND coalesce(o.last_read_at < now() - interval '10 minutes', TRUE)
             )
             SELECT id AS usuario_id, coalesce(nome, '') AS "nome!" FROM owner"#,
            token_hash.as_slice(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The slots of an examiner from a day on, in the order of the agenda; removed ones too, for so many days
    /// after their removal.
    pub async fn calendar_slots(
        &self,
        usuario_id: i32,
        from: NaiveDate,
        days_removed: i32,
        limit: i64,
    ) -> Result<Vec<CalendarSlot>, StoreError> {
        let rows = sqlx::query_as!(
            CalendarSlot,
            r#"SELECT s.id, s.data, s.hora, NOT s.is_current AS "removed!", s.payload ->> 'nome' AS nome,
                      s.payload ->> 'tipo_processo' AS process, s.first_seen_at,
                      greatest(s.first_seen_at, c.changed_at) AS changed_at, c.changes AS "changes!"
               FROM agenda_slots s
               CROSS JOIN LATERAL (
                   SELECT max(at) AS changed_at, count(*) FILTER (WHERE kind <> 'inserted') AS changes
                   FROM agenda_slot_changes WHERE slot_id = s.id) c
               WHERE s.usuario_id = $1 AND s.data >= $2
                 AND (s.is_current OR coalesce(s.removed_at, s.last_seen_at) > now() - make_interval(days => $3))
               ORDER BY s.data, s.hora, s.id LIMIT $4"#,
            usuario_id,
            from,
            days_removed,
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
