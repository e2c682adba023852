//! `[calendar]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarConfig {
    /// Whether calendars are served at all.
    pub enabled: bool,
    /// What an event says of the candidate.
    pub candidate: CandidateShown,
    /// Whether it says the kind of process.
    pub process: bool,
    /// How long an event lasts.
    #[serde(with = "crate::duration")]
    pub event_duration: Duration,
    /// So many days before today are in it.
    pub days_back: u16,
    /// How often phones are asked to look again.
    #[serde(with = "crate::duration")]
    pub refresh: Duration,
}

/// What an event says of the candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateShown {
    FirstName,
    /// The first letters of their names.
    Initials,
    /// Nothing.
    None,
}
