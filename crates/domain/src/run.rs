//! The outcome of one run.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How a run ended, as `agenda_sync_runs.status` says it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum RunStatus {
    /// Not ended yet. Also the fence: only a running run may write.
    Running,
    /// Every wanted date was read and stored.
    Success,
    /// Some dates failed or had row errors, or removals were held back.
    Partial,
    /// Nothing could be stored.
    Failed,
}

impl RunStatus {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The stable text form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The status that a record names; `None` for one that this version does not know.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// What a run did, in slots, dates and appointments: `agenda_sync_runs.totals`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Slots never seen before.
    pub inserted: i64,
    /// Slots whose content changed, or that reappeared.
    pub updated: i64,
    /// Slots seen again as they were.
    pub unchanged: i64,
    /// Slots marked removed.
    pub removed: i64,
    /// Removals held back by the guard.
    pub held: i64,
    /// Dates that failed.
    pub skipped: i64,
    /// Appointments created.
    pub appointments_created: i64,
    /// Appointments of the application that were linked to a slot.
    pub appointments_linked: i64,
    /// Appointments cancelled because their slot vanished.
    pub appointments_cancelled: i64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.removed += other.removed;
        self.held += other.held;
        self.skipped += other.skipped;
        self.appointments_created += other.appointments_created;
        self.appointments_linked += other.appointments_linked;
        self.appointments_cancelled += other.appointments_cancelled;
    }
}
