//! The portal's truth: which rows it lists for each user, day and unit.

use chrono::NaiveDate;
use proptest::sample::Index;

use super::history::{Booking, DAYS, Edit, HOURS, NAMES, PHONES, UNITS, USERS};
use crate::store::bench::{Row, TOMORROW, YESTERDAY, row};

/// The days of a history: two to come, one that is over.
pub(super) fn day(index: usize) -> NaiveDate {
    [TOMORROW, "2199-11-25", YESTERDAY][index].parse().unwrap()
}

/// Rows by user, day and unit.
pub(super) struct Portal {
    rows: Vec<(Spot, Row)>,
    /// What vanished and may come back.
    gone: Vec<(Spot, Row)>,
    /// Whether the second unit stands in the user's search form.
    both_units: [bool; USERS],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) user: usize,
    pub(super) day: usize,
    pub(super) unit: usize,
}

impl Portal {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            gone: Vec::new(),
            both_units: [true; USERS],
        }
    }

    pub(super) fn book(&mut self, booking: Booking) {
        let Booking {
            user,
            day,
            unit,
            hour,
            candidate,
            name,
        } = booking;
        let spot = Spot { user, day, unit };
        self.rows
            .push((spot, row(HOURS[hour], candidate, NAMES[name])));
    }

    pub(super) fn edit(&mut self, user: usize, pick: Index, edit: Edit) {
        let mine: Vec<usize> = (0..self.rows.len())
            .filter(|i| self.rows[*i].0.user == user)
            .collect();
        if mine.is_empty() {
            return;
        }
        let at = *pick.get(&mine);
        let (spot, row) = &mut self.rows[at];
        match edit {
            Edit::Name(name) => NAMES[name].clone_into(&mut row.nome),
            Edit::Phone(phone) => PHONES[phone].clone_into(&mut row.telefone),
            Edit::Exam(done) => if done { "Realizado" } else { "" }.clone_into(&mut row.exame),
            Edit::MoveUnit => spot.unit = 1 - spot.unit,
            Edit::Cancel => self.gone.push(self.rows.remove(at)),
        }
    }

    pub(super) fn fill(&mut self, user: usize, day: usize, unit: usize) {
        let spot = Spot { user, day, unit };
        for (hour, candidate) in [(0, 0), (0, 1), (1, 0), (1, 2), (2, 0)] {
            self.rows
                .push((spot, row(HOURS[hour], candidate, NAMES[candidate])));
        }
    }

    pub(super) fn clear(&mut self, user: usize, day: usize, unit: usize) {
        let spot = Spot { user, day, unit };
        let gone = self.rows.extract_if(.., |(at, _)| *at == spot);
        self.gone.extend(gone);
    }

    pub(super) fn restore(&mut self, user: usize, pick: Option<Index>) {
        let mine: Vec<usize> = (0..self.gone.len())
            .filter(|i| self.gone[*i].0.user == user)
            .collect();
        match pick {
            Some(pick) if !mine.is_empty() => {
                self.rows.push(self.gone.remove(*pick.get(&mine)));
            }
            Some(_) => {}
            None => {
                let back = self.gone.extract_if(.., |(at, _)| at.user == user);
                self.rows.extend(back);
            }
        }
    }

    pub(super) fn list_unit(&mut self, user: usize, listed: bool) {
        self.both_units[user] = listed;
    }

    /// The units of a user's search form.
    pub(super) fn units(&self, user: usize) -> &'static [&'static str] {
        if self.both_units[user] {
            &UNITS
        } else {
            &UNITS[..1]
        }
    }

    /// What a page shows.
    pub(super) fn page(&self, spot: Spot) -> Vec<Row> {
        self.rows
            .iter()
            .filter(|(at, _)| *at == spot)
            .map(|(_, row)| row.clone())
            .collect()
    }

    /// All that the portal lists of a user on the days of a bit set, as lines that sort.
    pub(super) fn truth(&self, user: usize, days: u8) -> Vec<String> {
        let mut lines = Vec::new();
        for day_index in (0..DAYS).filter(|d| days & (1 << d) != 0) {
            for (unit, code) in self.units(user).iter().enumerate() {
                let spot = Spot {
                    user,
                    day: day_index,
                    unit,
                };
                for row in self.page(spot) {
                    let date = day(day_index);
                    let Row {
                        time,
                        cpf,
                        nome,
                        telefone,
                        exame,
                    } = row;
                    lines.push(format!(
                        "{code}|{date}|{time}|{cpf}|{nome}|{telefone}|{exame}"
                    ));
                }
            }
        }
        lines.sort();
        lines.dedup();
        lines
    }
}
