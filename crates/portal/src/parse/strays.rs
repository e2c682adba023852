//! Appointments that stand elsewhere than below the header that was found: a day in two tables, in one that an end tag
//! too many has cut in two, or above the header. They are not read, but what is stored of them has not vanished.

use std::collections::HashSet;
use std::mem;
use std::ops::Range;

use chrono::NaiveTime;

use super::table::DataTable;
use super::{pager, time};
use crate::browser::document::{Document, Row};
use agendad_domain::text::fold;
use agendad_domain::unread_row::StoredSlot;
use agendad_domain::{Cpf, DayReading, RowError, RowProblem, UnreadRow};

/// So many bytes behind an hour a CPF is of the same appointment: a name may stand between them.
const WAY_TO_A_CPF: usize = 100;

const CPF_DIGITS: usize = 11;

/// What stands between the two hours of an appointment, or between a date and an hour, folded.
const JOINTS: [&str; 3] = ["as", "a", "ate"];

/// Among so many characters before an hour a date makes a stamp of it: only what joins the two may stand between.
const WAY_TO_A_DATE: usize = 24;

/// Of more than these any slot may be one.
const MOST_STRAYS: usize = 100;

/// What looks like an appointment.
#[derive(Debug)]
pub(crate) struct Stray {
    /// Those that may be its own, as a row may say the hour of an arrival or of an end too; never empty.
    hours: Vec<NaiveTime>,
    pub(super) cpf: Cpf,
    /// Whether it stands before the link that ends the result.
    pub(super) is_within: bool,
}

