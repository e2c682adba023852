//! The only place that knows backoff: how a classified failure becomes a delay or the end.

mod retry_after;

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use agendad_config::retry::RetryConfig;

pub use retry_after::retry_after;

/// What a failure asks for. The error type decides; this module only waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try again after the next backoff delay, but not before `at_least` (a `Retry-After`).
    Retry {
        /// The shortest delay, zero if the other side asked for none.
        at_least: Duration,
    },
    /// Trying again cannot help, or would harm.
    GiveUp,
}

/// Runs `operation` until it succeeds, gives up, or the retries are used up.
///
/// `classify` decides; `notify` is told of each retry before its delay. The last error is returned.
///
/// # Errors
/// The error of the last try.
pub async fn with_backoff<T, E, F: Future<Output = Result<T, E>>>(
    config: &RetryConfig,
    mut operation: impl FnMut() -> F,
    mut classify: impl FnMut(&E) -> Decision,
    mut notify: impl FnMut(&E, Duration),
) -> Result<T, E> {
    let mut delays = delays(config);
    loop {
        let error = match operation().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Decision::Retry { at_least } = classify(&error) else {
            return Err(error);
        };
        let Some(delay) = delays.next() else {
            return Err(error);
        };
        let delay = delay.max(at_least);
        notify(&error, delay);
        tokio::time::sleep(delay).await;
    }
}

/// The delay after so many failures in a row (from 1), for whoever remembers the failures elsewhere and
/// does not wait here; `None`: the retries are used up.
#[must_use]
pub fn delay_after(config: &RetryConfig, failures: usize) -> Option<Duration> {
    delays(config).nth(failures.saturating_sub(1))
}

/// The delays between tries. The cap is applied after the jitter, because backon adds jitter to a
/// delay that is already capped and so would reach twice the cap.
fn delays(config: &RetryConfig) -> impl Iterator<Item = Duration> + use<> {
    let builder = ExponentialBuilder::default()
        .with_min_delay(config.min_delay)
        .with_factor(config.factor)
        .with_max_delay(config.max_delay)
        .with_max_times(config.max_retries);
    let builder = if config.jitter {
        builder.with_jitter()
    } else {
        builder
    };
    let cap = config.max_delay;
    builder.build().map(move |delay| delay.min(cap))
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn config(jitter: bool) -> RetryConfig {
        RetryConfig {
            max_retries: 5,
            min_delay: Duration::from_secs(1),
            factor: 2.0,
            max_delay: Duration::from_secs(8),
            jitter,
        }
    }

    #[test]
    fn the_schedule_doubles_up_to_the_cap() {
        let seconds: Vec<u64> = delays(&config(false)).map(|d| d.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 8]);
    }

    #[test]
    fn each_failure_that_is_remembered_has_its_place_in_the_schedule() {
        let seconds = |failures| delay_after(&config(false), failures).map(|d| d.as_secs());
        assert_eq!([1, 2, 5, 6].map(seconds), [Some(1), Some(2), Some(8), None]);
    }

    #[test]
    fn jitter_never_exceeds_the_cap() {
        for _ in 0..1000 {
            assert!(delays(&config(true)).all(|d| d <= Duration::from_secs(8)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_is_waited_for_and_the_retries_are_bounded() {
        let start = tokio::time::Instant::now();
        let mut tries = 0;
        let result: Result<(), &str> = with_backoff(
            &config(false),
            || {
                tries += 1;
                std::future::ready(Err("again"))
            },
            |_| Decision::Retry {
                at_least: Duration::from_secs(3),
            },
            |_, _| {},
        )
        .await;
        assert_eq!((result, tries), (Err("again"), 6));
        assert_eq!(start.elapsed(), Duration::from_secs(3 + 3 + 4 + 8 + 8));
    }

    #[tokio::test]
    async fn giving_up_returns_at_once() {
        let mut tries = 0;
        let operation = || {
            tries += 1;
            std::future::ready(Err::<(), ()>(()))
        };
        let result =
            with_backoff(&config(false), operation, |()| Decision::GiveUp, |_, _| {}).await;
        assert_eq!((result, tries), (Err(()), 1));
    }
}
