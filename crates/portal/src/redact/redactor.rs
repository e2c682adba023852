//! What is blanked of a text, of code and of an element's attributes.

use super::calls;
use super::pattern::{self, is_personal, text, whole};
use crate::browser::html::name::Name;
use crate::browser::html::tree::Attribute;
use agendad_config::portal::Profile;

/// How much of a text is blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What looks like a CPF, a telephone number, an e-mail address or a session.
    Patterns,
    /// Every letter and digit.
    All,
}

/// A line of text: whole if there is anything personal in it, else only what looks secret.
pub(crate) fn line(text: &str) -> String {
    blanked(text, Extent::Patterns)
}

pub(super) fn blanked(text: &str, extent: Extent) -> String {
    match extent {
        Extent::All => whole(text),
        // Whoever stands beside a CPF is named there.
        Extent::Patterns if is_personal(text) => whole(text),
        Extent::Patterns => pattern::text(text),
    }
}

/// What the profile says of where secrets stand.
pub(super) struct Redactor<'a> {
    /// Calls whose arguments are CPF and password.
    dialogs: [&'a str; 2],
    password_field: &'a str,
}

impl<'a> Redactor<'a> {
    pub(super) fn of(profile: &'a Profile) -> Self {
        Self {
            dialogs: [&profile.session_dialog, &profile.choice_dialog],
            password_field: &profile.login_password_field,
        }
    }

    /// Scripts and comments: what calls say goes, and a line that still holds something personal is blanked whole.
    pub(super) fn lines(&self, code: &str) -> String {
        let code = calls::without_arguments(code, &self.dialogs);
        code.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The attributes that are kept, in the order of their names.
    pub(super) fn attributes(
        &self,
        name: Name,
        attributes: &[Attribute<'_>],
    ) -> Vec<(String, String)> {
        let attribute = |name: &str| {
            let mut attributes = attributes.iter();
            let found = attributes.find(|attribute| attribute.name == name);
            found.map_or_else(String::new, |found| found.value.to_ascii_lowercase())
        };
        let field = attribute("name");
        let is_secret = attribute("type") == "password"
            || SECRET_NAMES.iter().any(|secret| field.contains(secret))
            || field == self.password_field.to_ascii_lowercase();
        let is_button = ["submit", "button", "reset", "image"].contains(&&*attribute("type"));
        let is_field = name == Name::INPUT && !is_button;
        let kept = attributes
            .iter()
            .filter(|a| is_attribute(&a.name, &a.value));
        let mut kept: Vec<(String, String)> = kept
            .map(|attribute| {
                let value = if attribute.name == "value" {
                    let is_name =
                        is_field && (field.contains("nome") || has_words(&attribute.value));
                    if is_name && !is_secret {
                        whole(&attribute.value)
                    } else {
                        value(&attribute.value, is_secret, name == Name::OPTION)
                    }
                } else {
                    self.other_value(attribute)
                };
                (attribute.name.clone().into_owned(), value)
            })
            .collect();
        kept.sort_unstable();
        kept
    }

    fn other_value(&self, attribute: &Attribute<'_>) -> String {
        let value = &attribute.value;
        match &*attribute.name {
            "title" | "alt" | "content" => line(value),
            name if name.starts_with("on") || is_script(value) => {
                text(&calls::without_arguments(value, &self.dialogs))
            }
            _ => text(value),
        }
    }
}

/// The value of a field or an option.
fn value(value: &str, is_secret: bool, is_option: bool) -> String {
    // In a broken tag a person's data can stand here too; codes and dates are shorter than a CPF.
    let is_of_person = || {
        is_personal(value)
            && (value.contains(char::is_whitespace)
                || value.chars().filter(char::is_ascii_digit).count() > 10)
    };
    match (is_secret, is_option) {
        (true, _) => "…".to_owned(),
        (false, true) if is_of_person() => whole(value),
        // A unit's code or a date, which is what the profile is about.
        (false, true) => value.to_owned(),
        (false, false) => line(value),
    }
}

/// Whether a value is what somebody is called, or other words: what forms pass on is a word, a date or a number.
fn has_words(value: &str) -> bool {
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic);
    value.split_whitespace().filter(is_word).count() > 1
}

/// Parts of the names of fields whose values are secret.
const SECRET_NAMES: [&str; 5] = ["token", "senha", "chave", "pass", "pwd"];

/// Whether an address is a script.
fn is_script(value: &str) -> bool {
    let start = value.trim_start().get(..11);
    start.is_some_and(|start| start.eq_ignore_ascii_case("javascript:"))
}

/// Whether this is an attribute as pages write them. In a broken tag (`<td 529.982.247-25 MARIA`) people's data
/// stand where names of attributes do.
fn is_attribute(name: &str, value: &str) -> bool {
    if value.is_empty() {
        return BARE.contains(&name);
    }
    name.chars()
        .all(|c| c.is_ascii_alphabetic() || "-_:".contains(c))
}

/// Attributes that may have no value.
const BARE: [&str; 16] = [
    "action", "alt", "checked", "class", "compact", "disabled", "hidden", "href", "id", "multiple",
    "name", "noresize", "nowrap", "readonly", "selected", "value",
];
