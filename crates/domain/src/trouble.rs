//! Why another machine, or the system, did not do what was wanted, by kind. Libraries wrap it in texts of their own, which
//! are English and for experts; people are told the kind.

use strum::{EnumString, IntoStaticStr};

/// What the system, the network or the other side refuses. Its text form is stable: it stands in `last_error_kind` and
/// columns like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, serde::Serialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No machine has this name.
    NoSuchHost,
    /// The machine is there, and nobody listens at this port.
    Closed,
    /// No way leads there.
    NoRoute,
    /// Somebody else listens there.
    InUse,
    /// The connection broke.
    Broken,
    /// It took too long.
    TimedOut,
    /// The other side has all of it, and did not say whether it takes it.
    Unanswered,
    /// The other side's certificate cannot be trusted.
    Certificate,
    /// No encryption that both sides know.
    Tls,
    /// A file or directory that is not there.
    Missing,
    /// A file or directory that this user may not touch.
    Forbidden,
    /// No room on the disk.
    DiskFull,
    /// The other side does not accept the user, the password or the key.
    Login,
    /// Nothing is at this address.
    Address,
    Mailbox,
    /// The other side wants to be left alone for a while.
    Busy,
    /// The other side has a problem of its own.
    TheirOwn,
    /// No, for whatever reason.
    Refused,
    /// The address may not be used.
    BadAddress,
    /// The message has nowhere to go.
    NoRecipient,
    /// The way is not configured any more.
    NotConfigured,
    /// The secret that signs or logs in cannot be opened.
    Sealed,
    /// None of these: recorded by another version of agendad. Only read, never written.
    Other,
}

impl Trouble {
    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why a message was not taken, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// By kind, if that is known.
    pub why: Option<Trouble>,
    /// In English; no secret.
    pub said: String,
}
