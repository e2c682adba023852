//! Advice: a sentence, and the command that it ends with, if there is one. They are kept apart, because a page shows
//! the command as such.

use super::{Sentence, both};

/// The end of what examiners and reception are told.
const TELL: Sentence = both(
    "Avise quem cuida do agendad.",
    "Tell whoever looks after agendad.",
);

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// Why, and what; without the colon before the command.
    pub(crate) text: Sentence<String>,
    /// To be typed as it is.
    pub(crate) command: Option<String>,
    /// The same for people who see neither commands nor settings, where it says more than they can follow.
    plain: Option<Sentence<String>>,
}

impl Advice {
    pub(crate) fn text(text: impl Into<Sentence<String>>) -> Self {
        Self {
            text: text.into(),
            command: None,
            plain: None,
        }
    }

    pub(crate) fn command(text: Sentence, command: impl Into<String>) -> Self {
        Self {
            text: text.owned(),
            command: Some(command.into()),
            plain: None,
        }
    }

    /// With what is told to examiners and reception instead: what is so. Whom to tell follows.
    pub(crate) fn told(self, what: impl Into<Sentence<String>>) -> Self {
        let what = what.into();
        let plain = Sentence {
            pt: format!("{} {}", what.pt, TELL.pt),
            en: format!("{} {}", what.en, TELL.en),
        };
        Self {
            plain: Some(plain),
            ..self
        }
    }

    /// For examiners and reception: a sentence, and no command.
    pub(crate) fn plain(self) -> Sentence<String> {
        self.plain.unwrap_or(self.text)
    }
}
