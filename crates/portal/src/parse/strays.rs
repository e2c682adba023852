//! Appointments that stand elsewhere than in the table that was found: a day in two tables, or in one that an end tag
//! too many has cut in two. They are not read, but what is stored of them has not vanished.

use std::collections::HashSet;
use std::ops::Range;

use chrono::NaiveTime;

use super::table::DataTable;
use super::{pager, time};
use crate::browser::document::{Document, Row};
use agendad_domain::unread_row::StoredSlot;
use agendad_domain::{Cpf, DayReading, RowError, RowProblem, UnreadRow};

/// So many bytes behind an hour a CPF is of the same appointment: a name may stand between them.
const WAY_TO_A_CPF: usize = 100;

const CPF_DIGITS: usize = 11;

/// Of more than these any slot may be one.
const MOST_STRAYS: usize = 100;

/// What looks like an appointment.
#[derive(Debug)]
pub(crate) struct Stray {
    hour: NaiveTime,
    cpf: Cpf,
    /// Whether it stands before the link that ends the result.
    is_within: bool,
}

/// What looks like appointments from a place on, but for the table that was found.
pub(super) fn find(document: &Document<'_>, start: usize, found: Option<&DataTable>) -> Vec<Stray> {
    let back = found.and_then(|table| pager::back_behind(document, table));
    let back = back.unwrap_or(usize::MAX);
    let place = found.map(|table| table.at);
    let others = document.tables.iter();
    let others = others.filter(|table| Some(table.at) != place);
    let rows = others.flat_map(|table| &table.rows);
    let mut strays: Vec<Stray> = rows
        .filter(|row| row.at >= start)
        .filter_map(|row| in_row(row, row.at < back))
        .collect();
    if let Some(table) = found {
        // Without a table around them rows are plain text.
        strays.extend(in_text(&document.text_between(table.end + 1, back)));
    }
    strays
}

/// Protects what is stored of them, unless the table shows it too: a page may hold it twice, once for telephones.
pub(super) fn protect(strays: &[Stray], rows: usize, reading: &mut DayReading) {
    let shown = reading.rows.iter().map(|row| (row.time, &row.cpf));
    let mut known: HashSet<(NaiveTime, &Cpf)> = shown.collect();
    let within = strays.iter().filter(|stray| stray.is_within);
    let unread: Vec<&Stray> = within
        .filter(|stray| known.insert((stray.hour, &stray.cpf)))
        .collect();
    let error = |index: usize, read| RowError {
        row: rows + index + 1,
        problem: RowProblem::Elsewhere,
        read,
    };
    if unread.len() > MOST_STRAYS {
        reading.row_errors.push(error(0, UnreadRow::unknown()));
        return;
    }
    for (index, Stray { hour, cpf, .. }) in unread.into_iter().enumerate() {
        let slot = StoredSlot {
            time: *hour,
            cpf: cpf.digits(),
            name: "",
        };
        let mut errors = reading.row_errors.iter();
        if !errors.any(|error| error.read.could_be(slot)) {
            let read = UnreadRow::unknown().with_time(Some(*hour));
            let read = read.with_cpf(cpf.digits());
            reading.row_errors.push(error(index, read));
        }
    }
}

fn in_row(row: &Row<'_>, is_within: bool) -> Option<Stray> {
    let texts = || row.cells.iter().map(|cell| &*cell.text);
    let hour = texts().find_map(time::parse)?;
    let cpf = texts().find_map(valid_cpf)?;
    let has_more = texts().filter(|text| !text.is_empty()).count() > 2;
    has_more.then_some(Stray {
        hour,
        cpf,
        is_within,
    })
}

/// Hours, each with a CPF close behind it. Nothing need stand between cells that are none.
fn in_text(text: &str) -> Vec<Stray> {
    let mut strays = Vec::new();
    let mut from = 0;
    while let Some(colon) = text[from..].find(':') {
        let colon = from + colon;
        from = colon + 1;
        let Some(place) = hour_around(text, colon) else {
            continue;
        };
        from = place.end;
        if let Some(hour) = time::parse(&text[place])
            && let Some(cpf) = cpf_behind(&text[from..])
        {
            strays.push(Stray {
                hour,
                cpf,
                is_within: true,
            });
        }
    }
    strays
}

/// Where `HH:MM` or `HH:MM:SS` stands around its first colon.
fn hour_around(text: &str, colon: usize) -> Option<Range<usize>> {
    let is_digit = u8::is_ascii_digit;
    let before = text.as_bytes()[..colon].iter().rev().take(2);
    let start = colon - before.take_while(|byte| is_digit(byte)).count();
    let is_part = |at: usize| {
        let part = text.as_bytes().get(at..at + 3);
        part.is_some_and(|part| part[0] == b':' && part[1..].iter().all(is_digit))
    };
    let end = match (is_part(colon), is_part(colon + 3)) {
        (false, _) => return None,
        (true, false) => colon + 3,
        (true, true) => colon + 6,
    };
    Some(start..end)
}

/// A CPF that is the first number behind an hour: names have none.
fn cpf_behind(text: &str) -> Option<Cpf> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut digits = 0;
    let is_of_cpf = |c: &char| {
        digits += usize::from(c.is_ascii_digit());
        digits <= CPF_DIGITS && (c.is_ascii_digit() || matches!(c, '.' | '-' | ' '))
    };
    // All of these are one byte long.
    let length = text[start..].chars().take_while(is_of_cpf).count();
    let cpf = text[start..start + length].trim_end_matches([' ', '-', '.']);
    valid_cpf(cpf).filter(|_| start <= WAY_TO_A_CPF)
}

fn valid_cpf(text: &str) -> Option<Cpf> {
    // Most texts are none, and need not be taken apart to know it.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let cpf = || Cpf::parse(text).ok().filter(Cpf::has_valid_check_digits);
    (9..=CPF_DIGITS).contains(&digits).then(cpf).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_with_a_cpf_close_behind_it_is_an_appointment() {
        let long = format!("10:00 {} 11144477735", "ANA ".repeat(40));
        for (text, found) in [
            ("10:00 111.444.777-35 ANA", &["10:00:00"][..]),
            ("Apto10:0011144477735ANA", &["10:00:00"]),
            ("9:30:00 ANA LIMA 111 444 777 35 - 2345-6789", &["09:30:00"]),
            ("9:30 1234567890 ANA", &["09:30:00"]),
            (
                "8:00 às 9:30 52998224725 10:00 11144477735",
                &["09:30:00", "10:00:00"],
            ),
            ("10:00 111.444.777-36", &[]),
            ("10:00 (11) 98765-4321 11144477735", &[]),
            ("10:0 11144477735 99:30 11144477735 é:é:", &[]),
            ("111.444.777-35 10:00", &[]),
            (&long, &[]),
            ("", &[]),
        ] {
            let hours = in_text(text)
                .into_iter()
                .map(|stray| stray.hour.to_string());
            assert_eq!(hours.collect::<Vec<_>>(), found, "{text}");
        }
    }
}
