//! The record of a run while it goes on.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::NaiveDate;

use crate::domain::Unit;
use crate::store::kept_sessions::KeptHere;
use crate::store::seen::{DayBeyond, StoredDay};
use crate::store::units::UnitRecord;

/// A run that is recorded as `running`.
#[derive(Debug)]
pub(in crate::sync) struct Record {
    pub(in crate::sync) id: i64,
    /// The units of which current slots are stored in the window; once it is known what the portal offers, those
    /// of them that it does not.
    pub(in crate::sync) units: Vec<String>,
    /// The days of units of which current slots are stored in the window, as they were when the run started.
    pub(in crate::sync) days: Vec<StoredDay>,
    /// The same of the week after the window. Nothing of them is read into the database.
    pub(in crate::sync) beyond: Vec<DayBeyond>,
    /// The units of the examiner, until the run knows them.
    pub(in crate::sync) known_units: Vec<UnitRecord>,
    /// What is kept of a session in the database, until it is taken up.
    pub(in crate::sync) session: Option<KeptHere>,
    /// Appointments of slots that were removed earlier may still have to be cancelled.
    pub(in crate::sync) left_over: bool,
    /// The earlier system has stored slots since the last run.
    pub(in crate::sync) to_adopt: bool,
    pub(in crate::sync) begun: Instant,
}

impl Record {
    /// The units of which slots are stored and that are not among `offered`: names of the earlier system, and
    /// units that are gone.
    pub(in crate::sync) fn keep_unlisted(&mut self, offered: &[String]) {
        self.units.retain(|code| !offered.contains(code));
    }

    /// The days for which slots of a unit are stored.
    pub(in crate::sync) fn stored_days(&self, unit: &Unit) -> BTreeSet<NaiveDate> {
        let of_unit = self.days.iter().filter(|day| day.unit == unit.code);
        of_unit.map(|day| day.date).collect()
    }

    /// Those, and the ones after the window that its lists of dates may name.
    pub(in crate::sync) fn listed_days(&self, unit: &Unit) -> BTreeSet<NaiveDate> {
        let beyond = self.beyond.iter().filter(|day| day.unit == unit.code);
        let mut days = self.stored_days(unit);
        days.extend(beyond.map(|day| day.date));
        days
    }
}
