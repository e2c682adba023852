//! `agenda_slots`, with what hangs on it: `agenda_slot_changes` and the application's `agendamentos`.

use chrono::NaiveDate;

use super::columns::Columns;
use super::{Store, StoreError};
use agendad_domain::{Note, Slot, Totals, UnreadRow};

/// How a day is stored: the guard's limits and what happens to appointments.
#[derive(Debug, Clone)]
pub struct StoreRules {
    /// More than this part of a day's current slots may not vanish at once.
    pub max_removed_ratio: f64,
    /// Days with fewer current slots are not guarded.
    pub min_slots: i32,
    /// So many further readings confirm a removal that was held back.
    pub confirmations: i32,
    /// Create appointments.
    pub appointments: bool,
    /// Cancel the untouched appointment of a removed future slot.
    pub cancel_on_removed: bool,
    /// Area code of telephone numbers that have none; empty: such numbers stay in the payload.
    pub area_code: String,
    /// IANA name of the zone in which the application keeps local times.
    pub timezone: String,
}

/// One day of one unit, ready to be stored.
#[derive(Debug)]
pub struct DayToStore<'a> {
    /// The run on whose behalf.
    pub run_id: i64,
    pub usuario_id: i32,
    pub date: NaiveDate,
    /// The unit's code.
    pub unit: &'a str,
    /// The rows that could not be read. Slots that they could be are not removed.
    pub unread: &'a [UnreadRow],
    /// The slots, each identity once.
    pub slots: &'a [Slot<'a>],
    /// Nothing is known to be stored of it, so that it is tried as a new one first, which costs less. Where that is
    /// wrong it costs a round trip, and nothing else.
    pub is_new: bool,
}

/// Days of which it is positively known that they have no slots.
#[derive(Debug)]
pub struct VacantDays<'a> {
    /// The run on whose behalf.
    pub run_id: i64,
    pub usuario_id: i32,
    pub dates: &'a [NaiveDate],
    pub units: Units<'a>,
    /// The evidence is weak: the guard holds what vanishes back, whatever its number, until a further run
    /// confirms it.
    pub doubtful: bool,
    /// Rows of these days, in units that were read, that could not be read. Slots that they could be are
    /// not removed.
    pub unread: &'a [(NaiveDate, UnreadRow)],
}

