//! Which processes are alive on this database.

use super::control::LOCK_SPACE;
use super::{Store, StoreError};

impl Store {
    /// How many processes hold their mark of being alive: daemons, and commands that synchronise.
    ///
    /// # Errors
    /// [`StoreError::Database`].
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
