//! Bringing the schema up to date: ours and River's, and the adoption of what the earlier system left,
//! under one lock, so that any number of processes may start at once.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use riverqueue::database::SchemaName;
use riverqueue::migrate::{Direction, MigrateOpts, PostgresMigrator};
use sqlx::Connection;
use sqlx::migrate::{Migrate, Migration, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::adopt::Counts;
use super::connect_error::{cure, may_pass};
use super::control::LOCK_SPACE;
use super::encoding::DatabaseEncoding;
use super::places::{Places, PlacesError};
use super::preflight::PreflightIssue;
use super::waiting::no_answer;
use super::{Store, StoreError};

/// Migrations that a newer version has applied do not stop this one: see `migrations/README.md`.
static OURS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../migrations");
    migrator.set_ignore_missing(true);
    migrator
});

/// How long a look at the list of migrations may take.
const LOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// No time-out of the server's for this session; the last is PostgreSQL 17's.
const UNHURRIED: &str = "SET statement_timeout = 0; SET lock_timeout = 0; \
     SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) IS NOT NULL";

/// How often the lock is tried for.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);

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
    /// Tables would be made beside others of their name.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// The database cannot be worked with; nothing was changed.
    #[error(transparent)]
    Unusable(StoreError),
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
            | StoreError::CpfTaken { .. }
            | StoreError::UserRefused { .. }
            | StoreError::Encoding { .. }
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
    /// Where the tables are.
    pub places: Places,
    /// What appointments will meet in the application's table.
    pub foreseen: Vec<PreflightIssue>,
}

impl Store {
    /// Applies what is missing and adopts what the earlier system left. Safe to run in several processes
    /// at once, and again.
    pub async fn migrate(&self) -> Result<Migrated, MigrateError> {
        self.migrate_into(None).await
    }

