//! How often a write is tried again.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::config::retry::RetryConfig;
use crate::retry::{self, Decision};
use crate::store::{Store, StoreError};
use crate::sync::run::failure::RunFailure;

/// Writes what must not be lost, whatever the failure: about ten seconds, the time of a restart.
pub(in crate::sync) async fn retry_always<'a, T>(
    write: impl FnMut() -> BoxFuture<'a, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let again = |_: &StoreError| Decision::Retry {
        at_least: Duration::ZERO,
    };
    retry::with_backoff(&backoff(5, 500), write, again, |_, _| {}).await
}

/// The same, but for what is refused or waits in vain: there is something less that can be written instead. What took
/// longer than the server allows a statement is tried once more, and no oftener: the user's lock is held meanwhile.
pub(in crate::sync) async fn retry_unless_refused<'a, T>(
    store: &Store,
    write: impl FnMut() -> BoxFuture<'a, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut was_too_slow = false;
    let again = |error: &StoreError| {
        store.plan_anew_after(error);
        let hopeless = error.is_answer() && !error.is_undone();
        let too_slow_again = error.took_too_long() && std::mem::replace(&mut was_too_slow, true);
        if hopeless || too_slow_again {
            Decision::GiveUp
        } else {
            Decision::Retry {
                at_least: Duration::ZERO,
            }
        }
    };
    retry::with_backoff(&backoff(5, 500), write, again, |_, _| {}).await
}

/// Writes again what the server has undone; no other failure.
pub(in crate::sync) async fn retry_if_rolled_back<'a, T>(
    store: &Store,
    write: impl FnMut() -> BoxFuture<'a, Result<T, RunFailure>>,
) -> Result<T, RunFailure> {
    let again = |error: &RunFailure| match error {
        RunFailure::Store(error) if error.is_undone() => {
            store.plan_anew_after(error);
            Decision::Retry {
                at_least: Duration::ZERO,
            }
        }
        RunFailure::Store(_)
        | RunFailure::Portal(_)
        | RunFailure::Vault(_)
        | RunFailure::NoPassword
        | RunFailure::AccountChanged
        | RunFailure::Stopped
        | RunFailure::LockLost
        | RunFailure::TimedOut
        | RunFailure::Panic(_) => Decision::GiveUp,
    };
    retry::with_backoff(&backoff(3, 100), write, again, |_, delay| {
        tracing::info!(?delay, "the database undid a write; writing again");
    })
    .await
}

fn backoff(max_retries: usize, first: u64) -> RetryConfig {
    RetryConfig {
        max_retries,
        min_delay: Duration::from_millis(first),
        factor: 2.0,
        max_delay: Duration::from_secs(4),
        jitter: true,
    }
}
