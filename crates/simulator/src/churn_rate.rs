//! How lively the agendas are.

use std::time::Duration;

/// How lively the agendas are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Churn {
    /// Time between two events of the whole simulator; none or zero: still.
    pub every: Option<Duration>,
    /// Held for now, without forgetting the rate.
    pub paused: bool,
}

impl Churn {
    pub(super) fn new(every: Option<Duration>) -> Self {
        Self {
            every,
            paused: false,
        }
    }

    pub(super) fn interval(self) -> Option<Duration> {
        self.every.filter(|every| !self.paused && !every.is_zero())
    }
}
