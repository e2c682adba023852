//! What the application's `agendamentos` gets from a slot, cut to the widths of its columns.

use super::agenda::column;
use super::note::SlotRemark;
use super::phone::Phones;
use super::slot::Slot;

/// The fields of an appointment that come from the portal.
#[derive(Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Candidate's name, at most 255 characters.
    pub nome: String,
    /// CPF with punctuation: the column is as wide as that.
    pub cpf: String,
    /// Landline number, ten digits.
    pub telefone_fixo: Option<String>,
    /// Mobile number, eleven digits.
    pub telefone_celular: Option<String>,
    /// E-mail, at most 255 characters.
    pub email: Option<String>,
    /// "Tipo de Processo", at most 100 characters.
    pub tipo_transito: Option<String>,
    /// Licence category, at most 20 characters.
    pub categoria_cnh: Option<String>,
    /// What of the slot's columns is not in the appointment.
    pub notes: Vec<SlotRemark>,
}

impl Appointment {
    /// The appointment of a slot; `area_code` is that of telephone numbers that have none.
    #[must_use]
    pub fn of(slot: &Slot<'_>, area_code: &str) -> Self {
        let mut notes = Vec::new();
        let mut take = |key: &'static str, width: usize| -> Option<String> {
            let text = slot.payload.get(key).map_or("", String::as_str);
            let kept: String = text.chars().take(width).collect();
            if kept.len() < text.len() {
                notes.push(SlotRemark::Cut {
                    column: key.to_owned(),
                });
            }
            (!kept.is_empty()).then_some(kept)
        };
        let nome = take(column::NOME, 255).unwrap_or_default();
        let email = take(column::EMAIL, 255);
        let tipo_transito = take(column::TIPO_PROCESSO, 100);
        let categoria_cnh = take(column::CATEGORIA, 20);
        let phones = Phones::parse(
            slot.payload
                .get(column::TELEFONE)
                .map_or("", String::as_str),
            area_code,
        );
        if phones.impossible > 0 {
            notes.push(SlotRemark::ImpossibleTelephone);
        }
        if phones.without_area > 0 {
            notes.push(SlotRemark::TelephoneWithoutArea);
        }
        Self {
            nome,
            cpf: slot.cpf.formatted(),
            telefone_fixo: phones.fixo,
            telefone_celular: phones.celular,
            email,
            tipo_transito,
            categoria_cnh,
            notes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cpf, SlotStatus};

    #[test]
    fn long_values_are_cut_by_characters_and_named() {
        let cpf = Cpf::parse("52998224725").unwrap();
        let payload = [
            ("nome".to_owned(), "É".repeat(300)),
            (
                "telefone".to_owned(),
                "(11) 98765--4321 / (11) 2345-6789".to_owned(),
            ),
            ("email".to_owned(), String::new()),
        ];
        let slot = Slot {
            external_uid: String::new(),
            content_hash: String::new(),
            date: "2026-11-24".parse().unwrap(),
            time: "14:00:00".parse().unwrap(),
            cpf: &cpf,
            status: SlotStatus::Upcoming,
            payload: &payload.into(),
        };
        let appointment = Appointment::of(&slot, "");
        assert_eq!(appointment.nome.chars().count(), 255);
        let cut = SlotRemark::Cut {
            column: "nome".to_owned(),
        };
        assert_eq!(appointment.notes, [cut]);
        assert_eq!(appointment.cpf, "529.982.247-25");
        assert_eq!(appointment.telefone_celular.as_deref(), Some("11987654321"));
        assert_eq!(appointment.telefone_fixo.as_deref(), Some("1123456789"));
        assert_eq!(appointment.email, None);
    }
}
