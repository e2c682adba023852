//! Steps *upsert* and *mark removed*: one statement for a day of a unit does both, so that no crash
//! can fall between them.

use futures::FutureExt;

use super::interrupt::Interrupts;
use super::log::RunLog;
use super::record_run::Opened;
use super::{RunFailure, Syncer, persist};
use crate::domain::DayReading;
use crate::domain::slot::slots_of_day;
use crate::store::slots::{DayToStore, StoreRules};

/// Stores a reading. Not interrupted half-way: either the statement took effect and is counted, or not.
pub(super) async fn day(
    syncer: &Syncer,
    usuario_id: i32,
    run: &Opened,
    reading: &DayReading,
    rules: &StoreRules,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let slots = slots_of_day(usuario_id, reading, &syncer.rules.closing_statuses);
    let day = DayToStore {
        run_id: run.id,
        usuario_id,
        data: reading.data,
        unidade: &reading.unidade,
        complete: reading.is_complete(),
        slots: &slots,
    };
    let write = || {
        let stored = async {
            interrupts.check_lock()?;
            let stored = syncer.store.store_day(&day, rules).await;
            stored.map_err(RunFailure::Store)
        };
        stored.boxed()
    };
    let stored = persist::unless_wrong(write).await?;
    log.stored += 1;
    log.totals += stored.totals;
    log.notes.extend(stored.notes);
    for error in &reading.row_errors {
        log.day_incomplete(reading.data, &reading.unidade, error.to_string());
    }
    if stored.totals.held > 0 {
        let note = format!(
            "{}: {} removals held back by the guard",
            reading.data, stored.totals.held
        );
        tracing::warn!(date = %reading.data, held = stored.totals.held, "removals held back by the guard");
        log.notes.push(note);
    }
    Ok(())
}
