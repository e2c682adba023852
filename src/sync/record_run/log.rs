//! What a run has done so far.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;

use crate::domain::{DateError, DayReading, FailureKind, Note, RowFault, Totals, Unit, UnreadRow};
use crate::store::runs::Noted;
use crate::telemetry::metrics::names::{READINGS, UNKNOWN_STATUSES};

/// The account of a run in progress.
#[derive(Default)]
pub(in crate::sync) struct RunLog {
    /// Exam statuses that nobody knows.
    pub(in crate::sync) unknown_statuses: BTreeSet<String>,
    /// Counts.
    pub(in crate::sync) totals: Totals,
    /// Days (times units) that were wanted.
    pub(in crate::sync) planned: usize,
    /// Days (times units) that were stored.
    pub(in crate::sync) stored: usize,
    /// In how many units each day was read, or is positively empty.
    units_read: BTreeMap<NaiveDate, u32>,
    /// Days that failed or had unreadable rows.
    pub(in crate::sync) date_errors: Vec<DateError>,
    /// Rows that could not be read, by what could be read of them.
    pub(in crate::sync) unread: Vec<(NaiveDate, UnreadRow)>,
    /// Units of which all wanted days were read.
    pub(in crate::sync) units_complete: Vec<Unit>,
    /// Remarks, such as values that were cut.
    pub(in crate::sync) notes: Vec<Note>,
    /// Appointments that the application's table refused.
    pub(in crate::sync) appointments_refused: i64,
    /// Where a failure of our own came from.
    pub(in crate::sync) backtrace: Option<String>,
    /// Whether what ended the run is in the log already.
    pub(in crate::sync) failure_logged: bool,
    /// What is written with the run's record.
    pub(in crate::sync) noted: Noted,
    /// Days of units that were stored anew: what the run knows of them is out of date.
    pub(in crate::sync) stored_anew: HashSet<(String, NaiveDate)>,
    /// Failed days in a row, to give up on a portal that is down.
    pub(in crate::sync) failures_in_a_row: usize,
}

impl RunLog {
    pub(in crate::sync) fn of(window: Option<&str>) -> Self {
        let mut log = Self::default();
        log.noted.window = window.unwrap_or_default().to_owned();
        log
    }

    /// Days that one failure kept from being read: they count as skipped, and nothing of them is touched.
    pub(in crate::sync) fn days_failed(&mut self, errors: Vec<DateError>) {
        self.failures_in_a_row += errors.len();
        if let [first, .., last] = errors.as_slice() {
            let (kind, error) = (first.kind.as_str(), &first.message);
            tracing::warn!(from = %first.date, to = %last.date, days = errors.len(), kind, error, "days not read");
        } else if let [only] = errors.as_slice() {
            let (kind, error) = (only.kind.as_str(), &only.message);
            tracing::warn!(date = %only.date, kind, error, "day not read");
        }
        self.date_errors.extend(errors);
    }

    /// A day of a unit was read, or is positively empty.
    pub(in crate::sync) fn day_read(&mut self, date: NaiveDate) {
        self.stored += 1;
        *self.units_read.entry(date).or_default() += 1;
    }

    /// The days that were read whole, in all units that the run has come to.
    pub(in crate::sync) fn days_read(&self) -> Vec<NaiveDate> {
        let units = self.units_read.values().max();
        let failed = |date| self.date_errors.iter().any(|error| error.date == date);
        let read = self.units_read.iter();
        read.filter(|(date, read)| Some(*read) == units && !failed(**date))
            .map(|(date, _)| *date)
            .collect()
    }

    /// Exam statuses that are neither known to close a slot nor known not to: named once a run.
    pub(in crate::sync) fn statuses_unknown(&mut self, statuses: BTreeSet<String>) {
        for status in statuses {
            UNKNOWN_STATUSES.one([]);
            if self.unknown_statuses.insert(status.clone()) {
                tracing::warn!(
                    status,
                    "an exam status that nobody knows; it does not close a slot (portal.profile.closing_statuses, open_statuses)"
                );
                self.notes.push(Note::UnknownStatus { status });
            }
        }
    }

    /// The column of the examiner's own exam is missing: said once a run.
    pub(in crate::sync) fn exam_column_missing(&mut self, column: &str) {
        let note = Note::NoExamColumn {
            column: column.to_owned(),
        };
        if !self.notes.contains(&note) {
            tracing::warn!(
                column,
                "the table lacks the column of the examiner's own exam; no slot is closed (portal.profile.columns)"
            );
            self.notes.push(note);
        }
    }

    /// What was read and is stored already will not be noted: nothing came of reading it. Returns whether there was any.
    pub(in crate::sync) fn forget_seen(&mut self) -> bool {
        let any = !self.noted.seen.is_empty();
        self.stored = self.stored.saturating_sub(self.noted.seen.len());
        self.noted.seen.clear();
        self.noted.units.clear();
        self.units_read.clear();
        any
    }

    /// A day with rows that could not be read: the good ones are stored, and what the others could be
    /// stays.
    pub(in crate::sync) fn day_incomplete(&mut self, reading: &DayReading) {
        let (date, rows) = (reading.date, &reading.row_errors);
        let Some(error) = rows.first() else { return };
        tracing::warn!(%date, rows = rows.len(), %error, "day has unreadable rows");
        READINGS.one(["incomplete"]);
        self.unread
            .extend(rows.iter().map(|error| (date, error.read.clone())));
        self.date_errors.extend(rows.iter().map(|error| DateError {
            date,
            unidade: reading.unit.clone(),
            kind: FailureKind::Layout,
            message: error.to_string(),
            row: Some(RowFault::from(error)),
            evidence: None,
        }));
    }
}
