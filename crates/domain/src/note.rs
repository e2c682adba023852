//! What a run remarks on although nothing failed: values that were cut, appointments that were refused, removals that
//! wait. Carries no personal data.

use std::fmt;

use chrono::{NaiveDate, NaiveTime};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// One remark. Its `Display` is the English sentence that records keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// An exam status that is neither known to close a slot nor known not to.
    UnknownStatus {
        /// As the portal writes it.
        status: String,
    },
    /// The table has no column of the examiner's own exam.
    NoExamColumn {
        /// Its key in the profile.
        column: String,
    },
    /// Removals of a day wait until a further reading confirms them.
    RemovalsHeld {
        /// The day.
        date: NaiveDate,
    },
    /// About one slot.
    Slot {
        /// Its day.
        date: NaiveDate,
        /// Its hour.
        time: NaiveTime,
        /// What about it.
        remark: SlotRemark,
    },
    /// `agendamentos` refused what days bring.
    Appointments {
        /// The days; none for what earlier runs have left.
        days: Option<NotedDays>,
        left: LeftUndone,
        why: TableRefusal,
    },
    /// `configuracoes_detran` refuses to be told when the agenda was read last.
    AccountUntold {
        /// SQLSTATE.
        code: String,
    },
    /// The sentence of a record that has nothing else.
    Text {
        /// The sentence, in English.
        text: String,
    },
}

/// What of a slot did not find its way into the database as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotRemark {
    /// A value is wider than its column.
    Cut { column: String },
    /// A telephone number that cannot exist.
    ImpossibleTelephone,
    /// A telephone number whose area code is not known.
    TelephoneWithoutArea,
    /// The database's encoding lacks a letter.
    OtherLetters {
        /// The encoding, by PostgreSQL's name.
        encoding: String,
    },
    /// `agendamentos` refused its appointment.
    Refused { why: TableRefusal },
}

/// A day, or several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedDays {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// What `agendamentos` lacks of what slots bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftUndone {
    /// So many appointments were not stored.
    Unstored(i64),
    /// So many, of removed slots, were not cancelled.
    Uncancelled(i64),
    /// Some do not follow their slots.
    Outdated,
}

/// Why the application's table refuses a row, without a value of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRefusal {
    /// SQLSTATE.
    pub code: String,
    /// What that means.
    pub reason: RefusalReason,
}

/// What a table refuses a row for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// A column is too narrow.
    Narrow,
    /// This column must have a value.
    ValueMissing(String),
    Constraint(String),
    RightMissing,
    ColumnMissing,
    /// A column has another type.
    OtherType,
    /// What a trigger raised.
    Trigger,
    /// A trigger, or the type of a column, makes another day, time or CPF of it: nobody would recognise it again. Or a
    /// trigger drops it without a word.
    Altered,
    /// It waited for too long: somebody may hold a row.
    Waited,
    /// Anything else.
    Other,
}

/// The remarks of a run. They are written down twice: in `notes`, as English sentences, which programs outside the
/// project may read; and in `noted`, as what they are, in the same order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(pub Vec<Note>);

impl Notes {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a record holds. A sentence that this version cannot read as more than that stays what it is.
    pub(crate) fn recorded(notes: Value, noted: &Value) -> Self {
        let Value::Array(notes) = notes else {
            return Self::default();
        };
        let read = |(i, text): (usize, Value)| {
            let text = text.as_str()?;
            let note = Note::deserialize(&noted[i]);
            Some(note.unwrap_or_else(|_| Note::Text {
                text: text.to_owned(),
            }))
        };
        Self(notes.into_iter().enumerate().filter_map(read).collect())
    }
}

