//! `[changes]`: what changes today, by e-mail to the examiners who want it.

use std::time::Duration;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// `[changes]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesConfig {
    /// Whether mails are sent.
    pub enabled: bool,
    /// So long changes are collected before they are told.
    #[serde(with = "crate::duration")]
    pub collect: Duration,
    /// Two mails to one examiner are at least so far apart.
    #[serde(with = "crate::duration")]
    pub every: Duration,
    /// From this time of the day on nothing is told ...
    pub quiet_from: String,
    /// ... until this one.
    pub quiet_until: String,
}

impl ChangesConfig {
    /// The night: from when until when; `None` for texts that are no times.
    #[must_use]
    pub fn night(&self) -> Option<(NaiveTime, NaiveTime)> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        time(&self.quiet_from).zip(time(&self.quiet_until))
    }
}
