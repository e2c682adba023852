//! Why a configuration is refused.

use std::path::PathBuf;

use super::place::Place;
use super::wrong::Wrong;

/// The configuration is refused. Says where, which key, what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No text that this program reads.
    #[error("{}, line {line} is not UTF-8: save the file as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first such line, from 1.
        line: usize,
    },
    /// Not TOML.
    #[error("{place}, line {line}: {message}")]
    Syntax {
        /// The file.
        place: String,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// What was set in the browser or by command is not whole any more.
    #[error(
        "{} is damaged or was edited by hand, and half of it is not used: put a whole copy of it back, or move it away \
         and set again what it held (agendad config set)", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// One or several settings that cannot be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<Problem>),
}

/// One setting that cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: {key} {wrong}")]
pub struct Problem {
    /// Where it was set.
    pub place: Place,
    /// The key, dotted.
    pub key: String,
    /// What is wrong and what is allowed, as a fragment after the key.
    pub wrong: Wrong,
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::Settings(vec![problem])
    }
}
