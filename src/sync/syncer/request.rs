//! What may be asked of a sync, and what may come of it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Origin, PauseOf, PauseReason, TickRefused};
use crate::sync::record_run::report::RunReport;
use crate::words::pause;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// The examiner.
    pub usuario_id: i32,
    /// Name of the window, if one is meant.
    pub window: Option<String>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The tick that this run serves.
    pub tick: Option<DateTime<Utc>>,
    /// Who asks.
    pub origin: Origin,
}

/// What became of the request.
#[derive(Debug)]
pub enum SyncOutcome {
    /// A run took place and is recorded.
    Ran(Box<RunReport>),
    /// Another sync of this user is running.
    Busy,
    /// This tick has had its run already.
    TickDone,
    /// No run may take place now.
    Refused(Refusal),
}

/// Why no run may take place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No row in `configuracoes_detran`.
    #[error("user {0} has no account (add one with: agendad users add)")]
    NoAccount(i32),
    /// The account's row says something that cannot be.
    #[error("{0}; correct it in configuracoes_detran")]
    Unreadable(String),
    /// Account or user are switched off.
    #[error(
        "the account of user {0} is not active (switch it on with: agendad users enable --user {0})"
    )]
    Inactive(i32),
    /// The schedule no longer covers this account and window.
    #[error("the account of user {0} is not synchronised automatically")]
    NotScheduled(i32),
    /// No login may be attempted.
    #[error(
        "the account of user {usuario_id} is paused ({reason}); {}",
        pause::cure(*usuario_id, *reason, *pause_of).en
    )]
    Paused {
        /// The examiner.
        usuario_id: i32,
        /// Why.
        reason: PauseReason,
        /// By whose pause.
        pause_of: PauseOf,
    },
}

impl Refusal {
    /// What metrics count of it.
    #[must_use]
    pub const fn counted_as(&self) -> TickRefused {
        match self {
            Self::NoAccount(_) => TickRefused::NoAccount,
            Self::Unreadable(_) => TickRefused::Unreadable,
            Self::Inactive(_) => TickRefused::Inactive,
            Self::NotScheduled(_) => TickRefused::NotScheduled,
            Self::Paused { .. } => TickRefused::Paused,
        }
    }
}

/// Something a person may want to see while a run goes on.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// The run is recorded as `running`.
    Recorded {
        /// `agenda_sync_runs.id`.
        run_id: i64,
    },
    /// The session is open; so many day readings lie ahead.
    Open {
        /// Days times units.
        days: usize,
    },
    /// One day of one unit is done, well or badly.
    Day(NaiveDate),
}

/// Told of progress.
pub type Watcher<'a> = &'a (dyn Fn(Progress) + Send + Sync);
