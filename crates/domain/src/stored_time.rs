//! Which stored times a clock that was ahead can have put into the future.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A kind of records that hold times which are compared with now.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum StoredTime {
    /// Last ticks and successes.
    Schedules,
    /// Beginnings and ends of runs.
    Runs,
    /// Of accounts.
    Pauses,
    /// Alerts, their messages, evaluations and reports.
    Alerts,
    /// Addresses of calendars.
    Calendars,
    /// The queue.
    Jobs,
}

impl StoredTime {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}
