//! The rows of a file as examiners: which column is which, whatever their order and language, and what is wrong with a
//! cell. What stands in a cell is never said back: it may be a password in the wrong column.

use secrecy::SecretString;

use super::csv::{self, Record, Unclosed};
use crate::domain::import::{BadFile, Field, Why};
use crate::domain::text::fold;
use crate::domain::{Cpf, WorkingDays};
use crate::examiners;

/// More is no list of a clinic's examiners.
const MOST_ROWS: usize = 1000;

/// The names of a column, folded.
const NAMES: [(Field, &[&str]); 7] = [
    (
        Field::Name,
        &["nome", "perito", "nome do perito", "name", "examiner"],
    ),
    (Field::Cpf, &["cpf", "cpf do perito", "login"]),
    (
        Field::Password,
        &[
            "senha",
            "senha do portal",
            "senha do e-cnhsp",
            "senha do detran",
            "password",
            "portal password",
        ],
    ),
    (
        Field::Email,
        &["e-mail", "email", "e-mail do perito", "mail"],
    ),
    (
        Field::Days,
        &[
            "dias",
            "dias de trabalho",
            "dias da semana",
            "days",
            "working days",
        ],
    ),
    (
        Field::Windows,
        &["leituras", "periodos", "janelas", "windows"],
    ),
    (
        Field::Units,
        &[
            "unidades", "unidade", "clinica", "clinicas", "units", "unit", "clinic",
        ],
    ),
];

/// The weekdays as they are abbreviated, and in English; their whole names the domain knows.
const DAYS: [(&str, &str); 14] = [
    ("seg", "segunda"),
    ("ter", "terca"),
    ("qua", "quarta"),
    ("qui", "quinta"),
    ("sex", "sexta"),
    ("sab", "sabado"),
    ("dom", "domingo"),
    ("monday", "segunda"),
    ("tuesday", "terca"),
    ("wednesday", "quarta"),
    ("thursday", "quinta"),
    ("friday", "sexta"),
    ("saturday", "sabado"),
    ("sunday", "domingo"),
];

/// What means all of them.
const ALL: [&str; 3] = ["todos", "todas", "all"];

/// What Excel shows, and saves, in place of what it took for a formula.
const ERRORS: [&str; 12] = [
    "#NOME?", "#NAME?", "#VALOR!", "#VALUE!", "#REF!", "#DIV/0!", "#N/D", "#N/A", "#NÚM!", "#NUM!",
    "#NULO!", "#NULL!",
];

/// A row, as far as it could be read. Cannot print its password.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cpf: Option<Cpf>,
    pub(super) wanted: Wanted,
    pub(super) wrong: Vec<Why>,
}

/// What a row says beside the CPF.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) nome: Option<String>,
    pub(super) password: Option<SecretString>,
    pub(super) email: Option<String>,
    pub(super) days: Option<WorkingDays>,
    /// `Some(None)`: all.
    pub(super) windows: Option<Option<Vec<String>>>,
    pub(super) units: Option<Option<Vec<String>>>,
}

/// The rows, and the names of columns that mean nothing here.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) ignored: Vec<String>,
}

pub(super) fn read(text: &str, windows: &[String]) -> Result<Rows, BadFile> {
    let records = csv::records(text);
    let records = records.map_err(|Unclosed(line)| BadFile::Unclosed(line))?;
    let (head, rows) = records.split_first().ok_or(BadFile::Empty)?;
    let columns: Vec<Option<Field>> = head.fields.iter().map(|name| column(name)).collect();
    for (place, field) in columns.iter().enumerate() {
        if let Some(field) = field
            && columns[..place].contains(&Some(*field))
        {
            return Err(BadFile::DoubledColumn(*field));
        }
    }
    if !columns.contains(&Some(Field::Cpf)) {
        return Err(BadFile::NoCpfColumn);
    }
    if rows.is_empty() {
        return Err(BadFile::Empty);
    }
    if rows.len() > MOST_ROWS {
        return Err(BadFile::TooLong);
    }
    let names = head.fields.iter().zip(&columns);
    let ignored = names.filter(|(name, field)| field.is_none() && !name.is_empty());
    let ignored = ignored.map(|(name, _)| name.clone()).collect();
    let mut rows: Vec<Row> = rows
        .iter()
        .map(|record| row(record, &columns, windows))
        .collect();
    refuse_doubled(&mut rows);
    Ok(Rows { rows, ignored })
}

