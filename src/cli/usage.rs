//! What was typed, read; and said in Portuguese what is wrong with it. The English is clap's own.

use std::error::Error;
use std::net::AddrParseError;
use std::num::{ParseFloatError, ParseIntError};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::language::language;
use super::{help, output};
use crate::words::Language;
use crate::words::cli::help::{NO_OPTIONS, SOME_OPTIONS, USAGE, usage as words};

/// Reads the arguments of this process. Wrong ones, or a question for help, end it, with an answer in its language.
pub(super) fn read<Arguments: Parser>() -> Arguments {
    match language() {
        Language::English => Arguments::parse(),
        Language::Portuguese => {
            let tree = help::tree(Arguments::command());
            let read = tree.try_get_matches_from(std::env::args_os());
            let read = read.and_then(|matches| Arguments::from_arg_matches(&matches));
            read.unwrap_or_else(|error| end(&error))
        }
    }
}

fn end(error: &clap::Error) -> ! {
    let Some(what) = said(error) else {
        error.exit();
    };
    output::remark(format_args!("{} {what}", words::ERROR));
    if let Some(similar) = similar(error) {
        output::remark(format_args!("\n  {similar}"));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string().replace(NO_OPTIONS, SOME_OPTIONS);
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
        output::remark(format_args!("\n{USAGE}{usage}"));
    }
    output::remark(format_args!("\n{}", words::SEE_HELP));
    std::process::exit(error.exit_code())
}

/// What is wrong; `None`: nothing (help was asked for), or what clap alone can say.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "clap's kinds may become more; of those that are not known here it speaks itself"
)]
fn said(error: &clap::Error) -> Option<String> {
    let argument = || text(error, ContextKind::InvalidArg);
    let value = || text(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => words::unknown_argument(&argument()?),
        ErrorKind::InvalidSubcommand => {
            words::unknown_command(&text(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingSubcommand => {
            words::missing_command(&text(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingRequiredArgument => words::missing(&argument()?),
        ErrorKind::InvalidValue => {
            let (argument, value) = (argument()?, value()?);
            let wrong = if value.is_empty() {
                words::missing_value(&argument)
            } else {
                words::wrong_value(&value, &argument)
            };
            match text(error, ContextKind::ValidValue) {
                Some(values) if !values.is_empty() => {
                    format!("{wrong}; {}", words::allowed(&values))
                }
                _ => wrong,
            }
        }
        ErrorKind::ValueValidation => {
            let wrong = words::wrong_value(&value()?, &argument()?);
            match error.source() {
                Some(source) => format!("{wrong}: {}", because(source)),
                None => wrong,
            }
        }
        ErrorKind::TooManyValues => words::too_many(&value()?, &argument()?),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => words::too_few(&argument()?),
        ErrorKind::ArgumentConflict => {
            let argument = argument().or_else(|| text(error, ContextKind::InvalidSubcommand))?;
            match text(error, ContextKind::PriorArg) {
                Some(prior) if prior == argument => words::twice(&argument),
                Some(prior) => words::conflict(&argument, &prior),
                None => return None,
            }
        }
        ErrorKind::NoEquals => words::no_equals(&argument()?),
        ErrorKind::InvalidUtf8 => words::NO_TEXT.to_owned(),
        // Help, a version, and what went wrong while these were written.
        _ => return None,
    })
}

/// What clap knows of it, in a line.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "clap's contexts may become more; these are those that are text"
)]
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

fn similar(error: &clap::Error) -> Option<String> {
    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let names = kinds.into_iter().find_map(|kind| text(error, kind))?;
    Some(words::similar(&names))
}

/// Why a value is none. Our own values say so in this process's language; those of others are known here.
fn because(source: &(dyn Error + 'static)) -> String {
    if source.is::<ParseIntError>() {
        return words::NO_NUMBER.to_owned();
    }
    if source.is::<ParseFloatError>() {
        return words::NO_RATIO.to_owned();
    }
    if source.is::<AddrParseError>() {
        return words::NO_ADDRESS.to_owned();
    }
    if source.is::<humantime::DurationError>() {
        return words::NO_TIME.to_owned();
    }
    let said = source.to_string();
    // As clap says that a number is outside of a range.
    match said.rsplit_once(" is not in ").map(|(_, range)| range) {
        Some(range) => match range.split_once("..=") {
            Some((first, last)) => words::from_to(first, last),
            None => words::from(range.trim_end_matches("..")),
        },
        None => said,
    }
}
