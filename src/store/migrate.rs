//! Bringing the schema up to date: ours and River's, under one lock, so that any number of processes
//! may start at once on an empty database.

use riverqueue::database::SchemaName;
use riverqueue::migrate::PostgresMigrator;
use sqlx::Connection;
use sqlx::migrate::{Migrate, Migrator};

use super::Store;
use super::control::LOCK_SPACE;

static OURS: Migrator = sqlx::migrate!();

/// The PostgreSQL schema of River's tables.
pub const RIVER_SCHEMA: &str = "river";

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A migration of ours failed; it was rolled back.
    #[error("a migration failed and was rolled back")]
    Ours(#[from] sqlx::migrate::MigrateError),
    /// A migration of River's failed.
    #[error("a migration of the queue's tables failed")]
    River(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// What `migrate` found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Migrations of ours applied now.
    pub applied: usize,
    /// Migrations of ours in all.
    pub total: usize,
}

impl Store {
    /// Applies what is missing. Safe to run in several processes at once, and again.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub async fn migrate(&self) -> Result<Migrated, MigrateError> {
        let mut conn = self.pool.acquire().await?.detach();
        sqlx::query!("SELECT pg_advisory_lock($1, 0)", LOCK_SPACE)
            .execute(&mut conn)
            .await?;
        let before = applied(&mut conn).await?;
        OURS.run_direct(None, &mut conn, false).await?;
        sqlx::query!("CREATE SCHEMA IF NOT EXISTS river")
            .execute(&mut conn)
            .await?;
        let schema = SchemaName::new(RIVER_SCHEMA).map_err(|e| MigrateError::River(e.into()))?;
        PostgresMigrator::new(self.pool.clone())
            .with_schema(schema)
            .migrate_up()
            .await
            .map_err(|e| MigrateError::River(e.into()))?;
        let after = applied(&mut conn).await?;
        // The lock goes with the connection.
        conn.close().await?;
        Ok(Migrated {
            applied: after - before,
            total: OURS.iter().count(),
        })
    }

    /// How many of our migrations the database lacks.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub async fn pending_migrations(&self) -> Result<usize, MigrateError> {
        let mut conn = self.pool.acquire().await?;
        Ok(OURS
            .iter()
            .count()
            .saturating_sub(applied(&mut conn).await?))
    }
}

async fn applied(conn: &mut sqlx::PgConnection) -> Result<usize, MigrateError> {
    let exists =
        sqlx::query_scalar!(r#"SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS "exists!""#)
            .fetch_one(&mut *conn)
            .await?;
    if !exists {
        return Ok(0);
    }
    Ok(conn
        .list_applied_migrations("_sqlx_migrations")
        .await?
        .len())
}
