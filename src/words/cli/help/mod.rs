//! What `--help`, the manual pages and the completions say in Portuguese, one file for each group of commands. The English
//! stands with the commands and arguments themselves, where clap reads it; `cli/help.rs` lays this over it, and its tests
//! find what is missing here, and what belongs to nothing.

mod agenda;
mod alerts;
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

pub(crate) use program::{
    ARGUMENTS, COMMANDS, HELP_COMMAND, HELP_FLAG, LONG_ABOUT, MANUAL_HEADINGS, NO_OPTIONS, OPTIONS,
    POSSIBLE_VALUES, SOME_COMMAND, SOME_OPTIONS, USAGE, VERSION_FLAG, default, possible_values,
};
pub(crate) use values::name as value_name;

/// What the help says of one command.
#[derive(Debug)]
pub(crate) struct Help {
    /// Its names, as they are typed: `users add`. The program itself has none.
    pub(crate) path: &'static str,
    /// One line.
    pub(crate) about: &'static str,
    /// What stands below the options: remarks and examples.
    pub(crate) after: &'static str,
    /// Of each argument, by its id; of a value that is explained, `id=value`.
    pub(crate) args: &'static [(&'static str, &'static str)],
}

impl Help {
    /// What is said of an argument, or of a value.
    pub(crate) fn argument(&self, id: &str) -> Option<&'static str> {
        let found = self.args.iter().find(|(known, _)| *known == id);
        found.map(|(_, text)| *text)
    }
}

/// Of a command with nothing but its one line.
const fn help(path: &'static str, about: &'static str) -> Help {
    Help {
        path,
        about,
        after: "",
        args: &[],
    }
}

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

const ONE_EXAMINER: &str = "O perito: número, como em `agendad users list`, ou parte do nome";
const THIS_EXAMINER_ONLY: &str = "Só deste perito: número, ou parte do nome";
const THESE_EXAMINERS_ONLY: &str = "Só destes peritos: número, ou parte do nome";
const AT_MOST: &str = "No máximo tantas linhas";
