//! The databases of a cluster: that ours exists, and more of them for tests.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::error::PrivatePostgresError;

/// A server that says it is ready answers within this time.
const TIMEOUT: Duration = Duration::from_secs(30);

/// After a checkpoint the first change of a page logs all of it. LZ4 makes a third to three quarters of that and
/// costs no time that shows; what every server has, pglz, doubled the time of a first sync in a large table. Where
/// somebody has chosen a method, or none, that stays.
const COMPRESS_WAL: &str = "DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_settings
               WHERE name = 'wal_compression' AND source = 'default' AND 'lz4' = ANY (enumvals))
    THEN EXECUTE format('ALTER ROLE %I SET wal_compression = lz4', current_user);
    END IF;
END $$";

/// Creates the database unless it exists, and sees to the settings of its superuser. `maintenance` is the
/// address of another one.
pub(super) async fn ensure(maintenance: &str, name: &str) -> Result<(), PrivatePostgresError> {
    let mut connection = connect(maintenance).await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .map_err(sql("look for a database"))?;
    if !exists {
        run(&mut connection, name).await?;
    }
    if let Err(error) = sqlx::raw_sql(COMPRESS_WAL).execute(&mut connection).await {
        tracing::warn!(%error, "cannot set wal_compression; the private database writes more than it need");
    }
    connection.close().await.map_err(sql("hang up"))
}

/// Creates the database.
pub(super) async fn create(maintenance: &str, name: &str) -> Result<(), PrivatePostgresError> {
    let mut connection = connect(maintenance).await?;
    run(&mut connection, name).await?;
    connection.close().await.map_err(sql("hang up"))
}

async fn connect(url: &str) -> Result<PgConnection, PrivatePostgresError> {
    let connected = tokio::time::timeout(TIMEOUT, PgConnection::connect(url)).await;
    let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut).into();
    connected.map_err(late).flatten().map_err(sql("connect"))
}

async fn run(connection: &mut PgConnection, name: &str) -> Result<(), PrivatePostgresError> {
    let quoted = name.replace('"', "\"\"");
    // Safe: an identifier cannot be a parameter, and is quoted.
    let statement = AssertSqlSafe(format!("CREATE DATABASE \"{quoted}\""));
    let made = sqlx::raw_sql(statement).execute(connection).await;
    made.map_err(sql(format!("create database {name}")))?;
    Ok(())
}

fn sql(doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> PrivatePostgresError {
    move |source| PrivatePostgresError::Sql {
        doing: doing.into(),
        source,
    }
}
