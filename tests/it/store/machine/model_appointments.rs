//! The model's appointments: created, linked, followed, cancelled and revived.

use std::collections::{BTreeMap, BTreeSet};

use agendad::domain::agenda::column;
use agendad::domain::{Appointment as Fields, Slot as Page, SlotStatus, Totals};
use chrono::{Duration, NaiveDateTime, Timelike};

use super::history::Deed;
use super::model::{Model, Reading, Slot, State};
use super::portal;

#[derive(Debug, Clone)]
pub(super) struct Appointment {
    pub(super) user: usize,
    /// Known once it was compared.
    pub(super) id: Option<i32>,
    pub(super) nome: String,
    pub(super) cpf: String,
    pub(super) fixo: Option<String>,
    pub(super) celular: Option<String>,
    pub(super) quando: NaiveDateTime,
    pub(super) status: &'static str,
    pub(super) is_patient: bool,
    pub(super) is_deleted: bool,
}

/// What a reading did to appointments.
#[derive(Default)]
pub(super) struct Linked {
    /// Slots that get an appointment now.
    pub(super) of_slot: BTreeMap<String, (usize, State)>,
    pub(super) cancelled: BTreeSet<usize>,
}

/// An appointment of which listed slots have something new to say.
#[derive(Clone, Copy)]
struct News {
    a: usize,
    /// Another one of its candidate and minute is not cancelled.
    has_other: bool,
}

type Slots = BTreeMap<String, Slot>;

impl Model {
    pub(super) fn appointments_of(
        &mut self,
        before: &Slots,
        reading: &Reading<'_>,
        vanished: &BTreeSet<String>,
        totals: &mut Totals,
    ) -> Linked {
        let mut linked = Linked::default();
        if !self.appointments_on {
            return linked;
        }
        let untouched = self.appointments.clone();
        let ours = |a: usize| {
            let of_it = before.values().filter(|s| s.appointment == Some(a));
            of_it
                .into_iter()
                .any(|s| matches!(s.state, Some(State::Created | State::Cancelled)))
        };

        let mut wanting: BTreeMap<(String, NaiveDateTime), Vec<&Page<'_>>> = BTreeMap::new();
        for page in reading.page.iter().filter(|page| wants(before, page)) {
            wanting
                .entry((page.cpf.digits().to_owned(), minute(page)))
                .or_default()
                .push(page);
        }
        let mut news = BTreeSet::new();
        for ((cpf, minuto), pages) in &wanting {
            let known = (0..untouched.len())
                .filter(|a| untouched[*a].is_for(reading.user, cpf, *minuto))
                .min_by_key(|a| (untouched[*a].status == "cancelado", untouched[*a].id));
            let link = match known {
                Some(known) if ours(known) => {
                    news.insert(known);
                    (known, State::Created)
                }
                Some(known) => {
                    totals.appointments_linked += 1;
                    (known, State::Linked)
                }
                None => {
                    totals.appointments_created += 1;
                    self.appointments
                        .push(Appointment::of(reading.user, pages[0]));
                    (self.appointments.len() - 1, State::Created)
                }
            };
            for page in pages {
                linked.of_slot.insert(page.external_uid.clone(), link);
            }
        }
        for page in reading.page {
            if let Some(slot) = before.get(&page.external_uid)
                && let Some(appointment) = slot.appointment
                && matches!(slot.state, Some(State::Created | State::Cancelled))
                && (slot.differs(page) || slot.state == Some(State::Cancelled))
            {
                news.insert(appointment);
            }
        }
        for a in news {
            let has_other = (0..untouched.len())
                .any(|other| other != a && untouched[other].stands_beside(&untouched[a]));
            self.follow(before, reading, &linked, News { a, has_other });
        }
        self.cancel(before, reading, vanished, &mut linked, totals);
        linked
    }

