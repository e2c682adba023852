//! A mail server that refuses us before it knows whose mail it is would refuse them all, and hundreds of logins in a row
//! lock a mailbox that people use: one mail finds out, after ever longer waits, and to all others its answer is told
//! meanwhile. Who changes the settings begins anew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::alerts::delivery::DeliveryError;
use crate::config::retry::RetryConfig;
use crate::domain::Trouble;
use crate::retry;

/// So long at most a password that is right again waits for a mail to find that out.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Shared by all who send by these settings.
#[derive(Clone)]
pub(super) struct Rest {
    retry: RetryConfig,
    /// Held while one connects: who comes at the same time hears what came of it.
    last: Arc<Mutex<Option<Refusal>>>,
}

struct Refusal {
    /// Refused logins in a row.
    logins: usize,
    until: Instant,
    why: Trouble,
    said: String,
}

impl Rest {
    pub(super) fn new(retry: RetryConfig) -> Self {
        Self {
            retry,
            last: Arc::default(),
        }
    }

    /// Connects, unless the server has refused somebody just now.
    pub(super) async fn unless_refused<T>(
        &self,
        connect: impl Future<Output = Result<T, DeliveryError>>,
    ) -> Result<T, DeliveryError> {
        let mut last = self.last.lock().await;
        if let Some(refusal) = last.as_ref().filter(|last| Instant::now() < last.until) {
            return Err(DeliveryError::Refused {
                why: refusal.why,
                said: refusal.said.clone(),
                retry_after: None,
            });
        }
        let connected = connect.await;
        match &connected {
            Ok(_) => *last = None,
            Err(DeliveryError::Refused { why, said, .. }) => {
                *last = Some(self.after(last.as_ref(), *why, said));
            }
            Err(
                DeliveryError::Unreachable { .. }
                | DeliveryError::TimedOut
                | DeliveryError::Unanswered
                | DeliveryError::NotConfigured
                | DeliveryError::Secret(_),
            ) => {}
        }
        connected
    }

    /// A server that is busy is asked again soon.
    fn after(&self, last: Option<&Refusal>, why: Trouble, said: &str) -> Refusal {
        let is_login = why == Trouble::Login;
        let logins = last.map_or(0, |last| last.logins) + usize::from(is_login);
        let failures = if is_login { logins } else { 1 };
        let rest = retry::delay_after(&self.retry, failures);
        let rest = rest.unwrap_or(self.retry.max_delay).min(LONGEST);
        tracing::warn!(?rest, error = said, "the mail server is left alone");
        Refusal {
            logins,
            until: Instant::now() + rest,
            why,
            said: said.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use tokio::time::advance;

    use super::*;

    fn rest() -> Rest {
        Rest::new(RetryConfig {
            max_retries: 2,
            min_delay: Duration::from_secs(30),
            factor: 2.0,
            max_delay: Duration::from_secs(70),
            jitter: false,
        })
    }

    fn refused(why: Trouble) -> Result<(), DeliveryError> {
        Err(DeliveryError::Refused {
            why,
            said: format!("{why:?}"),
            retry_after: None,
        })
    }

    /// Whether somebody who is let in was.
    async fn is_let_in(rest: &Rest) -> bool {
        rest.unless_refused(ready(Ok(()))).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn one_mail_finds_out_after_ever_longer_rests_until_the_server_lets_it_in() {
        let rest = rest();
        for seconds in [30, 60, 70, 70] {
            let tried = rest.unless_refused(ready(refused(Trouble::Login))).await;
            tried.unwrap_err();
            advance(Duration::from_secs(seconds - 1)).await;
            assert!(!is_let_in(&rest).await, "{seconds}");
            advance(Duration::from_secs(1)).await;
        }
        assert!(is_let_in(&rest).await && is_let_in(&rest).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_server_is_asked_again_soon_and_one_that_nobody_reached_at_once() {
        let rest = rest();
        for _ in 0..3 {
            let tried = rest.unless_refused(ready(refused(Trouble::Busy))).await;
            tried.unwrap_err();
            assert!(!is_let_in(&rest).await);
            advance(Duration::from_secs(30)).await;
        }
        let silent = ready(Err::<(), _>(DeliveryError::TimedOut));
        rest.unless_refused(silent).await.unwrap_err();
        assert!(is_let_in(&rest).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_while_another_connects_hears_what_came_of_it() {
        let rest = rest();
        let first = rest.unless_refused(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            refused(Trouble::Login)
        });
        let (first, second) = tokio::join!(first, rest.unless_refused(ready(Ok(()))));
        assert!(first.is_err() && second.is_err());
    }
}
