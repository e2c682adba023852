//! *In which words?* Every sentence that a person reads in Portuguese or English lives here, in both languages side by
//! side: what the API says of an error, the dashboard, alerts and e-mails, calendars. A [`Sentence`] that lacks a
//! language does not compile, and neither does a kind without a sentence: each is keyed by its type, in a `match`
//! without `_`.
//!
//! Who writes chooses the language at the last moment ([`Language::say`], or `.pt` where only Portuguese is sent), and
//! nobody takes a sentence apart: what is shown apart, such as a command, is apart here too (`advice`).
//!
//! Not here: what the log says, in English alone, and what the portal says.

/// A [`Sentence`] in which something is inserted, by name, in both languages.
macro_rules! sentence {
    ($pt:literal, $en:literal) => {
        $crate::words::Sentence {
            pt: format!($pt),
            en: format!($en),
        }
    };
}

pub(crate) mod advice;
pub(crate) mod alert;
pub(crate) mod api;
pub(crate) mod calendar;
pub(crate) mod changes;
pub(crate) mod cli;
pub(crate) mod code;
pub(crate) mod command;
pub(crate) mod condition;
pub(crate) mod database;
pub(crate) mod day;
pub(crate) mod delivery;
pub(crate) mod failure;
pub(crate) mod finding;
pub(crate) mod kinds;
pub(crate) mod note;
pub(crate) mod notice;
pub(crate) mod pages;
pub(crate) mod pause;
pub(crate) mod role;
pub mod row;
pub mod rule;
pub(crate) mod setting;
pub(crate) mod silence;
pub(crate) mod time;
pub(crate) mod tomorrow;
pub(crate) mod trouble;
pub(crate) mod window;

pub use command::Shown;

/// A language that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Portuguese of Brazil.
    #[default]
    Portuguese,
    /// English.
    English,
}

/// The same in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence<T = &'static str> {
    /// In Portuguese.
    pub pt: T,
    /// In English.
    pub en: T,
}

/// A sentence in which nothing is inserted.
pub(crate) const fn both(pt: &'static str, en: &'static str) -> Sentence {
    Sentence { pt, en }
}

impl Language {
    /// The sentence in this language, with commands as they are called here.
    pub fn say<T: Shown>(self, sentence: Sentence<T>) -> T {
        let said = match self {
            Self::Portuguese => sentence.pt,
            Self::English => sentence.en,
        };
        said.shown()
    }
}

impl Sentence {
    /// The same, as one in which something may be inserted.
    pub(crate) fn owned(self) -> Sentence<String> {
        Sentence {
            pt: self.pt.to_owned(),
            en: self.en.to_owned(),
        }
    }
}

impl From<Sentence> for Sentence<String> {
    fn from(sentence: Sentence) -> Self {
        sentence.owned()
    }
}

/// A count with the word that fits it.
pub(crate) fn count(n: i64, one: Sentence, many: Sentence) -> Sentence<String> {
    let Sentence { pt, en } = if n == 1 { one } else { many };
    sentence!("{n} {pt}", "{n} {en}")
}

/// Parts with commas, or whatever else, between them.
pub(crate) fn joined(parts: Vec<Sentence<String>>, between: &str) -> Sentence<String> {
    let (pt, en): (Vec<String>, Vec<String>) = parts.into_iter().map(|s| (s.pt, s.en)).unzip();
    Sentence {
        pt: pt.join(between),
        en: en.join(between),
    }
}
