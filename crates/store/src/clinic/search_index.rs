//! The upkeep of the index of words.

use crate::{Store, StoreError};

impl Store {
    /// Merges what was written lately into the index of words. PostgreSQL keeps it aside, up to four megabytes, and each
    /// look at the index reads all of that: a search for nobody took 160 ms for 3 after nine thousand new slots. It merges
    /// by itself only where that is full, or at a vacuum. Whoever does not own the index may not.
    pub async fn tidy_search_index(&self) -> Result<(), StoreError> {
        sqlx::query!(
            "SELECT gin_clean_pending_list(oid) FROM pg_class
             WHERE oid = to_regclass('agenda_slots_day_words_idx') AND pg_has_role(relowner, 'USAGE')"
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(())
    }
}
