//! What the rule `clock` looks at: times that were taken back, and clocks that are wrong now.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::evaluation::Evaluation;
use crate::StoreError;

/// Corrections within a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The first of them.
    pub first: DateTime<Utc>,
    /// Rows in all.
    pub rows: i64,
    /// Seconds by which the furthest was ahead.
    pub ahead: f64,
}

/// A living process whose machine's clock differs from the database's.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongClock {
    /// The process.
    pub instance: String,
    /// Seconds by which it is ahead; negative: behind.
    pub ahead: f64,
}

impl Evaluation {
    /// What was taken back within `window`, if anything was.
    pub async fn corrections(&mut self, window: Duration) -> Result<Option<Corrected>, StoreError> {
        let corrected = sqlx::query_as!(
            Corrected,
            r#"SELECT min(at) AS "first!", sum(rows)::bigint AS "rows!", max(ahead) AS "ahead!"
               FROM agendad_clock_corrections
               WHERE at >= now() - make_interval(secs => $1) HAVING count(*) > 0"#,
            window.as_secs_f64(),
        );
        Ok(corrected.fetch_optional(&mut *self.tx).await?)
    }

    /// Living processes whose clock differs from the database's by more than `tolerance`.
    pub async fn wrong_clocks(
        &mut self,
        tolerance: Duration,
    ) -> Result<Vec<WrongClock>, StoreError> {
        let clocks = sqlx::query_as!(
            WrongClock,
            "SELECT instance, clock_ahead AS ahead FROM agendad_processes
             WHERE beat_at > now() - interval '1 minute' AND abs(clock_ahead) > $1 ORDER BY instance",
            tolerance.as_secs_f64(),
        );
        Ok(clocks.fetch_all(&mut *self.tx).await?)
    }
}
