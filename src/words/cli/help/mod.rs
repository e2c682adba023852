//! What `--help`, the manual pages and the completions say in Portuguese, one file for each group of commands. The English
//! stands with the commands and arguments themselves, where clap reads it; `cli/help.rs` lays this over it, and its tests
//! find what is missing here, and what belongs to nothing.

mod agenda;
mod alerts;
mod command;
mod daily;
mod database;
mod lists;
mod people;
mod program;
mod settings;
mod simulated;
mod simulator;
pub(crate) mod usage;
mod users;
mod values;
mod webhooks;

pub(crate) use command::Help;
pub(crate) use program::{
    ARGUMENTS, COMMANDS, HELP_COMMAND, HELP_FLAG, LONG_ABOUT, MANUAL_HEADINGS, NO_OPTIONS, OPTIONS,
    POSSIBLE_VALUES, SOME_COMMAND, SOME_OPTIONS, USAGE, VERSION_FLAG, default, possible_values,
};
pub(crate) use values::name as value_name;

/// All commands.
pub(crate) fn all() -> impl Iterator<Item = &'static Help> {
    [
        program::HELP,
        daily::HELP,
        users::HELP,
        lists::HELP,
        agenda::HELP,
        alerts::HELP,
        webhooks::HELP,
        people::HELP,
        database::HELP,
        settings::HELP,
        simulator::HELP,
    ]
    .into_iter()
    .flatten()
}

/// The command of this path.
pub(crate) fn of(path: &str) -> Option<&'static Help> {
    all().find(|help| help.path == path)
}