    /// An appointment with news follows the first of its listed slots, unless a person touched it.
    fn follow(&mut self, before: &Slots, reading: &Reading<'_>, linked: &Linked, news: News) {
        let a = news.a;
        let has_mark = before
            .values()
            .any(|s| s.appointment == Some(a) && s.state == Some(State::Cancelled));
        let shares = |page: &&Page<'_>| {
            before
                .get(&page.external_uid)
                .is_some_and(|s| s.appointment == Some(a))
                || linked
                    .of_slot
                    .get(&page.external_uid)
                    .is_some_and(|(of, _)| *of == a)
        };
        let first = reading
            .page
            .iter()
            .filter(shares)
            .min_by_key(|page| &page.external_uid);
        // A slot that is new says what differs from the appointment's other slot.
        let of_it = |slot: &&Slot| {
            slot.appointment == Some(a)
                && matches!(slot.state, Some(State::Created | State::Cancelled))
        };
        let mut others: Vec<(&String, &Slot)> = before.iter().filter(|(_, s)| of_it(s)).collect();
        others.sort_by_key(|(uid, slot)| (!slot.is_current, *uid));
        let other = others.first().map(|(_, slot)| &slot.payload);
        let appointment = &mut self.appointments[a];
        let may = appointment.status == "agendado"
            || appointment.status == "cancelado" && has_mark && !news.has_other;
        if let Some(page) = first
            && may
            && !appointment.is_patient
            && appointment.minute() == minute(page)
        {
            let own = before.get(&page.external_uid);
            let own = own.filter(|slot| slot.appointment == Some(a));
            appointment.follow(page, own.map(|slot| &slot.payload).or(other));
            appointment.status = "agendado";
        }
        for (uid, slot) in &mut self.slots {
            let listed = reading.page.iter().any(|page| page.external_uid == *uid);
            if slot.appointment == Some(a)
                && slot.state == Some(State::Cancelled)
                && !slot.is_current
                && !listed
            {
                slot.state = Some(State::Created);
            }
        }
    }

    fn cancel(
        &mut self,
        before: &Slots,
        reading: &Reading<'_>,
        vanished: &BTreeSet<String>,
        linked: &mut Linked,
        totals: &mut Totals,
    ) {
        if !self.rules.cancel_on_removed || reading.date == portal::day(2) {
            return;
        }
        for uid in vanished {
            let slot = &before[uid];
            let Some(a) = slot
                .appointment
                .filter(|_| slot.state == Some(State::Created))
            else {
                continue;
            };
            let listed_elsewhere = before.iter().any(|(uid, s)| {
                s.appointment == Some(a) && s.is_current && !vanished.contains(uid)
            });
            let listed_here = reading.page.iter().any(|page| {
                before
                    .get(&page.external_uid)
                    .is_some_and(|s| s.appointment == Some(a))
                    || linked
                        .of_slot
                        .get(&page.external_uid)
                        .is_some_and(|(of, _)| *of == a)
            });
            let appointment = &mut self.appointments[a];
            if appointment.status == "agendado"
                && !appointment.is_patient
                && appointment.minute() == slot.minuto
                && !listed_elsewhere
                && !listed_here
            {
                appointment.status = "cancelado";
                linked.cancelled.insert(a);
                totals.appointments_cancelled += 1;
            }
        }
    }

    /// A person does something to an appointment.
    pub(super) fn person(&mut self, a: usize, deed: Deed) {
        let appointment = &mut self.appointments[a];
        match deed {
            Deed::Confirm => appointment.status = "confirmado",
            Deed::Cancel => appointment.status = "cancelado",
            Deed::Reopen => appointment.status = "agendado",
            Deed::Convert => appointment.is_patient = true,
            Deed::Correct => {
                "CORRIGIDA".clone_into(&mut appointment.nome);
                appointment.celular = Some("11900000000".to_owned());
            }
            Deed::Postpone => appointment.quando += Duration::days(7),
            Deed::Delete => {
                appointment.is_deleted = true;
                let of_it = self.slots.values_mut().filter(|s| s.appointment == Some(a));
                of_it.for_each(|s| s.appointment = None);
            }
        }
    }
}

impl Appointment {
    fn of(user: usize, page: &Page<'_>) -> Self {
        let mut appointment = Self::handmade(user, "", page.cpf.digits(), minute(page));
        appointment.follow(page, None);
        appointment
    }

    pub(super) fn handmade(user: usize, nome: &str, cpf: &str, quando: NaiveDateTime) -> Self {
        Self {
            user,
            id: None,
            nome: nome.to_owned(),
            cpf: cpf.to_owned(),
            fixo: None,
            celular: None,
            quando,
            status: "agendado",
            is_patient: false,
            is_deleted: false,
        }
    }

    /// What changed in the slot; what did not, a person may have corrected.
    fn follow(&mut self, page: &Page<'_>, old: Option<&BTreeMap<String, String>>) {
        let fields = Fields::of(page, "");
        let text = |payload: Option<&BTreeMap<String, String>>, key| {
            payload
                .and_then(|payload| payload.get(key).cloned())
                .unwrap_or_default()
        };
        let changed = |key| text(old, key) != text(Some(page.payload), key);
        if changed(column::NOME) {
            self.nome = fields.nome;
        }
        if changed(column::TELEFONE) {
            self.fixo = fields.telefone_fixo;
            self.celular = fields.telefone_celular;
        }
    }

    fn minute(&self) -> NaiveDateTime {
        self.quando.with_second(0).unwrap()
    }

    fn stands_beside(&self, other: &Self) -> bool {
        self.status != "cancelado" && self.is_for(other.user, &other.cpf, other.minute())
    }

    fn is_for(&self, user: usize, cpf: &str, minuto: NaiveDateTime) -> bool {
        !self.is_deleted && self.user == user && self.cpf == cpf && self.minute() == minuto
    }
}

/// Whether a listed slot needs an appointment: it has never had one, or one that was cancelled and deleted since.
fn wants(before: &Slots, page: &Page<'_>) -> bool {
    let has_none = before.get(&page.external_uid).is_none_or(|s| {
        s.appointment.is_none() && matches!(s.state, None | Some(State::Cancelled))
    });
    page.status == SlotStatus::Upcoming && has_none
}

fn minute(page: &Page<'_>) -> NaiveDateTime {
    page.date.and_time(page.time)
}
