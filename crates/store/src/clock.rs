//! Times that are compared with now, and that lie in the future because a clock was ahead when they were
//! written: once it is put right they would stop what waits for them, for hours or for a year. They are taken
//! back, and that it happened is remembered for the alert `clock`.

use std::time::Duration;

use agendad_domain::StoredTime;

use super::{Store, StoreError};

/// A kind of times that were taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// Of which records.
    pub what: StoredTime,
    /// Rows that were changed.
    pub rows: i64,
    /// Seconds by which the furthest time of all kinds was ahead.
    pub ahead: f64,
}

/// How long times that lie in the future by intention may do so.
#[derive(Debug, Clone, Copy)]
pub struct FutureLimits {
    /// The longest delay between two tries of a message.
    pub message: Duration,
    /// The rest after a CAPTCHA.
    pub captcha: Duration,
}

impl Store {
    /// Takes back every stored time that lies more than a minute ahead of the database's clock. `jobs` of the queue
    /// were taken back just before, and are noted too.
    pub async fn take_back_future_times(
        &self,
        limits: FutureLimits,
        jobs: u64,
    ) -> Result<Vec<Correction>, StoreError> {
        let corrections = sqlx::query_file_as!(
            Correction,
            "src/sql/take_back_future.sql",
            limits.message.as_secs_f64(),
            limits.captcha.as_secs_f64(),
            i64::try_from(jobs).unwrap_or(i64::MAX),
        );
        let corrections = corrections.fetch_all(&self.pool).await?;
        let are_of = |what| corrections.iter().any(|found| found.what == what);
        if are_of(StoredTime::Pauses) {
            self.take_back_future_pauses(limits.captcha).await?;
        }
        if are_of(StoredTime::Schedules) {
            // A tick may have come meanwhile: as if accounts had changed, so that no daemon waits for its next look.
            sqlx::query!("SELECT pg_notify('agendad_accounts', '')")
                .execute(&self.pool)
                .await?;
        }
        Ok(corrections)
    }

    async fn take_back_future_pauses(&self, captcha: Duration) -> Result<(), StoreError> {
        // A rest keeps its length.
        sqlx::query!(
            "UPDATE configuracoes_detran c
             SET pausa_desde = least(pausa_desde, at),
                 pausa_ate = CASE WHEN pausa_desde > edge THEN at + (pausa_ate - pausa_desde)
                                  ELSE at + make_interval(secs => $1) END
             FROM (SELECT now() AS at, now() + interval '1 minute' AS edge) clock
             WHERE pausa_motivo IS NOT NULL
               AND (pausa_desde > edge OR pausa_motivo = 'captcha' AND pausa_ate > edge + make_interval(secs => $1))",
            captcha.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets corrections that were made more than `keep` ago.
    pub async fn forget_corrections(&self, keep: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM agendad_clock_corrections WHERE at < now() - make_interval(secs => $1)",
            keep.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
