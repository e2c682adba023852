//! What a table of retries may say: `[retry]`, and `[alerts.retry]`.

use crate::retry::RetryConfig;

pub(super) fn check(
    table: &str,
    retry: &RetryConfig,
    most: usize,
    refuse: &mut impl FnMut(bool, &str, String),
) {
    let factor = retry.factor;
    refuse(
        !(1.0..=100.0).contains(&factor),
        &format!("{table}.factor"),
        format!("is {factor}; allowed are 1 to 100"),
    );
    let (shortest, longest) = (retry.min_delay, retry.max_delay);
    refuse(
        shortest > longest,
        &format!("{table}.min_delay"),
        format!("is {shortest:?}, longer than {table}.max_delay ({longest:?})"),
    );
    refuse(
        retry.max_retries > most,
        &format!("{table}.max_retries"),
        format!("must be at most {most}"),
    );
}