    /// The same; tables of ours that are missing are made in `schema`, which is made too. The search path must begin
    /// with it.
    pub async fn migrate_into(&self, schema: Option<&str>) -> Result<Migrated, MigrateError> {
        let letters = self.encoding().await.map_err(MigrateError::Unusable)?;
        let mut conn = self.pool.acquire().await?.detach();
        // An index on years of slots takes longer than an administrator may allow a daemon's statements.
        sqlx::raw_sql(UNHURRIED).execute(&mut conn).await?;
        lock(&mut conn).await?;
        if let Some(schema) = schema {
            make_schema(&mut conn, schema).await?;
        }
        let before = Places::look(&mut conn).await?;
        before.verdict(schema.is_some())?;
        let applied = pending(&mut conn).await?;
        // A role that may not create anything can start a daemon on a schema that is up to date.
        if !applied.is_empty() {
            apply(&mut conn, &before, letters).await?;
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
        let foreseen = self.preflight_appointments().await;
        // The lock goes with the connection.
        conn.close().await?;
        Ok(Migrated {
            applied,
            total: OURS.iter().count(),
            queue,
            adopted,
            places: before,
            foreseen: foreseen.map_err(MigrateError::adopt)?,
        })
    }

    /// What [`Store::migrate_into`] would do now. Changes nothing.
    pub async fn migrate_into_dry_run(
        &self,
        schema: Option<&str>,
    ) -> Result<Migrated, MigrateError> {
        self.encoding().await.map_err(MigrateError::Unusable)?;
        let mut conn = self.pool.acquire().await?;
        let places = Places::look(&mut conn).await?.chosen(schema);
        places.verdict(schema.is_some())?;
        let applied = pending(&mut conn).await?;
        drop(conn);
        Ok(Migrated {
            applied,
            total: OURS.iter().count(),
            queue: self
                .migrate_queue(MigrateOpts::new().with_dry_run(true))
                .await?,
            adopted: self.survey().await.map_err(MigrateError::adopt)?,
            places,
            foreseen: self
                .preflight_appointments()
                .await
                .map_err(MigrateError::adopt)?,
        })
    }

    /// Where the tables are, and whether they may be used there. `schema`: what `database.schema` says.
    pub async fn places(&self, schema: Option<&str>) -> Result<Places, MigrateError> {
        self.encoding().await.map_err(MigrateError::Unusable)?;
        let mut conn = self.pool.acquire().await?;
        let places = Places::look(&mut conn).await?.chosen(schema);
        places.verdict(schema.is_some())?;
        Ok(places)
    }

    /// How many of our migrations the database lacks.
    pub async fn pending_migrations(&self) -> Result<usize, MigrateError> {
        let mut conn = self.pool.acquire().await?;
        match tokio::time::timeout(LOOK_TIMEOUT, pending(&mut conn)).await {
            Ok(pending) => Ok(pending?.len()),
            Err(_) => Err(MigrateError::Database(no_answer(LOOK_TIMEOUT))),
        }
    }

    /// The connection that works on the schema, in whatever process, and those that keep it waiting, a line each.
    pub async fn at_work_on_schema(&self) -> Result<Vec<String>, StoreError> {
        let lines = sqlx::query_scalar!(
            r#"SELECT concat_ws(' ', a.pid, a.application_name, a.state, 'since', a.xact_start) AS "line!"
               FROM pg_locks l CROSS JOIN LATERAL unnest(l.pid || pg_blocking_pids(l.pid)) AS p (pid)
                    JOIN pg_stat_activity a ON a.pid = p.pid
               WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int::oid AND l.objid = 0
                 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"#,
            LOCK_SPACE
        );
        Ok(lines.fetch_all(&self.pool).await?)
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

/// Applies what is missing: each text for the places where the tables are, and in letters that the database can hold.
/// Its checksum is that of the file, so that both kinds of installation know it again.
async fn apply(
    conn: &mut sqlx::PgConnection,
    places: &Places,
    letters: DatabaseEncoding,
) -> Result<(), MigrateError> {
    let ours = quoted(&places.ours);
    let path = sqlx::query_scalar!(r#"SELECT current_setting('search_path') AS "path!""#);
    let path = path.fetch_one(&mut *conn).await?;
    let set = sqlx::query_scalar!(
        "SELECT set_config('search_path', concat_ws(', ', $1::text, nullif($2::text, '')), false)",
        &ours,
        path
    );
    set.fetch_one(&mut *conn).await?;
    drop_half_made_indexes(conn).await?;
    let migrations = OURS.iter().map(|migration| {
        let sql = places.placed(migration.sql.as_str());
        let sql = letters.nearest(&sql).into_owned();
        Migration {
            // The text of our own file.
            sql: AssertSqlSafe(sql).into_sql_str(),
            ..migration.clone()
        }
    });
    let migrator = Migrator {
        migrations: migrations.collect(),
        ignore_missing: true,
        table_name: format!("{ours}._sqlx_migrations").into(),
        ..Migrator::DEFAULT
    };
    Ok(migrator.run_direct(None, conn, false).await?)
}

/// Waits for the lock without a statement that waits: an index that is made concurrently waits for all of those.
async fn lock(conn: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    loop {
        let taken = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_lock($1, 0) AS "taken!""#,
            LOCK_SPACE
        );
        if taken.fetch_one(&mut *conn).await? {
            return Ok(());
        }
        tokio::time::sleep(LOCK_INTERVAL).await;
    }
}

/// Drops what is left of indexes of ours that were being made when something broke off: such a one is never used, and
/// stands in the way of the next try.
async fn drop_half_made_indexes(conn: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    let names = sqlx::query_scalar!(
        r#"SELECT i.indexrelid::regclass::text AS "name!" FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
           WHERE NOT i.indisvalid AND i.indrelid = to_regclass('agenda_slots')
             AND c.relname IN ('agenda_slots_data_hora_idx', 'agenda_slots_day_words_idx')"#
    );
    for name in names.fetch_all(&mut *conn).await? {
        // Quoted by PostgreSQL itself.
        let drop = AssertSqlSafe(format!("DROP INDEX CONCURRENTLY {name}"));
        sqlx::query(drop).execute(&mut *conn).await?;
    }
    Ok(())
}

async fn make_schema(conn: &mut sqlx::PgConnection, schema: &str) -> Result<(), MigrateError> {
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS "exists!""#,
        schema
    );
    if !exists.fetch_one(&mut *conn).await? {
        // Quoted, and checked when the configuration was read.
        let create = AssertSqlSafe(format!("CREATE SCHEMA {}", quoted(schema)));
        sqlx::query(create).execute(&mut *conn).await?;
    }
    Ok(())
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
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
