//! Why a run did not succeed, in the words that records, metrics and API answers share.

use std::fmt;

/// The kind of a failure. Its text form is stable: it stands in `agenda_sync_runs.error_details`,
/// in metrics labels and in the API's `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// The portal could not be reached.
    Network,
    /// The portal, or the whole run, took too long.
    Timeout,
    /// The portal answered that it cannot serve now.
    Unavailable,
    /// The portal's session was lost, and new logins did not help.
    SessionExpired,
    /// The portal did not accept the login: refused, blocked, a password to be changed, or an answer that nobody
    /// can explain.
    Auth,
    /// A CAPTCHA was shown.
    Captcha,
    /// The portal's firewall turned this machine away.
    Firewall,
    /// The examiner is using the portal, which allows one session a person.
    InUse,
    /// A page that is not understood.
    Layout,
    /// Our database failed.
    Database,
    /// The connection that holds the user's lock died.
    LockLost,
    /// The process that ran it died; found by the next holder of the lock.
    Orphaned,
    /// The daemon was told to stop.
    Cancelled,
    /// The stored password cannot be opened.
    Vault,
    /// A bug of ours.
    Panic,
}

impl FailureKind {
    /// All kinds, for tables and tests.
    pub const ALL: [Self; 15] = [
        Self::Network,
        Self::Timeout,
        Self::Unavailable,
        Self::SessionExpired,
        Self::Auth,
        Self::Captcha,
        Self::Firewall,
        Self::InUse,
        Self::Layout,
        Self::Database,
        Self::LockLost,
        Self::Orphaned,
        Self::Cancelled,
        Self::Vault,
        Self::Panic,
    ];

    /// The stable text form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::SessionExpired => "session_expired",
            Self::Auth => "auth",
            Self::Captcha => "captcha",
            Self::Firewall => "firewall",
            Self::InUse => "in_use",
            Self::Layout => "layout",
            Self::Database => "database",
            Self::LockLost => "lock_lost",
            Self::Orphaned => "orphaned",
            Self::Cancelled => "cancelled",
            Self::Vault => "vault",
            Self::Panic => "panic",
        }
    }

    /// The kind that a record names; `None` for one that this version does not know.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl serde::Serialize for FailureKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
