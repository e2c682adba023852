//! Steps *upsert* and *mark removed* of a day: one statement for a day of a unit does both, so that no crash
//! can fall between them.

use chrono::NaiveDate;
use futures::FutureExt;

use super::run::Run;
use super::run::failure::RunFailure;
use super::run::measure::Step;
use super::run::persist;
use super::session::conversation::Conversation;
use crate::domain::exam::missing_column;
use crate::domain::slot::slots_of_day;
use crate::domain::text::fold;
use crate::domain::{DayReading, Note, Unit};
use crate::store::StoreError;
use crate::store::adopt::claim::UNKNOWN_UNIT;
use crate::store::seen::{self, StoredDay, UnchangedDay};
use crate::store::slots::{DayToStore, StoreDayOutcome};
use crate::store::units::UnitReading;
use crate::telemetry::backtrace;

impl Run<'_> {
    /// Stores a reading at once, or takes down that there is nothing to store. Not interrupted half-way: either the
    /// statement took effect and is counted, or not.
    pub(super) async fn store_day(
        &mut self,
        unit: &Unit,
        reading: &DayReading,
    ) -> Result<(), RunFailure> {
        Step::Upsert.of(self.upsert(unit, reading)).await
    }

    async fn upsert(&mut self, unit: &Unit, reading: &DayReading) -> Result<(), RunFailure> {
        let context = self.context;
        let usuario_id = context.account.usuario_id;
        let settings = context.settings();
        let rules = &settings.rules;
        self.log.statuses_unknown(rules.statuses.unknown(reading));
        if let Some(column) = missing_column(reading) {
            self.log.exam_column_missing(column);
        }
        let slots = slots_of_day(usuario_id, reading, &rules.statuses);
        let unread = reading.unread_rows();
        let day = DayToStore {
            run_id: self.record.id,
            usuario_id,
            date: reading.date,
            unit: &reading.unit,
            unread: &unread,
            slots: &slots,
            is_new: self.stored_day(&reading.unit, reading.date).is_none(),
        };
        let names = self.former_names(unit);
        if names.is_empty() && self.is_as_stored(&day, rules.store.appointments) {
            self.log.day_read(reading.date);
            return Ok(());
        }
        let key = (reading.unit.clone(), reading.date);
        let seen = &mut self.log.noted.seen;
        seen.retain(|seen| (&seen.unit, seen.date) != (&key.0, key.1));
        self.log.stored_anew.insert(key);
        let write = || {
            let stored = async {
                if !names.is_empty() {
                    context.interrupts.check_lock()?;
                    // Once more finds them claimed.
                    context.store().claim_slots(&day, &names).await?;
                }
                context.interrupts.check_lock()?;
                Ok(context.store().store_day(&day, &rules.store).await?)
            };
            stored.boxed()
        };
        let stored = persist::retry_if_rolled_back(context.store(), write).await;
        let stored = stored.map_err(|failure| self.failed(failure))?;
        self.log.day_read(reading.date);
        self.take_down(stored);
        self.log.day_incomplete(reading);
        Ok(())
    }

    /// Whether a day is what was stored of it when the run started; if so, it is taken down as seen again.
    fn is_as_stored(&mut self, day: &DayToStore<'_>, appointments: bool) -> bool {
        let key = (day.unit.to_owned(), day.date);
        if !day.unread.is_empty() || self.log.stored_anew.contains(&key) {
            return false;
        }
        let Some(stored) = self.stored_day(day.unit, day.date) else {
            return day.slots.is_empty();
        };
        let digest = seen::digest(day.slots);
        let is_same = stored.digest.as_ref() == Some(&digest);
        if !is_same || stored.is_missed || (appointments && stored.wants_appointment) {
            return false;
        }
        let (unit, date) = key;
        self.log
            .noted
            .seen
            .push(UnchangedDay { unit, date, digest });
        true
    }

    /// What was stored of a day as current when the run started.
    fn stored_day(&self, unit: &str, date: NaiveDate) -> Option<&StoredDay> {
        let mut days = self.record.days.iter();
        days.find(|stored| stored.unit == unit && stored.date == date)
    }

    /// The names under which the earlier system may have stored slots of this unit, if it did.
    fn former_names(&self, unit: &Unit) -> Vec<String> {
        let units = self.record.units.iter();
        let former = units.filter(|code| is_former_name(code, unit));
        former.cloned().collect()
    }

    /// The names under which the earlier system may have stored slots of units that were not read: their own, and the
    /// one of units that it did not know. None of these has vanished.
    pub(super) fn former_names_of(&self, unread: &[Unit]) -> Vec<String> {
        let units = self.record.units.iter();
        let of_unread = units.filter(|code| unread.iter().any(|unit| is_former_name(code, unit)));
        of_unread.cloned().collect()
    }

    /// Takes down that days of a unit were read. Where the portal has the examiner choose one of several units, it
    /// is written at once: should the run die among the further ones, those that were read are not chosen again.
    pub(super) async fn unit_read(
        &mut self,
        portal: &mut Conversation<'_>,
        unit: &Unit,
        had_slots: bool,
    ) -> Result<(), RunFailure> {
        portal.was_read(unit);
        let mut errors = self.log.date_errors.iter();
        let reading = UnitReading {
            code: unit.code.clone(),
            complete: errors.all(|error| error.unidade != unit.code),
            had_slots,
        };
        if reading.complete {
            self.log.units_complete.push(unit.clone());
        }
        if portal.has_chosen() {
            let (run_id, window) = (self.record.id, &self.log.noted.window);
            let store = self.context.store();
            store.unit_read(run_id, window, &reading).await?;
        } else {
            self.log.noted.units.push(reading);
        }
        Ok(())
    }

    /// A database that fails is looked for in our own code too.
    pub(super) fn failed(&mut self, failure: RunFailure) -> RunFailure {
        if let RunFailure::Store(StoreError::Database(_)) = failure {
            self.log.backtrace = Some(backtrace::here());
        }
        failure
    }

    /// Counts what a statement has done.
    pub(super) fn take_down(&mut self, stored: StoreDayOutcome) {
        let log = &mut self.log;
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
            log.notes.push(Note::RemovalsHeld { date });
        }
    }
}

/// Whether the earlier system may have stored slots of this unit under this name, however it was spelt.
fn is_former_name(code: &str, unit: &Unit) -> bool {
    code == UNKNOWN_UNIT || fold(code) == fold(&unit.name)
}
