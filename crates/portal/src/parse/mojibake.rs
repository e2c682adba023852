//! Names that were decoded in the wrong charset: to store them would rename everybody.

use encoding_rs::WINDOWS_1252;

use agendad_domain::agenda::column;
use agendad_domain::{AgendaRow, DayReading};

use super::table::DataTable;

/// # Errors
/// If every name with a letter beyond ASCII would read otherwise in UTF-8 (`JoÃ£o`), as a fragment. Of rows that could
/// not be read any cell may be the name: by a garbled one no slot would be recognised that such a row may be.
pub(super) fn refuse(reading: &DayReading, table: Option<&DataTable>) -> Result<(), String> {
    let name = |row| AgendaRow::column(row, column::NOME);
    let errors = reading.row_errors.iter();
    let unread = errors.filter_map(|error| table?.rows.get(error.row.checked_sub(1)?));
    let cells = unread.flat_map(|row| row.cells.iter().map(String::as_str));
    let names = reading.rows.iter().map(name).chain(cells);
    let mut accented = names.filter(|name| !name.is_ascii()).peekable();
    if accented.peek().is_some() && accented.all(is_garbled) {
        return Err(
            "the names were decoded in the wrong charset: all of them would change in UTF-8"
                .to_owned(),
        );
    }
    Ok(())
}

fn is_garbled(name: &str) -> bool {
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
    fn a_row_that_cannot_be_read_is_garbled_too() {
        let row = |cell: &str| RawRow {
            cells: vec!["09:40".to_owned(), cell.to_owned()],
            nested: false,
            single: false,
            hidden: false,
        };
        for (name, garbled) in [("CLÃ\u{81}UDIO", true), ("CLÁUDIO", false)] {
            let table = DataTable {
                at: 0,
                end: 0,
                apart: Vec::new(),
                columns: Vec::new(),
                rows: vec![row("CLAUDIO"), row(name)],
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
