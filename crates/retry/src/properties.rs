//! Delays of any schedule that the configuration allows.

use proptest::prelude::*;

use super::*;

fn schedule() -> impl Strategy<Value = RetryConfig> {
    let longest = 100 * 366 * 86_400_000_u64;
    let millis = prop_oneof![0..10_000_u64, 0..=longest];
    let times = (millis.clone(), millis).prop_map(|(a, b)| (a.min(b), a.max(b)));
    (0..=50_usize, times, 1.0..=100.0_f32, any::<bool>()).prop_map(
        |(max_retries, (min, max), factor, jitter)| RetryConfig {
            max_retries,
            min_delay: Duration::from_millis(min),
            factor,
            max_delay: Duration::from_millis(max),
            jitter,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_one_delay_for_each_retry_between_the_bounds(config in schedule()) {
        let delays: Vec<Duration> = delays(&config).collect();
        prop_assert_eq!(delays.len(), config.max_retries);
        for delay in &delays {
            prop_assert!((config.min_delay..=config.max_delay).contains(delay), "{:?}", delays);
        }
        prop_assert_eq!(delay_after(&config, config.max_retries + 1), None);
    }

    #[test]
    fn delays_without_jitter_grow_until_the_cap_and_stay_there(config in schedule()) {
        let config = RetryConfig { jitter: false, ..config };
        let delays: Vec<Duration> = delays(&config).collect();
        prop_assert!(delays.is_sorted(), "{:?}", delays);
        prop_assert!(delays.first().is_none_or(|first| *first == config.min_delay));
        let capped = delays.iter().skip_while(|delay| **delay < config.max_delay);
        prop_assert!(capped.into_iter().all(|delay| *delay == config.max_delay));
        for (n, delay) in delays.iter().enumerate() {
            prop_assert_eq!(delay_after(&config, n + 1), Some(*delay));
        }
    }

    /// Whatever fails, and however long the wait that is asked for: it is waited for, and the last error is returned.
    #[test]
    fn a_wait_that_is_asked_for_is_kept(config in schedule(), at_least in 0..600_u64, good in 0..60_usize) {
        let at_least = Duration::from_secs(at_least);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let config = RetryConfig { max_delay: config.max_delay.min(Duration::from_secs(3600)), ..config };
        let config = RetryConfig { min_delay: config.min_delay.min(config.max_delay), ..config };
        let (mut tries, mut waited) = (0, Vec::new());
        let outcome = runtime.unwrap().block_on(with_backoff(
            &config,
            || {
                tries += 1;
                std::future::ready(if tries > good { Ok(tries) } else { Err(tries) })
            },
            |_| Decision::Retry { at_least },
            |_, delay| waited.push(delay),
        ));
        let retries = good.min(config.max_retries);
        prop_assert_eq!((tries, waited.len()), (retries + 1, retries));
        prop_assert_eq!(outcome, if good <= config.max_retries { Ok(tries) } else { Err(tries) });
        let longest = config.max_delay.max(at_least);
        prop_assert!(waited.iter().all(|delay| (at_least..=longest).contains(delay)), "{:?}", waited);
    }
}
