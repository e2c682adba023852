//! A slot: one row of a day's agenda, with the identity and the content hash that recognise it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, Timelike};
use serde::Serialize;
use sha1::{Digest, Sha1};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::{AgendaRow, Cpf, DayReading, ExamStatuses, Profession};

/// The `source` of every slot of this daemon.
pub const SOURCE: &str = "DETRAN";
/// The `servico_code` of every slot of this daemon.
pub const SERVICO: &str = "PERITO";

/// The state of a slot, as `agenda_slots.status` says it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum SlotStatus {
    /// Listed and still to be attended.
    #[serde(rename = "available")]
    #[strum(serialize = "available")]
    Upcoming,
    /// Listed, and its exam is already closed.
    #[serde(rename = "booked")]
    #[strum(serialize = "booked")]
    Completed,
    /// Vanished from its day.
    Removed,
}

/// One slot, ready to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Who this is, for ever: see [`slots_of_day`].
    pub external_uid: String,
    /// SHA-1 of what the portal shows, hex.
    pub content_hash: String,
    pub date: NaiveDate,
    /// The time of day.
    pub time: NaiveTime,
    /// The candidate.
    pub cpf: &'a Cpf,
    /// Upcoming or completed.
    pub status: SlotStatus,
    /// What the portal shows, by column key.
    pub payload: &'a BTreeMap<String, String>,
}

impl std::fmt::Debug for Slot<'_> {
    // The payload is personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Slot({} {} {} {:?})",
            self.date, self.time, self.cpf, self.status
        )
    }
}

/// The slots of a reading: equal rows collapse, and rows that differ only in content are numbered in
/// the order of that content, so that the order of the page never matters. Sorted by identity.
///
/// The identity is SHA-1 over `usuario_id|unidade_code|servico_code|YYYY-MM-DD|HH:MM:SS|cpf-digits`,
/// with `|2`, `|3`… appended for the second, third… row of one key.
///
/// `statuses` says which exam statuses close a slot.
#[must_use]
pub fn slots_of_day<'a>(
    usuario_id: i32,
    reading: &'a DayReading,
    statuses: &ExamStatuses,
) -> Vec<Slot<'a>> {
    let mut rows: Vec<(String, &AgendaRow)> = reading
        .rows
        .iter()
        .map(|row| (canonical_json(&row.columns), row))
        .collect();
    rows.sort_by(|a, b| (a.1.time, &a.1.cpf, &a.0).cmp(&(b.1.time, &b.1.cpf, &b.0)));
    rows.dedup_by(|a, b| (a.1.time, &a.1.cpf, &a.0) == (b.1.time, &b.1.cpf, &b.0));

    let mut slots: Vec<Slot<'a>> = Vec::with_capacity(rows.len());
    let mut ordinal = 1;
    for (content, row) in rows {
        ordinal = match slots.last() {
            Some(last) if (last.time, last.cpf) == (row.time, &row.cpf) => ordinal + 1,
            _ => 1,
        };
        slots.push(Slot {
            external_uid: identity(usuario_id, reading, row).external_uid(ordinal),
            content_hash: sha1_hex(&content),
            date: reading.date,
            time: row.time,
            cpf: &row.cpf,
            status: status(row, reading.profession, statuses),
            payload: &row.columns,
        });
    }
    slots.sort_by(|a, b| a.external_uid.cmp(&b.external_uid));
    slots
}

/// What makes a slot the slot it is.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    pub usuario_id: i32,
    /// The unit's code.
    pub unit: &'a str,
    /// The service's code, [`SERVICO`] for every slot of this daemon.
    pub servico: &'a str,
    pub date: NaiveDate,
    /// The time of day.
    pub time: NaiveTime,
    /// The candidate.
    pub cpf: &'a Cpf,
}

impl Identity<'_> {
    /// The text form, for the first, second, third… row of one key: see [`slots_of_day`].
    #[must_use]
    pub fn external_uid(&self, ordinal: usize) -> String {
        let Self {
            usuario_id,
            unit,
            servico,
            date,
            time,
            cpf,
        } = self;
        let cpf = cpf.digits();
        // What `%H:%M:%S` would say, without reading that format for each slot.
        let (h, m, s) = (time.hour(), time.minute(), time.second());
        let suffix = if ordinal > 1 {
            format!("|{ordinal}")
        } else {
            String::new()
        };
        sha1_hex(&format!(
            "{usuario_id}|{unit}|{servico}|{date}|{h:02}:{m:02}:{s:02}|{cpf}{suffix}"
        ))
    }
}

