//! What became of a slot, as the change log says it.

use serde::Serialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The kind of a change: `agenda_slot_changes.kind`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ChangeKind {
    /// Seen for the first time.
    Inserted,
    /// Its content differs.
    Changed,
    /// Vanished from its day.
    Removed,
    /// Seen again after it had vanished.
    Reappeared,
}
