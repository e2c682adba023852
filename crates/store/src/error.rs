//! What can go wrong with the database, and what that says of what was written.

use super::pool::{READ_ONLY, is_outdated_statement};
use super::waiting::is_silence;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, broke off or could not be reached.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The run is no longer `running`: somebody else took over, and nothing was written.
    #[error("run {run_id} was closed by another process, nothing was written")]
    RunClosed { run_id: i64 },
    /// The scheduled account of another user has this CPF; nothing was written.
    #[error("user {usuario_id} has a scheduled account with this CPF")]
    CpfTaken {
        /// The other user.
        usuario_id: i32,
    },
    /// The application's table of users does not take one of whom no more is known than name and e-mail; nothing was
    /// written.
    #[error(
        "the application's table usuarios asks for more than name and e-mail ({by}): make the user in the application, then \
         give them the account: agendad users add --user N"
    )]
    UserRefused {
        /// The column or constraint.
        by: String,
    },
    /// A database in whose encoding the daemon does not work.
    #[error(
        "the database's encoding is {encoding}; agendad works with UTF8, LATIN1 and WIN1252 only, and has changed \
         nothing: make a database with ENCODING 'UTF8' and move the tables there (pg_dump, pg_restore)"
    )]
    Encoding {
        /// PostgreSQL's name of it.
        encoding: String,
    },
    /// A value in the database that cannot be understood.
    #[error("{what} of user {usuario_id} cannot be read")]
    BadValue {
        /// The examiner.
        usuario_id: i32,
        /// Which value.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the database's role may not do this: its owner may.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code == "42501")
            }
            Self::Database(_)
            | Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }

    /// Whether there is such a row already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.is_unique_violation()
    }

    /// Whether the server has answered, if only by keeping us waiting for longer than any statement takes: the next try
    /// will fare no better.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(_) | sqlx::Error::ColumnDecode { .. }) => true,
            Self::Database(_) => self.timed_out(),
            Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => true,
        }
    }

    /// The SQLSTATE with which the server has refused what was asked; `None` where it was away, said nothing, or has undone
    /// what may go well the next time.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Database(sqlx::Error::Database(error))
                if !self.is_outage() && !self.is_undone() =>
            {
                Some(error.code()?.into_owned())
            }
            Self::Database(_)
            | Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => None,
        }
    }

    /// Whether no answer came in time: the server is slow, or somebody holds what the statement waits for.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        match self {
            Self::Database(error) => is_silence(error),
            Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }

    /// Whether the database was away: what was asked is done when it is back, as if it had not begun. What the server
    /// refuses, undoes again and again, or finds too slow, it may refuse for ever.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Io(_)) => !self.timed_out(),
            Self::Database(sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => true,
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // admin_shutdown, crash_shutdown, cannot_connect_now
                const AWAY: [&str; 4] = ["57P01", "57P02", "57P03", READ_ONLY];
                AWAY.contains(&code.as_ref())
            }),
            Self::Database(_)
            | Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }

    /// Whether the server broke the statement off because it took longer than `statement_timeout`: a slow moment of the
    /// server's, or a statement that will never be quick enough.
    #[must_use]
    pub fn took_too_long(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.code().is_some_and(|code| code == "57014")
    }

    /// Whether nothing was written for a reason that may be gone at the next try: the server ended
    /// the connection, or the statement lost a deadlock, took longer than the server's settings let
    /// it wait, or was prepared before a column changed. A connection that broke by itself is not meant: then
    /// nobody knows whether the statement took effect.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(error) if is_outdated_statement(error) => true,
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // admin_shutdown, crash_shutdown, cannot_connect_now, serialization, deadlock,
                // lock_not_available (lock_timeout), query_canceled (statement_timeout),
                // idle_in_transaction_session_timeout, transaction_timeout
                const UNDONE: [&str; 9] = [
                    "57P01", "57P02", "57P03", "40001", "40P01", "55P03", "57014", "25P03", "25P04",
                ];
                UNDONE.contains(&code.as_ref())
            }),
            Self::Database(_)
            | Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::UserRefused { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::StoreError;
    use crate::waiting::{left_behind, no_answer};

    #[test]
    fn what_is_too_slow_is_an_answer_and_what_was_left_behind_an_outage() {
        let slow = StoreError::from(no_answer(Duration::from_secs(60)));
        assert!(slow.timed_out() && slow.is_answer() && !slow.is_outage());
        let left = StoreError::from(left_behind(Duration::from_secs(5)));
        assert!(!left.timed_out() && !left.is_answer() && left.is_outage());
    }
}
