//! What may end a run from outside: a stop, a lost lock, the run's own time-out.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::RunFailure;

/// The three interruptions of one run. They are looked at between requests and while waiting for the
/// portal, never in the middle of a store statement.
#[derive(Debug)]
pub struct Interrupts<'a> {
    stop: &'a CancellationToken,
    lock_lost: &'a CancellationToken,
    deadline: Instant,
}

impl<'a> Interrupts<'a> {
    /// The time-out starts now.
    #[must_use]
    pub fn new(
        stop: &'a CancellationToken,
        lock_lost: &'a CancellationToken,
        timeout: Duration,
    ) -> Self {
        Self {
            stop,
            lock_lost,
            deadline: Instant::now() + timeout,
        }
    }

    /// Waits for `operation`, unless an interruption comes first; the operation is then dropped.
    ///
    /// # Errors
    /// The interruption.
    pub async fn or<T>(&self, operation: impl Future<Output = T>) -> Result<T, RunFailure> {
        tokio::select! {
            biased;
            () = self.lock_lost.cancelled() => Err(RunFailure::LockLost),
            () = self.stop.cancelled() => Err(RunFailure::Stopped),
            () = tokio::time::sleep_until(self.deadline) => Err(RunFailure::TimedOut),
            value = operation => Ok(value),
        }
    }

    /// Before a write: whether this process still holds the user's lock.
    ///
    /// # Errors
    /// [`RunFailure::LockLost`].
    pub fn check_lock(&self) -> Result<(), RunFailure> {
        if self.lock_lost.is_cancelled() {
            Err(RunFailure::LockLost)
        } else {
            Ok(())
        }
    }
}