fn column(name: &str) -> Option<Field> {
    let name = fold(name);
    let found = NAMES
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()));
    found.map(|(field, _)| *field)
}

fn row(record: &Record, columns: &[Option<Field>], windows: &[String]) -> Row {
    let cell = |field: Field| {
        let place = columns.iter().position(|column| *column == Some(field))?;
        record
            .fields
            .get(place)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    };
    let mut wrong = Vec::new();
    let mut complain = |is_wrong: bool, why: Why| {
        if is_wrong {
            wrong.push(why);
        }
    };
    let rest = record.fields.iter().skip(columns.len());
    complain(
        rest.into_iter().any(|field| !field.is_empty()),
        Why::TooManyFields,
    );
    let nome = cell(Field::Name);
    complain(
        nome.is_some_and(|nome| !examiners::is_name(nome)),
        Why::Name,
    );
    let cpf = cell(Field::Cpf).and_then(examiners::cpf);
    complain(cpf.is_none(), Why::Cpf);
    complain(
        cell(Field::Password).is_some_and(is_altered),
        Why::AlteredPassword,
    );
    let password = cell(Field::Password).map(SecretString::from);
    complain(
        password
            .as_ref()
            .is_some_and(|password| !examiners::is_password(password)),
        Why::Password,
    );
    let email = cell(Field::Email);
    complain(
        email.is_some_and(|email| !examiners::is_email(email)),
        Why::Email,
    );
    let days = cell(Field::Days).map(days);
    complain(days == Some(None), Why::Days);
    let named = cell(Field::Windows).map(several);
    let is_unknown = |name: &String| !windows.contains(name);
    complain(
        named.iter().flatten().flatten().any(is_unknown),
        Why::Windows,
    );
    let units = cell(Field::Units).map(several);
    let wanted = Wanted {
        nome: nome.map(ToOwned::to_owned),
        password,
        email: email.map(ToOwned::to_owned),
        days: days.flatten(),
        windows: named,
        units,
    };
    Row {
        line: record.line,
        cpf,
        wanted,
        wrong,
    }
}

/// Whether Excel has written this in place of what was typed: a formula that is none, a number too wide for its column or
/// in its short form. Of zeros that are gone nothing can be seen.
fn is_altered(text: &str) -> bool {
    ERRORS.contains(&text) || text.chars().all(|c| c == '#') || is_short_form(text)
}

/// `1,23457E+11`.
fn is_short_form(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once("E+") else {
        return false;
    };
    let (whole, fraction) = number.split_once([',', '.']).unwrap_or((number, "0"));
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    whole.len() == 1 && [whole, fraction, exponent].into_iter().all(is_number)
}

fn days(text: &str) -> Option<WorkingDays> {
    let folded = fold(text);
    if ALL.contains(&folded.as_str()) {
        return Some(WorkingDays::ALL);
    }
    let split = |c: char| ",;/|+".contains(c) || c.is_whitespace();
    let names = folded
        .split(split)
        .filter(|name| !name.is_empty() && *name != "e");
    let names: Vec<&str> = names
        .map(|name| {
            DAYS.iter()
                .find(|(short, _)| *short == name)
                .map_or(name, |(_, day)| day)
        })
        .collect();
    if names.is_empty() {
        return None;
    }
    examiners::days(&names)
}

