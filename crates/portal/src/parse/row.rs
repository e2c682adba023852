//! One row of the table to an [`AgendaRow`], or the reason why not, which never reveals personal data, with
//! what could be read of it all the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveTime;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::absent::AbsentTexts;
use super::table::RawRow;
use super::time;
use agendad_domain::agenda::column;
use agendad_domain::cpf::InvalidCpf;
use agendad_domain::text::{fold_space, visible};
use agendad_domain::{AgendaRow, Cpf, RowProblem, UnreadRow};

/// An hour of at most this many characters is quoted in an error; more may be anything.
const QUOTED: usize = 12;

/// The columns of which each says something of an appointment. In others buttons stand, which a script may write.
const KNOWN: [&str; 9] = [
    column::HORA,
    column::CPF,
    column::NOME,
    column::TELEFONE,
    column::EMAIL,
    column::TIPO_PROCESSO,
    column::CATEGORIA,
    column::STATUS_EXAME_MEDICO,
    column::STATUS_EXAME_PSICOLOGICO,
];

/// Why a row is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// What is wrong with it.
    pub(crate) problem: RowProblem,
    /// What could be read of it.
    pub(crate) read: UnreadRow,
}

/// Reads a row under `columns`.
pub(crate) fn read(
    columns: &[String],
    row: &RawRow,
    absent: &AbsentTexts,
) -> Result<AgendaRow, Unreadable> {
    if row.nested {
        // A table within may have swallowed the rows that follow.
        return Err(Unreadable {
            problem: RowProblem::NestedTable,
            read: UnreadRow::unknown(),
        });
    }
    if row.cells.len() != columns.len() {
        let (cells, headers) = (row.cells.len(), columns.len());
        return Err(Unreadable {
            problem: RowProblem::CellCount { cells, headers },
            read: misplaced(&row.cells),
        });
    }
    let is_known = |column: &usize| KNOWN.contains(&columns[*column].as_str());
    if row.scripted.iter().any(is_known) {
        return Err(Unreadable {
            problem: RowProblem::Scripted,
            read: misplaced(&row.cells),
        });
    }
    let values = named(columns, &row.cells, absent);
    let text = |key| values.get(key).map_or("", String::as_str);
    let (time, cpf) = (
        time::parse(text(column::HORA)),
        Cpf::parse(text(column::CPF)),
    );
    let problem = match (time, cpf) {
        (Some(time), Ok(cpf)) => return Ok(row_of(time, cpf, values)),
        (None, _) => bad_time(text(column::HORA)),
        (Some(_), Err(error)) => bad_cpf(text(column::CPF), error),
    };
    let name = text(column::NOME);
    let read = UnreadRow::unknown()
        .with_time(time)
        .with_cpf(text(column::CPF))
        .with_name(if absent.contain(name) { "" } else { name });
    Err(Unreadable { problem, read })
}

/// What can be read of a row that stands below another header than that of the columns.
pub(super) fn below_other_header(row: &RawRow) -> Unreadable {
    let read = if row.nested {
        UnreadRow::unknown()
    } else {
        misplaced(&row.cells)
    };
    Unreadable {
        problem: RowProblem::OtherHeader,
        read,
    }
}

/// What can be read of cells that do not stand under their headers: an hour and a CPF are known by their
/// form. Without either, a text is no sure sign of anybody. Where a quote that is lost has made one row of two, a third may
/// be gone between them.
fn misplaced(cells: &[String]) -> UnreadRow {
    let times: Vec<NaiveTime> = cells.iter().filter_map(|text| time::parse(text)).collect();
    let is_cpf = |text: &&String| Cpf::parse(text).is_ok_and(|cpf| cpf.has_valid_check_digits());
    let cpfs: Vec<&String> = cells.iter().filter(is_cpf).collect();
    let time = match times.as_slice() {
        [time] => Some(*time),
        _ => None,
    };
    if time.is_none() && cpfs.is_empty() || cpfs.len() > 1 {
        return UnreadRow::unknown();
    }
    let read = UnreadRow::unknown().with_time(time);
    let read = cpfs
        .into_iter()
        .fold(read, |read, text| read.with_cpf(text));
    cells.iter().fold(read, |read, text| read.with_name(text))
}

fn row_of(time: NaiveTime, cpf: Cpf, mut values: BTreeMap<String, String>) -> AgendaRow {
    values.insert(column::HORA.to_owned(), time::canonical(time));
    values.insert(column::CPF.to_owned(), cpf.formatted());
    AgendaRow {
        time,
        cpf,
        columns: values,
    }
}

