//! Advice: a sentence, and the command that it ends with, if there is one. They are kept apart, because a page shows
//! the command as such.

use super::Sentence;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// Why, and what; without the colon before the command.
    pub(crate) text: Sentence<String>,
    /// To be typed as it is.
    pub(crate) command: Option<String>,
}

impl Advice {
    pub(crate) fn text(text: impl Into<Sentence<String>>) -> Self {
        Self {
            text: text.into(),
            command: None,
        }
    }

    pub(crate) fn command(text: Sentence, command: impl Into<String>) -> Self {
        Self {
            text: text.owned(),
            command: Some(command.into()),
        }
    }
}
