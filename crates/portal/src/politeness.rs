//! How gently the portal is asked: requests per second and connections of the process, and the pause
//! between two requests of one session.
//!
//! The limits are per process; several daemons share nothing.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rand::Rng;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use agendad_config::portal::PortalConfig;

/// The limits of the whole process.
#[derive(Debug)]
pub(crate) struct Limits {
    per_second: Option<DefaultDirectRateLimiter>,
    connections: Arc<Semaphore>,
}

impl Limits {
    pub(crate) fn new(config: &PortalConfig) -> Self {
        // A burst of one: requests are spread over the second instead of arriving as a volley.
        let quota = NonZeroU32::new(config.max_requests_per_second)
            .map(|n| Quota::per_second(n).allow_burst(NonZeroU32::MIN));
        Self {
            per_second: quota.map(RateLimiter::direct),
            connections: Arc::new(Semaphore::new(config.max_connections.max(1))),
        }
    }

    /// Waits for a free connection and for the second's budget. The connection is held until the
    /// permit is dropped.
    pub(crate) async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed, so there always is a permit.
        let connection = Arc::clone(&self.connections).acquire_owned().await.ok();
        if let Some(limiter) = &self.per_second {
            limiter.until_ready().await;
        }
        connection
    }
}

/// The pause of one session, a quarter more or less, measured from the end of its last request.
/// Redirects and frames count as requests: nothing of a session ever comes in a volley.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pause: Duration,
    next: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(pause: Duration) -> Self {
        Self { pause, next: None }
    }

    /// What is left of the pause; nothing before the first request.
    pub(crate) fn pause(&self) -> impl Future<Output = ()> + use<> {
        let next = self.next;
        async move {
            if let Some(next) = next {
                tokio::time::sleep_until(next).await;
            }
        }
    }

    /// A request has ended.
    pub(crate) fn ended(&mut self) {
        if !self.pause.is_zero() {
            let pause = self.pause.mul_f64(rand::rng().random_range(0.75..=1.25));
            self.next = Some(Instant::now() + pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_pause_lies_between_two_requests_and_varies() {
        let mut pace = Pace::new(Duration::from_secs(2));
        let start = Instant::now();
        pace.pause().await;
        assert_eq!(
            start.elapsed(),
            Duration::ZERO,
            "none before the first request"
        );
        let mut waits = Vec::new();
        for _ in 0..50 {
            pace.ended();
            let start = Instant::now();
            pace.pause().await;
            waits.push(start.elapsed().as_millis());
        }
        assert!(
            waits.iter().all(|ms| (1499..=2502).contains(ms)),
            "{waits:?}"
        );
        waits.dedup();
        assert!(waits.len() > 1, "jitter");
    }

    #[tokio::test(start_paused = true)]
    async fn work_done_meanwhile_counts_as_pause() {
        let mut pace = Pace::new(Duration::from_secs(2));
        pace.ended();
        tokio::time::advance(Duration::from_secs(3)).await;
        let start = Instant::now();
        pace.pause().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
