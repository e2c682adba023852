//! What a rule found, of whom, and since when.

use chrono::{DateTime, Utc};

use crate::domain::text::{fold_space, title_case};
use crate::words::{Language, Sentence};

/// Operators are told in this language.
pub(super) const LANGUAGE: Language = Language::Portuguese;

/// The subject of what concerns the installation as a whole.
pub(super) const GENERAL: &str = "general";
/// The subject of a machine's wrong clock begins so, and ends with its name.
pub(super) const CLOCK: &str = "clock:";
/// The same of its backups.
pub(super) const BACKUP: &str = "backup:";
/// Longer names are cut.
const LONGEST_NAME: usize = 60;
/// A number of so many digits may be a CPF.
const CPF_DIGITS: usize = 11;

/// What is known of the alerts that are open.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// Whether there is any.
    pub(super) any: bool,
    pub(super) users: Vec<i32>,
    /// Since when the first of them has lasted.
    pub(super) earliest: DateTime<Utc>,
}

/// One trouble of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) subject: String,
    pub(super) usuario_id: Option<i32>,
    /// The examiner's name; empty if it is about the installation.
    pub(super) label: String,
    pub(super) note: Sentence<String>,
    /// Since when, by the facts.
    pub(super) since: DateTime<Utc>,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// These, and nothing else.
    Exactly(Vec<Finding>),
    /// These, as seen from one machine.
    Here {
        found: Vec<Finding>,
        /// Subjects that only other machines can judge: what is open of them stays open.
        others: Vec<String>,
    },
    /// There was nothing to go by: what is open stays open.
    Nothing,
}

impl Finding {
    /// Of the installation as a whole.
    pub(super) fn general(note: Sentence<String>, since: DateTime<Utc>) -> Self {
        Self {
            subject: GENERAL.to_owned(),
            usuario_id: None,
            label: String::new(),
            note,
            since,
        }
    }

    /// Of a machine; `kind`: [`CLOCK`] or [`BACKUP`].
    pub(super) fn machine(
        kind: &str,
        machine: &str,
        note: Sentence<String>,
        since: DateTime<Utc>,
    ) -> Self {
        Self {
            subject: format!("{kind}{machine}"),
            ..Self::general(note, since)
        }
    }

    pub(super) fn examiner(
        usuario_id: i32,
        nome: &str,
        note: Sentence<String>,
        since: DateTime<Utc>,
    ) -> Self {
        Self {
            subject: format!("perito:{usuario_id}"),
            usuario_id: Some(usuario_id),
            label: presentable(nome),
            note,
            since,
        }
    }
}

/// The machine that a subject is about, if it is about one.
pub(super) fn machine_of(subject: &str) -> Option<&str> {
    let mut kinds = [CLOCK, BACKUP].into_iter();
    kinds.find_map(|kind| subject.strip_prefix(kind))
}

/// A name as it may stand in a message: one line, not too long, and without the CPF that some applications
/// put beside it.
fn presentable(nome: &str) -> String {
    let folded = fold_space(nome);
    let words: Vec<&str> = folded
        .split(' ')
        .map(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            if digits >= CPF_DIGITS { "***" } else { word }
        })
        .collect();
    let mut name: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    // Digits with blanks between them.
    if name.chars().filter(char::is_ascii_digit).count() >= CPF_DIGITS {
        name = name
            .chars()
            .map(|c| if c.is_ascii_digit() { '*' } else { c })
            .collect();
    }
    title_case(&name).chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line_without_a_cpf() {
        assert_eq!(presentable("Ana\r\nSouza"), "Ana Souza");
        assert_eq!(presentable("ANA D'ÁVILA DA SILVA"), "Ana D'Ávila da Silva");
        assert_eq!(presentable("Ana 529.982.247-25"), "Ana ***");
        assert_eq!(presentable("Ana (52998224725)"), "Ana ***");
        assert_eq!(presentable("Ana 529 982 247 25"), "Ana *** *** *** **");
        assert_eq!(presentable("Ana 2ª"), "Ana 2ª");
        assert_eq!(presentable(&"a".repeat(300)).len(), LONGEST_NAME);
    }
}
