//! `[tomorrow]`: tomorrow's agenda by e-mail to the examiners who want it.

use std::time::Duration;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TomorrowConfig {
    /// Whether mails are sent.
    pub enabled: bool,
    /// The time of day at which they are sent.
    pub hour: String,
    /// So long before the day is read anew, and so long after the mail waits for that.
    #[serde(with = "crate::duration")]
    pub wait: Duration,
}

impl TomorrowConfig {
    /// The time of day at which they are sent; `None` for a text that is no time.
    #[must_use]
    pub fn time(&self) -> Option<NaiveTime> {
        NaiveTime::parse_from_str(&self.hour, "%H:%M").ok()
    }
}
