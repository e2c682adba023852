//! How a command ended, and the exit code of that.

use std::process::ExitCode;

/// Exit code for wrong usage or configuration; clap uses the same.
const USAGE: u8 = 2;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Done,
    Failed,
    Partial,
    Busy,
    /// What is configured cannot be.
    Configuration,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Partial => 3,
            Exit::Busy => 75,
            Exit::Configuration => USAGE,
        })
    }
}
