//! One row: the faults, and what is expected of the run that meets them.

use agendad::domain::RunStatus;
use agendad::simulator::Fault;

/// What a run reports, and what the database holds then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) status: RunStatus,
    pub(super) kind: Option<&'static str>,
    pub(super) retried: bool,
    pub(super) logins: u32,
    pub(super) paused: Option<&'static str>,
    pub(super) holds: Holds,
}

/// Which agenda the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// That of the last good run.
    Before,
    /// The truth.
    Truth,
    /// Of each slot the one or the other; the truth, where all that changed could be read.
    Between,
}

impl Outcome {
    /// Whether a run may end so of which `self` is expected.
    pub(super) fn allows(&self, found: &Self) -> bool {
        let better = (self.holds, found.holds) == (Holds::Between, Holds::Truth);
        let holds = if better { found.holds } else { self.holds };
        *found
            == Self {
                holds,
                ..self.clone()
            }
    }
}

pub(super) struct Row {
    pub(super) faults: Vec<Fault>,
    /// Whether the run finds its cookies dead, and so has to log in.
    pub(super) must_log_in: bool,
    /// Whether the run has no cookies, though the portal has its session.
    pub(super) loses_cookies: bool,
    /// Whether the portal is left with a session that may be the examiner's, so that we wait until it is over.
    pub(super) leaves_session: bool,
    /// Whether the pages say something that is not in the truth.
    pub(super) invents: bool,
    /// How many units the examiner has.
    pub(super) units: usize,
    pub(super) outcome: Outcome,
}

pub(super) fn fine(faults: impl Into<Vec<Fault>>, retried: bool) -> Row {
    let outcome = Outcome {
        status: RunStatus::Success,
        kind: None,
        retried,
        logins: 0,
        paused: None,
        holds: Holds::Truth,
    };
    Row {
        faults: faults.into(),
        must_log_in: false,
        loses_cookies: false,
        leaves_session: false,
        invents: false,
        units: 1,
        outcome,
    }
}

pub(super) fn failed(fault: Fault, kind: &'static str, retried: bool) -> Row {
    let mut row = fine([fault], retried);
    row.outcome.status = RunStatus::Failed;
    row.outcome.kind = Some(kind);
    row.outcome.holds = Holds::Before;
    row
}

impl Row {
    /// The cookies are dead, so this many passwords are posted.
    pub(super) fn logging_in(mut self, logins: u32) -> Self {
        self.must_log_in = true;
        self.logins(logins)
    }

    pub(super) fn logins(mut self, logins: u32) -> Self {
        self.outcome.logins = logins;
        self
    }

    /// The cookies are lost, so this many logins end the session that the portal has of us.
    pub(super) fn losing_cookies(mut self, logins: u32) -> Self {
        self.loses_cookies = true;
        self.logins(logins)
    }

    /// Afterwards the portal has a session that may be the examiner's: only its end lets us in.
    pub(super) fn leaving_session(mut self) -> Self {
        self.leaves_session = true;
        self
    }

    pub(super) fn units(mut self, units: usize) -> Self {
        self.units = units;
        self
    }

    /// The pages themselves say something else than the truth.
    pub(super) fn inventing(mut self) -> Self {
        self.invents = true;
        self.outcome.holds = Holds::Between;
        self
    }

    pub(super) fn pausing(mut self, reason: &'static str) -> Self {
        self.outcome.paused = Some(reason);
        self
    }

    pub(super) fn partial(mut self) -> Self {
        self.outcome.status = RunStatus::Partial;
        self.outcome.holds = Holds::Between;
        self
    }
}