/// What looks like appointments from a place on, but for what stands below the header of the table that was found.
pub(super) fn find(document: &Document<'_>, start: usize, found: Option<&DataTable>) -> Vec<Stray> {
    let back = found.and_then(|table| pager::back_behind(document, table));
    let back = back.unwrap_or(usize::MAX);
    let place = found.map(|table| table.at);
    let header = found.and_then(|table| Some(table.apart.first()?.start));
    let rows = document.tables.iter().flat_map(|table| {
        // In the table itself a row may be pinned above the header, or stand below one that is not recognised.
        let end = header.filter(|_| Some(table.at) == place);
        let rows = table.rows.iter();
        rows.take_while(move |row| end.is_none_or(|end| row.end <= end))
    });
    let mut strays: Vec<Stray> = rows
        .filter(|row| row.at >= start)
        .filter_map(|row| in_row(row, row.at < back))
        .collect();
    if let Some(table) = found {
        // Without a table around them rows are plain text; what is no row within one stands before it.
        strays.extend(in_text(&document.text_between(start, table.at)));
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
        .filter(|stray| {
            let slots = || stray.hours.iter().map(|hour| (*hour, &stray.cpf));
            let is_known = slots().any(|slot| known.contains(&slot));
            known.extend(slots());
            !is_known
        })
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
    for (index, Stray { hours, cpf, .. }) in unread.into_iter().enumerate() {
        let could_be = |error: &RowError| {
            hours.iter().all(|hour| {
                error.read.could_be(StoredSlot {
                    time: *hour,
                    cpf: cpf.digits(),
                    name: "",
                })
            })
        };
        if reading.row_errors.iter().any(could_be) {
            continue;
        }
        // Of several hours nobody knows which is that of the slot.
        let time = match hours.as_slice() {
            [time] => Some(*time),
            _ => None,
        };
        let read = UnreadRow::unknown().with_time(time);
        let read = read.with_cpf(cpf.digits());
        reading.row_errors.push(error(index, read));
    }
}

fn in_row(row: &Row<'_>, is_within: bool) -> Option<Stray> {
    let texts = || row.cells.iter().map(|cell| &*cell.text);
    let has_hour = texts().any(|text| time::parse(text).is_some());
    let cpf = texts().find_map(valid_cpf)?;
    let has_more = texts().filter(|text| !text.is_empty()).count() > 2;
    (has_hour && has_more).then(|| Stray {
        hours: texts().flat_map(hours_alone).collect(),
        cpf,
        is_within,
    })
}

/// The hours of a text that says nothing else: `09:30`, `09:30 - 10:00`.
fn hours_alone(text: &str) -> Vec<NaiveTime> {
    if let Some(hour) = time::parse(text) {
        return vec![hour];
    }
    if !text.contains(':') {
        return Vec::new();
    }
    let words = words(text).filter(|word| !is_joint(word));
    let hours: Option<Vec<NaiveTime>> = words.map(time::parse).collect();
    hours.unwrap_or_default()
}

/// Hours, each with a CPF close behind it, and those before it that it is joined to. Nothing need stand between cells
/// that are none. An hour behind a date says when something was done, as where a page tells who has printed it.
fn in_text(text: &str) -> Vec<Stray> {
    let mut strays = Vec::new();
    let mut hours = Vec::new();
    let (mut from, mut end) = (0, 0);
    while let Some(colon) = text[from..].find(':') {
        let colon = from + colon;
        from = colon + 1;
        let Some(place) = hour_around(text, colon) else {
            continue;
        };
        if !words(&text[end..place.start.max(end)]).all(is_joint) {
            hours.clear();
        }
        (from, end) = (place.end, place.end);
        let Some(hour) = time::parse(&text[place.clone()]) else {
            hours.clear();
            continue;
        };
        hours.push(hour);
        if let Some(cpf) = cpf_behind(&text[end..])
            && !follows_date(&text[..place.start])
        {
            strays.push(Stray {
                hours: mem::take(&mut hours),
                cpf,
                is_within: true,
            });
        }
    }
    strays
}

/// Whether a date stands directly before this place: `24/11/2026 - `, `24.11.26, às `.
fn follows_date(before: &str) -> bool {
    let start = before.char_indices().rev().nth(WAY_TO_A_DATE);
    let near = &before[start.map_or(0, |(at, _)| at)..];
    let mut words = near.rsplit(|c: char| c.is_whitespace() || c == ',');
    let nearest = words.find_map(|word| {
        let word = word.trim_matches(is_between);
        (!is_joint(word)).then_some(word)
    });
    nearest.is_some_and(|word| {
        let parts: Vec<&str> = word.split(['/', '.', '-']).take(4).collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_long = matches!(
            lengths.as_slice(),
            [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]
        );
        is_long && parts.iter().all(is_number)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_between)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '–' | '—' | ',')
}

fn is_joint(word: &str) -> bool {
    word.is_empty() || word.len() <= 4 && JOINTS.contains(&fold(word).as_str())
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

pub(super) fn valid_cpf(text: &str) -> Option<Cpf> {
    // Most texts are none, and need not be taken apart to know it.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let cpf = || Cpf::parse(text).ok().filter(Cpf::has_valid_check_digits);
    (9..=CPF_DIGITS).contains(&digits).then(cpf).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnNames;
    use super::super::table;
    use super::*;
    use crate::browser::reader;
    use agendad_domain::AgendaRow;
    use chrono::NaiveDate;
    use std::collections::BTreeMap;

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
                &["08:00:00", "09:30:00", "10:00:00"],
            ),
            ("10:00 111.444.777-36", &[]),
            ("10:00 (11) 98765-4321 11144477735", &[]),
            ("10:0 11144477735 99:30 11144477735 é:é:", &[]),
            ("111.444.777-35 10:00", &[]),
            (&long, &[]),
            ("", &[]),
        ] {
            let hours = in_text(text).into_iter().flat_map(|stray| stray.hours);
            let hours = hours.map(|hour| hour.to_string());
            assert_eq!(hours.collect::<Vec<_>>(), found, "{text}");
        }
    }

    #[test]
    fn an_hour_behind_a_date_is_a_stamp() {
        for (stamp, is) in [
            ("Impresso em 24/11/2026 10:15 por 529.982.247-25", true),
            ("24.11.26, às 10:15 - 529.982.247-25", true),
            ("24/11/2026-10:15:09 529.982.247-25", true),
            ("2026-11-24 - 10:15 529.982.247-25", true),
            ("24/11/2026 Manhã 10:15 529.982.247-25", false),
            ("24/11/2026 08:52 10:15 529.982.247-25", false),
            ("529.982.247-25 10:15 529.982.247-25", false),
        ] {
            assert_eq!(in_text(stamp).is_empty(), is, "{stamp}");
        }
    }

    #[test]
    fn an_appointment_is_known_by_any_hour_of_its_row_or_range() {
        let found =
            "<table><tr><th>Hora<th>CPF<th>Nome<tr><td>9:30<td>52998224725<td>MARIA</table>";
        for (more, unread) in [
            (
                "<table><tr><td>08:52<td>09:30<td>52998224725<td>MARIA</table>",
                0,
            ),
            (
                "<table><tr><td>09:30<td>08:52<td>52998224725<td>MARIA</table>",
                0,
            ),
            (
                "<table><tr><td>08:52<td>09:30 - 10:00<td>52998224725<td>MARIA</table>",
                0,
            ),
            (
                "<table><tr><td>09:30 - 10:00<td>MARIA<td>52998224725</table>",
                0,
            ),
            ("<p>09:30 - 10:00 MARIA 529.982.247-25</p>", 0),
            ("<p>das 09:30 às 10:00 MARIA 529.982.247-25</p>", 0),
            ("<p>24/11/2026 09:30 até 10:00 MARIA 529.982.247-25</p>", 0),
            ("<p>Impresso em 24/11/2026 10:15 por 52998224725</p>", 0),
            ("<p>09:30 ANA 10:00 MARIA 529.982.247-25</p>", 1),
            ("<p>09:30 - 10:00 ANA 111.444.777-35</p>", 1),
            (
                "<table><tr><td>08:52<td>10:00<td>52998224725<td>MARIA</table>",
                1,
            ),
        ] {
            let page = format!("<html><legend>Resultado</legend>{found}{more}<a>VOLTAR</a></html>");
            let document = reader::read(&page).unwrap();
            let profile = *agendad_config::Config::shipped().unwrap().portal.profile;
            let names = ColumnNames::of(&profile);
            let table = table::find(&document, "", &names).unwrap();
            let time = time::parse("9:30").unwrap();
            let mut reading = DayReading::empty(NaiveDate::MIN, "7");
            reading.rows.push(AgendaRow {
                time,
                cpf: Cpf::parse("52998224725").unwrap(),
                columns: BTreeMap::new(),
            });
            protect(&find(&document, 0, table.as_ref()), 1, &mut reading);
            assert_eq!(reading.row_errors.len(), unread, "{more}");
        }
    }

    #[test]
    fn of_several_hours_of_an_appointment_each_may_be_its_own() {
        let hours = ["08:52", "10:00"].map(|text| time::parse(text).unwrap());
        let stray = Stray {
            hours: hours.to_vec(),
            cpf: valid_cpf("52998224725").unwrap(),
            is_within: true,
        };
        let mut reading = DayReading::empty(NaiveDate::MIN, "7");
        protect(&[stray], 0, &mut reading);
        let could_be = |time, cpf| {
            let slot = StoredSlot {
                time,
                cpf,
                name: "",
            };
            let mut errors = reading.row_errors.iter();
            errors.any(|error| error.read.could_be(slot))
        };
        for hour in hours {
            assert!(could_be(hour, "52998224725") && !could_be(hour, "11144477735"));
        }
    }
}
