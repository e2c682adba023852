//! What the dashboard's page of settings asks, on a terminal and by the same rules: the contact, when it is read, who is
//! told, the address.

use std::collections::HashMap;

use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::cli::actor::actor;
use crate::cli::language::say;
use crate::cli::users::typed_secret;
use crate::cli::{alerts as alerts_command, output};
use crate::config::Config;
use crate::config::saved_settings::Edits;
use crate::domain::ticks::next_tick;
use crate::domain::window::parse_cron;
use crate::domain::{Channel, Window};
use crate::first_steps::FirstSteps;
use crate::settings_edit::fields::{self, Field, Kind, Typed};
use crate::settings_edit::rhythms::{self, AS_IT_IS, DAILY, MOST};
use crate::settings_edit::{self, Wrong, contact as contacts};
use crate::words::Sentence;
use crate::words::cli::setup as words;
use crate::words::pages::first_steps::{self, Stand, Step};
use crate::words::pages::settings as pages;
use crate::words::window;

use super::ask::{ask_until, tell_left};

/// Typed to take away what there is.
const NOTHING: &str = "-";

/// Why nothing was typed that could be saved.
enum Trouble {
    Wrong(Wrong),
    /// The terminal.
    Failed(anyhow::Error),
}

impl From<Wrong> for Trouble {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

pub(super) async fn contact(app: &App) -> anyhow::Result<()> {
    output::line(say(pages::CONTACT_HINT));
    let known = contacts::known(&app.config()).to_owned();
    if is_fixed(app, contacts::KEY) || !wants(&known)? {
        return Ok(());
    }
    until_saved(app, |config, _| {
        let typed = output::ask(say(words::ASK_CONTACT))?;
        if typed.is_empty() {
            if known.is_empty() {
                output::remark(say(words::LATER));
            }
            return Ok(None);
        }
        Ok(Some(contacts::edits(config, &typed)?))
    })
    .await
    .map(drop)
}

pub(super) async fn reading(app: &App) -> anyhow::Result<()> {
    let config = app.config();
    let (now, zone) = (app.syncer.clock.now(), app.syncer.clock.zone());
    for one in &config.windows {
        let next = parse_cron(&one.cron)
            .ok()
            .and_then(|cron| next_tick(&cron, now, zone));
        let next = next.map_or_else(
            || say(words::NEVER).to_owned(),
            |at| output::local(Some(at), config.timezone),
        );
        let said = say(window::said(one));
        output::line(format!("{said}; {}{next}", say(first_steps::NEXT)));
    }
    if is_fixed(app, rhythms::KEY) || !output::confirm(say(words::ASK_CHANGE))? {
        return Ok(());
    }
    output::line(say(words::ENTER_KEEPS));
    until_saved(app, |config, _| {
        Ok(Some(rhythms::edits(config, &typed_windows(config)?)?))
    })
    .await
    .map(drop)
}

fn typed_windows(config: &Config) -> Result<Vec<Window>, Trouble> {
    let mut windows: Vec<Window> = Vec::new();
    for before in &config.windows {
        output::line(say(window::said(before)));
        let known = rhythms::Typed::of(Some(before));
        let days = format!("{}-{}", known.from_day, known.to_day);
        let typed = ask_known(words::with_known(words::ASK_WINDOW_DAYS, &days), &days)?;
        if is_word(&typed, words::NO_DAYS) {
            continue;
        }
        windows.push(typed_window(&typed, Some(before), config, &windows)?);
    }
    while windows.len() < MOST {
        let typed = output::ask(say(words::ASK_NEW_DAYS))?;
        if typed.is_empty() {
            break;
        }
        windows.push(typed_window(&typed, None, config, &windows)?);
    }
    Ok(windows)
}

fn typed_window(
    days: &str,
    before: Option<&Window>,
    config: &Config,
    others: &[Window],
) -> Result<Window, Trouble> {
    let mut typed = rhythms::Typed::of(before);
    let (from, to) = days.split_once('-').unwrap_or((days, days));
    (typed.from_day, typed.to_day) = (from.trim().to_owned(), to.trim().to_owned());
    let known = match (typed.rhythm.as_str(), before) {
        (DAILY, _) => typed.time.clone(),
        (AS_IT_IS, Some(before)) => before.cron.clone(),
        (other, _) => other.to_owned(),
    };
    let rhythm = ask_known(words::with_known(words::ASK_RHYTHM, &known), &known)?;
    if rhythm.contains(':') {
        (typed.rhythm, typed.time) = (DAILY.to_owned(), rhythm);
    } else if rhythm != known {
        typed.rhythm = rhythm;
    }
    if typed.rhythm != DAILY && typed.rhythm != AS_IT_IS {
        let known = if typed.from_hour.is_empty() {
            say(words::ALL_DAY).to_owned()
        } else {
            format!("{}-{}", typed.from_hour, typed.to_hour)
        };
        let hours = ask_known(words::with_known(words::ASK_HOURS, &known), &known)?;
        let (from, to) = if is_word(&hours, words::ALL_DAY) {
            ("", "")
        } else {
            hours.split_once('-').unwrap_or((&hours, &hours))
        };
        (typed.from_hour, typed.to_hour) = (from.trim().to_owned(), to.trim().to_owned());
    }
    let known = [&config.windows[..], others].concat();
    Ok(typed.window(before, &known)?)
}

pub(super) async fn alerts(app: &App, steps: &FirstSteps) -> anyhow::Result<()> {
    let places = steps.places.iter();
    let places: Vec<String> = places.map(|place| say(place.said.clone())).collect();
    tell_left(steps, "");
    let mut asks = wants(&places.join(", "))?;
    loop {
        if asks && !channel(app).await? {
            return Ok(());
        }
        if !asks && (places.is_empty() || !output::confirm(say(words::ASK_MESSAGE))?) {
            return Ok(());
        }
        // Whether it arrived is said; that it did not is no reason to leave the other steps.
        if alerts_command::send_test(app).await? || !output::agree(say(words::ASK_AGAIN))? {
            return Ok(());
        }
        asks = true;
    }
}

/// Where messages of one channel go; whether anything was set.
async fn channel(app: &App) -> anyhow::Result<bool> {
    for (at, channel) in (1..).zip(&pages::CHANNELS) {
        output::line(format!("  {at}  {}", say(pages::channel(*channel))));
    }
    let chosen = ask_until(words::ASK_CHANNEL, words::BAD_CHANNEL, |text| {
        let at: usize = text.parse().ok()?;
        pages::CHANNELS.get(at.checked_sub(1)?).copied()
    })?;
    let Some(channel) = chosen else {
        output::remark(say(words::LATER));
        return Ok(false);
    };
    let hint = match channel {
        Channel::Email => Some(pages::EMAIL_HINT),
        Channel::Webhook => Some(pages::WEBHOOK_HINT),
        Channel::Slack | Channel::Ntfy | Channel::Telegram => None,
    };
    if let Some(hint) = hint {
        output::line(say(hint));
    }
    output::line(say(words::ENTER_KEEPS_HYPHEN_TAKES));
    // What was typed before something was refused need not be typed again; what was refused is not offered again.
    let mut answers = HashMap::new();
    until_saved(app, |config, refused| {
        answers.retain(|key, _| !refused.iter().any(|wrong| wrong == key));
        let edits = fields::edits(config, fields::of_channel(channel), |field| {
            ask_field(config, *field, &mut answers)
        })?;
        Ok(Some(edits))
    })
    .await
}

fn ask_field(
    config: &Config,
    field: Field,
    answers: &mut HashMap<&'static str, SecretString>,
) -> Result<Typed, Trouble> {
    let key = field.key;
    let label = pages::label(key).unwrap_or(pages::SETTINGS);
    let before = answers.get(key).map(|text| text.expose_secret().to_owned());
    match field.kind {
        Kind::Secret => {
            let is_set = before
                .as_ref()
                .map_or_else(|| fields::is_set(config, key), |text| !text.is_empty());
            let known = if is_set { say(pages::IS_SET) } else { "" };
            let question = say(words::with_known(label, known));
            // A name is typed in the open, though it is not shown again.
            let typed = if key.ends_with(".username") {
                let typed = output::ask(&question)?;
                (!typed.is_empty()).then(|| typed.into())
            } else {
                typed_secret(&question)?
            };
            if let Some(typed) = typed {
                let is_taken = typed.expose_secret().trim() == NOTHING;
                answers.insert(key, if is_taken { "".into() } else { typed });
            }
            Ok(match answers.get(key) {
                Some(typed) if !typed.expose_secret().is_empty() => Typed::Secret(typed.clone()),
                Some(_) if fields::is_set(config, key) => Typed::Taken,
                Some(_) | None => Typed::Secret(SecretString::default()),
            })
        }
        Kind::Text | Kind::Short | Kind::List | Kind::Choice(_) => {
            let known = before.unwrap_or_else(|| fields::current(config, key));
            let typed = if let Kind::Choice(choices) = field.kind {
                ask_choice(label, choices, &known)?
            } else {
                ask_known(words::with_known(label, &known), &known)?
            };
            let typed = if typed == NOTHING {
                String::new()
            } else {
                typed
            };
            answers.insert(key, typed.clone().into());
            Ok(Typed::Text(typed))
        }
    }
}

/// One of a list: its number, its name, or the beginning of what it means.
fn ask_choice(
    label: Sentence,
    choices: &[(&str, Sentence)],
    known: &str,
) -> Result<String, std::io::Error> {
    for (at, (_, meaning)) in (1..).zip(choices) {
        output::line(format!("  {at}  {}", say(*meaning)));
    }
    let said = choices.iter().find(|(value, _)| *value == known);
    let shown = said.map_or_else(|| known.to_owned(), |(_, said)| say(*said).to_owned());
    loop {
        let typed = output::ask(&say(words::with_known(label, &shown)))?.to_lowercase();
        if typed.is_empty() {
            return Ok(known.to_owned());
        }
        let at = typed.parse().ok().and_then(|at: usize| at.checked_sub(1));
        let by_number = at.and_then(|at| choices.get(at));
        let by_name = || choices.iter().find(|(value, _)| *value == typed);
        let by_meaning = || {
            choices.iter().find(|(_, meaning)| {
                let mut said = [meaning.pt, meaning.en].into_iter();
                said.any(|said| said.to_lowercase().starts_with(&typed))
            })
        };
        match by_number.or_else(by_name).or_else(by_meaning) {
            Some((value, _)) => return Ok((*value).to_owned()),
            None => output::remark(say(words::BAD_CHANNEL)),
        }
    }
}

pub(super) async fn address(app: &App, steps: &FirstSteps) -> anyhow::Result<()> {
    output::line(app.config().http.public_address());
    let is_set = steps.stand(Step::Address) == Stand::Done;
    if !is_set {
        output::line(say(first_steps::ADDRESS_TODO));
    }
    if is_fixed(app, fields::PUBLIC_URL) || (is_set && !output::confirm(say(words::ASK_CHANGE))?) {
        return Ok(());
    }
    until_saved(app, |config, _| {
        let typed = output::ask(say(words::ASK_ADDRESS))?;
        if typed.is_empty() {
            return Ok(None);
        }
        let typed = |_: &Field| Ok::<_, Trouble>(Typed::Text(typed.clone()));
        Ok(Some(fields::edits(config, fields::ADDRESS, typed)?))
    })
    .await
    .map(drop)
}

/// Whether something is to be asked for: it is not there, or it is, and is to be changed.
fn wants(known: &str) -> anyhow::Result<bool> {
    if known.is_empty() {
        return Ok(true);
    }
    output::line(known);
    Ok(output::confirm(say(words::ASK_CHANGE))?)
}

/// Asks; nothing typed is what is known.
fn ask_known(question: Sentence<String>, known: &str) -> Result<String, std::io::Error> {
    let typed = output::ask(&say(question))?;
    Ok(if typed.is_empty() {
        known.to_owned()
    } else {
        typed
    })
}

/// In either language.
fn is_word(typed: &str, word: Sentence) -> bool {
    typed.eq_ignore_ascii_case(word.pt) || typed.eq_ignore_ascii_case(word.en)
}

/// What the environment or a credential fixes is not asked for, and that is said.
fn is_fixed(app: &App, key: &str) -> bool {
    let config = app.config();
    let by = config.saved.fixed_by(key);
    if let Some(by) = by {
        output::tell(pages::fixed(key, by));
    }
    by.is_some()
}

/// Asks until what is typed can be saved, and saves it; a few times. Whether anything was. `ask` is told which settings
/// were refused the time before.
async fn until_saved(
    app: &App,
    mut ask: impl FnMut(&Config, &[String]) -> Result<Option<Edits>, Trouble>,
) -> anyhow::Result<bool> {
    const TRIES: u8 = 3;
    let mut refused = Vec::new();
    for _ in 0..TRIES {
        let config = app.config();
        let saved = match ask(&config, &refused) {
            Ok(None) => return Ok(false),
            Ok(Some(edits)) => save(app, &edits).await?,
            Err(Trouble::Wrong(wrong)) => Err(wrong),
            Err(Trouble::Failed(error)) => return Err(error),
        };
        match saved {
            Ok(()) => return Ok(true),
            Err(wrong) => {
                tell(&wrong);
                refused = match wrong {
                    Wrong::Settings(problems) => problems.into_iter().map(|(key, _)| key).collect(),
                    Wrong::Said(_) => Vec::new(),
                };
            }
        }
    }
    output::remark(say(words::LATER));
    Ok(false)
}

async fn save(app: &App, edits: &Edits) -> anyhow::Result<Result<(), Wrong>> {
    if edits.is_empty() {
        return Ok(Ok(()));
    }
    if let Err(error) = settings_edit::change(&app.config().sources, None, edits) {
        return Ok(Err(error.into()));
    }
    settings_edit::note(&app.database.store, edits, &actor()).await?;
    // For the steps that follow; a daemon that runs sees it by itself.
    app.take_up()?;
    output::line(say(words::SAVED));
    Ok(Ok(()))
}

fn tell(wrong: &Wrong) {
    match wrong {
        Wrong::Said(sentence) => output::remark(say(sentence.clone())),
        Wrong::Settings(problems) => {
            output::remark(say(pages::REFUSED));
            for (key, message) in problems {
                let label = pages::label(key).map(say).unwrap_or_default();
                output::remark(format!("  {label} ({key}): {}", say(message.clone())));
            }
        }
    }
}
