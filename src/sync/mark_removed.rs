//! Step *mark removed*, where no day was read: dates that the portal does not list, units that it does not offer any
//! more, appointments that an earlier run could not cancel.

use chrono::NaiveDate;
use futures::FutureExt;

use super::run::Run;
use super::run::failure::RunFailure;
use super::run::measure::Step;
use super::run::persist;
use super::session::conversation::Conversation;
use crate::domain::Unit;
use crate::portal::Listed;
use crate::store::StoreError;
use crate::store::slots::{StoreDayOutcome, Units, VacantDays};

impl Run<'_> {
    /// Stores that the portal lists none of these dates of a unit, all in one statement, unless nothing is stored of
    /// them anyway. Of doubtful ones, what vanishes is held back once, however little it is.
    pub(super) async fn mark_vacant_removed(
        &mut self,
        unit: &Unit,
        listed: &Listed,
    ) -> Result<(), RunFailure> {
        let stored = self.record.stored_days(unit);
        for (dates, doubtful) in [(&listed.vacant, false), (&listed.doubtful, true)] {
            if dates.iter().any(|date| stored.contains(date)) {
                self.store_vacant(VacantDays {
                    run_id: self.record.id,
                    usuario_id: self.context.account.usuario_id,
                    dates,
                    units: Units::One(&unit.code),
                    doubtful,
                    unread: &[],
                })
                .await?;
            }
            dates.iter().for_each(|date| self.log.day_read(*date));
        }
        Ok(())
    }

    /// What is stored of units that the portal does not offer any more has vanished, on the days that were read,
    /// unless a row that could not be read is what it was.
    pub(super) async fn mark_units_removed(
        &mut self,
        portal: &Conversation<'_>,
        dates: &[NaiveDate],
    ) -> Result<(), RunFailure> {
        // A portal that offers no units says nothing about any.
        let mut offered = portal.offered_units().unwrap_or_default();
        if offered.is_empty() || self.record.units.is_empty() {
            return Ok(());
        }
        offered.extend(self.former_names_of(&portal.unread_units(&self.log.units_complete)));
        let failed = |date| self.log.date_errors.iter().any(|e| e.is_of_day(date));
        let dates: Vec<NaiveDate> = dates.iter().copied().filter(|d| !failed(*d)).collect();
        let unread = std::mem::take(&mut self.log.unread);
        self.store_vacant(VacantDays {
            run_id: self.record.id,
            usuario_id: self.context.account.usuario_id,
            dates: &dates,
            units: Units::AllBut(&offered),
            doubtful: true,
            unread: &unread,
        })
        .await
    }

    /// Cancels appointments of slots that were removed by an earlier run, where the application's table refused that.
    pub(super) async fn cancel_left_over(&mut self) -> Result<(), RunFailure> {
        let settings = self.context.settings();
        let rules = &settings.rules.store;
        if !(self.record.left_over && rules.appointments && rules.cancel_on_removed) {
            return Ok(());
        }
        let (store, run_id) = (self.context.store(), self.record.id);
        let usuario_id = self.context.account.usuario_id;
        self.mark_removed(|| store.cancel_left_over(run_id, usuario_id))
            .await
    }

    async fn store_vacant(&mut self, days: VacantDays<'_>) -> Result<(), RunFailure> {
        let (store, settings) = (self.context.store(), self.context.settings());
        self.mark_removed(|| store.store_vacant_days(&days, &settings.rules.store))
            .await
    }

    async fn mark_removed<W: Future<Output = Result<StoreDayOutcome, StoreError>> + Send>(
        &mut self,
        write: impl Fn() -> W + Sync,
    ) -> Result<(), RunFailure> {
        let (interrupts, store) = (self.context.interrupts, self.context.store());
        let write = || {
            let stored = async {
                interrupts.check_lock()?;
                Ok(write().await?)
            };
            stored.boxed()
        };
        let step = async {
            let stored = persist::retry_if_rolled_back(store, write).await;
            let stored = stored.map_err(|failure| self.failed(failure))?;
            self.take_down(stored);
            Ok(())
        };
        Step::MarkRemoved.of(step).await
    }
}
