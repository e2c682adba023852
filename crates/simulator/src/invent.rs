//! Invented bookings: units, processes, categories, hours. The people come from `people`.

use chrono::{NaiveDate, NaiveTime};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde::Serialize;

use super::booking::Booking;
use super::names::Names;
use super::people;

/// The units there are: code (the option's value) and name.
pub(super) const UNITS: [Unit; 9] = [
    Unit::new("18", "CIR-SAO PAULO"),
    Unit::new("781", "POUPATEMPO CANINDE"),
    Unit::new("901", "POUPATEMPO CIDADE ADEMAR"),
    Unit::new("925", "POUPATEMPO ITAQUERA"),
    Unit::new("923", "POUPATEMPO LAPA"),
    Unit::new("43", "CIR-JUNDIAÍ"),
    Unit::new("57", "CIR-SÃO JOSÉ DOS CAMPOS"),
    Unit::new("905", "POUPATEMPO SANTO AMARO"),
    Unit::new("900", "POUPATEMPO SE"),
];

const PROCESSES: [&str; 6] = [
    "Segunda Via",
    "Renovação",
    "Primeira Habilitação",
    "Adição de Categoria",
    "Mudança de Categoria",
    "Reabilitação",
];
const CATEGORIES: [&str; 8] = ["A", "B", "AB", "C", "D", "AD", "E", ""];
/// How an exam stands that is not over.
const OPEN_STATUSES: [&str; 2] = ["Não Realizado", "Pendente"];

const OPENING_MINUTE: u32 = 8 * 60;
const STEP_MINUTES: u32 = 10;
/// Hours of a day's grid.
pub(super) const STEPS: usize = 60;

/// A traffic unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// The value of its option.
    pub code: &'static str,
    /// The text of its option.
    pub name: &'static str,
}

impl Unit {
    const fn new(code: &'static str, name: &'static str) -> Self {
        Self { code, name }
    }
}

/// A booking of an invented person, in the words of these names.
pub(super) fn invent(
    unit: &str,
    date: NaiveDate,
    hour: NaiveTime,
    names: &Names,
    rng: &mut SmallRng,
) -> Booking {
    let or_absent = |text: String| {
        if text.is_empty() {
            names.absent_texts.clone()
        } else {
            text
        }
    };
    let nome = people::name(rng);
    Booking {
        date,
        unit: unit.to_owned(),
        hour,
        cpf: people::dotted(&people::cpf(rng)),
        telefone: or_absent(people::phones(rng)),
        email: or_absent(people::email(&nome, rng)),
        tipo_processo: pick(&PROCESSES, rng),
        categoria: or_absent(pick(&CATEGORIES, rng)),
        status_medico: status(names, rng),
        status_psicologico: status(names, rng),
        nome,
    }
}

/// An hour at which nobody is booked; any hour of the day's grid when all are taken.
pub(super) fn free_hour(day: &[Booking], rng: &mut SmallRng) -> NaiveTime {
    let free: Vec<NaiveTime> = (0..STEPS)
        .map(hour_of_step)
        .filter(|hour| day.iter().all(|booking| booking.hour != *hour))
        .collect();
    match free.choose(rng) {
        Some(hour) => *hour,
        None => hour_of_step(rng.random_range(0..STEPS)),
    }
}

/// A generator for changes, which need not be the same twice.
pub(super) fn fresh_rng() -> SmallRng {
    SmallRng::from_rng(&mut rand::rng())
}

/// The hour at a place of the day's grid.
pub(super) fn hour_of_step(step: usize) -> NaiveTime {
    // A day too full for its grid starts again from the opening hour: several people in one hour.
    let step = u32::try_from(step % STEPS).unwrap_or_default();
    let minutes = OPENING_MINUTE + step * STEP_MINUTES;
    NaiveTime::MIN + chrono::Duration::minutes(minutes.into())
}

/// Three exams in ten are over.
fn status(names: &Names, rng: &mut SmallRng) -> String {
    let closing: Vec<&str> = names.closing_statuses.split(',').map(str::trim).collect();
    let words: &[&str] = if rng.random_bool(0.3) {
        &closing
    } else {
        &OPEN_STATUSES
    };
    pick(words, rng)
}

fn pick(words: &[&str], rng: &mut SmallRng) -> String {
    words.choose(rng).copied().unwrap_or_default().to_owned()
}