impl Serialize for Notes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("notes", &texts)?;
        if !self.is_empty() {
            map.serialize_entry("noted", &self.0)?;
        }
        map.end()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStatus { status } => write!(
                f,
                "exam status {status:?} is unknown and does not close a slot (portal.profile.closing_statuses, open_statuses)"
            ),
            Self::NoExamColumn { column } => write!(
                f,
                "the table has no column {column}, so that no slot is closed (portal.profile.columns)"
            ),
            Self::RemovalsHeld { date } => write!(f, "{date}: removals held back by the guard"),
            Self::Slot { date, time, remark } => {
                write!(f, "{date} {}: {remark}", time.format("%H:%M"))
            }
            Self::Appointments { days, left, why } => {
                match days {
                    None => f.write_str("earlier")?,
                    Some(NotedDays { first, last }) if first == last => write!(f, "{first}")?,
                    Some(NotedDays { first, last }) => write!(f, "{first} to {last}")?,
                }
                match left {
                    LeftUndone::Unstored(n) => {
                        write!(f, ": {n} appointments could not be stored")?;
                    }
                    LeftUndone::Uncancelled(n) => write!(
                        f,
                        ": {n} appointments of removed slots could not be cancelled"
                    )?,
                    LeftUndone::Outdated => {
                        f.write_str(": appointments could not be brought up to date")?;
                    }
                }
                write!(f, ": {why}")
            }
            Self::AccountUntold { code } => write!(
                f,
                "configuracoes_detran refuses ultima_sincronizacao (a trigger or a constraint): the application is not told when the agenda was read last [{code}]"
            ),
            Self::Text { text } => f.write_str(text),
        }
    }
}

impl fmt::Display for SlotRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { column } => write!(f, "{column} was cut to fit agendamentos"),
            Self::ImpossibleTelephone => {
                f.write_str("telefone has a number that Brazil's plan does not have")
            }
            Self::TelephoneWithoutArea => {
                f.write_str("telefone has a number without area code (appointments.area_code)")
            }
            Self::OtherLetters { encoding } => write!(
                f,
                "stored with the nearest letters that a {encoding} database can hold"
            ),
            Self::Refused { why } => write!(f, "its appointment could not be stored: {why}"),
        }
    }
}

impl fmt::Display for TableRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            RefusalReason::Narrow => {
                f.write_str("a column of agendamentos is narrower than its value")?;
            }
            RefusalReason::ValueMissing(column) => {
                write!(f, "column {column} of agendamentos must have a value")?;
            }
            RefusalReason::Constraint(name) => {
                write!(f, "constraint {name} of agendamentos refuses it")?;
            }
            RefusalReason::RightMissing => f.write_str("a right on agendamentos is missing")?,
            RefusalReason::ColumnMissing => f.write_str("a column of agendamentos is missing")?,
            RefusalReason::OtherType => f.write_str("a column of agendamentos has another type")?,
            RefusalReason::Trigger => f.write_str("a trigger of agendamentos refuses it")?,
            RefusalReason::Altered => f.write_str(
                "agendamentos changes the day, the time or the CPF of what is stored, or drops it (a trigger, or the type of a column)",
            )?,
            RefusalReason::Waited => f.write_str(
                "agendamentos kept it waiting for too long (somebody may hold a row of it)",
            )?,
            RefusalReason::Other => f.write_str("agendamentos refuses it")?,
        }
        write!(f, " [{}]", self.code)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sentence_that_has_nothing_beside_it_stays_a_sentence() {
        let held = Note::RemovalsHeld {
            date: "2026-11-24".parse().unwrap(),
        };
        let notes = json!(["of old", held.to_string(), 7, "of a newer version"]);
        let noted = json!([null, held, null, { "note": "eclipse", "depth": 3 }]);
        let text = |text: &str| Note::Text { text: text.into() };
        assert_eq!(
            Notes::recorded(notes, &noted).0,
            [text("of old"), held, text("of a newer version")]
        );
        let odd = Notes::recorded(json!(["alone"]), &json!("nothing"));
        assert_eq!(odd.0, [text("alone")]);
        assert!(Notes::recorded(json!("none"), &json!([])).is_empty());
    }
}
