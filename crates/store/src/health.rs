//! Which processes are alive on this database, and how one of them stands with it.

use tokio::time::Instant;

use super::control::LOCK_SPACE;
use super::processes::DatabaseTrouble;
use super::{Store, StoreError};

/// How this process stands with its database, at its last look.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseHealth {
    /// What keeps it from working; `None`: it can write, and its locks are where it writes.
    pub trouble: Option<DatabaseTrouble>,
    pub looked: Instant,
}

impl DatabaseHealth {
    /// Of a process that has just opened its database.
    #[must_use]
    pub fn good() -> Self {
        Self {
            trouble: None,
            looked: Instant::now(),
        }
    }
}

impl Store {
    /// How many processes hold their mark of being alive: daemons, and commands that synchronise.
    pub async fn living(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(DISTINCT objid) AS "count!" FROM pg_locks
               WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = $1 AND objid <> 0
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"#,
            i64::from(LOCK_SPACE),
        );
        Ok(count.fetch_one(&self.pool).await?)
    }
}
