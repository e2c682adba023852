//! Whether the database's clock goes as time does. One that has jumped ahead by months makes everything look old, and
//! what is deleted or given up for its age does not come back with the right time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use nix::time::{ClockId, clock_gettime};

use crate::scheduler::liveness::LoopHeartbeat;
use crate::store::{Store, StoreError};

/// A clock that is set right may jump by so much.
const TOLERANCE: TimeDelta = TimeDelta::hours(1);
/// A jump that nobody has taken back for so long was right: of a clock that was behind, or a virtual machine that stood
/// still.
const BELIEVED_AFTER: Duration = Duration::from_secs(86_400);
/// A clock that says, when the process starts, that nobody has given a sign of life for so long may be ahead.
const LONG_SILENCE: TimeDelta = TimeDelta::days(1);
/// If it then goes as time does for so long, and nobody puts it right, the machine was off.
const BELIEVED_AT_START: Duration = Duration::from_secs(3600);

/// Remembers what the clock said first.
pub(super) struct ClockJumpDetector {
    /// How much time has gone by on this machine, its sleep included.
    uptime: Box<dyn Fn() -> Duration + Send + Sync>,
    first: Option<First>,
    /// The first that it said lay long after the last sign of life.
    doubted: bool,
    /// Since when it has been wrong.
    jumped: Option<Duration>,
}

/// What the clock said first, and when.
#[derive(Clone, Copy)]
struct First {
    said: DateTime<Utc>,
    at: Duration,
}

/// For how long this machine has been on. `Instant` stands still while it sleeps, and would make a jump of the database's
/// clock of every night.
pub(super) fn uptime() -> Duration {
    // Every kernel on which this runs has it.
    clock_gettime(ClockId::CLOCK_BOOTTIME).map_or(Duration::ZERO, Duration::from)
}

impl ClockJumpDetector {
    pub(super) fn new(uptime: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            uptime: Box::new(uptime),
            first: None,
            doubted: false,
            jumped: None,
        }
    }

    /// Whether things are as old as the database's clock says now.
    pub(super) async fn look(
        &mut self,
        store: &Store,
        instance: &str,
        beat: &LoopHeartbeat,
    ) -> Result<bool, StoreError> {
        // Once it has been asked, it is of no matter what others have said.
        let last = if self.first.is_some() {
            None
        } else {
            beat.after(store.last_sign_of_others(instance)).await?
        };
        let now = beat.after(store.now()).await?;
        Ok(self.is_steady(now, last))
    }

    /// Whether what the clock says now fits what it said before, and what it said first fits the `last` sign of life of
    /// before this process.
    fn is_steady(&mut self, now: DateTime<Utc>, last: Option<DateTime<Utc>>) -> bool {
        let uptime = (self.uptime)();
        let first = *self.first.get_or_insert_with(|| {
            self.doubted = last.is_some_and(|last| now - last > LONG_SILENCE);
            First {
                said: now,
                at: uptime,
            }
        });
        let gone = uptime.saturating_sub(first.at);
        if (now - (first.said + gone)).abs() <= TOLERANCE {
            self.jumped = None;
            return !self.doubted || gone >= BELIEVED_AT_START;
        }
        let jumped = *self.jumped.get_or_insert(uptime);
        if uptime.saturating_sub(jumped) >= BELIEVED_AFTER {
            (self.first, self.doubted, self.jumped) = (None, false, None);
            return self.is_steady(now, None);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// By the time of the test, which is paused.
    fn detector() -> ClockJumpDetector {
        let begun = Instant::now();
        ClockJumpDetector::new(move || begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_jumps_is_not_believed_before_a_day_is_over_or_it_is_right_again() {
        let begun = DateTime::UNIX_EPOCH;
        let mut clock = detector();
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
        let mut clock = detector();
        assert!(!clock.is_steady(ahead, Some(last)));
        tokio::time::advance(HOUR / 2).await;
        // Others have given signs of life by the same clock meanwhile.
        assert!(!clock.is_steady(ahead + HOUR / 2, Some(ahead)));
        assert!(
            !clock.is_steady(last + HOUR / 2, None),
            "it was put right: a jump"
        );
        let mut was_off = detector();
        assert!(!was_off.is_steady(ahead, Some(last)));
        tokio::time::advance(HOUR).await;
        assert!(was_off.is_steady(ahead + HOUR, None));
        let mut restarted = detector();
        assert!(restarted.is_steady(ahead, Some(ahead - 20 * HOUR)));
        assert!(
            detector().is_steady(ahead, None),
            "there is nothing to delete"
        );
    }

    #[test]
    fn a_machine_that_has_slept_does_not_doubt_the_databases_clock() {
        // A night's sleep between two looks, both clocks having gone on.
        let nights = AtomicU32::new(0);
        let mut clock =
            ClockJumpDetector::new(move || 9 * HOUR * nights.fetch_add(1, Ordering::Relaxed));
        let evening = DateTime::UNIX_EPOCH;
        assert!(clock.is_steady(evening, None));
        assert!(clock.is_steady(evening + 9 * HOUR, None));
    }
}
