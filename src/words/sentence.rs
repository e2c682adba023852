//! What a sentence is: the same in both languages.

use super::command::Shown;

/// A [`Sentence`] in which something is inserted, by name, in both languages.
macro_rules! sentence {
    ($pt:literal, $en:literal) => {
        $crate::words::Sentence {
            pt: format!($pt),
            en: format!($en),
        }
    };
}

/// A language that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Portuguese of Brazil.
    #[default]
    Portuguese,
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
