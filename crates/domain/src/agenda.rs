//! What the portal says of one day: the values that `portal` produces and `sync` consumes.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use super::{Cpf, RowFault, RowProblem, UnreadRow};

/// One "Unidade de Trânsito" of an examiner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// The option's value in the search form; becomes `unidade_code`.
    pub code: String,
    /// The option's text, e.g. `CIR-SAO PAULO`.
    pub name: String,
}

/// One readable row of a day's table.
#[derive(Clone, PartialEq, Eq)]
pub struct AgendaRow {
    /// When the appointment is, local time.
    pub time: NaiveTime,
    /// The candidate.
    pub cpf: Cpf,
    /// Every column that the page shows, white space folded, by canonical key. Known columns have
    /// the keys in [`mod@column`]; others their folded header. `hora` is `HH:MM` (`HH:MM:SS` if there are
    /// seconds) and `cpf` is punctuated, whatever the page's spelling. Empty cells are kept as `""`.
    pub columns: BTreeMap<String, String>,
}

/// The canonical keys of the columns that the portal is known to show.
pub mod column {
    /// Hour.
    pub const HORA: &str = "hora";
    /// Candidate's CPF.
    pub const CPF: &str = "cpf";
    /// Candidate's name.
    pub const NOME: &str = "nome";
    /// One or several telephone numbers.
    pub const TELEFONE: &str = "telefone";
    /// E-mail address.
    pub const EMAIL: &str = "email";
    /// "Tipo de Processo".
    pub const TIPO_PROCESSO: &str = "tipo_processo";
    /// Licence category.
    pub const CATEGORIA: &str = "categoria";
    /// "Status do Exame Médico".
    pub const STATUS_EXAME_MEDICO: &str = "status_exame_medico";
    /// "Status do Exame Psicológico".
    pub const STATUS_EXAME_PSICOLOGICO: &str = "status_exame_psicologico";
}

impl AgendaRow {
    /// The text of a column, `""` when the page does not show it.
    #[must_use]
    pub fn column(&self, key: &str) -> &str {
        self.columns.get(key).map_or("", String::as_str)
    }
}

impl std::fmt::Debug for AgendaRow {
    // The columns hold a person's data: only the harmless part is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgendaRow")
            .field("time", &self.time)
            .field("cpf", &self.cpf)
            .field("columns", &self.columns.keys())
            .finish()
    }
}

/// Why one row could not be read. Prints no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {problem}")]
pub struct RowError {
    /// Position in the table, from 1.
    pub row: usize,
    /// What is wrong.
    pub problem: RowProblem,
    /// What could be read of it nevertheless.
    pub read: UnreadRow,
}

impl From<&RowError> for RowFault {
    fn from(error: &RowError) -> Self {
        Self {
            number: error.row,
            problem: error.problem.clone(),
        }
    }
}

/// What the examiner examines, as the title line of the portal's pages says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profession {
    /// "Psicólogo"
    Psychologist,
    /// "Médico"
    Physician,
}

/// A day of one unit as it was positively read. An empty one *is* a statement: no appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReading {
    /// The day asked for, equal to the page's own `DATA:`.
    pub date: NaiveDate,
    /// The unit's code.
    pub unit: String,
    /// The readable rows in page order, duplicates included.
    pub rows: Vec<AgendaRow>,
    /// Whose exams these are, if the page says so.
    pub profession: Option<Profession>,
    /// Rows that could not be read. The slots that they could be must not be marked removed.
    pub row_errors: Vec<RowError>,
}

impl DayReading {
    /// A day that the portal positively says has no appointments.
    #[must_use]
    pub fn empty(date: NaiveDate, unit: impl Into<String>) -> Self {
        Self {
            date,
            unit: unit.into(),
            rows: Vec::new(),
            profession: None,
            row_errors: Vec::new(),
        }
    }

    /// What could be read of the rows that could not be read as a whole.
    #[must_use]
    pub fn unread_rows(&self) -> Vec<UnreadRow> {
        let rows = self.row_errors.iter().map(|error| error.read.clone());
        rows.collect()
    }
}
