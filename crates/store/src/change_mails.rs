//! `agendad_change_mails`: who is told of the day's changes by e-mail, and how far that has got. The change log is the
//! outbox, and each row a place in it: a change is settled once the mail server has taken it.

use std::time::Duration;

use agendad_domain::{ChangeKind, Trouble, Undelivered};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Store, StoreError};

/// An examiner who wants these mails.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangeMails {
    pub usuario_id: i32,
    pub nome: String,
    /// Where to; `None`: nobody knows.
    pub email: Option<String>,
    /// When the mail server took the last one.
    pub mailed_at: Option<DateTime<Utc>>,
    /// Why the next one was not sent.
    pub last_error: Option<String>,
    pub last_error_kind: Option<Trouble>,
}

/// When an examiner is due.
#[derive(Debug, Clone, Copy)]
pub struct ChangesQuery {
    /// Slots of this day.
    pub today: NaiveDate,
    /// When it began.
    pub began: DateTime<Utc>,
    /// Changes from then on.
    pub since: DateTime<Utc>,
    /// The first of them is so old.
    pub collect: Duration,
    /// The mail before is so old.
    pub every: Duration,
}

/// An examiner whose changes the caller tells now, and nobody else.
#[derive(Debug, Clone)]
pub struct ChangeMailDue {
    pub usuario_id: i32,
    pub nome: String,
    /// Where to; `None`: nobody knows.
    pub email: Option<String>,
    /// The last change of the day's slots that is settled.
    pub seen_change: i64,
    /// How often sending was begun.
    pub attempts: i32,
    /// Why it was not sent the last time.
    pub last_error_kind: Option<Trouble>,
}

/// A change of a slot of today, and the slot as it is now.
#[derive(Debug, Clone)]
pub struct TodaysChange {
    pub id: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// Which columns differ.
    pub fields: Vec<String>,
    /// The day was known before: else this is how it was found, and nothing new.
    pub is_news: bool,
    pub slot_id: i64,
    pub hora: NaiveTime,
    /// Whether it is in the agenda now.
    pub is_current: bool,
    /// The candidate's name.
    pub nome: Option<String>,
    /// Their CPF, masked.
    pub cpf: Option<String>,
    /// The kind of process.
    pub processo: Option<String>,
}

