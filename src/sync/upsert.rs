//! Steps *upsert* and *mark removed*: one statement for a day of a unit does both, so that no crash
//! can fall between them.

use chrono::NaiveDate;
use futures::FutureExt;

use super::conversation::Parties;
use super::log::RunLog;
use super::record_run::Opened;
use super::step::Step;
use super::{RunFailure, backtrace, persist};
use crate::domain::slot::slots_of_day;
use crate::domain::{DayReading, Unit};
use crate::store::StoreError;
use crate::store::adopt::claim::UNKNOWN_UNIT;
use crate::store::seen::{self, SeenDay, StoredDay};
use crate::store::slots::{DayStored, DayToStore, Units, VacantDays};

/// Stores a reading at once, or takes down that there is nothing to store. Not interrupted half-way: either the
/// statement took effect and is counted, or not.
pub(super) async fn day(
    parties: Parties<'_>,
    run: &Opened,
    read: (&Unit, &DayReading),
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let store = store_day(parties, run, read, log);
    Step::Upsert.of(store).await
}

async fn store_day(
    parties: Parties<'_>,
    run: &Opened,
    (unit, reading): (&Unit, &DayReading),
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let Parties {
        syncer, interrupts, ..
    } = parties;
    let usuario_id = parties.account.usuario_id;
    let settings = syncer.live.get();
    log.statuses_unknown(settings.rules.statuses.unknown(reading));
    let slots = slots_of_day(usuario_id, reading, &settings.rules.statuses);
    let unread = reading.unread_rows();
    let day = DayToStore {
        run_id: run.id,
        usuario_id,
        data: reading.data,
        unidade: &reading.unidade,
        unread: &unread,
        slots: &slots,
    };
    let names = former_names(unit, run);
    if names.is_empty() && is_as_stored(&day, run, settings.rules.store.appointments, log) {
        log.stored += 1;
        return Ok(());
    }
    let key = (reading.unidade.clone(), reading.data);
    log.noted
        .seen
        .retain(|seen| (&seen.unidade, seen.data) != (&key.0, key.1));
    log.stored_anew.insert(key);
    if !names.is_empty() {
        interrupts.check_lock()?;
        let claimed = syncer.store.claim_slots(&day, &names).await;
        claimed.map_err(|error| failed(error, log))?;
    }
    let write = || {
        let stored = async {
            interrupts.check_lock()?;
            let stored = syncer.store.store_day(&day, &settings.rules.store).await;
            stored.map_err(RunFailure::Store)
        };
        stored.boxed()
    };
    let stored = persist::unless_wrong(write).await;
    let stored = stored.map_err(|error| traced(error, log))?;
    log.stored += 1;
    take_down(stored, log);
    log.day_incomplete(reading);
    Ok(())
}

/// Whether a day is what was stored of it when the run started; if so, it is taken down as seen again.
fn is_as_stored(day: &DayToStore<'_>, run: &Opened, appointments: bool, log: &mut RunLog) -> bool {
    let key = (day.unidade.to_owned(), day.data);
    if !day.unread.is_empty() || log.stored_anew.contains(&key) {
        return false;
    }
    let is_it = |stored: &&StoredDay| stored.unidade == day.unidade && stored.data == day.data;
    let Some(stored) = run.days.iter().find(is_it) else {
        return day.slots.is_empty();
    };
    let digest = seen::digest(day.slots);
    let is_same = stored.digest.as_ref() == Some(&digest);
    if !is_same || (appointments && stored.wants_appointment) {
        return false;
    }
    let (unidade, data) = key;
    log.noted.seen.push(SeenDay {
        unidade,
        data,
        digest,
    });
    true
}

/// Stores that the portal offers none of these dates of a unit, all in one statement, unless nothing is stored of
/// them anyway. `doubtful`: what vanishes is
/// held back once, however little it is.
pub(super) async fn vacant(
    parties: Parties<'_>,
    run: &Opened,
    (unit, dates): (&Unit, &[NaiveDate]),
    doubtful: bool,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let stored = run.stored_days(unit);
    if dates.iter().any(|date| stored.contains(date)) {
        let days = VacantDays {
            run_id: run.id,
            usuario_id: parties.account.usuario_id,
            dates,
            units: Units::One(&unit.code),
            doubtful,
            unread: &[],
        };
        store_vacant(parties, &days, log).await?;
    }
    log.stored += dates.len();
    Ok(())
}

