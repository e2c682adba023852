//! `agendad config`: the effective settings and where each comes from; the reference of all of them.

use std::path::Path;

use super::language::say;
use super::{Exit, output, table};
use crate::config::shown::{self, Shown};
use crate::config::{layers, reference};
use crate::words::cli::list as words;

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
    let settings = shown::settings(&layers::all(file)?)?.into_iter();
    if json {
        let object: serde_json::Map<String, serde_json::Value> = settings
            .map(|(key, Shown { value, from })| {
                (key, serde_json::json!({ "value": value, "from": from }))
            })
            .collect();
        output::json(&object)?;
        return Ok(Exit::Done);
    }
    let rows = settings
        .map(|(key, Shown { value, from })| vec![key, value, from])
        .collect();
    let header = [words::SETTING, words::VALUE, words::SOURCE];
    table::plain(&header.map(say), rows, "");
    Ok(Exit::Done)
}
