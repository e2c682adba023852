//! What changed lately: old and new values side by side. Telephone numbers and e-mail addresses are not
//! shown, only that they changed.

use maud::{Markup, html};
use serde_json::Value;

use super::language::Language;
use super::time::Times;
use super::words::Tone;
use crate::store::listing::ChangeListed;

pub(super) fn show(times: Times, changes: &[ChangeListed]) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    if changes.is_empty() {
        return html! { p.empty { (say("Nada mudou ainda.", "Nothing has changed yet.")) } };
    }
    html! {
        table.changes {
            thead {
                tr {
                    th scope="col" { (say("Visto", "Seen")) }
                    th scope="col" { (say("Horário", "Slot")) }
                    th scope="col" { (say("Mudança", "Change")) }
                }
            }
            tbody {
                @for change in changes {
                    tr {
                        td { (times.ago(change.at)) }
                        td {
                            (times.day(change.data)) " " (change.hora.format("%H:%M"))
                            br; span.dim { (change.nome.as_deref().unwrap_or("–")) }
                        }
                        td { (kind(&change.kind, times.language)) (fields(change, times.language)) }
                    }
                }
            }
        }
    }
}

fn kind(kind: &str, language: Language) -> Markup {
    match kind {
        "inserted" => Tone::Good.badge(language.say("novo", "new")),
        "removed" => Tone::Off.badge(language.say("removido", "removed")),
        "reappeared" => Tone::Busy.badge(language.say("voltou", "back")),
        _ => Tone::Warn.badge(language.say("alterado", "changed")),
    }
}

fn fields(change: &ChangeListed, language: Language) -> Markup {
    let fields = change.fields.as_ref().and_then(Value::as_object);
    html! {
        @for (name, values) in fields.into_iter().flatten() {
            div.field {
                span.dim { (label(name, language)) ": " }
                @match (values.get("old"), values.get("new")) {
                    (None, None) => (language.say("mudou", "changed")),
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
    match name {
        "nome" => language.say("nome", "name"),
        "telefone" => language.say("telefone", "telephone"),
        "email" => "e-mail",
        "tipo_processo" => language.say("processo", "process"),
        "categoria" => language.say("categoria", "category"),
        "status_exame_medico" => language.say("exame médico", "medical exam"),
        "status_exame_psicologico" => language.say("exame psicológico", "psychological exam"),
        "slot_status" => language.say("situação", "status"),
        other => other,
    }
}