/// Which units are meant.
#[derive(Debug, Clone, Copy)]
pub enum Units<'a> {
    One(&'a str),
    /// Those that the portal does not offer the examiner: all but these.
    AllBut(&'a [String]),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreDayOutcome {
    /// The counts.
    pub totals: Totals,
    /// What did not find its way into the database as it is: values that were cut, put into other letters or could
    /// not be read as what they should be, and appointments that could not be stored, as notes for the run.
    pub notes: Vec<Note>,
    /// Appointments that the application's table refused; their slots are stored all the same.
    pub appointments_refused: i64,
    /// The days on which removals were held back.
    pub held_days: Vec<NaiveDate>,
}

impl Store {
    /// Stores one reading of one day and unit in one statement, whatever the reading says: all of it or nothing. What
    /// `agendamentos` refuses takes a few more (see [`super::appointments`]), and no slot with it. A day of which it
    /// is known that nothing changed need not be stored, see [`super::seen`].
    ///
    /// # Errors
    /// [`StoreError::RunClosed`] if the run is not `running` any more (nothing was written);
    /// [`StoreError::Database`].
    pub async fn store_day(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
    ) -> Result<StoreDayOutcome, StoreError> {
        let columns = Columns {
            protected: self.slots_that_could_be(day).await?,
            ..Columns::of(day.slots, &rules.area_code, self.encoding().await?)
        };
        if !rules.appointments {
            return Ok(
                Box::pin(self.store_slots(day, rules, &columns, AppointmentDebt::Nothing))
                    .await?
                    .stored,
            );
        }
        let stored = match self.store_new(day, rules, &columns).await {
            Ok(None) => self.store_whole(&self.pool, day, rules, &columns).await,
            Ok(Some(stored)) => Ok(stored),
            Err(error) => Err(error),
        };
        match stored {
            Err(error) if error.may_be_of_appointments() => {
                Box::pin(self.store_despite_refusals(day, rules, columns, error)).await
            }
            stored => stored,
        }
    }

    /// Slots and appointments in one statement.
    pub(super) async fn store_whole(
        &self,
        executor: impl sqlx::PgExecutor<'_>,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &Columns<'_>,
    ) -> Result<StoreDayOutcome, StoreError> {
        let counts = sqlx::query_file!(
            "src/sql/store_day.sql",
            day.run_id,
            day.usuario_id,
            day.date,
            day.unit,
            &columns.protected,
            rules.max_removed_ratio,
            rules.min_slots,
            rules.confirmations,
            rules.appointments,
            rules.cancel_on_removed,
            rules.timezone,
            &columns.external_uid as _,
            &columns.content_hash as _,
            &columns.hora,
            &columns.status as _,
            &columns.payload as _,
            &columns.cpf as _,
            &columns.nome,
            &columns.cpf_formatado,
            &columns.fixo as _,
            &columns.celular as _,
            &columns.email as _,
            &columns.tipo as _,
            &columns.categoria as _,
            &columns.fits,
        )
        .fetch_one(executor)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed { run_id: day.run_id });
        }
        let totals = Totals {
            inserted: counts.inserted,
            updated: counts.updated,
            unchanged: counts.unchanged,
            removed: counts.removed,
            held: counts.held,
            skipped: 0,
            appointments_created: counts.appointments_created,
            appointments_linked: counts.appointments_linked,
            appointments_cancelled: counts.appointments_cancelled,
        };
        Ok(day.stored(totals, columns.notes.clone()))
    }

    /// Slots alone; those that are stored at another place are brought home first.
    pub(super) async fn store_slots(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &Columns<'_>,
        debt: AppointmentDebt,
    ) -> Result<SlotsStored, StoreError> {
        match self.store_slots_here(day, rules, columns, debt).await {
            Err(error) if error.is_of_moved_slots() => {
                self.bring_home(day, columns).await?;
                self.store_slots_here(day, rules, columns, debt).await
            }
            stored => stored,
        }
    }

    async fn store_slots_here(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &Columns<'_>,
        debt: AppointmentDebt,
    ) -> Result<SlotsStored, StoreError> {
        let counts = sqlx::query_file!(
            "src/sql/store_slots.sql",
            day.run_id,
            day.usuario_id,
            day.date,
            day.unit,
            &columns.protected,
            rules.max_removed_ratio,
            rules.min_slots,
            rules.confirmations,
            &columns.external_uid as _,
            &columns.content_hash as _,
            &columns.hora,
            &columns.status as _,
            &columns.payload as _,
            debt == AppointmentDebt::Cancellations,
            debt != AppointmentDebt::Nothing,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed { run_id: day.run_id });
        }
        let totals = Totals {
            inserted: counts.inserted,
            updated: counts.updated,
            unchanged: counts.unchanged,
            removed: counts.removed,
            held: counts.held,
            ..Totals::default()
        };
        Ok(SlotsStored {
            stored: day.stored(totals, columns.other_letters.clone()),
            wanting: counts.wanting,
            uncancelled: counts.uncancelled,
        })
    }

    /// Stores in one statement that days have no slots: what is stored of them as current has vanished,
    /// under the same guard as in [`Store::store_day`], which judges each day and unit by itself.
    ///
    /// # Errors
    /// As [`Store::store_day`].
    pub async fn store_vacant_days(
        &self,
        days: &VacantDays<'_>,
        rules: &StoreRules,
    ) -> Result<StoreDayOutcome, StoreError> {
        let one;
        let (units, these) = match days.units {
            Units::One(unit) => {
                one = [unit.to_owned()];
                (&one[..], true)
            }
            Units::AllBut(offered) => (offered, false),
        };
        let (ratio, minimum) = if days.doubtful {
            (0.0, 0)
        } else {
            (rules.max_removed_ratio, rules.min_slots)
        };
        let vacant = Vacant {
            protected: self.vacant_slots_that_could_be(days).await?,
            days,
            units,
            these,
            ratio,
            minimum,
        };
        let cancels = rules.appointments && rules.cancel_on_removed;
        if !cancels {
            let vacated = Box::pin(self.vacate_slots(&vacant, rules, AppointmentDebt::Nothing));
            return Ok(vacated.await?.stored);
        }
        match self.vacate_whole(&vacant, rules).await {
            Err(error) if error.may_be_of_appointments() => {
                Box::pin(self.vacate_in_spite(&vacant, rules, error)).await
            }
            stored => stored,
        }
    }

    async fn vacate_whole(
        &self,
        vacant: &Vacant<'_>,
        rules: &StoreRules,
    ) -> Result<StoreDayOutcome, StoreError> {
        let days = vacant.days;
        let counts = sqlx::query_file!(
            "src/sql/store_vacant_days.sql",
            days.run_id,
            days.usuario_id,
            days.dates,
            vacant.units,
            vacant.these,
            vacant.ratio,
            vacant.minimum,
            rules.confirmations,
            rules.appointments,
            rules.cancel_on_removed,
            rules.timezone,
            &vacant.protected,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed {
                run_id: days.run_id,
            });
        }
        Ok(StoreDayOutcome {
            totals: Totals {
                removed: counts.removed,
                held: counts.held,
                appointments_cancelled: counts.appointments_cancelled,
                ..Totals::default()
            },
            held_days: counts.held_days,
            ..StoreDayOutcome::default()
        })
    }

    /// The same without a word to `agendamentos`.
    pub(super) async fn vacate_slots(
        &self,
        vacant: &Vacant<'_>,
        rules: &StoreRules,
        debt: AppointmentDebt,
    ) -> Result<SlotsStored, StoreError> {
        let days = vacant.days;
        let counts = sqlx::query_file!(
            "src/sql/store_vacant_slots.sql",
            days.run_id,
            days.usuario_id,
            days.dates,
            vacant.units,
            vacant.these,
            vacant.ratio,
            vacant.minimum,
            rules.confirmations,
            &vacant.protected,
            debt == AppointmentDebt::Cancellations,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed {
                run_id: days.run_id,
            });
        }
        Ok(SlotsStored {
            stored: StoreDayOutcome {
                totals: Totals {
                    removed: counts.removed,
                    held: counts.held,
                    ..Totals::default()
                },
                held_days: counts.held_days,
                ..StoreDayOutcome::default()
            },
            wanting: 0,
            uncancelled: counts.uncancelled,
        })
    }
}

/// Vacant days as the statements take them.
pub(super) struct Vacant<'a> {
    pub(super) days: &'a VacantDays<'a>,
    protected: Vec<String>,
    units: &'a [String],
    these: bool,
    ratio: f64,
    minimum: i32,
}

/// Whether what is stored without a word to `agendamentos` leaves something to be made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AppointmentDebt {
    /// Appointments are to be left alone.
    Nothing,
    /// They were to follow what changes, and could not.
    Changes,
    /// Moreover those of slots that vanish were to be cancelled.
    Cancellations,
}

/// What storing slots without their appointments did.
pub(super) struct SlotsStored {
    pub(super) stored: StoreDayOutcome,
    /// Listed slots that still want an appointment.
    pub(super) wanting: i64,
    /// Removed slots whose appointment, one of ours, stays as it is.
    pub(super) uncancelled: i64,
}

impl DayToStore<'_> {
    pub(super) fn stored(&self, totals: Totals, notes: Vec<Note>) -> StoreDayOutcome {
        StoreDayOutcome {
            totals,
            notes,
            held_days: if totals.held > 0 {
                vec![self.date]
            } else {
                Vec::new()
            },
            appointments_refused: 0,
        }
    }
}
