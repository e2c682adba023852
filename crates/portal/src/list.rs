//! The list of dates as JSON, which is what the recorded portal answers, and what JSON says that is none.

use serde::Deserialize;
use serde_json::Value;

use super::browser::form::Choice;
use super::browser::plain::plain;
use super::errors::PortalError;
use super::page_kind::PageKind;
use super::said::says;
use super::search;
use agendad_config::portal::Profile;

/// One entry; other members are passed over. Null says nothing: an entry without a value is the placeholder of the list.
#[derive(Deserialize)]
struct Entry {
    #[serde(deserialize_with = "Option::deserialize")]
    value: Option<String>,
    label: Option<String>,
    text: Option<String>,
}

/// What an answer is that begins as JSON does; `None` if it begins otherwise.
///
/// `Err` is `unavailable` if it ends before its end, or says that the portal is under maintenance.
pub(super) fn json(text: &str, profile: &Profile) -> Option<Result<PageKind, PortalError>> {
    Some(read(like_json(text)?, profile))
}

/// The texts of an answer that is JSON, whatever their names; `None` if it is none.
pub(super) fn told(text: &str) -> Option<Vec<String>> {
    let value: Value = serde_json::from_str(like_json(text)?).ok()?;
    Some(texts(&value))
}

fn like_json(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').trim();
    text.starts_with(['[', '{']).then_some(text)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![plain(text)],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn read(text: &str, profile: &Profile) -> Result<PageKind, PortalError> {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) if error.is_eof() => {
            return Err(PortalError::unavailable(
                "the list of dates ends before its end",
            ));
        }
        // What it says is not repeated: it may be anything.
        Err(_) => return Ok(unknown("the answer begins like JSON, but is none")),
    };
    let page_kind = page_kind(&value, profile);
    if matches!(&page_kind, PageKind::Dates(Ok(dates)) if !dates.is_empty()) {
        return Ok(page_kind);
    }
    let texts = texts(&value);
    if says(&texts, &profile.maintenance_texts) {
        Err(PortalError::maintenance())
    } else if says(&texts, &profile.expired_texts) {
        Ok(PageKind::Expired)
    } else {
        Ok(page_kind)
    }
}

/// What it is, whatever its texts say.
fn page_kind(value: &Value, profile: &Profile) -> PageKind {
    if !value.is_array() {
        return unknown("the answer is JSON, but no list");
    }
    match Vec::<Entry>::deserialize(value) {
        Ok(entries) => {
            let options: Vec<Choice> = entries.into_iter().map(Entry::into_option).collect();
            PageKind::Dates(search::dates_of(&options, &profile.date_format))
        }
        Err(_) => unknown("the list of dates has entries without a text `value`"),
    }
}

impl Entry {
    fn into_option(self) -> Choice {
        Choice {
            value: self.value.unwrap_or_default(),
            text: self.label.or(self.text).unwrap_or_default(),
            selected: false,
            disabled: false,
        }
    }
}

fn unknown(why: &str) -> PageKind {
    PageKind::Unknown(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> &'static str {
        match json(
            text,
            &agendad_config::Config::shipped().unwrap().portal.profile,
        ) {
            None => "something else",
            Some(Err(error)) if error.is_maintenance() => "maintenance",
            Some(Err(_)) => "cut off",
            Some(Ok(PageKind::Dates(Ok(_)))) => "dates",
            Some(Ok(PageKind::Dates(Err(_)))) => "no dates",
            Some(Ok(page_kind)) => page_kind.name().as_str(),
        }
    }

    #[test]
    fn a_list_is_a_list_of_dates_or_an_error() {
        for (text, expected) in [
            (r#"[{"value":"13/07/2026","label":"13/07/2026"}]"#, "dates"),
            (
                r#" [{"value":"","label":"- SELECIONE -"},{"value":"13072026"}]"#,
                "dates",
            ),
            ("\u{feff}[]", "dates"),
            (
                r#"[{"value":null,"label":"- SELECIONE -"},{"value":"13/07/2026","label":null}]"#,
                "dates",
            ),
            (
                r#"[{"value":"13/07/2026","label":"13/07/2026","text":"13/07/2026"}]"#,
                "dates",
            ),
            (
                r#"[{"value":"13/07/2026","label":null,"text":"14/07/2026"}]"#,
                "no dates",
            ),
            (r#"[{"value":null,"label":"amanhã"}]"#, "no dates"),
            (r#"[{"label":"13/07/2026"}]"#, "unknown page"),
            (r#"[{"value":"x","label":"amanhã"}]"#, "no dates"),
            (
                r#"[{"value":"13/07/2026","label":"14/07/2026"}]"#,
                "no dates",
            ),
            (r#"[{"value":"13/07/2026","la"#, "cut off"),
            (r#"["13/07/2026"]"#, "unknown page"),
            (r#"{"erro":"x"}"#, "unknown page"),
            (r#"{"erro":"Sess\u00e3o expirada"}"#, "session over"),
            (
                r#"{"ok":false,"erros":[{"texto":"Sess&atilde;o inv&aacute;lida"}]}"#,
                "session over",
            ),
            (
                r#"{"mensagem":"Sistema em manuten\u00e7\u00e3o"}"#,
                "maintenance",
            ),
            (r#"{"Sess\u00e3o expirada":0}"#, "unknown page"),
            (r#"["Sess\u00e3o expirada"]"#, "session over"),
            (
                r#"[{"value":"","label":"Sess\u00e3o expirada"}]"#,
                "session over",
            ),
            (r#"[{"erro":"Sess\u00e3o encerrada"}]"#, "session over"),
            (
                r#"[{"value":"","label":"Sistema em manuten\u00e7\u00e3o"},{"value":"","label":"-"}]"#,
                "maintenance",
            ),
            (
                r#"[{"value":"","label":"Em manuten\u00e7\u00e3o domingo"},{"value":"13/07/2026"}]"#,
                "dates",
            ),
            (r#"[{"value":13072026}]"#, "unknown page"),
            ("[x]", "unknown page"),
            ("<html>", "something else"),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }
}
