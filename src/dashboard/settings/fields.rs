//! Fields of single settings: how they are shown, and what a form of them would change.

use maud::{Markup, html};
use secrecy::ExposeSecret;

use super::Wrong;
use crate::config::kept::{self, Edits, Value};
use crate::config::{Config, ConfigError};
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::words::pages::settings as words;
use crate::words::{Sentence, setting};

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// The setting.
    pub(super) key: &'static str,
    pub(super) kind: Kind,
}

/// How it is typed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A number or an hour.
    Short,
    /// With commas.
    List,
    /// Never shown; nothing: it stays.
    Secret,
    /// One of these.
    Choice(&'static [(&'static str, Sentence)]),
}

/// What is fixed elsewhere is shown, and by what.
pub(super) fn fixed(visitor: &Visitor, by: &str) -> Markup {
    html! { span.hint { (visitor.language.say(words::FIXED_BY)) code { (by) } } }
}

pub(super) fn form(
    visitor: &Visitor,
    config: &Config,
    fields: &[Field],
    sent: Option<&Posted>,
) -> Markup {
    html! { @for field in fields { (one(visitor, config, *field, sent)) } }
}

fn one(visitor: &Visitor, config: &Config, field: Field, sent: Option<&Posted>) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let key = field.key;
    let known = current(config, key);
    let value = sent.map_or(known.as_str(), |sent| sent.text(key));
    let by = config.kept.fixed_by(key);
    let label = words::label(key).map_or(key, say);
    let is_set = kept::find(key).and_then(|setting| setting.is_set(config));
    let is_set = is_set.unwrap_or_default();
    html! {
        label {
            (label)
            @match field.kind {
                Kind::Secret => {
                    @let state = if is_set { words::IS_SET } else { words::IS_NOT_SET };
                    // A name is typed in the open, though it is not shown again.
                    @let kind = if key.ends_with(".username") { "text" } else { "password" };
                    input type=(kind) name=(key) autocomplete="new-password" placeholder=(say(state)) disabled[by.is_some()];
                },
                Kind::Choice(choices) => {
                    select name=(key) disabled[by.is_some()] {
                        @for (choice, name) in choices { option value=(choice) selected[value == *choice] { (say(*name)) } }
                    }
                },
                Kind::Text | Kind::List => { input type="text" name=(key) value=(value) size="36" disabled[by.is_some()]; },
                Kind::Short => { input type="text" name=(key) value=(value) size="7" disabled[by.is_some()]; },
            }
        }
        @if let Some(by) = by { (fixed(visitor, by)) }
        @else if is_set && matches!(field.kind, Kind::Secret) {
            label { span { (say(words::TAKE_AWAY)) " " (label) } input type="checkbox" name=(format!("tirar.{key}")) value="1"; }
        }
    }
}

/// A setting as it is typed; nothing of a secret.
fn current(config: &Config, key: &str) -> String {
    let all = serde_json::to_value(config).unwrap_or_default();
    let value = key.split('.').try_fold(&all, |value, part| value.get(part));
    match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Array(parts)) => {
            let parts = parts.iter().filter_map(serde_json::Value::as_str);
            parts.collect::<Vec<_>>().join(", ")
        }
        Some(other @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => {
            other.to_string()
        }
        Some(serde_json::Value::Null | serde_json::Value::Object(_)) | None => String::new(),
    }
}

/// What differs from what is in force.
pub(super) fn edits(
    config: &Config,
    fields: &[Field],
    posted: &mut Posted,
) -> Result<Edits, Wrong> {
    let mut edits = Edits::new();
    let open = |field: &&Field| config.kept.fixed_by(field.key).is_none();
    for field in fields.iter().filter(open) {
        let key = field.key;
        if matches!(field.kind, Kind::Secret) {
            let is_taken = !posted.text(&format!("tirar.{key}")).is_empty();
            let typed = posted.secret(key);
            let typed = typed.expose_secret().trim();
            if is_taken {
                edits.insert(key, Some(Value::from("")));
            } else if !typed.is_empty() {
                edits.insert(key, Some(Value::from(typed)));
            }
            continue;
        }
        let text = posted.text(key);
        if text == current(config, key) {
            continue;
        }
        match kept::value(key, text) {
            Ok(value) => drop(edits.insert(key, Some(value))),
            Err(ConfigError::Settings(problems)) => {
                let problems = problems.into_iter();
                let wrong = problems.map(|problem| (problem.key, setting::wrong(&problem.wrong)));
                return Err(Wrong::Settings(wrong.collect()));
            }
            Err(error) => {
                let error = setting::unread(&error.to_string());
                return Err(Wrong::Settings(vec![(key.to_owned(), error)]));
            }
        }
    }
    Ok(edits)
}
