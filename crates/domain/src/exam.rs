//! Whose exam a row is about, and whether it is closed: the examiner's own column decides, because a candidate
//! whose medical exam is done may still be waiting for the psychologist.

use std::collections::BTreeSet;

use super::agenda::column;
use super::text::fold;
use super::{AgendaRow, DayReading, Profession};

/// Which exam statuses close a slot, and which are known not to. Compared folded.
#[derive(Debug, Clone, Default)]
pub struct ExamStatuses {
    closing: Vec<String>,
    open: Vec<String>,
}

const COLUMNS: [&str; 2] = [
    column::STATUS_EXAME_MEDICO,
    column::STATUS_EXAME_PSICOLOGICO,
];

impl ExamStatuses {
    /// As the configuration names them.
    #[must_use]
    pub fn new(closing: &[String], open: &[String]) -> Self {
        let folded = |texts: &[String]| texts.iter().map(|text| fold(text)).collect();
        Self {
            closing: folded(closing),
            open: folded(open),
        }
    }

    /// Whether the exam that counts is closed. Where the profession is not known, both columns must say so.
    #[must_use]
    pub fn is_closed(&self, row: &AgendaRow, profession: Option<Profession>) -> bool {
        own_columns(profession)
            .iter()
            .all(|key| self.closing.contains(&fold(row.column(key))))
    }

    /// The statuses of a day, in the columns that count, that are neither known to close a slot nor known not to: as they
    /// may be named where they are told of: no number of a person and no address is quoted.
    #[must_use]
    pub fn unknown(&self, reading: &DayReading) -> BTreeSet<String> {
        let columns = own_columns(reading.profession);
        let values = reading
            .rows
            .iter()
            .flat_map(|row| columns.iter().map(|key| row.column(key)));
        let mut seen = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        for value in values.filter(|value| !value.is_empty()) {
            // A day has few different statuses; each is folded once.
            if seen.insert(value) {
                let folded = fold(value);
                if !self.closing.contains(&folded) && !self.open.contains(&folded) {
                    unknown.insert(named(value));
                }
            }
        }
        unknown
    }
}

/// The longest status is half as long.
const LONGEST_NAME: usize = 60;

/// A status as it may stand in logs and records. The cell may hold anything, once columns have moved or somebody has
/// written a note into it: no number of a person and no address is quoted.
fn named(status: &str) -> String {
    let digits = status.chars().filter(char::is_ascii_digit).count();
    let words = status.split_whitespace().map(|word| match word {
        address if address.contains('@') => "…".to_owned(),
        number if digits >= 8 => number.replace(|c: char| c.is_ascii_digit(), "#"),
        word => word.to_owned(),
    });
    let words = words.collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// The column of the examiner's own exam, if a day's table lacks it: then nothing says that a slot is closed.
#[must_use]
pub fn missing_column(reading: &DayReading) -> Option<&'static str> {
    let row = reading.rows.first()?;
    match own_columns(reading.profession) {
        [own] if !row.columns.contains_key(*own) => Some(own),
        _ => None,
    }
}

fn own_columns(profession: Option<Profession>) -> &'static [&'static str] {
    match profession {
        Some(Profession::Physician) => &COLUMNS[..1],
        Some(Profession::Psychologist) => &COLUMNS[1..],
        None => &COLUMNS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cpf;

    fn row(medical: &str, psychological: &str) -> AgendaRow {
        let columns = [(COLUMNS[0], medical), (COLUMNS[1], psychological)];
        AgendaRow {
            time: chrono::NaiveTime::MIN,
            cpf: Cpf::parse("52998224725").unwrap(),
            columns: columns.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        }
    }

    fn statuses() -> ExamStatuses {
        let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        ExamStatuses::new(
            &texts(&["Realizado", "Apto", "Inapto"]),
            &texts(&["Não Realizado", "Pendente"]),
        )
    }

    #[test]
    fn the_examiners_own_exam_closes_a_slot() {
        use Profession::{Physician, Psychologist};
        for (medical, psychological, profession, closed) in [
            ("Realizado", "Não Realizado", Some(Psychologist), false),
            ("Realizado", "Não Realizado", Some(Physician), true),
            ("Pendente", "APTO", Some(Psychologist), true),
            ("Pendente", "Inapto", Some(Physician), false),
            ("Realizado", "", Some(Psychologist), false),
            ("Realizado", "Pendente", None, false),
            ("Realizado", "Apto", None, true),
            ("", "", None, false),
        ] {
            let found = statuses().is_closed(&row(medical, psychological), profession);
            assert_eq!(found, closed, "{medical} {psychological} {profession:?}");
        }
    }

    #[test]
    fn a_table_without_the_column_of_the_own_exam_is_told() {
        let missing = |profession| {
            let mut row = row("Realizado", "Pendente");
            row.columns.remove(COLUMNS[1]);
            let rows = vec![row];
            missing_column(&DayReading {
                rows,
                profession,
                ..DayReading::empty("2026-11-24".parse().unwrap(), "7")
            })
        };
        assert_eq!(missing(Some(Profession::Psychologist)), Some(COLUMNS[1]));
        assert_eq!(missing(Some(Profession::Physician)), None);
        assert_eq!(missing(None), None);
    }

    #[test]
    fn a_status_that_nobody_knows_is_named_once() {
        let rows = vec![row("x", "Remarcado"), row("", "Remarcado"), row("", "apto")];
        let reading = DayReading {
            rows,
            profession: Some(Profession::Psychologist),
            ..DayReading::empty("2026-11-24".parse().unwrap(), "7")
        };
        let unknown = statuses().unknown(&reading);
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["Remarcado"]);
    }

    #[test]
    fn nobody_is_quoted_with_a_status() {
        for (written, named_as) in [
            ("Remarcado", "Remarcado"),
            ("Remarcado para 24/11", "Remarcado para 24/11"),
            ("p/ 5298 2247", "p/ #### ####"),
            ("Laudo a maria@example.com", "Laudo a …"),
        ] {
            assert_eq!(named(written), named_as);
        }
        assert_eq!(named(&"ã".repeat(200)).chars().count(), LONGEST_NAME + 1);
    }
}
