//! The words of the queue.

use serde::Serialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How far a job of the queue is, in River's words.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum JobState {
    /// Due.
    Available,
    /// Due later.
    Scheduled,
    /// Handed out to a process.
    Running,
    /// Failed, and due again later.
    Retryable,
    /// Waits for something else than a time.
    Pending,
    /// Done.
    Completed,
    /// Given up.
    Discarded,
    /// Called off.
    Cancelled,
}
