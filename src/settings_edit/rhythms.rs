//! When agendas are read, as people type it: the days of a window, how often, at which hours.

use chrono::{NaiveTime, Timelike};
use serde_json::json;

use super::Wrong;
use crate::config::Config;
use crate::config::saved_settings::{self, Edits};
use crate::domain::{Rhythm, Window};
use crate::words::pages::settings as words;

/// The setting.
pub(crate) const KEY: &str = "windows";
/// More are made in config.toml.
pub(crate) const MOST: usize = 12;
/// An expression that no choice says, kept as it is.
pub(crate) const AS_IT_IS: &str = "cron";
pub(crate) const DAILY: &str = "dia";

/// What is typed of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    pub(crate) from_day: String,
    pub(crate) to_day: String,
    /// `15m`, `2h`, [`DAILY`] or [`AS_IT_IS`].
    pub(crate) rhythm: String,
    pub(crate) from_hour: String,
    pub(crate) to_hour: String,
    /// If once a day.
    pub(crate) time: String,
}

impl Typed {
    /// A window as it would be typed; of a new one nothing but how often.
    pub(crate) fn of(window: Option<&Window>) -> Self {
        let mut typed = Self {
            from_day: window.map_or_else(String::new, |w| w.from_day.to_string()),
            to_day: window.map_or_else(String::new, |w| w.to_day.to_string()),
            rhythm: "15m".to_owned(),
            from_hour: String::new(),
            to_hour: String::new(),
            time: String::new(),
        };
        let Some(window) = window else { return typed };
        let hours = match Rhythm::of(&window.cron) {
            Some(Rhythm::Minutes(every, hours)) => {
                typed.rhythm = format!("{every}m");
                hours
            }
            Some(Rhythm::Hours(every, hours)) => {
                typed.rhythm = format!("{every}h");
                hours
            }
            Some(Rhythm::Daily(time)) => {
                DAILY.clone_into(&mut typed.rhythm);
                typed.time = time.format("%H:%M").to_string();
                None
            }
            None => {
                AS_IT_IS.clone_into(&mut typed.rhythm);
                None
            }
        };
        if let Some((from, to)) = hours {
            (typed.from_hour, typed.to_hour) = (from.to_string(), to.to_string());
        }
        typed
    }

    /// The window that is meant. `before`: as it was; `others`: those whose names are taken.
    ///
    /// # Errors
    /// [`Wrong`]: the days, or the hours.
    pub(crate) fn window(
        &self,
        before: Option<&Window>,
        others: &[Window],
    ) -> Result<Window, Wrong> {
        let days = self.from_day.parse().ok().zip(self.to_day.parse().ok());
        let (from_day, to_day) = days.ok_or(words::BAD_DAYS)?;
        let cron = self.cron(before.map(|window| window.cron.as_str()));
        Ok(Window {
            name: before.map_or_else(|| new_name(others), |window| window.name.clone()),
            from_day,
            to_day,
            cron: cron.ok_or(words::BAD_RHYTHM)?,
        })
    }

    /// The expression; `None` if it cannot be said.
    fn cron(&self, as_it_is: Option<&str>) -> Option<String> {
        let hours = match (self.from_hour.as_str(), self.to_hour.as_str()) {
            ("", "") => None,
            (from, to) => {
                let (from, to): (u32, u32) = (hour(from)?, hour(to)?);
                (from <= to).then_some(Some((from, to)))?
            }
        };
        let rhythm = match self.rhythm.as_str() {
            AS_IT_IS => return as_it_is.map(ToOwned::to_owned),
            DAILY => Rhythm::Daily(NaiveTime::parse_from_str(&self.time, "%H:%M").ok()?),
            other => match other.strip_suffix('m') {
                Some(every) => Rhythm::Minutes(every.parse().ok()?, hours),
                None => Rhythm::Hours(other.strip_suffix('h')?.parse().ok()?, hours),
            },
        };
        Some(rhythm.cron())
    }
}

/// `6`, `06:00` or `6h`.
fn hour(text: &str) -> Option<u32> {
    let plain = text.trim_end_matches('h');
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    let hour = time.map_or_else(|| plain.parse().ok(), |time| Some(time.hour()));
    hour.filter(|hour| *hour < 24)
}

/// What it changes that these are all windows.
pub(crate) fn edits(config: &Config, windows: &[Window]) -> Result<Edits, Wrong> {
    if windows == config.windows {
        return Ok(Edits::new());
    }
    let fields = windows.iter().map(|window| {
        let Window {
            name,
            from_day,
            to_day,
            cron,
        } = window;
        // A text in quotes is the same in JSON and in TOML.
        let (name, cron) = (json!(name), json!(cron));
        format!("{{ name = {name}, from_day = {from_day}, to_day = {to_day}, cron = {cron} }}")
    });
    let text = format!("[{}]", fields.collect::<Vec<_>>().join(", "));
    let value = saved_settings::value(KEY, &text).map_err(|error| Wrong::of_value(KEY, error))?;
    Ok([(KEY, Some(value))].into())
}

/// Stands in records and metrics from then on.
fn new_name(others: &[Window]) -> String {
    let names = (1..).map(|n| format!("janela-{n}"));
    let mut free = names.filter(|name| others.iter().all(|known| known.name != *name));
    free.next().unwrap_or_default()
}
