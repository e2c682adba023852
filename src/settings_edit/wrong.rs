//! Why settings that somebody typed change nothing: in the words of whoever asked for them.

use crate::config::ConfigError;
use crate::config::saved_settings::ChangeError;
use crate::domain::causes::in_a_line;
use crate::words::pages::settings as words;
use crate::words::{Sentence, setting};

/// Why nothing changed.
#[derive(Debug, Clone)]
pub(crate) enum Wrong {
    Said(Sentence<String>),
    /// What the check of all settings says: the key, and what is wrong with it.
    Settings(Vec<(String, Sentence<String>)>),
}

impl Wrong {
    /// What is wrong with the value of one setting.
    pub(super) fn of_value(key: &str, error: ConfigError) -> Self {
        match error {
            ConfigError::Settings(_) => Self::of_settings(error),
            other @ (ConfigError::Unreadable { .. }
            | ConfigError::NotUtf8 { .. }
            | ConfigError::Syntax { .. }
            | ConfigError::Damaged { .. }) => {
                let said = setting::unread(&other.to_string());
                Self::Settings(vec![(key.to_owned(), said)])
            }
        }
    }

    fn of_settings(error: ConfigError) -> Self {
        let ConfigError::Settings(problems) = error else {
            tracing::error!(error = in_a_line(&error), "a setting cannot be kept");
            return words::NOT_WRITTEN.into();
        };
        let problems = problems.into_iter();
        let wrong = problems.map(|problem| (problem.key, setting::wrong(&problem.wrong)));
        Self::Settings(wrong.collect())
    }
}

impl From<Sentence> for Wrong {
    fn from(sentence: Sentence) -> Self {
        Self::Said(sentence.owned())
    }
}

impl From<ChangeError> for Wrong {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(error) => Self::of_settings(error),
            ChangeError::Fixed { key, by } => Self::Said(words::fixed(key, &by)),
            ChangeError::Overtaken => words::OVERTAKEN.into(),
            ChangeError::Write { .. } => {
                tracing::error!(error = in_a_line(&error), "a setting cannot be kept");
                words::NOT_WRITTEN.into()
            }
        }
    }
}
