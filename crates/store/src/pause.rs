//! A pause of an account.

use agendad_domain::PauseReason;
use chrono::{DateTime, Utc};

/// A pause in force.
#[derive(Debug, Clone)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// Until when; `None`: until the credentials change or an operator resumes it.
    pub until: Option<DateTime<Utc>>,
}

impl Pause {
    /// A pause that begins now, until somebody acts.
    #[must_use]
    pub const fn without_end(reason: PauseReason) -> Self {
        Self {
            reason,
            since: None,
            until: None,
        }
    }
}
