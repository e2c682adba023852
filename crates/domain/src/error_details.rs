//! What a run's record says of its failure: `agenda_sync_runs.error_details`.
//!
//! The column has no constraint, and the earlier system wrote into it too. So whatever it holds can be read: what this
//! version does not understand is as if it were not there, or is kept in [`ErrorDetails::other`].

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{FailureKind, Notes, RowFault};

/// Why a run did not end well, in full.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct ErrorDetails {
    /// The kind; none, if there are only notes.
    pub kind: Option<FailureKind>,
    /// One technical sentence with its causes.
    pub message: Option<String>,
    /// The same, outermost first.
    pub chain: Vec<String>,
    /// Where a failure of our own came from.
    pub backtrace: Option<String>,
    /// Days that failed or had unreadable rows.
    pub dates: Vec<DateError>,
    /// Remarks.
    #[serde(flatten)]
    pub notes: Notes,
    /// Appointments that the application's table refused.
    pub appointments_refused: i64,
    /// What else the record holds.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What went wrong with one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateError {
    pub date: NaiveDate,
    #[serde(default)]
    pub unidade: String,
    pub kind: FailureKind,
    /// One sentence.
    #[serde(default)]
    pub message: String,
    /// What is wrong with a row, if the day was read but for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<RowFault>,
    /// The saved page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What went wrong with a run, as whoever asked for it is told.
#[derive(Debug, Clone, Serialize)]
pub struct ReportedError {
    pub kind: FailureKind,
    /// One technical sentence with its causes.
    pub message: String,
    /// The same, outermost first.
    #[serde(skip)]
    pub chain: Vec<String>,
}

impl DateError {
    /// Whether that day was not read, apart from single rows.
    #[must_use]
    pub fn is_of_day(&self, date: NaiveDate) -> bool {
        self.date == date && self.row.is_none()
    }
}

impl ErrorDetails {
    /// Whether nothing failed but single rows of days that were read.
    #[must_use]
    pub fn only_rows(&self) -> bool {
        !self.dates.is_empty() && self.dates.iter().all(|day| day.row.is_some())
    }
}

impl From<Value> for ErrorDetails {
    fn from(recorded: Value) -> Self {
        let mut other = match recorded {
            Value::Object(fields) => fields,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        };
        let mut take = |name| other.remove(name).unwrap_or_default();
        Self {
            kind: read(take("kind")),
            message: read(take("message")),
            chain: all(take("chain")),
            backtrace: read(take("backtrace")),
            dates: all(take("dates")),
            notes: Notes::recorded(take("notes"), &take("noted")),
            appointments_refused: read(take("appointments_refused")).unwrap_or(0),
            other,
        }
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

/// Those of a list that can be read.
fn all<T: DeserializeOwned>(list: Value) -> Vec<T> {
    let list: Vec<Value> = read(list).unwrap_or_default();
    list.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::note::{LeftUndone, RefusalReason, TableRefusal};
    use crate::{Note, RowProblem, SlotRemark};

    fn parsed(recorded: Value) -> ErrorDetails {
        serde_json::from_value(recorded).unwrap()
    }

    #[test]
    fn details_survive_being_written_down() {
        let day = DateError {
            date: "2026-11-24".parse().unwrap(),
            unidade: "7".to_owned(),
            kind: FailureKind::Layout,
            message: "row 3: a CPF has 11 digits, this has 12".to_owned(),
            row: Some(RowFault {
                number: 3,
                problem: RowProblem::Cpf { digits: 12 },
            }),
            evidence: None,
        };
        let day_of_notes = day.date;
        let details = ErrorDetails {
            kind: Some(FailureKind::Layout),
            message: Some("2026-11-24: a row".to_owned()),
            dates: vec![day],
            notes: Notes(vec![
                Note::RemovalsHeld { date: day_of_notes },
                Note::Slot {
                    date: day_of_notes,
                    time: "14:00:00".parse().unwrap(),
                    remark: SlotRemark::Cut {
                        column: "nome".to_owned(),
                    },
                },
                Note::Appointments {
                    days: None,
                    left: LeftUndone::Uncancelled(2),
                    why: TableRefusal {
                        code: "23514".to_owned(),
                        reason: RefusalReason::Constraint("nunca".to_owned()),
                    },
                },
            ]),
            appointments_refused: 2,
            ..ErrorDetails::default()
        };
        assert!(details.only_rows());
        let written = json!(details);
        assert_eq!(
            written["notes"],
            json!([
                "2026-11-24: removals held back by the guard",
                "2026-11-24 14:00: nome was cut to fit agendamentos",
                "earlier: 2 appointments of removed slots could not be cancelled: constraint nunca of agendamentos refuses it [23514]",
            ])
        );
        assert_eq!(parsed(written), details);
    }

    #[test]
    fn records_of_other_versions_and_of_the_earlier_system_can_be_read() {
        let newer = parsed(json!({
            "kind": "solar_flare", "chain": ["a", 7], "weather": "bad",
            "dates": [
                { "date": "2026-11-24", "kind": "solar_flare", "row": { "number": 2, "problem": "burnt" } },
                { "date": "some day", "kind": "layout" },
            ],
        }));
        assert_eq!(newer.kind, Some(FailureKind::Unknown));
        assert_eq!(newer.chain, ["a"]);
        assert_eq!(newer.other["weather"], "bad");
        let [day] = &newer.dates[..] else {
            panic!("{newer:?}")
        };
        assert_eq!(day.row.as_ref().unwrap().problem, RowProblem::Unknown);

        for odd in [
            json!("text"),
            json!(null),
            json!([1]),
            json!({ "kind": 7, "dates": "none" }),
        ] {
            assert_eq!(parsed(odd), ErrorDetails::default());
        }
    }
}
