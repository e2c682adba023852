//! Slots that somebody has moved to another day, unit or examiner by SQL: brought home with the next reading.

use super::columns::Columns;
use super::slots::DayToStore;
use super::{Store, StoreError};

impl StoreError {
    /// Whether a slot that is to be inserted is stored already, at another place.
    pub(super) fn is_of_moved_slots(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.is_unique_violation() && error.table() == Some("agenda_slots")
    }
}

impl Store {
    /// Brings home those of a day's slots that are stored at another place, where they keep all of the day from being
    /// stored. Returns how many there were.
    pub(super) async fn bring_home(
        &self,
        day: &DayToStore<'_>,
        columns: &Columns<'_>,
    ) -> Result<u64, StoreError> {
        let moved = sqlx::query_file!(
            "src/sql/bring_home.sql",
            day.run_id,
            day.usuario_id,
            day.date,
            day.unit,
            &columns.external_uid as _,
            &columns.hora,
        );
        Ok(moved.execute(&self.pool).await?.rows_affected())
    }
}
