//! Days as arguments of commands.

use std::str::FromStr;

use super::language::say;
pub(super) use crate::clinic::Day;
use crate::words::cli::day as words;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoDay(String);

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        Self::read(text).ok_or_else(|| NoDay(say(words::no_day(text))))
    }
}
