//! Why the database cannot be used, and what to do about it.

use std::borrow::Cow;

use sqlx::error::DatabaseError;

/// The SQLSTATE of a server that has no connection to spare.
const FULL: &str = "53300";

/// The database cannot be used. Shows host and database, never the password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// `database.url` is no address.
    #[error("database.url is not an address like postgres://user:password@host/database")]
    Address(#[source] sqlx::Error),
    /// Nobody answers there, or the answer is no.
    #[error("cannot connect to PostgreSQL at {place} ({})", cure(source))]
    Refused {
        /// Hosts, ports and database.
        place: String,
        /// What the driver says.
        #[source]
        source: sqlx::Error,
    },
    /// A server that only reads.
    #[error(
        "{place} takes no writes: it is a standby, or set to read-only; database.url must lead to the primary \
         (several hosts may be named, with commas between them: the one that takes writes is used)"
    )]
    ReadOnly {
        /// Host, port and database.
        place: String,
    },
    /// Locks would lie.
    #[error(
        "{place} leads through a pooler in transaction mode, where the locks of a session do not hold; \
         set database.lock_url to the server's own address (the pooler may stay in database.url)"
    )]
    Pooler {
        /// Host, port and database.
        place: String,
    },
    /// Locks would be elsewhere.
    #[error(
        "{place} (database.lock_url) is another server than database.url leads to: locks there would protect \
         nothing here; let both lead to the same server"
    )]
    AnotherServer {
        /// Host, port and database of the locks.
        place: String,
    },
}

impl ConnectError {
    /// Whether it may pass by itself: nobody answers yet, the server starts, or has no connection to spare.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Refused { source, .. } => may_pass(source),
            Self::ReadOnly { .. } => true,
            Self::Address(_) | Self::Pooler { .. } | Self::AnotherServer { .. } => false,
        }
    }

    /// Whether the server has no connection to spare.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Refused { source, .. } => sqlstate(source).as_deref() == Some(FULL),
            Self::Address(_)
            | Self::ReadOnly { .. }
            | Self::Pooler { .. }
            | Self::AnotherServer { .. } => false,
        }
    }
}

/// Whether a failure of the database may pass by itself.
pub(super) fn may_pass(error: &sqlx::Error) -> bool {
    match sqlstate(error) {
        // Connection trouble, resources (too many connections, disk, memory), a server that starts or stops, read-only.
        Some(code) => {
            ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "25006"
        }
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_)
        ),
    }
}

/// What to do about a failure, in a few words.
pub(super) fn cure(error: &sqlx::Error) -> &'static str {
    match sqlstate(error).as_deref() {
        Some(FULL) => {
            "it has no connection to spare: end idle ones, raise max_connections there, or lower \
             database.max_connections here"
        }
        Some("53100") => "its disk is full: make room there",
        Some("57P03") => "it starts or stops at this moment: try again soon",
        _ if matches!(error, sqlx::Error::PoolTimedOut) => {
            "no connection within 10 s: is it at its max_connections, or this process at its \
             database.max_connections?"
        }
        _ => "is it running, and do user and password fit?",
    }
}

/// The code of the server's refusal.
pub(super) fn sqlstate(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(DatabaseError::code)
}

/// Whether an error, or one of its causes, is trouble of the database that may pass by itself.
#[must_use]
pub fn may_pass_by_itself(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<ConnectError>() {
            return refused.may_pass();
        }
        if let Some(failure) = error.downcast_ref::<sqlx::Error>() {
            return may_pass(failure);
        }
        cause = error.source();
    }
    false
}
