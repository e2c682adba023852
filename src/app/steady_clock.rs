//! Whether the database's clock goes as time does. One that has jumped ahead by months makes everything look old, and
//! what is deleted for its age does not come back with the right time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A clock that is set right may jump by so much.
const TOLERANCE: TimeDelta = TimeDelta::hours(1);
/// A jump that nobody has taken back for so long was right: of a clock that was behind, or a machine that slept.
const BELIEVED_AFTER: Duration = Duration::from_secs(86_400);

/// Remembers what the clock said first.
#[derive(Debug, Default)]
pub(super) struct SteadyClock {
    first: Option<(DateTime<Utc>, Instant)>,
    jumped: Option<Instant>,
}

impl SteadyClock {
    /// Whether what the clock says now fits what it said before.
    pub(super) fn is_steady(&mut self, now: DateTime<Utc>) -> bool {
        let (said, at) = *self.first.get_or_insert_with(|| (now, Instant::now()));
        let expected = said + at.elapsed();
        if (now - expected).abs() <= TOLERANCE {
            self.jumped = None;
            return true;
        }
        let jumped = *self.jumped.get_or_insert_with(Instant::now);
        if jumped.elapsed() >= BELIEVED_AFTER {
            *self = Self::default();
            return self.is_steady(now);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_jumps_is_not_believed_before_a_day_is_over_or_it_is_right_again() {
        let begun = DateTime::UNIX_EPOCH;
        let mut clock = SteadyClock::default();
        assert!(clock.is_steady(begun));
        tokio::time::advance(100 * HOUR).await;
        assert!(clock.is_steady(begun + 100 * HOUR));
        let ahead = begun + 2400 * HOUR;
        assert!(!clock.is_steady(ahead + 100 * HOUR));
        assert!(!clock.is_steady(begun), "nor is one that is far behind");
        assert!(clock.is_steady(begun + 100 * HOUR), "it was put right");
        assert!(!clock.is_steady(ahead + 100 * HOUR));
        tokio::time::advance(23 * HOUR).await;
        assert!(!clock.is_steady(ahead + 123 * HOUR));
        tokio::time::advance(HOUR).await;
        assert!(clock.is_steady(ahead + 124 * HOUR));
        assert!(!clock.is_steady(begun + 124 * HOUR));
    }
}
