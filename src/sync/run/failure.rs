//! Why a run ended early, with its kind and its chain of causes.

use std::any::Any;

use crate::domain::FailureKind;
use crate::domain::causes::chain;
use crate::portal::PortalError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// The end of a run before its last date.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    #[error("the portal conversation failed: {0}")]
    Portal(#[from] PortalError),
    /// The database.
    #[error("the day could not be stored")]
    Store(#[from] StoreError),
    /// The stored password.
    #[error("the stored password cannot be opened")]
    Vault(#[from] VaultError),
    /// No password is stored.
    #[error("no password is stored (set one with: agendad users set-password)")]
    NoPassword,
    /// What it would log in with or for is no longer what it began with.
    #[error("the account was paused, switched off or given other credentials during the run")]
    AccountChanged,
    /// The daemon was told to stop.
    #[error("the daemon was told to stop")]
    Stopped,
    /// The connection with the user's lock died.
    #[error("the connection that held the user's lock died")]
    LockLost,
    /// The run took longer than `scheduler.run_timeout`.
    #[error("the run took longer than scheduler.run_timeout")]
    TimedOut,
    /// A bug of ours.
    #[error("a bug of agendad: {0}")]
    Panic(String),
}

impl RunFailure {
    /// What a caught panic says.
    #[must_use]
    pub fn panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Self::Panic(text.unwrap_or_else(|| "panic without a message".to_owned()))
    }

    /// The kind, as records and metrics name it.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Portal(error) => error.failure_kind(),
            Self::Store(StoreError::RunClosed { .. }) | Self::LockLost => FailureKind::LockLost,
            // The run is as good as one whose lock went with the database: its tick comes back.
            Self::Store(error) if error.is_outage() => FailureKind::LockLost,
            Self::Store(
                StoreError::Database(_)
                | StoreError::CpfTaken { .. }
                | StoreError::UserRefused { .. }
                | StoreError::Encoding { .. }
                | StoreError::BadValue { .. },
            ) => FailureKind::Database,
            Self::Vault(_) | Self::NoPassword => FailureKind::Vault,
            Self::AccountChanged | Self::Stopped => FailureKind::Cancelled,
            Self::TimedOut => FailureKind::Timeout,
            Self::Panic(_) => FailureKind::Panic,
        }
    }

    /// The error and its causes, outermost first.
    #[must_use]
    pub fn chain(&self) -> Vec<String> {
        chain(self)
    }
}
