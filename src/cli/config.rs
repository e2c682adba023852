//! `agendad config`: the effective settings and where each comes from; the reference of all of them.

use std::path::Path;

use super::{Exit, output};
use crate::config::{layers, reference, secrets};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Every setting, its value and its source; secrets are hidden
    Show,
    /// All settings there are: explanation, default, environment variable, whether a reload suffices (Markdown)
    Reference,
}

pub(super) fn run(command: &Command, file: Option<&Path>, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::Show => show(file, json),
        Command::Reference => {
            output::line(reference::markdown().trim_end());
            Ok(Exit::Done)
        }
    }
}

fn show(file: Option<&Path>, json: bool) -> anyhow::Result<Exit> {
    let all = layers::all(file)?;
    let mut settings: std::collections::BTreeMap<String, (String, String)> = Default::default();
    for layer in &all {
        flatten("", &layer.table, &mut |key, value| {
            let plain = key.strip_suffix("_file").unwrap_or(key);
            let shown = if secrets::KEYS.contains(&plain) && plain == key {
                hidden(value)
            } else {
                shown(value)
            };
            settings.insert(key.to_owned(), (shown, layer.name.clone()));
        });
    }
    if json {
        let object: serde_json::Map<String, serde_json::Value> = settings
            .into_iter()
            .map(|(key, (value, from))| (key, serde_json::json!({ "value": value, "from": from })))
            .collect();
        output::json(&object)?;
        return Ok(Exit::Done);
    }
    let rows = settings
        .into_iter()
        .map(|(key, (value, from))| vec![key, value, from])
        .collect();
    output::table(&["setting", "value", "from"], rows, "");
    Ok(Exit::Done)
}

fn shown(value: &toml::Value) -> String {
    match value.as_str() {
        Some(text) => format!("{text:?}"),
        None => serde_json::json!(value).to_string(),
    }
}

fn hidden(value: &toml::Value) -> String {
    if value.as_str() == Some("") {
        "(not set)".to_owned()
    } else {
        "(hidden)".to_owned()
    }
}

fn flatten(prefix: &str, table: &toml::Table, tell: &mut impl FnMut(&str, &toml::Value)) {
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
