//! What can be asked of an agenda from outside, in Rust and as JSON, and why it may be refused.

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use super::booking::{Booking, hour};

/// A booking to be made. What is not given is invented: unit, free hour, person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingRequest {
    /// The day.
    pub date: NaiveDate,
    /// The unit's code; the examiner's first, if not given.
    pub unit: Option<String>,
    /// The hour; a free one, if not given.
    #[serde(default, deserialize_with = "hour::optional")]
    pub hour: Option<NaiveTime>,
    /// CPF as the page shows it.
    pub cpf: Option<String>,
    /// Name.
    pub nome: Option<String>,
    /// Numbers split by `/`, or `NÃO INFORMADO`.
    pub telefone: Option<String>,
    /// E-mail, or `NÃO INFORMADO`.
    pub email: Option<String>,
    /// `Segunda Via`, `Renovação`, …
    pub tipo_processo: Option<String>,
    /// `A`, `B`, `AB`, … or `NÃO INFORMADO`.
    pub categoria: Option<String>,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    pub status_medico: Option<String>,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    pub status_psicologico: Option<String>,
}

impl BookingRequest {
    /// Of an invented person, at a free hour of this day.
    #[must_use]
    pub fn on(date: NaiveDate) -> Self {
        Self {
            date,
            unit: None,
            hour: None,
            cpf: None,
            nome: None,
            telefone: None,
            email: None,
            tipo_processo: None,
            categoria: None,
            status_medico: None,
            status_psicologico: None,
        }
    }

    /// Puts what was given over what was invented.
    pub(super) fn apply(self, booking: &mut Booking) {
        if let Some(cpf) = self.cpf {
            booking.cpf = cpf;
        }
        Change {
            nome: self.nome,
            telefone: self.telefone,
            email: self.email,
            tipo_processo: self.tipo_processo,
            categoria: self.categoria,
            status_medico: self.status_medico,
            status_psicologico: self.status_psicologico,
        }
        .apply(booking);
    }
}

impl From<NaiveDate> for BookingRequest {
    fn from(date: NaiveDate) -> Self {
        Self::on(date)
    }
}

impl From<Booking> for BookingRequest {
    fn from(booking: Booking) -> Self {
        Self {
            date: booking.date,
            unit: Some(booking.unit),
            hour: Some(booking.hour),
            cpf: Some(booking.cpf),
            nome: Some(booking.nome),
            telefone: Some(booking.telefone),
            email: Some(booking.email),
            tipo_processo: Some(booking.tipo_processo),
            categoria: Some(booking.categoria),
            status_medico: Some(booking.status_medico),
            status_psicologico: Some(booking.status_psicologico),
        }
    }
}

/// New contents of a booking's fields; what is not given stays. Day, hour and CPF are its identity:
/// they do not change, a booking moves ([`reschedule`](super::Simulator::reschedule)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Name.
    pub nome: Option<String>,
    /// Numbers split by `/`, or `NÃO INFORMADO`.
    pub telefone: Option<String>,
    /// E-mail, or `NÃO INFORMADO`.
    pub email: Option<String>,
    /// `Segunda Via`, `Renovação`, …
    pub tipo_processo: Option<String>,
    /// `A`, `B`, `AB`, … or `NÃO INFORMADO`.
    pub categoria: Option<String>,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    pub status_medico: Option<String>,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    pub status_psicologico: Option<String>,
}

impl Change {
    pub(super) fn apply(self, booking: &mut Booking) {
        let fields = [
            (&mut booking.nome, self.nome),
            (&mut booking.telefone, self.telefone),
            (&mut booking.email, self.email),
            (&mut booking.tipo_processo, self.tipo_processo),
            (&mut booking.categoria, self.categoria),
            (&mut booking.status_medico, self.status_medico),
            (&mut booking.status_psicologico, self.status_psicologico),
        ];
        for (field, value) in fields {
            if let Some(value) = value {
                *field = value;
            }
        }
    }
}

/// Something that cannot be done to an agenda.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulatorError {
    #[error("there is no examiner {0}")]
    UnknownExaminer(usize),
    /// Not one of the examiner's units.
    #[error("examiner {examiner} does not work in unit {unit:?}")]
    UnknownUnit {
        examiner: usize,
        /// The code asked for.
        unit: String,
    },
    /// No booking has that key.
    #[error("examiner {examiner} has no such booking on {date} at {hour}")]
    NoSuchBooking {
        examiner: usize,
        /// The day asked for.
        date: NaiveDate,
        /// The hour asked for.
        hour: NaiveTime,
    },
}
