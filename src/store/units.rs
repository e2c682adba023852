//! Which units an examiner has current slots in, so that a unit that he lost can be noticed.

use chrono::NaiveDate;

use super::{Store, StoreError};

impl Store {
    /// Days and units, of those days, with slots of the user that are current; by day, then unit.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn days_with_current_slots(
        &self,
        usuario_id: i32,
        days: &[NaiveDate],
    ) -> Result<Vec<(NaiveDate, String)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT DISTINCT data, unidade_code FROM agenda_slots
             WHERE usuario_id = $1 AND data = ANY ($2) AND is_current AND source = 'DETRAN'
             ORDER BY data, unidade_code",
            usuario_id,
            days,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.data, row.unidade_code))
            .collect())
    }
}
