//! The outcome of one run.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How a run ended, as `agenda_sync_runs.status` says it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
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
}

/// Who asked for a run: `agenda_sync_runs.origin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Origin {
    /// A tick.
    Schedule,
    /// A person at the command line.
    Cli,
    /// A client of the HTTP API, or an operator at the dashboard.
    Api,
}

/// What a run did, in slots, dates and appointments: `agenda_sync_runs.totals`. Read from whatever the earlier system
/// or another version recorded: a count that is missing or no number is zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "utoipa",
    schema(as = TotalsBody, description = "What a sync did, in slots, days and appointments.")
)]
#[serde(from = "Value")]
pub struct Totals {
    /// Slots never seen before.
    pub inserted: i64,
    /// Slots that changed or reappeared.
    pub updated: i64,
    /// Slots seen again as they were.
    pub unchanged: i64,
    /// Slots marked removed.
    pub removed: i64,
    /// Removals held back until another sync confirms them.
    pub held: i64,
    /// Days that could not be read.
    pub skipped: i64,
    pub appointments_created: i64,
    pub appointments_linked: i64,
    pub appointments_cancelled: i64,
}

impl From<Value> for Totals {
    fn from(recorded: Value) -> Self {
        let count = |name: &str| recorded[name].as_i64().unwrap_or(0);
        Self {
            inserted: count("inserted"),
            updated: count("updated"),
            unchanged: count("unchanged"),
            removed: count("removed"),
            held: count("held"),
            skipped: count("skipped"),
            appointments_created: count("appointments_created"),
            appointments_linked: count("appointments_linked"),
            appointments_cancelled: count("appointments_cancelled"),
        }
    }
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
