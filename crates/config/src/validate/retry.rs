//! What a table of retries may say: `[retry]`, and `[alerts.retry]`.

use crate::retry::RetryConfig;
use crate::wrong::Wrong;

pub(super) fn check(
    table: &str,
    retry: &RetryConfig,
    most: usize,
    refuse: &mut impl FnMut(bool, &str, Wrong),
) {
    let factor = retry.factor;
    refuse(
        !(1.0..=100.0).contains(&factor),
        &format!("{table}.factor"),
        Wrong::Range(factor.to_string(), "1", "100"),
    );
    let (shortest, longest) = (retry.min_delay, retry.max_delay);
    refuse(
        shortest > longest,
        &format!("{table}.min_delay"),
        Wrong::LongerThan(shortest, format!("{table}.max_delay"), longest),
    );
    refuse(
        retry.max_retries > most,
        &format!("{table}.max_retries"),
        Wrong::AtMost(retry.max_retries, most),
    );
}
