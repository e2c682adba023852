//! Slots that the earlier system stored without knowing their unit's code.

use chrono::NaiveTime;

use crate::slots::DayToStore;
use crate::{Store, StoreError};
use agendad_domain::Slot;
use agendad_domain::slot::{Identity, SERVICO};

/// The unit's code where the earlier system did not know it.
pub const UNKNOWN_UNIT: &str = "DEFAULT";

impl Store {
    /// Gives slots that are stored under one of `names` to the day's unit, where they stand on its page;
    /// returns how many. To be called before [`Store::store_day`], which then finds them.
    ///
    /// # Errors
    /// As [`Store::store_day`].
    pub async fn claim_slots(
        &self,
        day: &DayToStore<'_>,
        names: &[String],
    ) -> Result<i64, StoreError> {
        // The first row of a key is the one that the earlier system knew.
        let firsts: Vec<&Slot<'_>> = day
            .slots
            .iter()
            .filter(|slot| is_first(day, slot))
            .collect();
        let uids: Vec<String> = firsts.iter().map(|s| s.external_uid.clone()).collect();
        let hours: Vec<NaiveTime> = firsts.iter().map(|s| s.time).collect();
        let cpfs: Vec<String> = firsts.iter().map(|s| s.cpf.digits().to_owned()).collect();
        let done = sqlx::query_file!(
            "src/sql/claim_slots.sql",
            day.run_id,
            day.usuario_id,
            day.date,
            day.unit,
            names,
            &uids,
            &hours,
            &cpfs,
        )
        .fetch_one(&self.pool)
        .await?;
        if done.running {
            Ok(done.claimed)
        } else {
            Err(StoreError::RunClosed { run_id: day.run_id })
        }
    }
}

fn is_first(day: &DayToStore<'_>, slot: &Slot<'_>) -> bool {
    let identity = Identity {
        usuario_id: day.usuario_id,
        unit: day.unit,
        servico: SERVICO,
        date: slot.date,
        time: slot.time,
        cpf: slot.cpf,
    };
    identity.external_uid(1) == slot.external_uid
}
