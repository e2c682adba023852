//! What a database that comes out of a backup must not bring along.

use super::{Store, StoreError};

impl Store {
    /// Forgets the cookies of portal sessions: they are of another day. Whose sessions they were stays known, so that the
    /// examiner's own is not ended. How many.
    pub async fn forget_cookies(&self) -> Result<u64, StoreError> {
        let forget =
            sqlx::query!("UPDATE portal_sessions SET sealed = NULL WHERE sealed IS NOT NULL");
        Ok(forget.execute(&self.pool).await?.rows_affected())
    }
}
