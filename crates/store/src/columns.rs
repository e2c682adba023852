//! A day's slots and their appointments, as the statements take them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveTime;
use sqlx::types::Json;

use super::encoding::DatabaseEncoding;
use agendad_domain::{Appointment, Note, Slot, SlotRemark, SlotStatus};

/// The slots turned on their side: PostgreSQL takes an array a column.
#[derive(Default)]
pub(super) struct Columns<'a> {
    /// Slots of the day that rows which were not read could be.
    pub(super) protected: Vec<String>,
    pub(super) external_uid: Vec<&'a str>,
    pub(super) content_hash: Vec<&'a str>,
    pub(super) hora: Vec<NaiveTime>,
    pub(super) status: Vec<SlotStatus>,
    pub(super) payload: Vec<Json<Cow<'a, BTreeMap<String, String>>>>,
    pub(super) cpf: Vec<&'a str>,
    pub(super) nome: Vec<String>,
    pub(super) cpf_formatado: Vec<String>,
    pub(super) fixo: Vec<Option<String>>,
    pub(super) celular: Vec<Option<String>>,
    pub(super) email: Vec<Option<String>>,
    pub(super) tipo: Vec<Option<String>>,
    pub(super) categoria: Vec<Option<String>>,
    /// Whether the appointment may be stored.
    pub(super) fits: Vec<bool>,
    pub(super) notes: Vec<Note>,
    /// Those of the notes that are about the slots themselves.
    pub(super) other_letters: Vec<Note>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(slots: &'a [Slot<'a>], area_code: &str, letters: DatabaseEncoding) -> Self {
        let mut columns = Self::default();
        for slot in slots {
            columns.push(slot, area_code, letters);
        }
        columns
    }

    fn push(&mut self, slot: &'a Slot<'a>, area_code: &str, letters: DatabaseEncoding) {
        let about = |remark| Note::Slot {
            date: slot.date,
            time: slot.time,
            remark,
        };
        let appointment = Appointment::of(slot, area_code);
        self.notes.extend(appointment.notes.into_iter().map(about));
        let payload = storable(slot.payload, letters);
        if matches!(payload, Cow::Owned(_)) {
            let encoding = letters.name().to_owned();
            let note = about(SlotRemark::OtherLetters { encoding });
            self.notes.push(note.clone());
            self.other_letters.push(note);
        }
        let text = |text: String| letters.nearest(&text).into_owned();
        self.external_uid.push(&slot.external_uid);
        self.content_hash.push(&slot.content_hash);
        self.hora.push(slot.time);
        self.status.push(slot.status);
        self.payload.push(Json(payload));
        self.cpf.push(slot.cpf.digits());
        self.nome.push(text(appointment.nome));
        self.cpf_formatado.push(appointment.cpf);
        self.fixo.push(appointment.telefone_fixo);
        self.celular.push(appointment.telefone_celular);
        self.email.push(appointment.email.map(text));
        self.tipo.push(appointment.tipo_transito.map(text));
        self.categoria.push(appointment.categoria_cnh.map(text));
        self.fits.push(true);
    }
}

/// What the portal shows, in letters that the database holds.
fn storable(
    payload: &BTreeMap<String, String>,
    letters: DatabaseEncoding,
) -> Cow<'_, BTreeMap<String, String>> {
    let fits = |text: &String| matches!(letters.nearest(text), Cow::Borrowed(_));
    if payload.iter().all(|(key, text)| fits(key) && fits(text)) {
        return Cow::Borrowed(payload);
    }
    let nearest = |text: &String| letters.nearest(text).into_owned();
    let kept = payload
        .iter()
        .map(|(key, text)| (nearest(key), nearest(text)));
    Cow::Owned(kept.collect())
}
