//! Steps *upsert* and *mark removed*: one statement for a day of a unit does both, so that no crash
//! can fall between them.

use chrono::NaiveDate;
use futures::FutureExt;

use super::interrupt::Interrupts;
use super::log::RunLog;
use super::record_run::Opened;
use super::{RunFailure, Syncer, persist};
use crate::domain::slot::slots_of_day;
use crate::domain::{DayReading, Unit};
use crate::store::slots::{DayStored, DayToStore, Units, VacantDays};

/// Stores a reading. Not interrupted half-way: either the statement took effect and is counted, or not.
pub(super) async fn day(
    syncer: &Syncer,
    usuario_id: i32,
    run: &Opened,
    reading: &DayReading,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let settings = syncer.live.get();
    let slots = slots_of_day(usuario_id, reading, &settings.rules.closing_statuses);
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
            let stored = syncer.store.store_day(&day, &settings.rules.store).await;
            stored.map_err(RunFailure::Store)
        };
        stored.boxed()
    };
    let stored = persist::unless_wrong(write).await?;
    log.stored += 1;
    take_down(stored, log);
    for error in &reading.row_errors {
        log.day_incomplete(reading.data, &reading.unidade, error.to_string());
    }
    Ok(())
}

/// Stores that the portal offers none of these dates of a unit, all in one statement.
pub(super) async fn vacant(
    syncer: &Syncer,
    usuario_id: i32,
    run: &Opened,
    (unit, dates): (&Unit, &[NaiveDate]),
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    if dates.is_empty() {
        return Ok(());
    }
    let days = VacantDays {
        run_id: run.id,
        usuario_id,
        dates,
        units: Units::One(&unit.code),
    };
    store_vacant(syncer, &days, interrupts, log).await?;
    log.stored += dates.len();
    Ok(())
}

/// What is stored of units that the search form does not list any more has vanished, on the days that
/// were read completely.
pub(super) async fn unlisted_units(
    syncer: &Syncer,
    usuario_id: i32,
    run: &Opened,
    (listed, dates): (&[Unit], &[NaiveDate]),
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let listed: Vec<String> = listed.iter().map(|unit| unit.code.clone()).collect();
    // A form without units says nothing about any.
    if listed.is_empty() || run.units.iter().all(|code| listed.contains(code)) {
        return Ok(());
    }
    let failed = |date| log.date_errors.iter().any(|error| error.date == date);
    let dates: Vec<NaiveDate> = dates.iter().copied().filter(|d| !failed(*d)).collect();
    let days = VacantDays {
        run_id: run.id,
        usuario_id,
        dates: &dates,
        units: Units::AllBut(&listed),
    };
    store_vacant(syncer, &days, interrupts, log).await
}

async fn store_vacant(
    syncer: &Syncer,
    days: &VacantDays<'_>,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let settings = syncer.live.get();
    let write = || {
        let stored = async {
            interrupts.check_lock()?;
            let stored = syncer
                .store
                .store_vacant_days(days, &settings.rules.store)
                .await;
            stored.map_err(RunFailure::Store)
        };
        stored.boxed()
    };
    let stored = persist::unless_wrong(write).await?;
    take_down(stored, log);
    Ok(())
}

fn take_down(stored: DayStored, log: &mut RunLog) {
    log.totals += stored.totals;
    log.notes.extend(stored.notes);
    for date in stored.held_days {
        let held = stored.totals.held;
        tracing::warn!(%date, held, "removals held back by the guard");
        log.notes
            .push(format!("{date}: removals held back by the guard"));
    }
}
