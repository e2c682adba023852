//! A mail server that refuses us before it knows whose mail it is would refuse them all, and hundreds of logins in a row
//! lock a mailbox that people use: one mail finds out, after ever longer waits, and all others wait with it. Who
//! changes the settings begins anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::alerts::delivery::DeliveryError;
use crate::config::retry::RetryConfig;
use crate::domain::Trouble;
use crate::retry;

/// Shared by all who send by these settings.
#[derive(Clone)]
pub(super) struct Rest {
    retry: RetryConfig,
    refusal: Arc<Mutex<Option<Refusal>>>,
}

struct Refusal {
    /// In a row.
    failures: usize,
    until: Instant,
    why: Trouble,
    said: String,
}

impl Rest {
    pub(super) fn new(retry: RetryConfig) -> Self {
        Self {
            retry,
            refusal: Arc::default(),
        }
    }

    /// Whether nobody may ask the server now.
    pub(super) fn is_on(&self) -> bool {
        let refusal = self.refusal();
        let until = refusal.as_ref().map(|refusal| refusal.until);
        until.is_some_and(|until| until > Instant::now())
    }

    /// Whoever asks the server first after a rest has so long to find out, alone.
    ///
    /// # Errors
    /// The refusal that still holds.
    pub(super) fn enter(&self, alone: Duration) -> Result<(), DeliveryError> {
        let mut refusal = self.refusal();
        let Some(refusal) = refusal.as_mut() else {
            return Ok(());
        };
        let left = refusal.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            refusal.until = Instant::now() + alone;
            return Ok(());
        }
        Err(DeliveryError::Refused {
            why: refusal.why,
            said: refusal.said.clone(),
            retry_after: Some(left),
        })
    }

    /// Whether the server let us in.
    pub(super) fn note<T>(&self, entered: &Result<T, DeliveryError>) {
        let mut refusal = self.refusal();
        match entered {
            Ok(_) => *refusal = None,
            Err(DeliveryError::Refused { why, said, .. }) => {
                let failures = refusal.as_ref().map_or(0, |last| last.failures) + 1;
                let rest = retry::delay_after(&self.retry, failures);
                let rest = rest.unwrap_or(self.retry.max_delay);
                tracing::warn!(?rest, error = said, "the mail server is left alone");
                *refusal = Some(Refusal {
                    failures,
                    until: Instant::now() + rest,
                    why: *why,
                    said: said.clone(),
                });
            }
            Err(
                DeliveryError::Unreachable { .. }
                | DeliveryError::TimedOut
                | DeliveryError::Unanswered
                | DeliveryError::NotConfigured
                | DeliveryError::Secret(_),
            ) => {}
        }
    }

    fn refusal(&self) -> MutexGuard<'_, Option<Refusal>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const ALONE: Duration = Duration::from_secs(15);

    fn rest() -> Rest {
        Rest::new(RetryConfig {
            max_retries: 2,
            min_delay: Duration::from_secs(30),
            factor: 2.0,
            max_delay: Duration::from_secs(70),
            jitter: false,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn one_mail_finds_out_after_ever_longer_rests_until_the_server_lets_it_in() {
        let rest = rest();
        let refused: Result<(), _> = Err(DeliveryError::Refused {
            why: Trouble::Login,
            said: "535".to_owned(),
            retry_after: None,
        });
        rest.enter(ALONE).unwrap();
        rest.enter(ALONE).unwrap();
        for seconds in [30, 60, 70, 70] {
            rest.note(&refused);
            advance(Duration::from_secs(seconds - 1)).await;
            assert!(rest.is_on(), "{seconds}");
            let left = rest.enter(ALONE).unwrap_err().retry_after();
            assert_eq!(left, Some(Duration::from_secs(1)));
            advance(Duration::from_secs(1)).await;
            assert!(!rest.is_on(), "{seconds}");
            rest.enter(ALONE).unwrap();
            assert!(rest.enter(ALONE).is_err(), "another waits for the first");
        }
        rest.note(&Ok(()));
        rest.enter(ALONE).unwrap();
        rest.enter(ALONE).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_nobody_reached_has_refused_nobody() {
        let rest = rest();
        rest.note::<()>(&Err(DeliveryError::TimedOut));
        assert!(!rest.is_on());
    }
}
