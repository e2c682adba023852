//! What changed lately: old and new values side by side. Telephone numbers and e-mail addresses are not
//! shown, only that they changed.

use maud::{Markup, html};
use serde_json::Value;

use super::language::Language;
use super::time::Times;
use super::tone;
use crate::domain::text::title_case;
use crate::store::listing::ChangeView;
use crate::words::kinds;
use crate::words::pages::changes as words;

pub(super) fn show(times: Times, changes: &[ChangeView]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    if changes.is_empty() {
        return html! { p.empty { (say(words::NOTHING_YET)) } };
    }
    html! {
        table.changes {
            thead {
                tr {
                    th scope="col" { (say(words::SEEN)) }
                    th scope="col" { (say(words::SLOT)) }
                    th scope="col" { (say(words::CHANGE)) }
                }
            }
            tbody {
                @for change in changes {
                    tr {
                        td { (times.ago(change.at)) }
                        td {
                            (times.day(change.data)) " " (change.hora.format("%H:%M"))
                            br; span.dim { (change.nome.as_deref().map_or_else(|| "–".to_owned(), title_case)) }
                        }
                        td { (tone::change(change.kind, times.language)) (fields(change, times.language)) }
                    }
                }
            }
        }
    }
}

/// Which fields have changed, each with the old and the new value.
pub(super) fn fields(change: &ChangeView, language: Language) -> Markup {
    let fields = change.fields.as_ref().and_then(Value::as_object);
    html! {
        @for (name, values) in fields.into_iter().flatten() {
            div.field {
                span.dim { (label(name, language)) ": " }
                @match (values.get("old"), values.get("new")) {
                    (None, None) => (language.say(words::FIELD_CHANGED)),
                    (old, new) => { del { (text(old)) } " → " ins { (text(new)) } }
                }
            }
        }
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        None | Some(Value::Null | Value::String(_)) => "–".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn label(name: &str, language: Language) -> &str {
    kinds::field(name).map_or(name, |known| language.say(known))
}
