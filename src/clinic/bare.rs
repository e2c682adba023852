//! What is said of the days without slots and of those that were not read, apart from the slots: a terminal has no room for
//! it in the cells of a table.

use std::mem::take;

use chrono::{Days, NaiveDate};

use super::table::{Cell, Table};
use crate::domain::ExportColumn;

/// Days of one examiner of which the same is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BareDays {
    /// The first.
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) examiner: String,
    pub(crate) state: String,
}

impl Table {
    /// Takes what is said of days out of the table: by first day, then by examiner; days that follow each other are said
    /// at once.
    pub(crate) fn take_bare_days(&mut self) -> Vec<BareDays> {
        let place = |column| self.header.iter().position(|one| *one == column);
        let places = (
            place(ExportColumn::Day),
            place(ExportColumn::Hour),
            place(ExportColumn::Status),
            place(ExportColumn::Examiner),
        );
        let (Some(day), Some(hour), Some(status), Some(examiner)) = places else {
            return Vec::new();
        };
        let mut days: Vec<BareDays> = Vec::new();
        for row in take(&mut self.rows) {
            let (Cell::Day(on), Cell::Nothing, Cell::Text(state), Cell::Text(examiner)) =
                (&row[day], &row[hour], &row[status], &row[examiner])
            else {
                self.rows.push(row);
                continue;
            };
            let goes_on = days.iter_mut().find(|days| {
                days.to + Days::new(1) == *on && days.examiner == *examiner && days.state == *state
            });
            match goes_on {
                Some(days) => days.to = *on,
                None => days.push(BareDays {
                    from: *on,
                    to: *on,
                    examiner: examiner.clone(),
                    state: state.clone(),
                }),
            }
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_each_other_are_said_at_once_and_slots_stay() {
        let day = |n: u32| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let row = |n, hour: Cell, status: &str, examiner: &str| {
            let [status, examiner] = [status, examiner].map(|text| Cell::Text(text.to_owned()));
            vec![Cell::Day(day(n)), hour, status, examiner]
        };
        let hour = Cell::Time("08:10:00".parse().unwrap());
        let mut table = Table {
            header: vec![
                ExportColumn::Day,
                ExportColumn::Hour,
                ExportColumn::Status,
                ExportColumn::Examiner,
            ],
            rows: vec![
                row(27, hour.clone(), "marcado", "Ana"),
                row(27, Cell::Nothing, "vazio", "Bia"),
                row(28, Cell::Nothing, "vazio", "Ana"),
                row(28, Cell::Nothing, "vazio", "Bia"),
                row(29, Cell::Nothing, "não lido", "Bia"),
                row(30, Cell::Nothing, "vazio", "Bia"),
            ],
            cut: None,
        };
        let said: Vec<_> = table
            .take_bare_days()
            .into_iter()
            .map(|days| (days.from, days.to, days.examiner, days.state))
            .collect();
        let expected = [
            (27, 28, "Bia", "vazio"),
            (28, 28, "Ana", "vazio"),
            (29, 29, "Bia", "não lido"),
            (30, 30, "Bia", "vazio"),
        ];
        let expected = expected.map(|(from, to, examiner, state)| {
            (day(from), day(to), examiner.to_owned(), state.to_owned())
        });
        assert_eq!(said, expected);
        assert_eq!(table.rows, [row(27, hour, "marcado", "Ana")]);
    }
}
