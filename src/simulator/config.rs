//! What a simulator is told at its start: how many examiners, how full, how lively, and in which of
//! the ways that nobody has yet observed its pages are written.

use std::io;
use std::time::Duration;

use super::faults::Fault;
use super::invent::UNITS;
use super::names::Names;
use crate::clock::Clock;

/// A simulator's settings. [`SimulatorConfig::new`] gives the defaults.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// Examiners with an account and an agenda. Default 10.
    pub examiners: usize,
    /// Everything invented follows from it: same seed, same people, same agendas. Default 1.
    pub seed: u64,
    /// Last day that has appointments, counted from today, which has them too. Default 20.
    pub days_ahead: u16,
    /// Fewest and most appointments of a day that has any. Default 4 to 12.
    pub slots_per_day: (usize, usize),
    /// Part of the days without any appointment, 0 to 1. Default 0.2. Weekends are days like others.
    pub empty_day_ratio: f64,
    /// Units of an examiner. With more than one, every fifth examiner (4, 9, …) has one more.
    /// Default 1.
    pub units: usize,
    /// How long a session lives without a request. Default 30 minutes.
    pub session_ttl: Duration,
    /// Time between two random bookings, cancellations or changes somewhere. Default none: still.
    pub churn: Option<Duration>,
    /// The time, and with it today.
    pub clock: Clock,
    /// Added to every answer. Default 0.
    pub latency: Duration,
    /// Faults present from the start.
    pub faults: Vec<Fault>,
    /// How the pages are written, where the portal may do it in several ways.
    pub variants: Variants,
    /// The words and addresses of the pages. Default those assumed of the portal.
    pub names: Names,
}

impl SimulatorConfig {
    /// The defaults, at the time of `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            examiners: 10,
            seed: 1,
            days_ahead: 20,
            slots_per_day: (4, 12),
            empty_day_ratio: 0.2,
            units: 1,
            session_ttl: Duration::from_secs(30 * 60),
            churn: None,
            clock,
            latency: Duration::ZERO,
            faults: Vec::new(),
            variants: Variants::default(),
            names: Names::default(),
        }
    }

    /// Whether a simulator can be made of it.
    ///
    /// # Errors
    /// `InvalidInput` with a sentence that names the setting.
    pub(super) fn check(&self) -> io::Result<()> {
        let (fewest, most) = self.slots_per_day;
        let wrong = if self.examiners == 0 {
            Some("examiners must be at least 1".to_owned())
        } else if fewest == 0 || fewest > most || most > 500 {
            Some(format!(
                "slots per day must be a range within 1 to 500, not {fewest} to {most}"
            ))
        } else if !(0.0..=1.0).contains(&self.empty_day_ratio) {
            Some("the ratio of empty days must be between 0 and 1".to_owned())
        } else if self.units == 0 || self.units >= UNITS.len() {
            Some(format!("units must be 1 to {}", UNITS.len() - 1))
        } else {
            None
        };
        wrong.map_or(Ok(()), |sentence| {
            Err(io::Error::new(io::ErrorKind::InvalidInput, sentence))
        })
    }
}

/// How the pages are written, where the portal may do it in several ways.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variants {
    /// The markup of the link to the agenda.
    pub agenda_link: LinkStyle,
    /// The answer to `carregarDatas`.
    pub dates: DatesStyle,
    /// What stands in place of an inner page when the session is dead.
    pub dead_session: DeadSession,
    /// Declare the charset in the `Content-Type` header too, not in the page only.
    pub charset_header: bool,
    /// Answer a good login with a redirect to the search page, not with the page itself.
    pub redirect_after_login: bool,
}

/// The markup of a link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LinkStyle {
    /// `href="#"` and an `onclick` that sets the location.
    #[default]
    Location,
    /// `href="#"` and an `onclick` that calls a navigation function.
    Call,
    /// A real `href`, and `onclick="top.showWait(true);"` besides.
    Href,
}

/// The answer to `carregarDatas`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DatesStyle {
    /// The search page, option values `DD/MM/YYYY`.
    #[default]
    Page,
    /// The search page, option values `YYYY-MM-DD`.
    Iso,
    /// A bare fragment of `<option>`s.
    Fragment,
}

/// What stands in place of an inner page when the session is dead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DeadSession {
    /// Each of the others in turn.
    #[default]
    Mixed,
    /// The frameset of the root.
    Frameset,
    /// The page with the box "Credenciados".
    Entry,
    /// The agenda's own login page.
    Login,
}