/// The cells by key; what stands in several columns of one name is one text, absent ones left out and equal ones once.
/// Columns without a header are kept only where they say something.
fn named(columns: &[String], cells: &[String], absent: &AbsentTexts) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (index, (header, cell)) in columns.iter().zip(cells).enumerate() {
        let value = said(cell);
        if header.is_empty() && value.is_empty() {
            continue;
        }
        let key = if header.is_empty() { UNNAMED } else { header };
        match values.entry(key.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
            Entry::Occupied(mut entry) => {
                let joined = entry.get_mut();
                let mut before = columns[..index].iter().zip(cells);
                let is_said = before.any(|other| other == (header, cell));
                if is_said || absent.contain(&value) {
                    continue;
                }
                if absent.contain(joined) {
                    joined.clear();
                }
                if !joined.is_empty() && !value.is_empty() {
                    joined.push_str(if key == column::TELEFONE { " / " } else { " " });
                }
                joined.push_str(&value);
            }
        }
    }
    values
}

/// What a cell says: its letters in one spelling, and nothing that takes no room.
fn said(cell: &str) -> String {
    let seen = match visible(cell) {
        Cow::Borrowed(seen) => Cow::Borrowed(seen),
        Cow::Owned(seen) => Cow::Owned(fold_space(&seen)),
    };
    let seen: &str = &seen;
    if is_nfc(seen) {
        seen.to_owned()
    } else {
        seen.nfc().collect()
    }
}

/// The key of what stands in columns without a header.
const UNNAMED: &str = "sem_titulo";

fn bad_cpf(text: &str, error: InvalidCpf) -> RowProblem {
    if text.chars().any(char::is_alphabetic) {
        RowProblem::CpfLetters
    } else {
        RowProblem::Cpf {
            digits: error.digits,
        }
    }
}

