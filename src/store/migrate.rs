//! Bringing the schema up to date: ours and River's, and the adoption of what the earlier system left,
//! under one lock, so that any number of processes may start at once.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use riverqueue::database::SchemaName;
use riverqueue::migrate::{Direction, MigrateOpts, PostgresMigrator};
use sqlx::Connection;
use sqlx::migrate::{Migrate, Migrator};

use super::adopt::Counts;
use super::connect::{cure, may_pass, no_answer};
use super::control::LOCK_SPACE;
use super::{Store, StoreError};

/// Migrations that a newer version has applied do not stop this one: see `migrations/README.md`.
static OURS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!();
    migrator.set_ignore_missing(true);
    migrator
});

/// How long a look at the list of migrations may take.
const LOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// The PostgreSQL schema of River's tables.
pub const RIVER_SCHEMA: &str = "river";

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A migration of ours failed; it was rolled back.
    #[error("a migration failed and was rolled back")]
    Ours(#[from] sqlx::migrate::MigrateError),
    /// River's migrations failed.
    #[error("the queue's tables could not be looked at, or a migration of theirs failed")]
    River(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The earlier system's rows could not be adopted.
    #[error("the rows of the earlier system could not be adopted (run agendad migrate again)")]
    Adopt(#[source] StoreError),
    /// The database failed, whatever it was asked.
    #[error("the database failed while its tables were looked at ({})", cure(.0))]
    Database(#[from] sqlx::Error),
}

impl MigrateError {
    /// A database that fails altogether has not refused the rows in particular.
    fn adopt(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) if may_pass(&error) => Self::Database(error),
            error @ (StoreError::Database(_)
            | StoreError::RunClosed { .. }
            | StoreError::BadValue { .. }) => Self::Adopt(error),
        }
    }
}

/// What `migrate` found and did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Migrated {
    /// Migrations of ours applied now, by their descriptions.
    pub applied: Vec<String>,
    /// Migrations of ours in all.
    pub total: usize,
    /// Migrations of the queue's tables applied now.
    pub queue: usize,
    /// What became of the earlier system's rows.
    pub adopted: Counts,
}

impl Store {
    /// Applies what is missing and adopts what the earlier system left. Safe to run in several processes
    /// at once, and again.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub async fn migrate(&self) -> Result<Migrated, MigrateError> {
        let mut conn = self.pool.acquire().await?.detach();
        sqlx::query!("SELECT pg_advisory_lock($1, 0)", LOCK_SPACE)
            .execute(&mut conn)
            .await?;
        let applied = pending(&mut conn).await?;
        // A role that may not create anything can start a daemon on a schema that is up to date.
        if !applied.is_empty() {
            OURS.run_direct(None, &mut conn, false).await?;
        }
        let queue =
            sqlx::query_scalar!(r#"SELECT to_regnamespace('river') IS NOT NULL AS "exists!""#);
        if !queue.fetch_one(&mut conn).await? {
            sqlx::query!("CREATE SCHEMA river")
                .execute(&mut conn)
                .await?;
        }
        let queue = self.migrate_queue(MigrateOpts::new()).await?;
        let adopted = self.adopt().await.map_err(MigrateError::adopt)?;
        // The lock goes with the connection.
        conn.close().await?;
        Ok(Migrated {
            applied,
            total: OURS.iter().count(),
            queue,
            adopted,
        })
    }

    /// What [`Store::migrate`] would do now. Changes nothing.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub async fn migrate_dry_run(&self) -> Result<Migrated, MigrateError> {
        let mut conn = self.pool.acquire().await?;
        let applied = pending(&mut conn).await?;
        drop(conn);
        Ok(Migrated {
            applied,
            total: OURS.iter().count(),
            queue: self
                .migrate_queue(MigrateOpts::new().with_dry_run(true))
                .await?,
            adopted: self.survey().await.map_err(MigrateError::adopt)?,
        })
    }

    /// How many of our migrations the database lacks.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub async fn pending_migrations(&self) -> Result<usize, MigrateError> {
        let mut conn = self.pool.acquire().await?;
        match tokio::time::timeout(LOOK_TIMEOUT, pending(&mut conn)).await {
            Ok(pending) => Ok(pending?.len()),
            Err(_) => Err(MigrateError::Database(no_answer(LOOK_TIMEOUT))),
        }
    }

    async fn migrate_queue(&self, opts: MigrateOpts) -> Result<usize, MigrateError> {
        let schema = SchemaName::new(RIVER_SCHEMA).map_err(|e| MigrateError::River(e.into()))?;
        let result = PostgresMigrator::new(self.pool.unlimited().clone())
            .with_schema(schema)
            .migrate(Direction::Up, opts)
            .await
            .map_err(|e| MigrateError::River(e.into()))?;
        Ok(result.versions.len())
    }
}

/// The migrations of ours that the database lacks.
async fn pending(conn: &mut sqlx::PgConnection) -> Result<Vec<String>, MigrateError> {
    let exists =
        sqlx::query_scalar!(r#"SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS "exists!""#)
            .fetch_one(&mut *conn)
            .await?;
    let applied: HashSet<i64> = if exists {
        let applied = conn.list_applied_migrations("_sqlx_migrations").await?;
        applied.into_iter().map(|m| m.version).collect()
    } else {
        HashSet::new()
    };
    let missing = OURS.iter().filter(|m| !applied.contains(&m.version));
    Ok(missing.map(|m| m.description.to_string()).collect())
}