/// Several names in one cell; `None`: all.
fn several(text: &str) -> Option<Vec<String>> {
    if ALL.contains(&fold(text).as_str()) {
        return None;
    }
    let names = text.split([',', ';', '/', '|']).map(str::trim);
    Some(
        names
            .filter(|name| !name.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
    )
}

/// Of two lines with one CPF neither is right: nobody knows which is meant.
fn refuse_doubled(rows: &mut [Row]) {
    let known: Vec<(usize, Option<Cpf>)> =
        rows.iter().map(|row| (row.line, row.cpf.clone())).collect();
    for row in rows {
        let twin = known
            .iter()
            .find(|(line, cpf)| *line != row.line && cpf.is_some() && *cpf == row.cpf);
        if let Some((line, _)) = twin {
            row.wrong.push(Why::DoubledCpf(*line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: [&str; 2] = ["near", "far"];

    fn rows(text: &str) -> Rows {
        read(text, &WINDOWS.map(String::from)).unwrap()
    }

    #[test]
    fn columns_have_names_in_two_languages_in_whatever_order() {
        for head in [
            "NOME;CPF;Senha;E-mail;Dias;Leituras;Unidades",
            "name;cpf;password;email;working days;windows;units",
        ] {
            let rows = rows(&format!(
                "{head}\nAna;529.982.247-25;x y;a@example.com;ter e qui;near;18, 781\n"
            ));
            let row = &rows.rows[0];
            assert!(row.wrong.is_empty() && rows.ignored.is_empty(), "{rows:?}");
            let days = WorkingDays::parse(Some(r#"["terca","quinta"]"#));
            let wanted = &row.wanted;
            assert_eq!(wanted.days, days.ok());
            assert_eq!(wanted.windows, Some(Some(vec!["near".to_owned()])));
            assert_eq!(
                wanted.units,
                Some(Some(vec!["18".to_owned(), "781".to_owned()]))
            );
        }
        let rows = rows("telefone;login;perito\n1;52998224725;Ana\n");
        assert_eq!(rows.ignored, ["telefone"]);
        assert_eq!(rows.rows[0].wanted.nome.as_deref(), Some("Ana"));
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_and_of_two_with_one_cpf_neither_counts() {
        let text = "nome;cpf;senha;email;dias;leituras\n\
            Ana;529.982.247-26;;;;\n\
            Bia;;;;;\n\
            Caio;529.982.247-25;;caio;terca;near\n\
            Davi;52998224725;;;trabalha sempre;perto\n\
            Eva;111.444.777-35;s;;todos;todas;sobra\n";
        let rows = rows(text).rows;
        let wrong: Vec<&[Why]> = rows.iter().map(|row| row.wrong.as_slice()).collect();
        assert_eq!(wrong[0], [Why::Cpf]);
        assert_eq!(wrong[1], [Why::Cpf]);
        assert_eq!(wrong[2], [Why::Email, Why::DoubledCpf(5)]);
        assert_eq!(wrong[3], [Why::Days, Why::Windows, Why::DoubledCpf(4)]);
        assert_eq!(wrong[4], [Why::TooManyFields]);
        assert_eq!((rows[4].line, &rows[4].wanted.windows), (6, &Some(None)));
    }

    #[test]
    fn a_cpf_of_which_excel_has_eaten_the_zeros_is_that_cpf() {
        let rows = rows("cpf\n01234567890\n1234567890\n").rows;
        assert!(
            rows[0].cpf.is_some() && rows[0].cpf == rows[1].cpf,
            "{rows:?}"
        );
    }

    #[test]
    fn a_password_that_excel_has_altered_is_refused_and_one_that_looks_a_little_like_it_is_not() {
        let wrong = |password: &str| {
            let rows = rows(&format!("cpf;senha\n52998224725;{password}\n"));
            rows.rows[0].wrong.clone()
        };
        for altered in [
            "1,23457E+11",
            "1.2E+20",
            "1E+05",
            "#NOME?",
            "#NÚM!",
            "#N/A",
            "########",
        ] {
            assert_eq!(wrong(altered), [Why::AlteredPassword], "{altered}");
        }
        for typed in [
            "12,3E+11", "1,E+11", "1E+", "1E11", "E+1", "1,2E+1a", "#senha", "#NOME", "0123",
        ] {
            assert!(wrong(typed).is_empty(), "{typed}");
        }
    }

    #[test]
    fn a_file_that_is_none_is_refused_whole() {
        let refused = |text: &str| read(text, &[]).unwrap_err();
        assert_eq!(refused(""), BadFile::Empty);
        assert_eq!(refused("nome;cpf\n"), BadFile::Empty);
        assert_eq!(refused("nome;senha\nAna;x"), BadFile::NoCpfColumn);
        assert_eq!(refused("cpf;CPF\n1;2"), BadFile::DoubledColumn(Field::Cpf));
        assert_eq!(refused("cpf\n\"1"), BadFile::Unclosed(2));
        let long = format!("cpf\n{}", "1\n".repeat(MOST_ROWS + 1));
        assert_eq!(refused(&long), BadFile::TooLong);
    }
}
