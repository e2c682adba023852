//! What is wrong with a row of a day's table. Carries no personal data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a row could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum RowProblem {
    /// A cell holds a table, which may have swallowed the rows that follow.
    NestedTable,
    /// More cells than headers, or fewer.
    CellCount {
        /// So many cells ...
        cells: usize,
        /// ... under so many headers.
        headers: usize,
    },
    /// The hour is not `HH:MM`.
    Hour {
        /// The hour as it was written, if it is short enough to name nobody.
        written: Option<String>,
    },
    /// The CPF has another number of digits than eleven.
    Cpf {
        /// How many digits it has.
        digits: usize,
    },
    CpfLetters,
    /// The table goes on on a further page, which is not read.
    MorePages,
    /// An appointment stands elsewhere than in the table that is read.
    Elsewhere,
    /// The row says itself that it is of another day.
    OtherDay,
    /// The row stands below another header than that of the columns.
    OtherHeader,
    /// What a script writes stands in it.
    Scripted,
    /// None of these: the record of another version of agendad. Only read, never written.
    #[serde(other)]
    Unknown,
}

/// A row that could not be read, as a run's record keeps it. Whatever the record holds can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct RowFault {
    /// Position in the table, from 1.
    pub number: usize,
    /// What is wrong with it.
    #[serde(flatten)]
    pub problem: RowProblem,
}

impl From<Value> for RowFault {
    fn from(recorded: Value) -> Self {
        let number = recorded["number"].as_u64().unwrap_or(0);
        Self {
            number: usize::try_from(number).unwrap_or(0),
            problem: serde_json::from_value(recorded).unwrap_or(RowProblem::Unknown),
        }
    }
}

impl std::fmt::Display for RowProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NestedTable => f.write_str("a cell holds a table"),
            Self::CellCount { cells, headers } => {
                write!(f, "it has {cells} cells under {headers} headers")
            }
            Self::Hour {
                written: Some(text),
            } => write!(f, "hour {text:?} is not HH:MM"),
            Self::Hour { written: None } => f.write_str("the hour is not HH:MM"),
            Self::Cpf { digits } => write!(f, "a CPF has 11 digits, this has {digits}"),
            Self::CpfLetters => f.write_str("the CPF has letters"),
            Self::MorePages => f.write_str("the list goes on on a further page, which is not read"),
            Self::Elsewhere => f.write_str("an appointment stands outside of the table"),
            Self::OtherDay => f.write_str("it says another day than the one asked for"),
            Self::OtherHeader => f.write_str("it stands below another header"),
            Self::Scripted => f.write_str("a script writes what stands in it"),
            Self::Unknown => f.write_str("not understood"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_being_written_down() {
        for problem in [
            RowProblem::NestedTable,
            RowProblem::CellCount {
                cells: 1,
                headers: 9,
            },
            RowProblem::Hour {
                written: Some("9h30".to_owned()),
            },
            RowProblem::Cpf { digits: 10 },
            RowProblem::MorePages,
            RowProblem::Elsewhere,
            RowProblem::OtherDay,
            RowProblem::OtherHeader,
            RowProblem::Scripted,
        ] {
            let fault = RowFault { number: 3, problem };
            let json = serde_json::to_value(&fault).unwrap();
            assert_eq!(serde_json::from_value::<RowFault>(json).unwrap(), fault);
        }
    }
}
