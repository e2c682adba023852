//! Who holds the lock of which examiner, and taking it away from the dead. A lock belongs to a database
//! connection; PostgreSQL frees it when it notices that the other end is gone. After the death of a machine
//! that takes a minute for a daemon (see `control`), and may take hours for the earlier system.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::postgres::types::PgInterval;

use super::control::USER_LOCK_BASE;
use super::{Store, StoreError};

#[derive(Debug, Clone, serde::Serialize)]
pub struct LockHeld {
    pub usuario_id: i32,
    /// The database's process for the connection that holds it.
    pub pid: i32,
    /// What the connection calls itself.
    pub application: Option<String>,
    /// Where it comes from; `None`: from the same machine.
    pub client: Option<String>,
    /// Since when it exists.
    pub connected_since: Option<DateTime<Utc>>,
    pub idle_since: Option<DateTime<Utc>>,
    /// The run that goes on under the lock, if one does.
    pub run_id: Option<i64>,
    pub run_since: Option<DateTime<Utc>>,
    /// In which process.
    pub instance: Option<String>,
    /// Whether the holder must be dead: a living one would have ended its run long ago.
    pub overdue: bool,
    /// How many examiners' locks hang on the same connection.
    pub on_connection: i64,
}

impl Store {
    /// The locks that are held. A holder counts as dead when it had more than `longest_run` for its run, or,
    /// without a run, when its connection has been idle for so long.
    pub async fn list_locks(&self, longest_run: Duration) -> Result<Vec<LockHeld>, StoreError> {
        let longest_run = PgInterval {
            months: 0,
            days: 0,
            microseconds: i64::try_from(longest_run.as_micros()).unwrap_or(i64::MAX),
        };
        // A lock on a bigint key shows its halves as classid and objid, and objsubid 1.
        let rows = sqlx::query_as!(
            LockHeld,
            r#"SELECT l.usuario_id AS "usuario_id!", l.pid AS "pid!", a.application_name AS application,
                      host(a.client_addr) AS client, a.backend_start AS connected_since,
                      CASE WHEN a.state = 'idle' THEN a.state_change END AS idle_since,
                      r.id AS "run_id?", r.started_at AS run_since, r.instance,
                      coalesce(r.started_at, CASE WHEN a.state = 'idle' THEN a.state_change END, now())
                          < now() - $2::interval AS "overdue!",
                      count(*) OVER (PARTITION BY l.pid) AS "on_connection!"
               FROM (SELECT pid, ((classid::bigint << 32 | objid::bigint) - $1)::int AS usuario_id
                     FROM pg_locks
                     WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                       AND (classid::bigint << 32 | objid::bigint) BETWEEN $1 + 1 AND $1 + 2147483647) l
               LEFT JOIN pg_stat_activity a ON a.pid = l.pid
               LEFT JOIN LATERAL (SELECT id, started_at, instance FROM agenda_sync_runs
                                  WHERE usuario_id = l.usuario_id AND status = 'running'
                                  ORDER BY id DESC LIMIT 1) r ON TRUE
               ORDER BY 1"#,
            USER_LOCK_BASE,
            longest_run,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Ends a connection, and with it every lock that it holds; waits a little until it is gone. Returns
    /// whether it is.
    ///
    /// # Errors
    /// [`StoreError::Database`], also if the role may not do this.
    pub async fn end_connection(&self, pid: i32) -> Result<bool, StoreError> {
        sqlx::query!("SELECT pg_terminate_backend($1) AS ended", pid)
            .fetch_one(&self.pool)
            .await?;
        let gone = || {
            sqlx::query_scalar!(
                r#"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1) AS "gone!""#,
                pid
            )
        };
        for _ in 0..50 {
            if gone().fetch_one(&self.pool).await? {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(false)
    }
}
