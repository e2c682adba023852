//! The common case of a reading: the day is as it was. Cheaper by far than [`Store::store_day`]'s general
//! statement, which is asked only when there is something to store.

use super::repeatable::repeatable;
use super::slots::{DayToStore, StoreRules};
use super::{Store, StoreError};
use crate::domain::Slot;

impl Store {
    /// Notes that all slots of a day were seen again, if the reading is what is stored of it. Returns how
    /// many; `None` if anything differs, and then nothing was written.
    pub(super) async fn touch_day(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
    ) -> Result<Option<i64>, StoreError> {
        if !day.unread.is_empty() || day.slots.is_empty() {
            return Ok(None);
        }
        let read = day_as_texts(day.slots);
        let touch = || {
            sqlx::query_file!(
                "src/store/sql/touch_day.sql",
                day.run_id,
                day.usuario_id,
                day.data,
                day.unidade,
                rules.appointments,
                &read,
            )
            .fetch_one(&self.pool)
        };
        // To have seen the slots twice is to have seen them.
        let answer = repeatable(touch).await?;
        if !answer.running {
            return Err(StoreError::RunClosed { run_id: day.run_id });
        }
        Ok((answer.touched > 0).then_some(answer.touched))
    }
}

/// In the order in which the statement lines up what is stored.
fn day_as_texts(slots: &[Slot<'_>]) -> Vec<String> {
    let text =
        |slot: &Slot<'_>| [&slot.external_uid, &slot.content_hash, slot.status.as_str()].concat();
    let mut texts: Vec<String> = slots.iter().map(text).collect();
    texts.sort_unstable();
    texts
}
