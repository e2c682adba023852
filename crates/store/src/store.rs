//! The database, as the rest of the program sees it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{PgPool, Row, SqlStr};
use tokio::sync::OnceCell;

use super::encoding::DatabaseEncoding;
use super::error::StoreError;
use super::pool::{Pool, Renewal};
use super::waiting;
use agendad_domain::Zone;

/// Longer than a transaction takes to begin on a connection that has just answered.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The server ends a connection that is silent for so long in a transaction. Its client may have vanished without a
/// word, and would leave the rows it had locked to nobody for as long as TCP takes to notice, by default two hours. For
/// the transaction only: behind a pooler, connections are shared. Our own longest silence is a moment.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'";

/// How a transaction begins that may take as long as it likes.
macro_rules! begin_long {
    ($mode:literal) => {
        concat!(
            "BEGIN ",
            $mode,
            "; SET LOCAL idle_in_transaction_session_timeout = '30min'; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; ",
            "SELECT set_config('transaction_timeout', '0', true) WHERE current_setting('transaction_timeout', true) IS NOT NULL"
        )
    };
}

/// The same where years of rows are read and written, and thought about between two statements: whatever patience the role
/// or the database was given would break it off again and again. Servers before PostgreSQL 17 do not know the last.
const BEGIN_LONG: &str = begin_long!("");
/// The same where all statements see the rows as they are now, and change none.
const BEGIN_SURVEY: &str = begin_long!("ISOLATION LEVEL REPEATABLE READ, READ ONLY");

/// An open transaction; rolled back if dropped.
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

/// The database, as the rest of the program sees it. Cheap to clone.
///
/// Whatever asks the database fails with [`StoreError::Database`] where that does: a method names only what else can go
/// wrong.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: Pool,
    letters: Arc<OnceCell<DatabaseEncoding>>,
    /// The zone of the application's times without one.
    pub(crate) zone: Zone,
}

impl Store {
    /// A store on an open pool.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self::on(Pool::new(pool, Renewal::default(), None))
    }

    pub(crate) fn on(pool: Pool) -> Self {
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
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_with(BEGIN).await
    }

    /// The same for a transaction whose statements may take as long as they like, and the program between two of them.
    pub(crate) async fn begin_long(&self) -> Result<Transaction, StoreError> {
        self.begin_with(BEGIN_LONG).await
    }

    /// The same for one that only reads, and sees the rows as they are when it first does.
    pub(crate) async fn begin_survey(&self) -> Result<Transaction, StoreError> {
        self.begin_with(BEGIN_SURVEY).await
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
    pub async fn encoding(&self) -> Result<DatabaseEncoding, StoreError> {
        let letters = self.letters.get_or_try_init(async || {
            let row = sqlx::query("SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = current_database()")
                .fetch_one(&self.pool)
                .await?;
            let encoding: String = row.try_get(0)?;
            DatabaseEncoding::of(&encoding).ok_or(StoreError::Encoding { encoding })
        });
        letters.await.copied()
    }

    /// What somebody looks for, as the database can hold it: it asks for nothing else.
    pub(super) async fn sought(&self, text: Option<&str>) -> Result<Option<String>, StoreError> {
        Ok(match text {
            Some(text) => Some(self.encoding().await?.nearest(text).into_owned()),
            None => None,
        })
    }

    /// The pool, for River, which shares it.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.pool.unlimited()
    }
}
