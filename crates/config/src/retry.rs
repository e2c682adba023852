//! `[retry]`: how often and how fast a retryable portal failure is tried again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Exponential backoff with jitter.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryConfig {
    /// Retries after the first try. 0 = none.
    pub max_retries: usize,
    /// First delay.
    #[serde(with = "crate::duration")]
    pub min_delay: Duration,
    /// Factor from one delay to the next.
    pub factor: f32,
    /// No delay is longer, jitter included.
    #[serde(with = "crate::duration")]
    pub max_delay: Duration,
    /// Spread the delays at random, so that examiners do not retry in step.
    pub jitter: bool,
}
