//! When agendas are read: each window by its days and how often, in words.

use chrono::{NaiveTime, Timelike};
use maud::{Markup, html};
use serde_json::json;

use super::{Wrong, fields};
use crate::config::Config;
use crate::config::kept::{self, Edits};
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::domain::{Rhythm, Window};
use crate::words::pages::settings as words;
use crate::words::{setting, window};

const KEY: &str = "windows";
/// More are made in config.toml.
const MOST: usize = 12;
/// An expression that no choice says, kept as it is.
const AS_IT_IS: &str = "cron";
const DAILY: &str = "dia";

pub(super) fn form(visitor: &Visitor, config: &Config, sent: Option<&Posted>) -> Markup {
    let by = config.kept.fixed_by(KEY);
    html! {
        @if let Some(by) = by {
            ul { @for one in &config.windows { li { (visitor.language.say(window::said(one))) } } }
            (fields::fixed(visitor, by))
        } @else {
            @for (at, one) in config.windows.iter().enumerate() { (row(visitor, at, Some(one), sent)) }
            @if config.windows.len() < MOST { (row(visitor, config.windows.len(), None, sent)) }
        }
    }
}

/// What is typed of one window.
struct Typed {
    from_day: String,
    to_day: String,
    rhythm: String,
    from_hour: String,
    to_hour: String,
    time: String,
}

impl Typed {
    fn of(window: Option<&Window>) -> Self {
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

    fn sent(posted: &Posted, at: usize) -> Self {
        let text = |name: &str| posted.text(&format!("j{at}.{name}")).to_owned();
        Self {
            from_day: text("de"),
            to_day: text("ate"),
            rhythm: text("ritmo"),
            from_hour: text("das"),
            to_hour: text("as"),
            time: text("hora"),
        }
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

fn row(visitor: &Visitor, at: usize, window: Option<&Window>, sent: Option<&Posted>) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let typed = sent.map_or_else(|| Typed::of(window), |sent| Typed::sent(sent, at));
    let name = |field: &str| format!("j{at}.{field}");
    let is_other = window.is_some_and(|window| Rhythm::of(&window.cron).is_none());
    let legend = match window {
        Some(one) => visitor.language.say(window::said(one)),
        None => say(words::ADD_WINDOW).to_owned(),
    };
    let known = words::RHYTHMS
        .iter()
        .any(|(value, _)| *value == typed.rhythm);
    html! {
        fieldset.choice.window {
            legend { (legend) }
            input type="hidden" name=(name("nome")) value=(window.map_or("", |window| window.name.as_str()));
            label { (say(words::FROM_DAY)) input type="text" inputmode="numeric" size="4" name=(name("de")) value=(typed.from_day); }
            label { (say(words::TO_DAY)) input type="text" inputmode="numeric" size="4" name=(name("ate")) value=(typed.to_day); }
            label {
                (say(words::HOW_OFTEN))
                select name=(name("ritmo")) {
                    @for (value, word) in words::RHYTHMS { option value=(value) selected[value == typed.rhythm] { (visitor.language.say(word)) } }
                    @if is_other { option value=(AS_IT_IS) selected[typed.rhythm == AS_IT_IS] { (say(words::AS_IT_IS)) } }
                    @else if !known { option value=(typed.rhythm) selected { (typed.rhythm) } }
                }
            }
            label { (say(words::FROM_HOUR)) input type="text" inputmode="numeric" size="4" name=(name("das")) value=(typed.from_hour); }
            label { (say(words::TO_HOUR)) input type="text" inputmode="numeric" size="4" name=(name("as")) value=(typed.to_hour); }
            label { (say(words::AT_HOUR)) input type="text" size="6" placeholder="06:30" name=(name("hora")) value=(typed.time); }
            @if window.is_some() { label { (say(words::REMOVE_WINDOW)) input type="checkbox" name=(name("tirar")) value="1"; } }
        }
    }
}

pub(super) fn edits(config: &Config, posted: &Posted) -> Result<Edits, Wrong> {
    let mut windows: Vec<Window> = Vec::new();
    for at in 0..MOST {
        let name = posted.text(&format!("j{at}.nome"));
        let before = config.windows.iter().find(|window| window.name == name);
        let typed = Typed::sent(posted, at);
        let is_taken = !posted.text(&format!("j{at}.tirar")).is_empty();
        if is_taken || (before.is_none() && typed.from_day.is_empty() && typed.to_day.is_empty()) {
            continue;
        }
        let days = typed.from_day.parse().ok().zip(typed.to_day.parse().ok());
        let Some((from_day, to_day)) = days else {
            return Err(words::BAD_DAYS.into());
        };
        let Some(cron) = typed.cron(before.map(|window| window.cron.as_str())) else {
            return Err(words::BAD_RHYTHM.into());
        };
        windows.push(Window {
            name: before.map_or_else(|| new_name(config), |window| window.name.clone()),
            from_day,
            to_day,
            cron,
        });
    }
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
    let value = kept::value(KEY, &text);
    let value = value.map_err(|error| {
        let error = setting::unread(&error.to_string());
        Wrong::Settings(vec![(KEY.to_owned(), error)])
    })?;
    Ok([(KEY, Some(value))].into())
}

/// Stands in records and metrics from then on.
fn new_name(config: &Config) -> String {
    let names = (1..).map(|n| format!("janela-{n}"));
    let mut free = names.filter(|name| config.windows.iter().all(|known| known.name != *name));
    free.next().unwrap_or_default()
}
