//! One row of the table to an [`AgendaRow`], or the reason why not, which never reveals personal data.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::hour;
use super::table::RawRow;
use crate::domain::agenda::column;
use crate::domain::{AgendaRow, Cpf};

/// An hour of at most this many characters is quoted in an error; more may be anything.
const QUOTED: usize = 12;

/// Reads a row under `columns`.
///
/// # Errors
/// What is wrong with it, as a fragment.
pub(crate) fn read(columns: &[String], row: &RawRow) -> Result<AgendaRow, String> {
    if row.nested {
        return Err("a cell holds a table".to_owned());
    }
    if row.cells.len() != columns.len() {
        let (cells, headers) = (row.cells.len(), columns.len());
        return Err(format!("it has {cells} cells under {headers} headers"));
    }
    let mut values = named(columns, &row.cells);
    let text = |key| values.get(key).map_or("", String::as_str);
    let hora = hour::parse(text(column::HORA)).ok_or_else(|| bad_hour(text(column::HORA)))?;
    let cpf = Cpf::parse(text(column::CPF)).map_err(|error| error.to_string())?;
    values.insert(column::HORA.to_owned(), hour::canonical(hora));
    values.insert(column::CPF.to_owned(), cpf.formatted());
    Ok(AgendaRow {
        hora,
        cpf,
        columns: values,
    })
}

/// The cells by key. Columns without a header are kept only where they say something.
fn named(columns: &[String], cells: &[String]) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (key, cell) in columns.iter().zip(cells) {
        // ASCII, as most cells are, has one normal form only.
        let value: String = if cell.is_ascii() {
            cell.clone()
        } else {
            cell.nfc().collect()
        };
        if !key.is_empty() {
            values.insert(key.clone(), value);
        } else if !value.is_empty() {
            let unnamed: &mut String = values.entry(UNNAMED.to_owned()).or_default();
            if !unnamed.is_empty() {
                unnamed.push(' ');
            }
            unnamed.push_str(&value);
        }
    }
    values
}

/// The key of what stands in columns without a header.
const UNNAMED: &str = "sem_titulo";

fn bad_hour(text: &str) -> String {
    // Digits enough for a CPF are not quoted, however short.
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.chars().count() <= QUOTED && digits < 8 {
        format!("hour {text:?} is not HH:MM")
    } else {
        "the hour is not HH:MM".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_row(hora: &str, cpf: &str, nome: &str) -> Result<AgendaRow, String> {
        let columns = ["hora", "cpf", "nome", "local"].map(str::to_owned);
        let cells = [hora, cpf, nome, ""].map(str::to_owned).to_vec();
        let (nested, single) = (false, false);
        read(
            &columns,
            &RawRow {
                cells,
                nested,
                single,
            },
        )
    }

    #[test]
    fn hour_and_cpf_get_their_one_spelling_and_empty_cells_are_kept() {
        let row = read_row("9:30:00", "52998224725", "MARIA D'A\u{301}VILA").unwrap();
        assert_eq!(
            (row.column("hora"), row.column("cpf"), row.column("nome")),
            ("09:30", "529.982.247-25", "MARIA D'ÁVILA")
        );
        assert_eq!(row.columns["local"], "");
    }

    #[test]
    fn a_row_error_reveals_nobody() {
        for (hora, cpf, says) in [
            ("9h30", "52998224725", "hour \"9h30\" is not HH:MM"),
            ("52998224725", "52998224725", "the hour is not HH:MM"),
            (
                "MARIA D'ÁVILA DE SOUZA",
                "52998224725",
                "the hour is not HH:MM",
            ),
            ("9:30", "529.982.247-2", "a CPF has 11 digits, this has 10"),
            ("9:30", "", "a CPF has 11 digits, this has 0"),
        ] {
            assert_eq!(read_row(hora, cpf, "M").unwrap_err(), says);
        }
        let row = RawRow {
            cells: vec!["9:30".into()],
            nested: false,
            single: true,
        };
        assert_eq!(
            read(&["hora".into(), "cpf".into()], &row).unwrap_err(),
            "it has 1 cells under 2 headers"
        );
    }
}
