//! One row of an agenda, and what names it.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// One row of an agenda: the truth that a client has to arrive at. Texts as the page shows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Booking {
    pub date: NaiveDate,
    /// The unit's code.
    pub unit: String,
    /// The hour; JSON `HH:MM`.
    #[serde(with = "hour")]
    pub hour: NaiveTime,
    /// The candidate's CPF, `529.982.247-25`.
    pub cpf: String,
    /// The candidate's name.
    pub nome: String,
    /// Numbers split by `/`, or `NÃO INFORMADO`.
    #[serde(default)]
    pub telefone: String,
    /// E-mail, or `NÃO INFORMADO`.
    #[serde(default)]
    pub email: String,
    /// `Segunda Via`, `Renovação`, …
    #[serde(default)]
    pub tipo_processo: String,
    /// `A`, `B`, `AB`, … or `NÃO INFORMADO`.
    #[serde(default)]
    pub categoria: String,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    #[serde(default)]
    pub status_medico: String,
    /// `Não Realizado`, `Pendente`, `Realizado`, `Apto` or `Inapto`.
    #[serde(default)]
    pub status_psicologico: String,
}

/// What names one booking of an examiner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingKey {
    pub date: NaiveDate,
    /// The unit's code.
    pub unit: String,
    pub hour: NaiveTime,
    /// The CPF as the page shows it.
    pub cpf: String,
}

impl Booking {
    /// What names it.
    #[must_use]
    pub fn key(&self) -> BookingKey {
        BookingKey {
            date: self.date,
            unit: self.unit.clone(),
            hour: self.hour,
            cpf: self.cpf.clone(),
        }
    }
}

/// Hours in JSON: written `HH:MM`, read with or without seconds.
pub(super) mod hour {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(hour: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&hour.format("%H:%M"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        read(&String::deserialize(from)?).map_err(de::Error::custom)
    }

    pub(crate) fn optional<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<NaiveTime>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| read(&text).map_err(de::Error::custom))
            .transpose()
    }

    pub(crate) fn read(text: &str) -> Result<NaiveTime, String> {
        NaiveTime::parse_from_str(text, "%H:%M")
            .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
            .map_err(|_| format!("{text:?} is not an hour such as 14:00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_short_and_read_long_too() {
        assert_eq!(hour::read("14:00"), hour::read("14:00:00"));
        assert!(hour::read("14h00").is_err());
    }
}
