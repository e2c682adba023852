//! `--help`, the manual and the completions in Portuguese: the catalogue of `words/cli/help`, laid over clap's tree. The
//! English is clap's own.

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command};

use super::language::language;
use crate::words::Language;
use crate::words::cli::help::{self as words, Help};

/// All commands, in this process's language.
pub(super) fn tree(program: Command) -> Command {
    in_language(program, language())
}

/// The same without the commands `help`, which have no page of their own.
pub(super) fn tree_of_manual(program: Command) -> Command {
    in_language(program.disable_help_subcommand(true), language())
}

/// Built first: clap adds `--help`, `--version` and `help` then.
fn in_language(mut program: Command, language: Language) -> Command {
    program.build();
    match language {
        Language::English => program,
        Language::Portuguese => command(program, "").long_about(words::LONG_ABOUT),
    }
}

/// A command and those below it. Below `help` there are all of them once more, with their names and one line each.
fn command(command: Command, path: &str) -> Command {
    let known = words::of(path);
    let mut command = command
        .mut_args(|arg| argument(arg, known))
        .mut_subcommands(|below| {
            let name = below.get_name();
            if name == "help" {
                return self::command(below, path).about(words::HELP_COMMAND);
            }
            let path = format!("{path} {name}");
            self::command(below, path.trim_start())
        })
        .subcommand_value_name(words::SOME_COMMAND);
    if let Some(known) = known {
        command = command.about(known.about);
        if command.get_after_help().is_some() {
            command = command.after_help(known.after);
        }
        if command.get_after_long_help().is_some() {
            command = command.after_long_help(known.after);
        }
    }
    if let Some(usage) = usage(&mut command) {
        command = command.override_usage(usage);
    }
    let template = template(&command);
    command.help_template(template)
}

/// One argument: its text, with what clap would add to it in English.
fn argument(arg: Arg, known: Option<&Help>) -> Arg {
    let id = arg.get_id().to_string();
    let text = match id.as_str() {
        "help" => Some(words::HELP_FLAG),
        "version" => Some(words::VERSION_FLAG),
        id => known
            .and_then(|known| known.argument(id))
            // `--config` and the like belong to the program.
            .or_else(|| words::of("").and_then(|program| program.argument(id))),
    };
    let Some(text) = text else { return arg };
    if !arg.get_action().takes_values() {
        let has_long = arg.get_long_help().is_some();
        let arg = arg.help(text);
        return if has_long { arg.long_help(text) } else { arg };
    }
    let (mut short, mut long) = (text.to_owned(), text.to_owned());
    let values = arg.get_possible_values();
    let names = values.iter().filter(|value| !value.is_hide_set());
    let names: Vec<&str> = names.map(PossibleValue::get_name).collect();
    if let Some(explained) = explained(&id, &names, known) {
        long.extend(["\n\n", words::POSSIBLE_VALUES, &explained]);
    }
    let has_long = long != short;
    if !arg.is_hide_default_value_set() && !arg.get_default_values().is_empty() {
        let values = arg.get_default_values().iter();
        let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
        let values = match values.join(" ") {
            empty if empty.is_empty() => "\"\"".to_owned(),
            values => values,
        };
        let said = words::default(&values);
        short.extend([" ", &said]);
        long.extend(["\n\n", &said]);
    }
    if !arg.is_hide_possible_values_set() && !names.is_empty() {
        short.extend([" ", &words::possible_values(&names.join(", "))]);
    }
    let value_name = arg.get_value_names().and_then(|names| names.first());
    let value_name = value_name.and_then(|name| words::value_name(name));
    let arg = arg
        .help(short)
        .hide_default_value(true)
        .hide_possible_values(true);
    let arg = if has_long { arg.long_help(long) } else { arg };
    match value_name {
        Some(name) => arg.value_name(name),
        None => arg,
    }
}

/// A line for each value, where they are explained.
fn explained(id: &str, names: &[&str], known: Option<&Help>) -> Option<String> {
    let known = known?;
    let mut lines = String::new();
    for name in names {
        let text = known.argument(&format!("{id}={name}"))?;
        lines.push_str(&format!("\n- {name}: {text}"));
    }
    (!lines.is_empty()).then_some(lines)
}

/// What clap makes of it, with the Portuguese for `[OPTIONS]`; nothing where clap makes something else one day.
fn usage(command: &mut Command) -> Option<StyledStr> {
    let title = title(command, "Usage:");
    let usage = command.render_usage().ansi().to_string();
    let usage = usage.strip_prefix(&title)?.trim_start();
    let usage = usage.replace(words::NO_OPTIONS, words::SOME_OPTIONS);
    Some(usage.replace("\n       ", "\n     ").into())
}

fn title(command: &Command, title: &str) -> String {
    let style = command.get_styles().get_usage();
    format!("{style}{title}{style:#}")
}

