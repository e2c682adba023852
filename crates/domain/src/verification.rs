//! Trying logins without reading anything: what is known of each, and how a round of them ended.

use crate::{FailureKind, PauseReason};

/// What is known of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// It waits for its turn.
    Waiting,
    /// It is being tried.
    Trying,
    /// The portal took it.
    Accepted,
    /// The portal did not take it, and the account is paused.
    Refused,
    /// The portal answered something that nobody understands.
    Unexplained,
    /// Not tried: the account is paused.
    Paused(PauseReason),
    /// Not tried: the account is switched off.
    Off,
    /// Not tried: no password is stored.
    NoPassword,
    /// Not tried: a sync is running.
    Busy,
    /// The examiner is using the portal; nobody knows whether the password is good.
    InUse,
    /// Something else went wrong; nobody knows.
    Trouble(FailureKind),
    /// Not tried: the account cannot be read.
    Unreadable,
    /// Not tried: the round has ended before, or the account was changed meanwhile.
    NotTried,
}

impl Login {
    /// The stable text form.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Trying => "trying",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unexplained => "unexplained",
            Self::Paused(_) => "paused",
            Self::Off => "off",
            Self::NoPassword => "no_password",
            Self::Busy => "busy",
            Self::InUse => "in_use",
            Self::Trouble(kind) => kind.as_str(),
            Self::Unreadable => "unreadable",
            Self::NotTried => "not_tried",
        }
    }
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everybody has had their turn.
    Done,
    /// This would have become of the others too, so they were not tried.
    Failed(FailureKind),
    /// The portal answered something that nobody understands; to post more passwords would do harm.
    Unexplained,
    /// The process was told to stop.
    Stopped,
}
