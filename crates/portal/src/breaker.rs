//! The circuit breaker: stops asking a portal that is down. It counts; what counts as a failure is
//! decided by `errors`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use agendad_config::portal::BreakerConfig;
use agendad_telemetry::metrics::names::BREAKER_OPENED;

/// A longer rest that the portal asks for is not kept: an agenda that nobody reads is no use, and maintenance may end early.
const LONGEST_REST: Duration = Duration::from_secs(900);

/// Counts consecutive failures across users. Cheap to clone; clones share one state.
#[derive(Debug, Clone)]
pub struct Breaker {
    config: BreakerConfig,
    /// What a run waits for by itself. Whoever asks for a longer rest is left alone by all.
    max_retry_after: Duration,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    consecutive: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    probing: bool,
}

/// What the breaker lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// Nothing, until then.
    Open {
        /// When one probe may pass.
        until: Instant,
    },
    /// One request, whose outcome decides.
    HalfOpen,
}

/// The breaker is open: nothing was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the portal rests after too many failures, for {} more", humantime::format_duration(*retry_in))]
pub struct BreakerOpen {
    /// When to come again.
    pub retry_in: Duration,
}

/// While the probe of another request is on its way, come again after this at most.
const PROBE_WAIT: Duration = Duration::from_secs(5);

/// Leave to make one request. Dropped without an outcome (a cancelled request), it counts for nothing.
#[must_use]
#[derive(Debug)]
pub struct Permit {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    pub(crate) fn new(config: &BreakerConfig, max_retry_after: Duration) -> Self {
        Self {
            config: config.clone(),
            max_retry_after,
            inner: Arc::default(),
        }
    }

    /// The state, without reserving anything: ask it before work is begun.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        match &self.lock().open {
            None => BreakerState::Closed,
            Some(open) if Instant::now() < open.until => BreakerState::Open { until: open.until },
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Leave for one request. After the cool-down the first to ask becomes the probe. The portal
    /// client asks by itself for every request; others only need [`Breaker::state`].
    ///
    /// # Errors
    /// [`BreakerOpen`] while it is open, and while the probe is on its way.
    pub fn admit(&self) -> Result<Permit, BreakerOpen> {
        let mut inner = self.lock();
        let now = Instant::now();
        let probe = match &mut inner.open {
            None => false,
            Some(open) if now < open.until => {
                return Err(BreakerOpen {
                    retry_in: open.until - now,
                });
            }
            Some(open) if open.probing => {
                return Err(BreakerOpen {
                    retry_in: self.config.cool_down.min(PROBE_WAIT),
                });
            }
            Some(open) => {
                open.probing = true;
                true
            }
        };
        drop(inner);
        Ok(Permit {
            breaker: self.clone(),
            probe,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The portal answered.
    pub fn success(mut self) {
        let mut inner = self.breaker.lock();
        inner.consecutive = 0;
        if self.probe {
            inner.open = None;
            tracing::info!("the portal answers again; the breaker is closed");
        }
        drop(inner);
        self.probe = false;
    }

    /// The portal failed, and perhaps asked to be left alone for so long (`retry_after`).
    pub fn failure(mut self, retry_after: Option<Duration>) {
        let config = self.breaker.config.clone();
        let asked = retry_after.unwrap_or_default().min(LONGEST_REST);
        let mut inner = self.breaker.lock();
        inner.consecutive = inner.consecutive.saturating_add(1);
        let fails = inner.open.is_none() && inner.consecutive >= config.failures;
        let trips = config.failures > 0 && (fails || asked > self.breaker.max_retry_after);
        if trips || self.probe {
            let rest = config.cool_down.max(asked);
            let until = Instant::now() + rest;
            // A request that left earlier does not shorten what was asked for since.
            let until = inner
                .open
                .as_ref()
                .map_or(until, |open| open.until.max(until));
            inner.open = Some(Open {
                until,
                probing: false,
            });
            BREAKER_OPENED.one([]);
            tracing::warn!(
                failures = inner.consecutive,
                ?rest,
                "the portal keeps failing, or asks for a rest; the breaker is open"
            );
        }
        drop(inner);
        self.probe = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.probe
            && let Some(open) = &mut self.breaker.lock().open
        {
            open.probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(failures: u32) -> Breaker {
        let config = BreakerConfig {
            failures,
            cool_down: Duration::from_secs(60),
        };
        Breaker::new(&config, Duration::from_secs(30))
    }

    fn seconds(seconds: u64) -> Option<Duration> {
        Some(Duration::from_secs(seconds))
    }

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.admit().unwrap().failure(None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_on_consecutive_failures_only() {
        let breaker = breaker(3);
        fail(&breaker, 2);
        breaker.admit().unwrap().success();
        fail(&breaker, 2);
        assert_eq!(breaker.state(), BreakerState::Closed);
        fail(&breaker, 1);
        let retry_in = Duration::from_secs(60);
        assert_eq!(breaker.admit().unwrap_err(), BreakerOpen { retry_in });
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_that_is_longer_than_a_run_waits_for_binds_all() {
        for (asked, rests) in [
            (30, None),
            (31, seconds(60)),
            (300, seconds(300)),
            (3600, seconds(900)),
        ] {
            let breaker = breaker(3);
            let earlier = breaker.admit().unwrap();
            breaker.admit().unwrap().failure(seconds(asked));
            let rest = || breaker.admit().err().map(|open| open.retry_in);
            assert_eq!(rest(), rests, "{asked}");
            // One that is asked for later does not shorten it.
            earlier.failure(seconds(40));
            assert_eq!(rest(), rests.or(seconds(60)), "{asked}");
        }
        let never = breaker(0);
        never.admit().unwrap().failure(seconds(900));
        assert_eq!(never.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_per_cool_down_decides() {
        let breaker = breaker(1);
        fail(&breaker, 1);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.admit().unwrap();
        assert!(breaker.admit().is_err(), "one probe only");
        probe.failure(None);
        assert!(breaker.admit().is_err(), "open for another cool-down");
        tokio::time::advance(Duration::from_secs(60)).await;
        breaker.admit().unwrap().success();
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_probe_makes_room_for_the_next() {
        let breaker = breaker(1);
        fail(&breaker, 1);
        tokio::time::advance(Duration::from_secs(60)).await;
        drop(breaker.admit().unwrap());
        breaker.admit().unwrap().success();
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[tokio::test(start_paused = true)]
    async fn zero_means_never() {
        let breaker = breaker(0);
        fail(&breaker, 1000);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}
