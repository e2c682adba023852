//! What a person may see of the settings: each with its value and its source. Works of layers and not of the
//! checked configuration, so that it also shows what is refused; a misspelt secret is a secret all the same.

use std::collections::BTreeMap;
use std::fmt;

use agendad_domain::Concealed;
use toml::{Table, Value};

use super::layers::{self, Layer};
use super::{ConfigError, Place, logins, secrets};

/// One setting as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub value: ShownValue,
    /// The layer that set it.
    pub from: Place,
}

/// What is shown of a value. As text it is for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// All of it, as TOML.
    Clear(String),
    /// Nothing: it is a secret, or of no setting at all.
    Concealed(Concealed),
}

impl fmt::Display for ShownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear(text) => f.write_str(text),
            Self::Concealed(why) => write!(f, "{why}"),
        }
    }
}

/// All settings by key, the last layer that names one winning.
///
/// # Errors
/// None in practice: a test parses the built-in defaults.
pub fn settings(all: &[Layer]) -> Result<BTreeMap<String, Shown>, ConfigError> {
    let known = layers::built_in()?.table;
    let mut settings = BTreeMap::new();
    for layer in all {
        flatten("", &layer.table, &mut |key, value| {
            let shown = Shown {
                value: shown(&known, key, value),
                from: layer.place.clone(),
            };
            settings.insert(key.to_owned(), shown);
        });
    }
    Ok(settings)
}

fn shown(known: &Table, key: &str, value: &Value) -> ShownValue {
    use ShownValue::{Clear, Concealed as Not};
    let file_of = key.strip_suffix("_file");
    if secrets::KEYS.contains(&key) {
        return Not(Concealed::secret(value.as_str()));
    }
    let is_file = file_of.is_some_and(|key| secrets::KEYS.contains(&key));
    // A section is none of ours where a value stands for it.
    let is_setting = layers::lookup(known, key).is_some_and(|default| !default.is_table());
    match value.as_str() {
        _ if !is_file && !is_setting => Not(Concealed::Unknown),
        Some(text) if logins::is_hidden(key, text) => Not(Concealed::Hidden),
        Some(text) if is_file && !secrets::is_path(text) => Not(Concealed::NoPath),
        None if is_file => Not(Concealed::NoPath),
        Some(text) => Clear(format!("{text:?}")),
        None => Clear(serde_json::json!(value).to_string()),
    }
}

fn flatten(prefix: &str, table: &Table, tell: &mut impl FnMut(&str, &Value)) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value.as_table() {
            Some(inner) => flatten(&key, inner, tell),
            None => tell(&key, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, key: &str) -> String {
        let layers = [
            layers::built_in().unwrap(),
            layers::parse("a.toml", text).unwrap(),
        ];
        settings(&layers).unwrap()[key].value.to_string()
    }

    #[test]
    fn values_and_paths_are_shown() {
        assert_eq!(value("timezone = \"UTC\"", "timezone"), "\"UTC\"");
        assert_eq!(value("[scheduler]\nworkers = 3", "scheduler.workers"), "3");
        let file = "[vault]\nkey_file = \"/run/key\"";
        assert_eq!(value(file, "vault.key_file"), "\"/run/key\"");
        assert!(value("", "windows").contains("\"near\""));
    }

    #[test]
    fn an_address_with_a_login_is_hidden() {
        for (section, name) in [
            ("portal", "base_url"),
            ("http", "public_url"),
            ("alerts.email", "host"),
            ("alerts.telegram", "server"),
        ] {
            let text = format!("[{section}]\n{name} = \"https://user:canary@example.com/\"");
            let key = format!("{section}.{name}");
            assert_eq!(value(&text, &key), "(hidden)");
            assert!(value(&text.replace("user:canary@", ""), &key).contains("example.com"));
        }
        let agent = "[portal]\nuser_agent = \"x (https://example.com/; a@example.com)\"";
        assert!(value(agent, "portal.user_agent").contains("a@example.com"));
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_was_put_by_mistake() {
        assert_eq!(value("", "vault.key"), "(not set)");
        for (text, key) in [
            ("[vault]\nkey = \"canary\"", "vault.key"),
            ("[vault.key]\nx = \"canary\"", "vault.key.x"),
            ("[database]\nulr = \"canary\"", "database.ulr"),
            ("[databse]\nurl = \"canary\"", "databse.url"),
            ("vault = \"canary\"", "vault"),
            ("[vault]\nkey_file = \"canary\"", "vault.key_file"),
            ("[vault]\nkey_file = [\"canary\"]", "vault.key_file"),
            (
                "[vault]\nkey_file = \"/AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"",
                "vault.key_file",
            ),
            (
                "[database]\nurl_file = \"postgres://u:canary@h/d\"",
                "database.url_file",
            ),
        ] {
            assert!(value(text, key).ends_with("hidden)"), "{text}");
        }
    }
}
