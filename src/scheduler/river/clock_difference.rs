//! River ends a put-off by this machine's clock, and takes a job out when its time has come by the database's, which also
//! says when it was put in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Milliseconds by which the database's clock is ahead of this machine's. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct ClockDifference(Arc<AtomicI64>);

impl ClockDifference {
    pub(super) fn note(
        &self,
        database: DateTime<Utc>,
        asked: DateTime<Utc>,
        answered: DateTime<Utc>,
    ) {
        // The answer may have been long under way: what lies between is no difference.
        let same = database.clamp(asked, answered.max(asked));
        let ahead = (database - same).num_milliseconds();
        self.0.store(ahead, Ordering::Relaxed);
    }

    /// What this machine's clock shows when the database's shows `database`.
    pub(super) fn moment(&self, database: DateTime<Utc>) -> DateTime<Utc> {
        let ahead = TimeDelta::milliseconds(self.0.load(Ordering::Relaxed));
        database.checked_sub_signed(ahead).unwrap_or(database)
    }

    /// How long River must be told to put a job off, so that it is put off for `delay`.
    pub(super) fn by_this_clock(&self, delay: Duration) -> Duration {
        let ahead = self.0.load(Ordering::Relaxed);
        let difference = Duration::from_millis(ahead.unsigned_abs());
        if ahead < 0 {
            delay.saturating_sub(difference)
        } else {
            delay.saturating_add(difference)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_put_off_for_as_long_as_meant_whatever_this_machines_clock_says() {
        let at = |seconds: u64| DateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let (difference, delay) = (ClockDifference::default(), Duration::from_secs(10));
        assert_eq!(difference.by_this_clock(delay), delay);
        // Asked and answered by this machine's clock, and what the database's said in between.
        for (asked, answered, database, told) in [
            (100, 104, 102, 10),
            (100, 101, 3701, 3610),
            (3700, 3701, 100, 0),
            (104, 105, 100, 6),
        ] {
            difference.note(at(database), at(asked), at(answered));
            let found = difference.by_this_clock(delay);
            assert_eq!(found, Duration::from_secs(told), "{asked} {database}");
        }
        // By the last of them the database's is four seconds behind.
        assert_eq!(difference.moment(at(100)), at(104));
        // This machine's clock was set back meanwhile.
        difference.note(at(100), at(100), at(50));
        assert_eq!(difference.by_this_clock(delay), delay);
    }
}
