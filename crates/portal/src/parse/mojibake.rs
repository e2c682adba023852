//! Names that were decoded in the wrong charset: to store them would rename everybody.

use encoding_rs::WINDOWS_1252;

use agendad_domain::agenda::column;
use agendad_domain::{AgendaRow, DayReading};

use super::table::DataTable;

/// So many names that are not whole are those of a page that has lost letters; one may be stored so.
const LOST: usize = 2;

/// # Errors
/// If every name with a letter beyond ASCII would read otherwise in UTF-8 (`JoÃ£o`) or has lost it (`JO�O`, `JO&Atilde;O`),
/// or names are cut off, as a fragment. Of rows that could not be read any cell may be the name: by a garbled one no slot would be recognised
/// that such a row may be.
pub(super) fn refuse(reading: &DayReading, table: Option<&DataTable>) -> Result<(), String> {
    let name = |row| AgendaRow::column(row, column::NOME);
    let errors = reading.row_errors.iter();
    let unread = errors.filter_map(|error| table?.rows.get(error.row.checked_sub(1)?));
    let cells = unread.flat_map(|row| row.cells.iter().map(String::as_str));
    let names = reading.rows.iter().map(name);
    let (mut garbled, mut lost) = (0, 0);
    for (index, name) in names.chain(cells).enumerate() {
        let is_name = index < reading.rows.len();
        // Where letters are question marks the portal stores them so: such a page would never be taken.
        if name.contains(char::REPLACEMENT_CHARACTER) || is_name && is_not_whole(name) {
            lost += 1;
        } else if is_garbled(name) {
            garbled += 1;
        } else if !name.is_ascii() {
            return Ok(());
        }
    }
    if garbled > 0 {
        Err(
            "the names were decoded in the wrong charset: all of them would change in UTF-8"
                .to_owned(),
        )
    } else if lost >= LOST {
        Err("the names are not whole: in place of letters stand marks that are none".to_owned())
    } else {
        Ok(())
    }
}

/// Whether letters of it are written as in a page's source (`JO&Atilde;O`). An apostrophe (`D&#39;ÁVILA`) and a name that is
/// cut off are as the portal stores them: such a page would never be taken.
fn is_not_whole(name: &str) -> bool {
    let is_reference = |behind: &str| {
        let name = behind.split_once(';').map(|(name, _)| name);
        name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    };
    name.split('&').skip(1).any(is_reference)
}

fn is_garbled(name: &str) -> bool {
    if name.is_ascii() {
        return false;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(name);
    !unmappable && std::str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use agendad_domain::{RowError, RowProblem, UnreadRow};
    use chrono::NaiveDate;

    use super::super::table::RawRow;
    use super::*;

    #[test]
    fn a_name_is_garbled_if_its_bytes_are_another_name_in_utf_8() {
        for (name, garbled) in [
            ("JoÃ£o", true),
            ("João", false),
            ("JOSÃ‰", true),
            ("Ávila", false),
        ] {
            assert_eq!(is_garbled(name), garbled, "{name}");
        }
    }

    #[test]
    fn names_that_have_lost_their_accents_are_refused_unless_one_has_kept_its_own() {
        let row = |name: &&str| AgendaRow {
            time: chrono::NaiveTime::MIN,
            cpf: agendad_domain::Cpf::parse("52998224725").unwrap(),
            columns: [(column::NOME.to_owned(), (*name).to_owned())].into(),
        };
        for (names, refused) in [
            (&["JO\u{fffd}O", "ANA", "LET\u{fffd}CIA"][..], true),
            (&["JO?O", "ANA", "JOS?"], false),
            (&["Jo\u{c3}\u{a3}o", "LET\u{fffd}CIA"], true),
            (
                &["JO\u{fffd}O", "ANA", "LET\u{fffd}CIA", "\u{c1}VILA"],
                false,
            ),
            (&["JO&Atilde;O", "ANA", "JOS&Eacute;"], true),
            (&["JO&Atilde;O", "JOS&Eacute;", "\u{c1}VILA"], false),
            (
                &[
                    "MARIA DA SIL...",
                    "ANA LU...",
                    "D&#39;AVILA",
                    "SANT&#39;ANNA",
                ],
                false,
            ),
            (&["JO&O", "ANA & FILHO; CIA", "LIMA &;"], false),
            // Stored so by the portal.
            (&["JO\u{fffd}O", "ANA"], false),
            (&["ANA"], false),
            (&[], false),
        ] {
            let mut reading = DayReading::empty(NaiveDate::MIN, "7");
            reading.rows.extend(names.iter().map(row));
            assert_eq!(refuse(&reading, None).is_err(), refused, "{names:?}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_garbled_too() {
        let row = |cell: &str| RawRow {
            cells: vec!["09:40".to_owned(), cell.to_owned()],
            nested: false,
            single: false,
            hidden: false,
            beside: false,
            scripted: Vec::new(),
        };
        for (name, garbled) in [("CLÃ\u{81}UDIO", true), ("CLÁUDIO", false)] {
            let table = DataTable {
                at: 0,
                end: 0,
                is_cut: false,
                apart: Vec::new(),
                columns: Vec::new(),
                rows: vec![row("CLAUDIO"), row(name)],
                below_other: None,
            };
            let mut reading = DayReading::empty(NaiveDate::MIN, "7");
            reading.row_errors.push(RowError {
                row: 2,
                problem: RowProblem::NestedTable,
                read: UnreadRow::unknown(),
            });
            let refused = refuse(&reading, Some(&table));
            assert_eq!(refused.is_err(), garbled, "{name}");
        }
    }
}
