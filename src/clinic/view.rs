//! What of the agenda is asked for, as an address of the dashboard, a command or a spreadsheet's address says it.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};

use super::Day;
use crate::clock::Clock;
use crate::domain::ExportedList;
use crate::store::clinic::SearchedWords;

/// The longest range of days.
pub(crate) const LONGEST: u64 = 62;
/// What changed after this hour of a day has changed since its evening.
const EVENING: (u32, u32) = (18, 0);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Days, the last one included.
    Days {
        /// The first.
        from: NaiveDate,
        to: NaiveDate,
    },
    /// A candidate.
    Search(SearchedWords),
    /// What has changed since a moment.
    Changes {
        /// The moment.
        since: DateTime<Utc>,
    },
}

/// What is asked for, of whom, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) selection: Selection,
    /// Of these examiners; `None`: all.
    pub(crate) usuario_ids: Option<Vec<i32>>,
    /// Day by day by examiner, and not by time.
    pub(crate) by_examiner: bool,
}

impl View {
    /// Days of all examiners, by time. A range that is too long is cut; a reversed one is turned.
    pub(crate) fn days(from: NaiveDate, to: NaiveDate) -> Self {
        let (from, to) = (from.min(to), from.max(to));
        let to = to.min(from + Days::new(LONGEST - 1));
        Self {
            selection: Selection::Days { from, to },
            usuario_ids: None,
            by_examiner: false,
        }
    }

    /// The days that it shows; none for a search or changes.
    pub(crate) fn range(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self.selection {
            Selection::Days { from, to } => Some((from, to)),
            Selection::Search(_) | Selection::Changes { .. } => None,
        }
    }

    /// In a word, for the audit table and for names of files.
    pub(crate) fn name(&self) -> String {
        match &self.selection {
            Selection::Days { from, to } if from == to => format!("agenda-{from}"),
            Selection::Days { from, to } => format!("agenda-{from}-{to}"),
            Selection::Search(_) => ExportedList::Search.as_str().to_owned(),
            Selection::Changes { .. } => ExportedList::Changes.as_str().to_owned(),
        }
    }
}

/// The evening of the day that was written, of yesterday where none was: who comes back after some days off asks for an
/// earlier one.
pub(crate) fn evening(clock: &Clock, day: Option<Day>) -> DateTime<Utc> {
    let (hour, minute) = EVENING;
    let today = clock.today();
    let yesterday = today - Days::new(1);
    let day = day.map_or(yesterday, |day| day.back(today).min(yesterday));
    let evening = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let local = clock.zone().from_local_datetime(&day.and_time(evening));
    // An hour that the clocks skip is none that begins a list.
    local.earliest().map_or_else(
        || clock.now() - chrono::TimeDelta::days(1),
        |at| at.to_utc(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_turned_and_cut() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let view = View::days(day("2026-12-31"), day("2026-12-01"));
        assert_eq!(view.range(), Some((day("2026-12-01"), day("2026-12-31"))));
        let long = View::days(day("2026-01-01"), day("2027-01-01"));
        assert_eq!(long.range(), Some((day("2026-01-01"), day("2026-03-03"))));
    }
}