fn identity<'a>(usuario_id: i32, reading: &'a DayReading, row: &'a AgendaRow) -> Identity<'a> {
    Identity {
        usuario_id,
        unit: &reading.unit,
        servico: SERVICO,
        date: reading.date,
        time: row.time,
        cpf: &row.cpf,
    }
}

/// SHA-1 of the canonical JSON of what the portal shows.
#[must_use]
pub fn content_hash(columns: &BTreeMap<String, String>) -> String {
    sha1_hex(&canonical_json(columns))
}

fn status(row: &AgendaRow, profession: Option<Profession>, statuses: &ExamStatuses) -> SlotStatus {
    if statuses.is_closed(row, profession) {
        SlotStatus::Completed
    } else {
        SlotStatus::Upcoming
    }
}

/// JSON with sorted keys and no white space: the map is ordered, and serde_json writes compactly.
fn canonical_json(columns: &BTreeMap<String, String>) -> String {
    serde_json::to_string(columns).expect("texts by name are JSON")
}

/// SHA-1 of a text, in hexadecimal.
#[must_use]
pub fn sha1_hex(text: &str) -> String {
    hex::encode(Sha1::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agenda::column;
    use proptest::prelude::*;

    fn row(time: &str, cpf: &str, nome: &str, exame: &str) -> AgendaRow {
        let columns = [
            (column::HORA, time),
            (column::CPF, cpf),
            (column::NOME, nome),
            (column::STATUS_EXAME_PSICOLOGICO, exame),
        ];
        AgendaRow {
            time: NaiveTime::parse_from_str(time, "%H:%M").unwrap(),
            cpf: Cpf::parse(cpf).unwrap(),
            columns: columns.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        }
    }

    fn reading(rows: Vec<AgendaRow>) -> DayReading {
        let date = "2026-11-24".parse().unwrap();
        DayReading {
            date,
            unit: "7".into(),
            rows,
            profession: Some(Profession::Psychologist),
            row_errors: Vec::new(),
        }
    }

    fn slots(reading: &DayReading) -> Vec<Slot<'_>> {
        slots_of_day(
            3,
            reading,
            &ExamStatuses::new(&["realizado".to_owned()], &[]),
        )
    }

    #[test]
    fn the_identity_is_the_documented_sha1() {
        let reading = reading(vec![row("14:00", "529.982.247-25", "MARIA", "")]);
        let slot = &slots(&reading)[0];
        assert_eq!(
            slot.external_uid,
            sha1_hex("3|7|PERITO|2026-11-24|14:00:00|52998224725")
        );
        assert_eq!(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn only_a_closed_exam_books_a_slot() {
        let status = |exame| {
            let reading = reading(vec![row("14:00", "52998224725", "M", exame)]);
            slots(&reading)[0].status
        };
        assert_eq!(status("REALIZADO"), SlotStatus::Completed);
        assert_eq!(status("Não Realizado"), SlotStatus::Upcoming);
        assert_eq!(status(""), SlotStatus::Upcoming);
    }

    #[test]
    fn equal_rows_collapse_and_different_ones_are_numbered() {
        let (a, b) = (
            row("14:00", "52998224725", "A", ""),
            row("14:00", "52998224725", "B", ""),
        );
        let reading = reading(vec![b.clone(), a.clone(), b, a]);
        let slots = slots(&reading);
        assert_eq!(slots.len(), 2);
        let second = sha1_hex("3|7|PERITO|2026-11-24|14:00:00|52998224725|2");
        let b_slot = slots.iter().find(|s| s.payload["nome"] == "B").unwrap();
        assert_eq!(b_slot.external_uid, second);
    }

    proptest! {
        #[test]
        fn the_order_of_the_page_never_matters(
            picks in prop::collection::vec((0usize..3, 0usize..3, 0usize..4), 0..12),
            seed in any::<u64>(),
        ) {
            let rows: Vec<_> = picks.iter().map(|(h, c, n)| row(
                ["08:00", "09:30", "14:00"][*h],
                ["52998224725", "11144477735", "12345678909"][*c],
                ["A", "B", "C", "D"][*n], "",
            )).collect();
            let mut shuffled = rows.clone();
            let len = shuffled.len();
            for i in (1..len).rev() {
                shuffled.swap(i, (seed.rotate_left(i as u32) % (i as u64 + 1)) as usize);
            }
            let (one, other) = (reading(rows), reading(shuffled));
            let slots_a = slots(&one);
            let uids: std::collections::BTreeSet<_> = slots_a.iter().map(|s| &s.external_uid).collect();
            prop_assert_eq!(uids.len(), slots_a.len(), "one identity, one slot");
            prop_assert_eq!(&slots_a, &slots(&other));
        }
    }
}
