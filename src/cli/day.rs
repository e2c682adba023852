//! Days as arguments of commands.

use std::str::FromStr;

use chrono::NaiveDate;

use super::language::say;
use super::output::{self, Usage};
pub(super) use crate::clinic::Day;
use crate::words::cli::day as words;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoDay(String);

/// Refuses a first day that comes after the last one.
pub(super) fn in_order(from: NaiveDate, to: NaiveDate) -> Result<(), Usage> {
    if from > to {
        let (from, to) = (output::day(from), output::day(to));
        return Err(Usage(say(words::wrong_order(&from, &to))));
    }
    Ok(())
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        Self::read(text).ok_or_else(|| NoDay(say(words::no_day(text))))
    }
}