/// Clap's own, with headings in Portuguese.
fn template(command: &Command) -> String {
    let header = command.get_styles().get_header();
    let usage = title(command, words::USAGE);
    let mut template = format!("{{about-with-newline}}\n{usage} {{usage}}");
    let has_commands = command.get_subcommands().any(|c| c.get_name() != "help");
    let has_positionals = command.get_positionals().next().is_some();
    let has_options = command.get_arguments().any(|arg| !arg.is_positional());
    for (there, heading, tag) in [
        (has_commands, words::COMMANDS, "subcommands"),
        (has_positionals, words::ARGUMENTS, "positionals"),
        (has_options, words::OPTIONS, "options"),
    ] {
        if there {
            template.push_str(&format!("\n\n{header}{heading}{header:#}\n{{{tag}}}"));
        }
    }
    template.push_str("{after-help}");
    template
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// Every text that clap would show: of a command, of an argument, of a value.
    fn texts(command: &Command, path: &str, found: &mut BTreeMap<String, String>) {
        let mut note = |what: String, text: Option<&StyledStr>| {
            if let Some(text) = text {
                found.insert(format!("{path}: {what}"), text.to_string());
            }
        };
        note("about".to_owned(), command.get_about());
        note("long about".to_owned(), command.get_long_about());
        let after = command.get_after_long_help();
        note("after".to_owned(), after.or(command.get_after_help()));
        for arg in command.get_arguments() {
            note(format!("argument {}", arg.get_id()), arg.get_help());
            for value in arg.get_possible_values() {
                let what = format!("argument {}={}", arg.get_id(), value.get_name());
                note(what, value.get_help());
            }
        }
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            texts(below, path.trim_start(), found);
        }
    }

    fn in_both() -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        [Language::English, Language::Portuguese]
            .map(|language| {
                let mut found = BTreeMap::new();
                texts(&in_language(Cli::command(), language), "", &mut found);
                found
            })
            .into()
    }

    #[test]
    fn whatever_the_help_says_it_says_in_portuguese_too() {
        let (english, portuguese) = in_both();
        assert!(english.len() > 500, "only {} texts", english.len());
        let mut missing = Vec::new();
        for (what, text) in &english {
            // Explained values are part of the argument's long text.
            if what.contains('=') {
                continue;
            }
            match portuguese.get(what) {
                Some(said) if said != text => {}
                _ => missing.push(format!("{what}: {text}")),
            }
        }
        assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    }

    #[test]
    fn what_the_catalogue_says_belongs_to_a_command_an_argument_or_a_value() {
        let (english, _) = in_both();
        let mut seen = BTreeSet::new();
        let mut strays = Vec::new();
        for help in words::all() {
            let path = help.path;
            assert!(seen.insert(path), "{path:?} is there twice");
            let mut keys = vec!["about".to_owned()];
            if !help.after.is_empty() {
                keys.push("after".to_owned());
            }
            keys.extend(help.args.iter().map(|(id, _)| format!("argument {id}")));
            for key in keys {
                let key = format!("{path}: {key}");
                if !english.contains_key(&key) {
                    strays.push(key);
                }
            }
        }
        assert!(strays.is_empty(), "{strays:#?}");
    }

    #[test]
    fn each_explained_value_is_explained_in_portuguese() {
        let (english, portuguese) = in_both();
        let explained = english.keys().filter(|what| what.contains('='));
        for what in explained {
            let (path, value) = what.split_once(": argument ").unwrap();
            let help = words::of(path).unwrap();
            assert!(help.argument(value).is_some(), "{what}");
            assert!(portuguese.contains_key(what), "{what}");
        }
    }

    /// All pages, as `--help` shows them.
    fn pages(language: Language) -> Vec<String> {
        fn render(command: &mut Command, pages: &mut Vec<String>) {
            pages.push(command.render_long_help().to_string());
            pages.push(command.render_help().to_string());
            for below in command.get_subcommands_mut() {
                if below.get_name() != "help" {
                    render(below, pages);
                }
            }
        }
        let mut pages = Vec::new();
        render(&mut in_language(Cli::command(), language), &mut pages);
        pages
    }

    /// What is typed is the same in every language.
    const CODE: [&str; 5] = ["agendad ", "printf ", "HEALTHCHECK ", "GET ", "POST "];

    #[test]
    fn no_page_has_a_line_of_english() {
        let english: BTreeSet<String> = pages(Language::English)
            .iter()
            .flat_map(|page| page.lines().map(|line| line.trim().to_owned()))
            .collect();
        let mut left = Vec::new();
        for page in pages(Language::Portuguese) {
            for line in page.lines() {
                for word in ["Usage", "Options", "Commands", "default:", "Print "] {
                    assert!(!line.contains(word), "{line}");
                }
                let line = line.trim();
                let is_code = CODE.iter().any(|start| line.starts_with(start));
                let is_list_of_values = line.ends_with(']');
                let has_words = line.split_whitespace().count() > 3;
                if has_words && !is_code && !is_list_of_values && english.contains(line) {
                    left.push(line.to_owned());
                }
            }
        }
        assert!(left.is_empty(), "\n{}", left.join("\n"));
    }

    #[test]
    fn the_same_is_understood_in_both_languages() {
        for args in [
            &["agendad", "users", "edit", "--user", "3", "--name", "x"][..],
            &["agendad", "config", "set", "tomorrow.hour", "18:30"],
            &[
                "agendad",
                "agenda",
                "hoje",
                "amanhã",
                "--csv=x.csv",
                "--json",
            ],
            &["agendad", "database", "psql", "--", "-c", "SELECT 1"],
            &["agendad", "backup", "-o", "-"],
            &[
                "agendad", "alerts", "mute", "all", "--for", "2h", "--why", "x",
            ],
        ] {
            let [en, pt] = [Language::English, Language::Portuguese].map(|language| {
                let read = in_language(Cli::command(), language).try_get_matches_from(args);
                let cli = read
                    .and_then(|matches| <Cli as clap::FromArgMatches>::from_arg_matches(&matches));
                format!("{:?}", cli.unwrap())
            });
            assert_eq!(en, pt);
        }
    }
}
