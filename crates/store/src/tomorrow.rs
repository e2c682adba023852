//! `agendad_tomorrow_mails`: who wants tomorrow's agenda by e-mail, and what has become of it.
//!
//! Days are compared for being the same and never for their order: a clock that was ahead skips no mail.

use std::time::Duration;

use agendad_domain::{Trouble, Undelivered};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Store, StoreError};

/// An examiner who wants the mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TomorrowMail {
    pub usuario_id: i32,
    pub nome: String,
    /// Where to; `None`: nobody knows.
    pub email: Option<String>,
    /// The day of the last mail.
    pub mailed_day: Option<NaiveDate>,
    /// When the mail server took it.
    pub mailed_at: Option<DateTime<Utc>>,
    /// Why it was not sent.
    pub last_error: Option<String>,
    pub last_error_kind: Option<Trouble>,
}

#[derive(Debug, Clone)]
pub struct MailDue {
    pub usuario_id: i32,
    pub nome: String,
    /// Where to; `None`: nobody knows.
    pub email: Option<String>,
    /// How often sending it was begun for this day.
    pub attempts: i32,
}

impl Store {
    /// Who wants it.
    pub async fn tomorrow_mails(&self) -> Result<Vec<TomorrowMail>, StoreError> {
        let rows = sqlx::query_as!(
            TomorrowMail,
            r#"SELECT t.usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(t.email, u.email) AS email,
                      t.mailed_day, t.mailed_at, t.last_error, t.last_error_kind AS "last_error_kind: Trouble"
               FROM agendad_tomorrow_mails t JOIN usuarios u ON u.id = t.usuario_id ORDER BY t.usuario_id"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Whose `day` is to be read before the mail goes out: the caller does so, within `wait`, and says when it is over.
    pub async fn claim_tomorrow_reading(
        &self,
        day: NaiveDate,
        wait: Duration,
    ) -> Result<Option<i32>, StoreError> {
        let row = sqlx::query_scalar!(
            "UPDATE agendad_tomorrow_mails t SET read_day = $1, reading_until = now() + make_interval(secs => $2)
             WHERE t.usuario_id = (
                 SELECT t.usuario_id FROM agendad_tomorrow_mails t JOIN usuarios u ON u.id = t.usuario_id
                 WHERE t.read_day IS DISTINCT FROM $1 AND coalesce(u.ativo, TRUE)
                 ORDER BY t.usuario_id LIMIT 1 FOR UPDATE OF t SKIP LOCKED)
             RETURNING t.usuario_id",
            day,
            wait.as_secs_f64(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// That reading has ended, whatever came of it.
    pub async fn tomorrow_was_read(
        &self,
        usuario_id: i32,
        day: NaiveDate,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE agendad_tomorrow_mails SET reading_until = NULL WHERE usuario_id = $1 AND read_day = $2",
            usuario_id,
            day,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A mail about `day` that is due: it was read, or it is too late to wait for that.
    pub async fn tomorrow_due(
        &self,
        day: NaiveDate,
        is_late: bool,
    ) -> Result<Option<MailDue>, StoreError> {
        let row = sqlx::query_as!(
            MailDue,
            r#"SELECT t.usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(t.email, u.email) AS email,
                      CASE WHEN t.mailed_day = $1 THEN t.attempts ELSE 0 END AS "attempts!"
               FROM agendad_tomorrow_mails t JOIN usuarios u ON u.id = t.usuario_id
               WHERE coalesce(u.ativo, TRUE)
                 AND ($2 OR t.read_day = $1 AND coalesce(t.reading_until <= now(), TRUE))
                 AND (t.mailed_day IS DISTINCT FROM $1
                      OR t.failed AND NOT coalesce(t.next_attempt_at BETWEEN now() AND now() + interval '20 minutes', FALSE))
               ORDER BY t.usuario_id LIMIT 1"#,
            day,
            is_late,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The caller sends it now. Returns whether nobody else has begun to.
    pub async fn claim_tomorrow_mail(
        &self,
        due: &MailDue,
        day: NaiveDate,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE agendad_tomorrow_mails SET mailed_day = $2, mailed_at = NULL, failed = FALSE, attempts = $3::int + 1
             WHERE usuario_id = $1 AND (mailed_day IS DISTINCT FROM $2 OR failed AND attempts = $3)",
            due.usuario_id,
            day,
            due.attempts,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The mail server took it; with an error: it has the mail, and did not say whether it takes it.
    pub async fn tomorrow_mailed(
        &self,
        usuario_id: i32,
        unanswered: Option<&Undelivered>,
    ) -> Result<(), StoreError> {
        let said = match unanswered {
            Some(error) => Some(self.encoding().await?.nearest(&error.said).into_owned()),
            None => None,
        };
        sqlx::query!(
            "UPDATE agendad_tomorrow_mails SET mailed_at = now(), last_error = $2, last_error_kind = $3 WHERE usuario_id = $1",
            usuario_id,
            said,
            unanswered.and_then(|error| error.why) as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It was not sent, and is tried again after `again`.
    pub async fn tomorrow_not_mailed(
        &self,
        usuario_id: i32,
        error: &Undelivered,
        again: Duration,
    ) -> Result<(), StoreError> {
        let said = self.encoding().await?.nearest(&error.said).into_owned();
        sqlx::query!(
            "UPDATE agendad_tomorrow_mails
             SET failed = TRUE, last_error = $2, last_error_kind = $4, next_attempt_at = now() + make_interval(secs => $3)
             WHERE usuario_id = $1",
            usuario_id,
            said,
            again.as_secs_f64(),
            error.why as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
