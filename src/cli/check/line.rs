//! A line of the report.

use crate::cli::problem;
use crate::config::Config;
use crate::words::Sentence;
use crate::words::cli::check::part::Part;
use crate::words::cli::list;

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
pub(super) struct Line {
    pub(super) what: Part,
    pub(super) state: State,
    /// What was tried and what came back.
    #[serde(serialize_with = "in_english")]
    pub(super) found: Sentence<String>,
    /// What to do about it.
    #[serde(
        serialize_with = "in_english_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) cure: Option<Sentence<String>>,
    /// The configuration leads to nothing, so that whatever else is said may be of no use.
    #[serde(skip)]
    pub(super) misled: bool,
}

/// Programs read English, whoever starts them.
fn in_english<S: serde::Serializer>(sentence: &Sentence<String>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&sentence.en)
}

fn in_english_if_any<S: serde::Serializer>(
    sentence: &Option<Sentence<String>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match sentence {
        Some(sentence) => in_english(sentence, to),
        None => to.serialize_none(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Ok,
    Warn,
    Fail,
}

impl Line {
    pub(super) fn ok(what: Part, found: impl Into<Sentence<String>>) -> Self {
        Self {
            what,
            state: State::Ok,
            found: found.into(),
            cure: None,
            misled: false,
        }
    }

    pub(super) fn warn(
        what: Part,
        found: impl Into<Sentence<String>>,
        cure: impl Into<Sentence<String>>,
    ) -> Self {
        Self {
            state: State::Warn,
            cure: Some(cure.into()),
            ..Self::ok(what, found)
        }
    }

    pub(super) fn fail(
        what: Part,
        found: impl Into<Sentence<String>>,
        cure: impl Into<Sentence<String>>,
    ) -> Self {
        Self {
            state: State::Fail,
            cure: Some(cure.into()),
            ..Self::ok(what, found)
        }
    }

    /// What is not set, where the file that may set it cannot be read.
    pub(super) fn unread(what: Part, config: &Config) -> Option<Self> {
        let path = config.saved.unread()?;
        Some(Self::warn(what, list::not_known(path), list::SUDO))
    }

    /// The configuration leads to a place where nothing is, or to the wrong one.
    pub(super) fn misled(what: Part, error: &(dyn std::error::Error + 'static)) -> Self {
        Self {
            misled: true,
            ..Self::error(what, error)
        }
    }

    /// An error whose own sentence says what to do.
    pub(super) fn error(what: Part, error: &(dyn std::error::Error + 'static)) -> Self {
        Self {
            state: State::Fail,
            cure: problem::cure(error),
            ..Self::ok(what, problem::in_a_line(error))
        }
    }
}
