//! When agendas are read: each window by its days and how often, in words.

use maud::{Markup, html};

use super::fields;
use crate::config::Config;
use crate::config::saved_settings::Edits;
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::domain::{Rhythm, Window};
use crate::settings_edit::Wrong;
use crate::settings_edit::rhythms::{self, AS_IT_IS, KEY, MOST, Typed};
use crate::words::pages::settings as words;
use crate::words::window;

pub(super) fn form(visitor: &Visitor, config: &Config, sent: Option<&Posted>) -> Markup {
    let by = config.saved.fixed_by(KEY);
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

fn sent_of(posted: &Posted, at: usize) -> Typed {
    let text = |name: &str| posted.text(&format!("j{at}.{name}")).to_owned();
    Typed {
        from_day: text("de"),
        to_day: text("ate"),
        rhythm: text("ritmo"),
        from_hour: text("das"),
        to_hour: text("as"),
        time: text("hora"),
    }
}

fn row(visitor: &Visitor, at: usize, window: Option<&Window>, sent: Option<&Posted>) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let typed = sent.map_or_else(|| Typed::of(window), |sent| sent_of(sent, at));
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
    // As many as the form shows: config.toml may hold more than can be made here.
    for at in 0..MOST.max(config.windows.len()) {
        let name = posted.text(&format!("j{at}.nome"));
        let before = config.windows.iter().find(|window| window.name == name);
        let typed = sent_of(posted, at);
        let is_taken = !posted.text(&format!("j{at}.tirar")).is_empty();
        if is_taken || (before.is_none() && typed.from_day.is_empty() && typed.to_day.is_empty()) {
            continue;
        }
        let known = [&config.windows[..], &windows].concat();
        windows.push(typed.window(before, &known)?);
    }
    rhythms::edits(config, &windows)
}
