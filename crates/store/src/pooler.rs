//! Is there a pooler in transaction mode before the locks? There each statement may meet another server
//! connection, so a lock taken with one statement would not be ours at the next: locks would lie.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Row, raw_sql};

/// Connections beside ours that each hold a transaction, so that a pooler runs out of the server
/// connection that it would give us twice.
const BESIDE: usize = 3;

/// Whether what `session` sets for its session is seen elsewhere, or lost: only a pooler mixes sessions.
///
/// Simple statements only: prepared ones fail behind some poolers before they say anything.
///
/// # Errors
/// What the database says.
pub(super) async fn mixes_sessions(
    session: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    let mark = format!("{:08x}", std::process::id());
    let set = format!("SELECT set_config('agendad.session', '{mark}', false)");
    raw_sql(AssertSqlSafe(set)).execute(&mut *session).await?;
    let mut beside = Vec::with_capacity(BESIDE);
    let mut mixed = false;
    for _ in 0..BESIDE {
        let mut connection = PgConnection::connect_with(options).await?;
        raw_sql("BEGIN").execute(&mut connection).await?;
        mixed |= is_marked(raw_sql(READ).fetch_one(&mut connection).await?, &mark)?;
        beside.push(connection);
    }
    mixed |= !is_marked(raw_sql(READ).fetch_one(&mut *session).await?, &mark)?;
    for connection in beside {
        connection.close().await?;
    }
    Ok(mixed)
}

const READ: &str = "SELECT coalesce(current_setting('agendad.session', true), '')";

fn is_marked(row: sqlx::postgres::PgRow, mark: &str) -> Result<bool, sqlx::Error> {
    Ok(row.try_get::<String, _>(0)? == mark)
}
