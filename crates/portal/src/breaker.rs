//! The circuit breaker: stops asking a portal that is down. It counts; what counts as a failure is
//! decided by `errors`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use agendad_config::portal::BreakerConfig;
use agendad_telemetry::metrics::names::BREAKER_OPENED;

/// Counts consecutive failures across users. Cheap to clone; clones share one state.
#[derive(Debug, Clone)]
pub struct Breaker {
    config: BreakerConfig,
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
    pub(crate) fn new(config: &BreakerConfig) -> Self {
        Self {
            config: config.clone(),
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

    /// The portal failed.
    pub fn failure(mut self) {
        let config = self.breaker.config.clone();
        let mut inner = self.breaker.lock();
        inner.consecutive = inner.consecutive.saturating_add(1);
        let trips =
            inner.open.is_none() && config.failures > 0 && inner.consecutive >= config.failures;
        if trips || self.probe {
            inner.open = Some(Open {
                until: Instant::now() + config.cool_down,
                probing: false,
            });
            BREAKER_OPENED.one([]);
            tracing::warn!(
                failures = inner.consecutive,
                cool_down = ?config.cool_down,
                "the portal keeps failing; the breaker is open"
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
        Breaker::new(&BreakerConfig {
            failures,
            cool_down: Duration::from_secs(60),
        })
    }

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.admit().unwrap().failure();
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
    async fn one_probe_per_cool_down_decides() {
        let breaker = breaker(1);
        fail(&breaker, 1);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.admit().unwrap();
        assert!(breaker.admit().is_err(), "one probe only");
        probe.failure();
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
