//! What a simulator is told at its start: how many examiners, how full, how lively, and in which of
//! the ways that nobody has yet recorded the portal behaves.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use chrono::NaiveDate;

use super::faults::Fault;
use super::invent::UNITS;
use super::names::Names;
use agendad_domain::clock::Clock;

/// A simulator's settings. [`SimulatorConfig::new`] gives the defaults.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// Examiners with an account and an agenda. Default 10.
    pub examiners: usize,
    /// Everything invented follows from it: same seed, same people, same agendas. Default 1.
    pub seed: u64,
    /// Who the examiners are. Default mixed.
    pub professions: Professions,
    /// Last day that has appointments, counted from today, which has them too, as have the seven days
    /// before the start. Default 20.
    pub days_ahead: u16,
    /// Fewest and most appointments of a day that has any. Default 4 to 12.
    pub slots_per_day: (usize, usize),
    /// Part of the days without any appointment, 0 to 1. Default 0.2. Weekends are days like others.
    pub empty_day_ratio: f64,
    /// Units of an examiner. With more than one, every fifth examiner (4, 9, …) has one more.
    /// Default 1.
    pub units: usize,
    /// Units of single examiners, by index, where they differ from [`units`](Self::units).
    pub units_of: BTreeMap<usize, usize>,
    /// How long a session lives without a request. Default 30 minutes.
    pub session_ttl: Duration,
    /// Time between two random bookings, cancellations or changes somewhere. Default none: still.
    pub churn: Option<Duration>,
    /// The time, and with it today.
    pub clock: Clock,
    /// The days' agendas are those that a simulator started on this day would have, so that what is tried with them does
    /// not depend on the calendar. Default none: each date has its own, whenever the simulator starts.
    pub as_on: Option<NaiveDate>,
    /// Added to every answer. Default 0.
    pub latency: Duration,
    /// Faults present from the start.
    pub faults: Vec<Fault>,
    /// How the portal behaves where nobody has recorded it.
    pub variants: Variants,
    /// The names, addresses and texts of the pages. Default those recorded, or assumed, of the portal.
    pub names: Box<Names>,
}

impl SimulatorConfig {
    /// The defaults, at the time of `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            examiners: 10,
            seed: 1,
            professions: Professions::default(),
            days_ahead: 20,
            slots_per_day: (4, 12),
            empty_day_ratio: 0.2,
            units: 1,
            units_of: BTreeMap::new(),
            session_ttl: Duration::from_secs(30 * 60),
            churn: None,
            clock,
            as_on: None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            variants: Variants::default(),
            names: Box::default(),
        }
    }

    /// Whether a simulator can be made of it.
    ///
    /// # Errors
    /// `InvalidInput` with a sentence that names the setting.
    pub(super) fn check(&self) -> io::Result<()> {
        let (fewest, most) = self.slots_per_day;
        let impossible = |units: &usize| *units == 0 || *units >= UNITS.len();
        let wrong = if self.examiners == 0 {
            Some("examiners must be at least 1".to_owned())
        } else if fewest == 0 || fewest > most || most > 500 {
            Some(format!(
                "slots per day must be a range within 1 to 500, not {fewest} to {most}"
            ))
        } else if !(0.0..=1.0).contains(&self.empty_day_ratio) {
            Some("the ratio of empty days must be between 0 and 1".to_owned())
        } else if impossible(&self.units) || self.units_of.values().any(impossible) {
            Some(format!("units must be 1 to {}", UNITS.len() - 1))
        } else {
            None
        };
        wrong.map_or(Ok(()), |sentence| {
            Err(io::Error::new(io::ErrorKind::InvalidInput, sentence))
        })
    }

    /// Whether an examiner is a physician, not a psychologist.
    pub(super) fn is_physician(&self, examiner: usize) -> bool {
        match self.professions {
            Professions::Mixed => examiner % 2 == 1,
            Professions::Psychologists => false,
            Professions::Physicians => true,
        }
    }
}

/// Who the examiners are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Professions {
    /// Examiner 0 a psychologist, examiner 1 a physician, and so on.
    #[default]
    Mixed,
    /// All psychologists.
    Psychologists,
    /// All physicians.
    Physicians,
}

/// How the portal behaves where nobody has recorded it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variants {
    /// What answers a list of dates or a day when the session is gone.
    pub dead_session: DeadSession,
    /// How a wrong password or a blocked account is told.
    pub refusal: Refusal,
    /// What a day without appointments shows when it is asked for.
    pub empty_day: EmptyDay,
    /// After the choice of a unit the search form offers all units of the examiner, not only that one.
    pub all_units_offered: bool,
    /// The choice at login has numbers for the units that are not those of the search form.
    pub choice_has_own_codes: bool,
    /// A login as an examiner of one unit is in a session of its own, whose cookie comes with the answer.
    pub login_opens_session: bool,
    /// The entry page defines the functions that open dialogs in itself, besides in its script file.
    pub inline_dialogs: bool,
}

/// What answers a list of dates or a day when the session is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DeadSession {
    /// Each of the others but `told` in turn.
    #[default]
    Mixed,
    /// The entry page.
    Entry,
    /// The entry page, which says in `errors[]` that the session is over.
    Told,
    /// The frameset of the root.
    Frameset,
    /// The page of status 401.
    Unauthorized,
    /// That page with status 200.
    UnauthorizedPage,
    /// An empty list for the list; the entry page for a day.
    EmptyList,
}

/// How a wrong password or a blocked account is told. In each the agenda login page comes again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Refusal {
    /// In `errors[]`.
    #[default]
    Errors,
    /// Not at all.
    Silent,
    /// By a call of `alert`.
    Alert,
    /// By a redirect whose address holds the text; what stands there holds it no more.
    Redirect,
}

/// What a day without appointments shows when it is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum EmptyDay {
    /// A sentence in place of the table.
    #[default]
    Words,
    /// The table with its head alone.
    Head,
}