fn bad_time(text: &str) -> RowProblem {
    // Digits enough for a CPF are not quoted, however short, nor what may be a name.
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_name = |c: char| c.is_alphabetic() && !"hHmins".contains(c);
    let is_short = text.chars().count() <= QUOTED && digits < 8 && !text.contains(is_name);
    RowProblem::Hour {
        written: is_short.then(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_domain::unread_row::StoredSlot;

    fn read(columns: &[String], row: &RawRow) -> Result<AgendaRow, Unreadable> {
        super::read(
            columns,
            row,
            &AbsentTexts::of(&["NÃO INFORMADO".to_owned()]),
        )
    }

    fn raw(cells: &[&str]) -> RawRow {
        RawRow {
            cells: cells.iter().map(|text| (*text).to_owned()).collect(),
            nested: false,
            single: false,
            hidden: false,
            beside: false,
            scripted: Vec::new(),
        }
    }

    fn read_row(time: &str, cpf: &str, nome: &str) -> Result<AgendaRow, Unreadable> {
        let columns = ["hora", "cpf", "nome", "local"].map(str::to_owned);
        let cells = [time, cpf, nome, ""];
        read(&columns, &raw(&cells))
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
    fn what_takes_no_room_is_no_part_of_a_value() {
        let columns = ["hora", "cpf", "nome", "email", ""].map(str::to_owned);
        let email = "\u{200b}ana\u{ad}@example.com \u{feff} ";
        let cells = [
            "9:30",
            "52998224725",
            "ANA \u{200b} LIMA",
            email,
            "\u{200b}",
        ];
        let row = read(&columns, &raw(&cells)).unwrap();
        assert_eq!(row.column("nome"), "ANA LIMA");
        assert_eq!(row.column("email"), "ana@example.com");
        assert!(!row.columns.contains_key(UNNAMED));
    }

    #[test]
    fn what_is_absent_in_one_of_two_columns_of_a_name_is_no_part_of_the_other() {
        let columns = ["hora", "cpf", "nome", "fone", "fone", "fone"].map(str::to_owned);
        for (first, second, third, joined) in [
            ("NÃO INFORMADO", "2345-6789", "", "2345-6789"),
            (
                "2345-6789",
                "Não  informado",
                "98765-4321",
                "2345-6789 98765-4321",
            ),
            ("", "NÃO INFORMADO", "2345-6789", "2345-6789"),
            (
                "NÃO INFORMADO",
                "NÃO INFORMADO",
                "NÃO INFORMADO",
                "NÃO INFORMADO",
            ),
        ] {
            let cells = ["9:30", "52998224725", "MARIA", first, second, third];
            let row = read(&columns, &raw(&cells)).unwrap();
            assert_eq!(row.column("fone"), joined, "{first}, {second}, {third}");
        }
    }

    #[test]
    fn several_telephones_and_addresses_of_a_row_are_one_text() {
        let columns = [
            "hora", "cpf", "nome", "telefone", "telefone", "email", "email",
        ];
        let columns = columns.map(str::to_owned);
        for (phones, emails, joined) in [
            (
                ["2345-6789", "98765-4321"],
                ["a@x", "b@x"],
                ["2345-6789 / 98765-4321", "a@x b@x"],
            ),
            (
                ["2345-6789", "2345-6789"],
                ["a@x", "a@x"],
                ["2345-6789", "a@x"],
            ),
            (
                ["", "98765-4321"],
                ["NÃO INFORMADO", "b@x"],
                ["98765-4321", "b@x"],
            ),
            (["", ""], ["a@x", ""], ["", "a@x"]),
        ] {
            let person = ["9:30", "52998224725", "MARIA"];
            let cells = [&person[..], &phones, &emails].concat();
            let row = read(&columns, &raw(&cells)).unwrap();
            assert_eq!(["telefone", "email"].map(|key| row.column(key)), joined);
        }
    }

    #[test]
    fn a_row_error_reveals_nobody() {
        for (time, cpf, says) in [
            ("9h30", "52998224725", "hour \"9h30\" is not HH:MM"),
            ("52998224725", "52998224725", "the hour is not HH:MM"),
            (
                "MARIA D'ÁVILA DE SOUZA",
                "52998224725",
                "the hour is not HH:MM",
            ),
            ("ANA LIMA", "52998224725", "the hour is not HH:MM"),
            ("9:30", "529.982.247-2", "a CPF has 11 digits, this has 10"),
            ("9:30", "", "a CPF has 11 digits, this has 0"),
        ] {
            assert_eq!(
                read_row(time, cpf, "M").unwrap_err().problem.to_string(),
                says
            );
        }
        let row = raw(&["9:30"]);
        assert_eq!(
            read(&["hora".into(), "cpf".into()], &row)
                .unwrap_err()
                .problem
                .to_string(),
            "it has 1 cells under 2 headers"
        );
    }

    #[test]
    fn what_can_be_read_of_a_bad_row_is_kept() {
        let (nine, ten) = (time::parse("9:00").unwrap(), time::parse("10:00").unwrap());
        let could_be =
            |read: &UnreadRow, time, cpf, name| read.could_be(StoredSlot { time, cpf, name });
        let read = read_row("9:00", "529.982.247-2", "MARIA").unwrap_err().read;
        assert!(could_be(&read, nine, "111.444.777-35", "ANA"));
        assert!(could_be(&read, ten, "529.982.247-25", "ANA"));
        assert!(could_be(&read, ten, "111.444.777-35", "Maria"));
        assert!(!could_be(&read, ten, "111.444.777-35", "ANA"));
        let read = read_row("9h30", "", "").unwrap_err().read;
        assert!(read.is_unknown());
        let read = read_row("", "NÃO INFORMADO", "NÃO INFORMADO").unwrap_err();
        assert!(read.read.is_unknown());
    }

    #[test]
    fn cells_that_do_not_stand_under_their_headers_are_known_by_their_form() {
        let columns = ["hora", "cpf", "nome"].map(str::to_owned);
        let bad = |cells: &[&str]| read(&columns, &raw(cells)).unwrap_err().read;
        let slot = |time| StoredSlot {
            time: time::parse(time).unwrap(),
            cpf: "111.444.777-35",
            name: "ANA",
        };
        let read = bad(&["", "9:00", "529.982.247-25", "MARIA"]);
        assert!(read.could_be(slot("9:00")) && !read.could_be(slot("10:00")));
        assert!(bad(&["9:00", "529.982.247-25", "ANA", ""]).could_be(slot("10:00")));
        // Two rows in one, and perhaps more.
        let two = [
            "9:00",
            "529.982.247-25",
            "ANA",
            "9:30",
            "111.444.777-35",
            "EVA",
        ];
        assert!(bad(&two).is_unknown());
        // Two hours, no CPF: nothing sure.
        assert!(bad(&["9:00", "10:00", "MARIA", ""]).is_unknown());
        assert!(bad(&["aviso", "MARIA"]).is_unknown());
    }
}
