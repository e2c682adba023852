//! Signs of life of the daemon's loops: being alive is not enough, a loop must go round. The watchdog
//! and the readiness check ask here.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::store::STATEMENT_TIMEOUT;

/// A loop that has not gone round for this long is stuck. Longer than its longest legitimate wait, which is for one
/// statement: a table that somebody has locked (`VACUUM FULL`, `CREATE INDEX`) keeps it to its time-out. Whoever waits for
/// several beats after each.
pub const STUCK_AFTER: Duration = STATEMENT_TIMEOUT.saturating_add(Duration::from_secs(15));

/// The heartbeat of one loop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LoopHeartbeat {
    name: &'static str,
    last: Arc<Mutex<Instant>>,
}

/// The heartbeats of all loops of the process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct LoopHeartbeats(Arc<Mutex<Vec<LoopHeartbeat>>>);

/// All loops count from here.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The next moment at which loops of this period go round: all at the same, so that a process with nothing to do wakes once
/// for all of them.
#[must_use]
pub fn next_in_step(period: Duration) -> Instant {
    let begun = BEGINNING.elapsed().as_nanos() / period.as_nanos().max(1);
    *BEGINNING + period.saturating_mul(u32::try_from(begun + 1).unwrap_or(u32::MAX))
}

/// At once, and from then on whenever loops of this period go round.
#[must_use]
pub fn in_step(period: Duration) -> Interval {
    let mut interval = interval_at(next_in_step(period) - period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    interval
}

impl LoopHeartbeats {
    /// A heartbeat for a loop that begins now.
    #[must_use]
    pub fn register(&self, name: &'static str) -> LoopHeartbeat {
        let beat = LoopHeartbeat {
            name,
            last: Arc::new(Mutex::new(Instant::now())),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(beat.clone());
        beat
    }

    /// The loops that are stuck, with how long for.
    #[must_use]
    pub fn stuck(&self) -> Vec<(&'static str, Duration)> {
        let beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = beats.iter().map(|beat| (beat.name, beat.last().elapsed()));
        silent.filter(|(_, since)| *since > STUCK_AFTER).collect()
    }
}

impl LoopHeartbeat {
    /// The loop goes round.
    pub fn beat(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Does one of several works of a round; that it has ended is a sign of life, however it went.
    pub async fn after<T>(&self, work: impl Future<Output = T>) -> T {
        let done = work.await;
        self.beat();
        done
    }

    fn last(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_does_not_go_round_is_named() {
        let beats = LoopHeartbeats::default();
        let (ticker, _janitor) = (beats.register("ticker"), beats.register("janitor"));
        tokio::time::advance(STUCK_AFTER).await;
        ticker.beat();
        assert!(beats.stuck().is_empty());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(
            beats.stuck(),
            [("janitor", STUCK_AFTER + Duration::from_secs(1))]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn loops_of_one_period_go_round_together_whenever_they_began() {
        let period = Duration::from_secs(5);
        let mut first = in_step(period);
        first.tick().await;
        tokio::time::advance(Duration::from_millis(1_300)).await;
        let (mut second, begun) = (in_step(period), Instant::now());
        second.tick().await;
        assert_eq!(Instant::now(), begun, "the first look is at once");
        let next = next_in_step(period);
        assert!(next > begun && next <= begun + period);
        assert_eq!((first.tick().await, second.tick().await), (next, next));
        // Whoever was late does not go round on its own.
        tokio::time::advance(Duration::from_millis(12_700)).await;
        first.tick().await;
        let next = next_in_step(period);
        assert_eq!(first.tick().await, next);
    }
}
