//! What may end a run from outside: a stop, a lost lock, the run's own time-out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::sync::run::failure::RunFailure;

/// The three interruptions of one run. They are looked at between requests and while waiting for the
/// portal, never in the middle of a store statement.
#[derive(Debug)]
pub struct Interrupts<'a> {
    stop: &'a CancellationToken,
    lock_lost: &'a CancellationToken,
    /// Behind a lock because it moves on with each unit. Never held across an `await`.
    deadline: Mutex<Instant>,
    /// No run goes on beyond this, however many units there are.
    end: Instant,
}

/// A run may take so many times its time-out, for as many units.
pub const MOST_TIMEOUTS: u32 = 4;

impl<'a> Interrupts<'a> {
    /// The time-out starts now.
    #[must_use]
    pub fn new(
        stop: &'a CancellationToken,
        lock_lost: &'a CancellationToken,
        timeout: Duration,
    ) -> Self {
        let now = Instant::now();
        Self {
            stop,
            lock_lost,
            deadline: Mutex::new(now + timeout),
            end: now + timeout * MOST_TIMEOUTS,
        }
    }

    /// The time-out starts again, for another unit; false if the run would then take too long.
    #[must_use]
    pub fn renew(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let fits = deadline <= self.end;
        if fits {
            *self.deadline() = deadline;
        }
        fits
    }

    /// So much time is left from now on, at least: for what a run that took too long has to do all the same.
    pub fn grant(&self, time: Duration) {
        let mut deadline = self.deadline();
        *deadline = (*deadline).max(Instant::now() + time);
    }

    fn deadline(&self) -> MutexGuard<'_, Instant> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `operation`, unless an interruption comes first; the operation is then dropped.
    ///
    /// # Errors
    /// The interruption.
    pub async fn or<T>(&self, operation: impl Future<Output = T>) -> Result<T, RunFailure> {
        tokio::select! {
            biased;
            failure = self.interruption() => Err(failure),
            value = operation => Ok(value),
        }
    }

    /// The same, but never while `under_way` says that the operation's outcome would be lost with it: an interruption
    /// then waits.
    ///
    /// # Errors
    /// The interruption.
    pub async fn or_once_known<T>(
        &self,
        operation: impl Future<Output = T>,
        mut under_way: watch::Receiver<bool>,
    ) -> Result<T, RunFailure> {
        let interruption = async {
            let failure = self.interruption().await;
            // A sender that is gone has nothing under way.
            under_way.wait_for(|under_way| !under_way).await.ok();
            failure
        };
        if let Some(failure) = self.interruption().now_or_never() {
            return Err(failure);
        }
        tokio::select! {
            biased;
            value = operation => Ok(value),
            failure = interruption => Err(failure),
        }
    }

    async fn interruption(&self) -> RunFailure {
        let deadline = *self.deadline();
        tokio::select! {
            biased;
            () = self.lock_lost.cancelled() => RunFailure::LockLost,
            () = self.stop.cancelled() => RunFailure::Stopped,
            () = tokio::time::sleep_until(deadline) => RunFailure::TimedOut,
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
