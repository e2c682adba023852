//! Step *mark removed* for whole units: a healthy search form that no longer lists a unit says that
//! the examiner has no appointments there. It says so only by silence, so that these removals are
//! always held back until another run has seen the same.

use chrono::NaiveDate;

use super::interrupt::Interrupts;
use super::log::RunLog;
use super::record_run::Opened;
use super::upsert;
use super::{RunFailure, Syncer};
use crate::domain::{DayReading, Unit};
use crate::store::slots::StoreRules;

/// Stores an empty reading of each day on which a unit that is not listed has current slots.
pub(super) async fn empty(
    syncer: &Syncer,
    usuario_id: i32,
    run: &Opened,
    listed: &[Unit],
    dates: &[NaiveDate],
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    if !log.date_errors.is_empty() {
        // Not the run to draw conclusions from.
        return Ok(());
    }
    let current = syncer
        .store
        .days_with_current_slots(usuario_id, dates)
        .await
        .map_err(RunFailure::Store)?;
    let rules = StoreRules {
        max_removed_ratio: 0.0,
        min_slots: 1,
        ..syncer.rules.store.clone()
    };
    for (data, unidade) in current {
        if listed.iter().all(|unit| unit.code != unidade) {
            tracing::warn!(unidade, date = %data, "the portal no longer lists this unit");
            let reading = DayReading::empty(data, &unidade);
            upsert::day(syncer, usuario_id, run, &reading, &rules, interrupts, log).await?;
        }
    }
    Ok(())
}
