//! What happened to the agendas, for whoever wants to tell of it.

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;

use super::booking::{Booking, hour};

/// Something that became true in an examiner's agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgendaEvent {
    /// Whose agenda.
    pub examiner: usize,
    /// What happened.
    #[serde(flatten)]
    pub what: AgendaChange,
    /// The unit's code.
    pub unit: String,
    /// The day, after the change.
    pub date: NaiveDate,
    /// The hour, after the change.
    #[serde(with = "hour")]
    pub hour: NaiveTime,
    /// The candidate's name, after the change.
    pub nome: String,
}

/// What can happen to a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum AgendaChange {
    /// It appeared.
    Booked,
    /// It vanished.
    Cancelled,
    /// Its content changed; day, hour and CPF are the same.
    Changed,
    /// It moved.
    Rescheduled {
        from_date: NaiveDate,
        #[serde(with = "hour")]
        from_hour: NaiveTime,
    },
}

impl AgendaEvent {
    pub(super) fn of(examiner: usize, what: AgendaChange, booking: &Booking) -> Self {
        Self {
            examiner,
            what,
            unit: booking.unit.clone(),
            date: booking.date,
            hour: booking.hour,
            nome: booking.nome.clone(),
        }
    }
}
