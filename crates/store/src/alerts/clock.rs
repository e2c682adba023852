//! What the rule `clock` looks at: times that were taken back, and clocks that are wrong now.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::evaluation::Evaluation;
use crate::StoreError;

/// Corrections within a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    pub first: DateTime<Utc>,
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

/// What is wrong with clocks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clocks {
    /// What was taken back lately, if anything was.
    pub corrected: Option<Corrected>,
    /// Those that are wrong now.
    pub wrong: Vec<WrongClock>,
}

impl Evaluation {
    /// What was taken back within `window`, and the living processes whose clock differs from the database's by more
    /// than `tolerance`. One statement, because it is asked each minute.
    pub async fn clocks(
        &mut self,
        window: Duration,
        tolerance: Duration,
    ) -> Result<Clocks, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT NULL AS instance, max(ahead) AS "ahead!", min(at) AS first, sum(rows)::bigint AS rows
               FROM agendad_clock_corrections
               WHERE at >= now() - make_interval(secs => $1) HAVING count(*) > 0
               UNION ALL
               (SELECT instance, clock_ahead, NULL, NULL FROM agendad_processes
                WHERE beat_at > now() - interval '1 minute' AND abs(clock_ahead) > $2 ORDER BY instance)"#,
            window.as_secs_f64(),
            tolerance.as_secs_f64(),
        );
        let mut clocks = Clocks::default();
        for row in rows.fetch_all(&mut *self.tx).await? {
            let ahead = row.ahead;
            match (row.instance, row.first, row.rows) {
                (Some(instance), ..) => clocks.wrong.push(WrongClock { instance, ahead }),
                (None, Some(first), Some(rows)) => {
                    clocks.corrected = Some(Corrected { first, rows, ahead });
                }
                (None, ..) => {}
            }
        }
        Ok(clocks)
    }
}