impl Store {
    /// Who wants them.
    pub async fn change_mails(&self) -> Result<Vec<ChangeMails>, StoreError> {
        let rows = sqlx::query_as!(
            ChangeMails,
            r#"SELECT m.usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(m.email, u.email) AS email, m.mailed_at,
                      m.last_error, m.last_error_kind AS "last_error_kind: Trouble"
               FROM agendad_change_mails m JOIN usuarios u ON u.id = m.usuario_id ORDER BY m.usuario_id"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Claims an examiner who is due, for two minutes. Times from the future were written by a clock that was ahead, and
    /// hold nobody up. What was settled on another day says nothing of this day's slots, unless a mail went out today
    /// already: that was one of a daemon of the release before, which keeps no day.
    pub async fn claim_change_mail(
        &self,
        query: &ChangesQuery,
    ) -> Result<Option<ChangeMailDue>, StoreError> {
        let row = sqlx::query_as!(
            ChangeMailDue,
            r#"UPDATE agendad_change_mails m SET lease_until = now() + interval '2 minutes', attempts = m.attempts + 1
               FROM usuarios u
               WHERE u.id = m.usuario_id AND m.usuario_id = (
                   SELECT w.usuario_id FROM agendad_change_mails w JOIN usuarios a ON a.id = w.usuario_id
                   WHERE coalesce(a.ativo, TRUE)
                     AND NOT coalesce(w.lease_until BETWEEN now() AND now() + interval '3 minutes', FALSE)
                     AND NOT coalesce(w.next_attempt_at BETWEEN now() AND now() + interval '20 minutes', FALSE)
                     AND NOT coalesce(w.mailed_at BETWEEN now() - make_interval(secs => $4) AND now(), FALSE)
                     AND EXISTS (
                         SELECT FROM agenda_slots s JOIN agenda_slot_changes c ON c.slot_id = s.id
                         WHERE s.usuario_id = w.usuario_id AND s.data = $1 AND c.at >= $2
                           AND (c.id > w.seen_change OR w.seen_day <> $1 AND NOT coalesce(w.mailed_at >= $5, FALSE))
                           AND (c.at <= now() - make_interval(secs => $3) OR c.at > now() + interval '1 minute'))
                   ORDER BY w.usuario_id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
               RETURNING m.usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(m.email, u.email) AS email,
                         CASE WHEN m.seen_day <> $1 AND NOT coalesce(m.mailed_at >= $5, FALSE) THEN 0
                              ELSE m.seen_change END AS "seen_change!",
                         m.attempts, m.last_error_kind AS "last_error_kind: Trouble""#,
            query.today,
            query.since,
            query.collect.as_secs_f64(),
            query.every.as_secs_f64(),
            query.began,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The changes of an examiner's slots of today that are not settled, in their order. News is what a day shows that
    /// was read before, within a day: what a first reading finds, or the first one after a long silence, is none. What a
    /// clock that was ahead has dated is of now; runs whose times were taken back have one time, and stand in their order.
    pub async fn changes_to_tell(
        &self,
        due: &ChangeMailDue,
        query: &ChangesQuery,
    ) -> Result<Vec<TodaysChange>, StoreError> {
        let rows = sqlx::query_as!(
            TodaysChange,
            r#"SELECT c.id, c.kind AS "kind: ChangeKind", c.slot_id, s.hora, s.is_current,
                      ARRAY(SELECT jsonb_object_keys(
                          CASE WHEN jsonb_typeof(c.fields) = 'object' THEN c.fields ELSE '{}' END)) AS "fields!",
                      EXISTS (
                          SELECT FROM agenda_sync_runs r JOIN agenda_sync_runs b ON b.usuario_id = r.usuario_id
                          WHERE r.id = c.run_id AND r.usuario_id = s.usuario_id
                            AND (b.started_at, b.id) < (r.started_at, r.id)
                            AND b.started_at > least(c.at, now()) - interval '1 day'
                            AND b.status IN ('success', 'partial') AND s.data BETWEEN b.window_start AND b.window_end
                            AND CASE WHEN b.days_read IS NULL THEN b.status = 'success' ELSE s.data = ANY (b.days_read) END
                            -- A unit that is new is read for the first time.
                            AND NOT EXISTS (
                                SELECT FROM portal_units p WHERE p.usuario_id = s.usuario_id AND p.code = s.unidade_code
                                  AND p.first_seen_at > coalesce(b.finished_at, b.started_at)
                                  AND p.first_seen_at <= now() + interval '1 minute')) AS "is_news!",
                      s.payload ->> 'nome' AS nome,
                      '***.' || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                             || substr(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**' AS cpf,
                      s.payload ->> 'tipo_processo' AS processo
               FROM agenda_slots s JOIN agenda_slot_changes c ON c.slot_id = s.id
               WHERE s.usuario_id = $1 AND s.data = $2 AND c.id > $3 AND c.at >= $4
               ORDER BY c.id LIMIT 5000"#,
            due.usuario_id,
            query.today,
            due.seen_change,
            query.since,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Up to this change all of the day's slots is settled: told by a mail, or there was nothing to tell.
    pub async fn changes_settled(
        &self,
        due: &ChangeMailDue,
        query: &ChangesQuery,
        change: i64,
        is_mailed: bool,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE agendad_change_mails
             SET seen_change = greatest(seen_change, $2), seen_day = $4,
                 mailed_at = CASE WHEN $3 THEN now() ELSE mailed_at END,
                 lease_until = NULL, attempts = 0, next_attempt_at = NULL, last_error = NULL, last_error_kind = NULL
             WHERE usuario_id = $1",
            due.usuario_id,
            change,
            is_mailed,
            query.today,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The mail was not sent, and is tried again after `again`.
    pub async fn changes_not_mailed(
        &self,
        due: &ChangeMailDue,
        error: &Undelivered,
        again: Duration,
    ) -> Result<(), StoreError> {
        let said = self.encoding().await?.nearest(&error.said).into_owned();
        sqlx::query!(
            "UPDATE agendad_change_mails
             SET lease_until = NULL, last_error = $2, last_error_kind = $4, next_attempt_at = now() + make_interval(secs => $3)
             WHERE usuario_id = $1",
            due.usuario_id,
            said,
            again.as_secs_f64(),
            error.why as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
