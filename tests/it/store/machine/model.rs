//! What the store ought to hold, kept in memory: slots with their history. Appointments are next door.

use std::collections::{BTreeMap, BTreeSet};

use agendad::domain::{Slot as Page, SlotStatus, Totals};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::history::Rules;
use super::model_appointments::{Appointment, Linked};

/// Everything of one history.
pub(super) struct Model {
    pub(super) rules: Rules,
    pub(super) appointments_on: bool,
    /// By `external_uid`.
    pub(super) slots: BTreeMap<String, Slot>,
    pub(super) appointments: Vec<Appointment>,
}

#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) user: usize,
    pub(super) date: NaiveDate,
    pub(super) unit: String,
    pub(super) minuto: NaiveDateTime,
    pub(super) status: SlotStatus,
    pub(super) is_current: bool,
    pub(super) content_hash: String,
    pub(super) payload: BTreeMap<String, String>,
    pub(super) missing_count: i32,
    /// The last run that missed it.
    pub(super) missed_by: Option<u64>,
    pub(super) appointment: Option<usize>,
    pub(super) state: Option<State>,
    pub(super) log: Vec<&'static str>,
    /// Seen since the last comparison.
    pub(super) is_touched: bool,
    /// Taken from the database when first compared; must never change from then on.
    pub(super) first_seen_at: Option<DateTime<Utc>>,
    pub(super) last_seen_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Created,
    Linked,
    Cancelled,
}

/// A reading as it reaches the store.
pub(super) struct Reading<'a> {
    pub(super) run: u64,
    pub(super) user: usize,
    pub(super) date: NaiveDate,
    pub(super) unit: &'a str,
    pub(super) complete: bool,
    /// Held back whatever the number.
    pub(super) always_held: bool,
    pub(super) page: &'a [Page<'a>],
}

impl Model {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            appointments_on: true,
            slots: BTreeMap::new(),
            appointments: Vec::new(),
        }
    }

    /// The units of which a user has current slots in a range of days.
    pub(super) fn units(&self, user: usize, from: NaiveDate, to: NaiveDate) -> BTreeSet<String> {
        self.slots
            .values()
            .filter(|s| s.user == user && s.is_current && (from..=to).contains(&s.date))
            .map(|s| s.unit.clone())
            .collect()
    }

    /// Stores a reading as the documentation says it: all parts see what was there before.
    pub(super) fn store(&mut self, reading: &Reading<'_>) -> Totals {
        let (vanished, held) = self.judge(reading);
        let before = self.slots.clone();
        let mut totals = Totals {
            removed: vanished.len() as i64,
            held: held.len() as i64,
            ..Totals::default()
        };
        let linked = self.appointments_of(&before, reading, &vanished, &mut totals);
        for uid in held {
            let slot = self.slots.get_mut(&uid).unwrap();
            slot.missing_count += 1;
            slot.missed_by.get_or_insert(reading.run);
        }
        for uid in &vanished {
            let slot = self.slots.get_mut(uid).unwrap();
            slot.status = SlotStatus::Removed;
            slot.is_current = false;
            slot.missing_count = 0;
            slot.missed_by = None;
            slot.log.push("removed");
            if slot
                .appointment
                .is_some_and(|a| linked.cancelled.contains(&a))
            {
                slot.state = Some(State::Cancelled);
            }
        }
        for page in reading.page {
            self.see(reading, page, &linked, &mut totals);
        }
        totals
    }

    /// Which slots vanish with this reading, and which removals are held back.
    fn judge(&self, reading: &Reading<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
        let current: Vec<(&String, &Slot)> = self
            .slots
            .iter()
            .filter(|(_, s)| {
                s.user == reading.user && s.date == reading.date && s.unit == reading.unit
            })
            .filter(|(_, s)| s.is_current)
            .collect();
        let missing: Vec<_> = current
            .iter()
            .filter(|(uid, _)| !reading.page.iter().any(|p| p.external_uid == **uid))
            .collect();
        let enough = current.len() as i64 >= i64::from(self.rules.min_slots);
        let suspicious = reading.always_held || enough && missing.len() * 2 > current.len();
        let confirmations = self.rules.confirmations;
        let (mut vanished, mut held) = (BTreeSet::new(), BTreeSet::new());
        for (uid, slot) in missing.iter().filter(|_| reading.complete) {
            let confirmed = slot.missing_count >= confirmations
                && (confirmations == 0 || slot.missed_by.is_some_and(|run| run < reading.run));
            let fate = if suspicious && !confirmed {
                &mut held
            } else {
                &mut vanished
            };
            fate.insert((*uid).clone());
        }
        (vanished, held)
    }

    fn see(
        &mut self,
        reading: &Reading<'_>,
        page: &Page<'_>,
        linked: &Linked,
        totals: &mut Totals,
    ) {
        let minuto = page.date.and_time(page.time);
        let link = linked.of_slot.get(&page.external_uid).copied();
        let Some(slot) = self.slots.get_mut(&page.external_uid) else {
            totals.inserted += 1;
            let slot = Slot {
                user: reading.user,
                date: page.date,
                unit: reading.unit.to_owned(),
                minuto,
                status: page.status,
                is_current: true,
                content_hash: page.content_hash.clone(),
                payload: page.payload.clone(),
                missing_count: 0,
                missed_by: None,
                appointment: link.map(|(appointment, _)| appointment),
                state: link.map(|(_, state)| state),
                log: vec!["inserted"],
                is_touched: true,
                first_seen_at: None,
                last_seen_at: None,
            };
            self.slots.insert(page.external_uid.clone(), slot);
            return;
        };
        if slot.differs(page) {
            totals.updated += 1;
            slot.log.push(if slot.is_current {
                "changed"
            } else {
                "reappeared"
            });
        } else {
            totals.unchanged += 1;
        }
        slot.status = page.status;
        slot.is_current = true;
        slot.content_hash.clone_from(&page.content_hash);
        slot.payload.clone_from(page.payload);
        slot.missing_count = 0;
        slot.missed_by = None;
        slot.is_touched = true;
        if let Some((appointment, state)) = link {
            slot.appointment = Some(appointment);
            slot.state = Some(state);
        } else if self.appointments_on
            && slot.appointment.is_some()
            && slot.state == Some(State::Cancelled)
        {
            slot.state = Some(State::Created);
        }
    }
}

impl Slot {
    pub(super) fn differs(&self, page: &Page<'_>) -> bool {
        !self.is_current || self.content_hash != page.content_hash || self.status != page.status
    }
}
