//! Invented bookings: units, processes, categories, hours. The people come from `people`.

use chrono::{NaiveDate, NaiveTime};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde::Serialize;

use super::booking::Booking;
use super::people;

/// The units there are: code (the option's value) and name.
pub(super) const UNITS: [Unit; 9] = [
    Unit::new("1001", "CIR-SAO PAULO"),
    Unit::new("1002", "CIR-SANTO ANDRÉ"),
    Unit::new("1003", "CIR-CAMPINAS"),
    Unit::new("1004", "CIR-JUNDIAÍ"),
    Unit::new("1005", "CIR-SÃO JOSÉ DOS CAMPOS"),
    Unit::new("1006", "CIR-RIBEIRÃO PRETO"),
    Unit::new("1007", "CIR-SANTOS"),
    Unit::new("1008", "CIR-SOROCABA"),
    Unit::new("1009", "CIR-TAUBATÉ"),
];

const PROCESSES: [&str; 6] = [
    "Segunda Via",
    "Renovação",
    "Primeira Habilitação",
    "Adição de Categoria",
    "Mudança de Categoria",
    "Reabilitação",
];
const CATEGORIES: [&str; 7] = ["A", "B", "AB", "C", "D", "AD", "E"];
const STATUSES: [&str; 10] = [
    "",
    "",
    "",
    "",
    "",
    "Não Realizado",
    "Não Realizado",
    "Não Realizado",
    "Não Realizado",
    "Realizado",
];

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

/// A booking of an invented person.
pub(super) fn invent(unit: &str, date: NaiveDate, hour: NaiveTime, rng: &mut SmallRng) -> Booking {
    let nome = people::name(rng);
    Booking {
        date,
        unit: unit.to_owned(),
        hour,
        cpf: people::dotted(&people::cpf(rng)),
        telefone: people::phones(rng),
        email: people::email(&nome, rng),
        tipo_processo: pick(&PROCESSES, rng),
        categoria: pick(&CATEGORIES, rng),
        status_medico: pick(&STATUSES, rng),
        status_psicologico: pick(&STATUSES, rng),
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

fn pick(words: &[&str], rng: &mut SmallRng) -> String {
    words.choose(rng).copied().unwrap_or_default().to_owned()
}
