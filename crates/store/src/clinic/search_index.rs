//! The upkeep of the index of words.

use crate::{Store, StoreError};

impl Store {
    /// Merges what was written lately into the index of words, so that no search has to read it from end to end.
    pub async fn tidy_search_index(&self) -> Result<(), StoreError> {
        sqlx::query!("SELECT agendad_tidy_index_of_words()")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }
}
