//! Why a tick had no run, or has it later, as metrics name it.

use strum::{IntoStaticStr, VariantArray};

/// Why a tick went back to the queue. It comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum PutOff {
    /// Another sync of the examiner is running.
    Busy,
    /// The portal rests.
    Breaker,
    /// The portal's firewall turned this process away.
    Firewall,
    /// The run lost its lock.
    LockLost,
    /// The run was cancelled.
    Cancelled,
    /// The database refused the run's beginning.
    Database,
    /// The window is not configured here; another daemon may know it.
    NoWindow,
    /// The daemon stops.
    Stopped,
}

impl PutOff {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// Why a tick ended without a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TickRefused {
    /// The account is paused.
    Paused,
    /// The account is switched off.
    Inactive,
    /// The account is not synchronised by itself, or not in this window.
    NotScheduled,
    NoAccount,
    /// The account's row cannot be understood.
    Unreadable,
    /// This tick has had its run.
    Done,
    /// The window is no longer configured.
    NoWindow,
}

impl TickRefused {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}
