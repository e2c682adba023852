//! Signs of life of the daemon's loops: being alive is not enough, a loop must go round. The watchdog
//! and the readiness check ask here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A loop that has not gone round for this long is stuck. Longer than its longest legitimate wait: a
/// database that does not answer is waited for ten seconds at a time.
pub const STUCK_AFTER: Duration = Duration::from_secs(45);

/// The heart of one loop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Beat {
    name: &'static str,
    last: Arc<Mutex<Instant>>,
}

/// The hearts of all loops of the process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Beats(Arc<Mutex<Vec<Beat>>>);

impl Beats {
    /// A heart for a loop that begins now.
    #[must_use]
    pub fn register(&self, name: &'static str) -> Beat {
        let beat = Beat {
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

impl Beat {
    /// The loop goes round.
    pub fn beat(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
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
        let beats = Beats::default();
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
}
