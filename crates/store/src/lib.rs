//! *To where?* The database: one file per table, functions named by intent. SQL lives here and
//! nowhere else (River's own tables aside, see `scheduler::river`).
//!
//! Architecture invariant: `store` knows `domain` and nothing of HTTP, schedules or the portal.

pub mod accounts;
mod address;
pub mod adopt;
pub mod alerts;
pub mod appointments;
pub mod audit;
pub mod calendars;
pub mod change_mails;
pub mod clinic;
pub mod clock;
pub mod connect;
mod connect_error;
pub mod control;
mod counts;
pub mod days;
pub mod duplicates;
pub mod figures;
pub mod foresight;
pub mod health;
pub mod history;
pub mod jobs;
pub mod kept_sessions;
pub mod letters;
pub mod listing;
pub mod lock_space;
pub mod locks;
pub mod logouts;
pub mod mail_wishes;
pub mod migrate;
pub mod names;
pub mod overview;
pub mod ownership;
pub mod passwords;
pub mod pause;
pub mod pauses;
pub mod people;
pub mod places;
mod pool;
mod pooler;
pub mod processes;
pub mod refusals;
pub mod removal;
mod repeatable;
mod restored;
pub mod rights;
pub mod runs;
pub mod schedules;
pub mod seen;
mod session_settings;
pub mod settings;
pub mod sheets;
pub mod slots;
pub mod staff;
pub mod statistics;
pub mod tomorrow;
pub mod units;
mod unread_rows;
pub mod users;
mod waiting;
pub mod webhooks;
pub mod young_tables;

use std::sync::Arc;
use std::time::Duration;

use sqlx::{PgPool, Row, SqlStr};
use tokio::sync::OnceCell;

use agendad_domain::Zone;
use letters::Letters;
use pool::Pool;

/// Longer than a transaction takes to begin on a connection that has just answered.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The server ends a connection that is silent for so long in a transaction. Its client may have vanished without a
/// word, and would leave the rows it had locked to nobody for as long as TCP takes to notice, by default two hours. For
/// the transaction only: behind a pooler, connections are shared. Our own longest silence is a moment.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'";
/// The same where years of rows are thought about between two statements.
const BEGIN_LONG: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '30min'";

/// An open transaction; rolled back if dropped.
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

/// The database, as the rest of the program sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    letters: Arc<OnceCell<Letters>>,
    /// The zone of the application's times without one.
    zone: Zone,
}

impl Store {
    /// A store on an open pool.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self::on(Pool::new(pool, pool::Renewal::default(), None))
    }

    fn on(pool: Pool) -> Self {
        Self {
            pool,
            letters: Arc::default(),
            zone: chrono_tz::America::Sao_Paulo.into(),
        }
    }

    /// The same, where the application's times without a zone are those of `zone`: `timezone` of the configuration.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// A store whose database never answers, for what is asked without one: its address is no directory.
    #[must_use]
    pub fn nowhere() -> Self {
        let nobody = sqlx::postgres::PgConnectOptions::new_without_pgpass().socket("/dev/null");
        Self::new(PgPool::connect_lazy_with(nobody))
    }

    /// Begins a transaction. The only way to one: sqlx 0.9.0 gives a connection whose `begin` was
    /// dropped half-way back to its pool with the transaction open, and what the next user writes on it
    /// is never committed (github.com/transact-rs/sqlx/issues/4385). So it runs to its end in a task of
    /// its own, and a transaction for which nobody waits any more is rolled back.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_with(BEGIN).await
    }

    /// The same for a transaction in which the program has much to do between two statements.
    async fn begin_long(&self) -> Result<Transaction, StoreError> {
        self.begin_with(BEGIN_LONG).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "awaited here, and must outlive us if we are dropped"
    )]
    async fn begin_with(&self, statement: &'static str) -> Result<Transaction, StoreError> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move {
            let connection = pool.acquire().await?;
            let begin = sqlx::Transaction::begin(connection, Some(SqlStr::from_static(statement)));
            waiting::within(BEGIN_TIMEOUT, begin).await
        });
        // A task that never ended belongs to a runtime that is going down.
        Ok(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
    }

    /// The letters of this database; asked once.
    ///
    /// # Errors
    /// [`StoreError::Encoding`] for an encoding in which the daemon does not work; [`StoreError::Database`].
    pub async fn letters(&self) -> Result<Letters, StoreError> {
        let letters = self.letters.get_or_try_init(async || {
            let row = sqlx::query("SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = current_database()")
                .fetch_one(&self.pool)
                .await?;
            let encoding: String = row.try_get(0)?;
            Letters::of(&encoding).ok_or(StoreError::Encoding { encoding })
        });
        letters.await.copied()
    }

    /// The pool, for River, which shares it.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.pool.unlimited()
    }
}

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, broke off or could not be reached.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The run is no longer `running`: somebody else took over, and nothing was written.
    #[error("run {run_id} was closed by another process, nothing was written")]
    RunClosed {
        /// The run.
        run_id: i64,
    },
    /// The scheduled account of another user has this CPF; nothing was written.
    #[error("user {usuario_id} has a scheduled account with this CPF")]
    CpfTaken {
        /// The other user.
        usuario_id: i32,
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
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }

    /// Whether the server has answered, if only by keeping us waiting for longer than any statement takes: the next try
    /// will fare no better.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Io(error)) => error.kind() == std::io::ErrorKind::TimedOut,
            Self::Database(sqlx::Error::Database(_) | sqlx::Error::ColumnDecode { .. }) => true,
            Self::Database(_) => false,
            Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => true,
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
    /// the connection, or the statement lost a deadlock or took longer than the server's settings let
    /// it wait. A connection that broke by itself is not meant: then nobody knows whether the statement
    /// took effect.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // admin_shutdown, crash_shutdown, cannot_connect_now, serialization, deadlock,
                // lock_not_available (lock_timeout), query_canceled (statement_timeout)
                const UNDONE: [&str; 7] = [
                    "57P01", "57P02", "57P03", "40001", "40P01", "55P03", "57014",
                ];
                UNDONE.contains(&code.as_ref())
            }),
            Self::Database(_)
            | Self::RunClosed { .. }
            | Self::CpfTaken { .. }
            | Self::Encoding { .. }
            | Self::BadValue { .. } => false,
        }
    }
}
