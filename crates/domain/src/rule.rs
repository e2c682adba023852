//! The rules by which operators are told of trouble. `docs/alerts.md` explains each.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// A kind of trouble of which operators are told, the most urgent first. Its key is a section of `[alerts]` and stands in the database.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Rule {
    /// The daemon cannot use its database.
    Database,
    /// The database's role lacks rights, or does not see all rows.
    Access,
    /// The portal cannot be reached.
    PortalDown,
    /// The portal's firewall turns daemons away.
    Firewall,
    /// The portal did not accept an examiner's password.
    Credentials,
    /// Two scheduled accounts have one CPF.
    DuplicateCpf,
    /// The portal showed a CAPTCHA.
    Captcha,
    /// Pages are not understood.
    Layout,
    /// Single rows of a day are not understood.
    UnreadRows,
    /// An examiner has had no success for too long.
    Stale,
    /// Many runs fail.
    FailureRate,
    /// The guard holds removals back.
    HeldRemovals,
    /// Many slots were marked removed.
    ManyRemoved,
    /// The application's table refuses appointments.
    Appointments,
    /// A clock is wrong, or was.
    Clock,
    /// There is no recent backup.
    BackupOld,
    /// Another system does not take changes of slots.
    Webhooks,
}

impl Rule {
    /// All rules, the most urgent first.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The stable text form.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// The rule of a key; `None` for one that this version does not know.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        key.parse().ok()
    }
}
