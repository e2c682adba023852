//! Fields of single settings: how they are shown, and what a form of them would change.

use maud::{Markup, html};

use crate::config::Config;
use crate::config::saved_settings::Edits;
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::settings_edit::Wrong;
use crate::settings_edit::fields::{self as edit_fields, Field, Kind, Typed, current};
use crate::words::pages::settings as words;

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
    let by = config.saved.fixed_by(key);
    let label = words::label(key).map_or(key, say);
    let is_set = edit_fields::is_set(config, key);
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

/// What differs from what is in force.
pub(super) fn edits(
    config: &Config,
    fields: &[Field],
    posted: &mut Posted,
) -> Result<Edits, Wrong> {
    edit_fields::edits(config, fields, |field| {
        let key = field.key;
        Ok(match field.kind {
            Kind::Secret if !posted.text(&format!("tirar.{key}")).is_empty() => Typed::Taken,
            Kind::Secret => Typed::Secret(posted.secret(key)),
            Kind::Text | Kind::Short | Kind::List | Kind::Choice(_) => {
                Typed::Text(posted.text(key).to_owned())
            }
        })
    })
}
