//! Why a run did not succeed, in the words that records, metrics and API answers share.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The kind of a failure. Its text form is stable: it stands in `agenda_sync_runs.error_details`,
/// in metrics labels and in the API's `code`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// None of these: the record of another version of agendad. Only read, never written.
    #[serde(other)]
    Unknown,
}

/// How far a run that failed had come with the portal: what its end says of whether the portal is up, and whether its
/// firewall lets this machine through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalContact {
    /// Nothing answered.
    NoAnswer,
    /// The portal answered that it cannot serve.
    NotServed,
    /// Its firewall answered in its place.
    TurnedAway,
    /// The portal itself answered.
    Served,
    /// What failed was ours, whatever the portal did.
    Ours,
    /// The run did not come to its end: it counts as none.
    CutShort,
}

impl FailureKind {
    /// All kinds that are written, for tables and tests.
    pub const ALL: &'static [Self] = Self::VARIANTS.split_at(Self::Unknown as usize).0;

    /// How far a run that failed with it had come with the portal.
    #[must_use]
    pub const fn portal_contact(self) -> PortalContact {
        match self {
            Self::Network | Self::Timeout => PortalContact::NoAnswer,
            Self::Unavailable => PortalContact::NotServed,
            Self::Firewall => PortalContact::TurnedAway,
            Self::SessionExpired | Self::Auth | Self::Captcha | Self::InUse | Self::Layout => {
                PortalContact::Served
            }
            Self::Database | Self::Vault | Self::Panic | Self::Unknown => PortalContact::Ours,
            Self::LockLost | Self::Orphaned | Self::Cancelled => PortalContact::CutShort,
        }
    }

    /// The kinds of which that is true, as a statement is given them.
    #[must_use]
    pub fn with(is_asked_for: impl Fn(PortalContact) -> bool) -> Vec<Self> {
        let kinds = Self::ALL.iter().copied();
        kinds
            .filter(|kind| is_asked_for(kind.portal_contact()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_another_version_is_read_as_unknown_and_is_none_that_is_written() {
        let read = |text| serde_json::from_value::<FailureKind>(serde_json::json!(text)).unwrap();
        assert_eq!(read("solar_flare"), FailureKind::Unknown);
        assert_eq!(read("in_use"), FailureKind::InUse);
        assert_eq!(FailureKind::ALL.len(), FailureKind::VARIANTS.len() - 1);
        assert!(!FailureKind::ALL.contains(&FailureKind::Unknown));
    }
}
