//! What the server still holds of a process's control connections: of our own earlier ones, whose end it has not noticed, or
//! of one that is stopped and not dead.

use std::time::Duration;

use sqlx::PgConnection;

use super::LOCK_SPACE;

/// Whoever holds its mark is one of its own, for the instance is unique.
const END: &str = "SELECT a.pid, pg_terminate_backend(a.pid)
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.classid::bigint = $1::int4 AND l.objid = hashtext($2)::oid AND l.objsubid = 2
      AND a.datname = current_database() AND a.usename = current_user
      AND a.application_name = current_setting('application_name') AND a.pid <> pg_backend_pid()";
const HOW_MANY: &str = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)";
/// Each is told to end at once, and does so when it next has a moment: on a busy machine not within this one.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const LOOKS: u32 = 100;

/// Ends them, and with them the locks of users on them: nobody uses these any more, and until the server notices
/// that, the users are synchronised by nobody. Waits a little until they are gone; if they are not, the next run of
/// such a user finds the lock taken. Returns whether there were any.
///
/// # Errors
/// Those of the connection.
pub(super) async fn end(
    connection: &mut PgConnection,
    instance: &str,
) -> Result<bool, sqlx::Error> {
    let ended: Vec<(i32, bool)> = sqlx::query_as(END)
        .bind(LOCK_SPACE)
        .bind(instance)
        .fetch_all(&mut *connection)
        .await?;
    let pids: Vec<i32> = ended.into_iter().map(|(pid, _)| pid).collect();
    for _ in 0..LOOKS {
        if pids.is_empty() {
            break;
        }
        let left: i64 = sqlx::query_scalar(HOW_MANY)
            .bind(&pids)
            .fetch_one(&mut *connection)
            .await?;
        if left == 0 {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(!pids.is_empty())
}
