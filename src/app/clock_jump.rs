//! Whether the database's clock goes as time does. One that has jumped ahead by months makes everything look old, and
//! what is deleted for its age does not come back with the right time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A clock that is set right may jump by so much.
const TOLERANCE: TimeDelta = TimeDelta::hours(1);
/// A jump that nobody has taken back for so long was right: of a clock that was behind, or a machine that slept.
const BELIEVED_AFTER: Duration = Duration::from_secs(86_400);
/// A clock that says, when the process starts, that nobody has given a sign of life for so long may be ahead.
const LONG_SILENCE: TimeDelta = TimeDelta::days(1);
/// If it then goes as time does for so long, and nobody puts it right, the machine was off.
const BELIEVED_AT_START: Duration = Duration::from_secs(3600);

/// Remembers what the clock said first.
#[derive(Debug, Default)]
pub(super) struct ClockJumpDetector {
    first: Option<(DateTime<Utc>, Instant)>,
    /// The first that it said lay long after the last sign of life.
    doubted: bool,
    jumped: Option<Instant>,
}

impl ClockJumpDetector {
    /// Whether it has been asked before: only then it is of no matter what others have said.
    pub(super) fn is_known(&self) -> bool {
        self.first.is_some()
    }

    /// Whether what the clock says now fits what it said before, and what it said first fits the `last` sign of life of
    /// before this process.
    pub(super) fn is_steady(&mut self, now: DateTime<Utc>, last: Option<DateTime<Utc>>) -> bool {
        let (said, at) = *self.first.get_or_insert_with(|| {
            self.doubted = last.is_some_and(|last| now - last > LONG_SILENCE);
            (now, Instant::now())
        });
        let expected = said + at.elapsed();
        if (now - expected).abs() <= TOLERANCE {
            self.jumped = None;
            return !self.doubted || at.elapsed() >= BELIEVED_AT_START;
        }
        let jumped = *self.jumped.get_or_insert_with(Instant::now);
        if jumped.elapsed() >= BELIEVED_AFTER {
            *self = Self::default();
            return self.is_steady(now, None);
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
        let mut clock = ClockJumpDetector::default();
        assert!(clock.is_steady(begun, None));
        tokio::time::advance(100 * HOUR).await;
        assert!(clock.is_steady(begun + 100 * HOUR, None));
        let ahead = begun + 2400 * HOUR;
        assert!(!clock.is_steady(ahead + 100 * HOUR, None));
        assert!(
            !clock.is_steady(begun, None),
            "nor is one that is far behind"
        );
        assert!(
            clock.is_steady(begun + 100 * HOUR, None),
            "it was put right"
        );
        assert!(!clock.is_steady(ahead + 100 * HOUR, None));
        tokio::time::advance(23 * HOUR).await;
        assert!(!clock.is_steady(ahead + 123 * HOUR, None));
        tokio::time::advance(HOUR).await;
        assert!(clock.is_steady(ahead + 124 * HOUR, None));
        assert!(!clock.is_steady(begun + 124 * HOUR, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_ahead_at_the_start_is_not_believed_before_an_hour_is_over() {
        let last = DateTime::UNIX_EPOCH;
        let ahead = last + 2400 * HOUR;
        let mut clock = ClockJumpDetector::default();
        assert!(!clock.is_steady(ahead, Some(last)));
        tokio::time::advance(HOUR / 2).await;
        // Others have given signs of life by the same clock meanwhile.
        assert!(!clock.is_steady(ahead + HOUR / 2, Some(ahead)));
        assert!(
            !clock.is_steady(last + HOUR / 2, None),
            "it was put right: a jump"
        );
        let mut was_off = ClockJumpDetector::default();
        assert!(!was_off.is_steady(ahead, Some(last)));
        tokio::time::advance(HOUR).await;
        assert!(was_off.is_steady(ahead + HOUR, None));
        let mut restarted = ClockJumpDetector::default();
        assert!(restarted.is_steady(ahead, Some(ahead - 20 * HOUR)));
        assert!(
            ClockJumpDetector::default().is_steady(ahead, None),
            "there is nothing to delete"
        );
    }
}