/// What is stored of units that the portal does not offer any more has vanished, on the days that were read, unless
/// a row that could not be read is what it was.
pub(super) async fn unlisted_units(
    parties: Parties<'_>,
    run: &Opened,
    (offered, dates): (&[String], &[NaiveDate]),
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    // A portal that offers no units says nothing about any.
    if offered.is_empty() || run.units.is_empty() {
        return Ok(());
    }
    let failed = |date| log.date_errors.iter().any(|error| error.is_of_day(date));
    let dates: Vec<NaiveDate> = dates.iter().copied().filter(|d| !failed(*d)).collect();
    let days = VacantDays {
        run_id: run.id,
        usuario_id: parties.account.usuario_id,
        dates: &dates,
        units: Units::AllBut(offered),
        doubtful: true,
        unread: &std::mem::take(&mut log.unread),
    };
    store_vacant(parties, &days, log).await
}

/// The names under which the earlier system may have stored slots of this unit, if it did.
fn former_names(unit: &Unit, run: &Opened) -> Vec<String> {
    let is_name = |code: &&String| **code == unit.name || *code == UNKNOWN_UNIT;
    run.units.iter().filter(is_name).cloned().collect()
}

async fn store_vacant(
    parties: Parties<'_>,
    days: &VacantDays<'_>,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let syncer = parties.syncer;
    let settings = syncer.live.get();
    let rules = &settings.rules.store;
    mark_removed(parties, log, || syncer.store.store_vacant_days(days, rules)).await
}

/// Cancels appointments of slots that were removed by an earlier run, where the application's table refused that.
pub(super) async fn left_over(
    parties: Parties<'_>,
    run: &Opened,
    log: &mut RunLog,
) -> Result<(), RunFailure> {
    let syncer = parties.syncer;
    let settings = syncer.live.get();
    let rules = &settings.rules.store;
    if !(run.left_over && rules.appointments && rules.cancel_on_removed) {
        return Ok(());
    }
    let usuario_id = parties.account.usuario_id;
    mark_removed(parties, log, || {
        syncer.store.cancel_left_over(run.id, usuario_id)
    })
    .await
}

async fn mark_removed<W: Future<Output = Result<DayStored, StoreError>> + Send>(
    parties: Parties<'_>,
    log: &mut RunLog,
    write: impl Fn() -> W + Sync,
) -> Result<(), RunFailure> {
    let write = || {
        let stored = async {
            parties.interrupts.check_lock()?;
            write().await.map_err(RunFailure::Store)
        };
        stored.boxed()
    };
    let step = async {
        let stored = persist::unless_wrong(write).await;
        let stored = stored.map_err(|error| traced(error, log))?;
        take_down(stored, log);
        Ok(())
    };
    Step::MarkRemoved.of(step).await
}

/// A database that fails is looked for in our own code too.
fn failed(error: StoreError, log: &mut RunLog) -> RunFailure {
    traced(RunFailure::Store(error), log)
}

fn traced(failure: RunFailure, log: &mut RunLog) -> RunFailure {
    if let RunFailure::Store(StoreError::Database(_)) = failure {
        log.backtrace = Some(backtrace::here());
    }
    failure
}

fn take_down(stored: DayStored, log: &mut RunLog) {
    log.totals += stored.totals;
    log.notes.extend(stored.notes);
    if stored.appointments_refused > 0 {
        let appointments = stored.appointments_refused;
        tracing::warn!(
            appointments,
            "agendamentos refused appointments; their slots are stored"
        );
        log.appointments_refused += appointments;
    }
    for date in stored.held_days {
        let held = stored.totals.held;
        tracing::warn!(%date, held, "removals held back by the guard");
        log.notes
            .push(format!("{date}: removals held back by the guard"));
    }
}
