//! A table as CSV: for Excel in Brazil, or by RFC 4180.

use super::table::{Cell, Table};
use crate::words::Language;
use crate::words::pages::clinic as words;

/// Which CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As Excel in Brazil opens it with a double click: UTF-8 with a byte order mark, semicolons, dates as people write them.
    Excel,
    /// RFC 4180: UTF-8, commas, ISO dates.
    Plain,
}

impl Table {
    /// The whole file. A text that a spreadsheet would take for a formula begins with an apostrophe.
    pub(crate) fn csv(&self, dialect: Dialect, language: Language) -> String {
        let mut csv = String::new();
        if dialect == Dialect::Excel {
            csv.push('\u{feff}');
        }
        let header = self
            .header
            .iter()
            .map(|column| language.say(words::column(*column)).to_owned());
        line(&mut csv, dialect, header);
        for row in self.file_rows() {
            line(&mut csv, dialect, row.iter().map(|cell| cell.text(dialect)));
        }
        csv
    }

    /// The rows as texts, for a terminal.
    pub(crate) fn texts(&self, dialect: Dialect) -> Vec<Vec<String>> {
        let rows = self.rows.iter();
        rows.map(|row| row.iter().map(|cell| cell.text(dialect)).collect())
            .collect()
    }
}

fn line(csv: &mut String, dialect: Dialect, fields: impl Iterator<Item = String>) {
    let separator = match dialect {
        Dialect::Excel => ';',
        Dialect::Plain => ',',
    };
    for (place, field) in fields.enumerate() {
        if place > 0 {
            csv.push(separator);
        }
        push(csv, &field);
    }
    csv.push_str("\r\n");
}

fn push(csv: &mut String, field: &str) {
    let first = field.trim_start().chars().next();
    let guarded = matches!(first, Some('=' | '+' | '-' | '@')) || field.starts_with(['\t', '\r']);
    let quoted = field.contains([';', ',', '"', '\r', '\n']) || field.trim() != field;
    if quoted {
        csv.push('"');
    }
    if guarded {
        csv.push('\'');
    }
    csv.push_str(&field.replace('"', "\"\""));
    if quoted {
        csv.push('"');
    }
}

impl Cell {
    pub(super) fn text(&self, dialect: Dialect) -> String {
        let (day, moment) = match dialect {
            Dialect::Excel => ("%d/%m/%Y", "%d/%m/%Y %H:%M"),
            Dialect::Plain => ("%Y-%m-%d", "%Y-%m-%d %H:%M"),
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Day(date) => date.format(day).to_string(),
            Self::Time(time) => time.format("%H:%M").to_string(),
            Self::Moment(at) => at.format(moment).to_string(),
            Self::Nothing => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ExportColumn;

    fn table(texts: &[&str]) -> Table {
        let mut cells: Vec<Cell> = texts
            .iter()
            .map(|text| Cell::Text((*text).to_owned()))
            .collect();
        cells.push(Cell::Day("2026-11-28".parse().unwrap()));
        cells.push(Cell::Time("08:10:00".parse().unwrap()));
        Table {
            header: vec![ExportColumn::Candidate; cells.len()],
            rows: vec![cells],
            cut: None,
        }
    }

    #[test]
    fn a_spreadsheet_takes_no_field_for_a_formula_and_none_breaks_out() {
        let csv = table(&["=1+1", "+55", "-2", "@x", "\t=1", "a;b,\"c\"\nd", " x"])
            .csv(Dialect::Plain, Language::Portuguese);
        let (_, row) = csv.split_once("\r\n").unwrap();
        assert_eq!(
            row,
            "'=1+1,'+55,'-2,'@x,\"'\t=1\",\"a;b,\"\"c\"\"\nd\",\" x\",2026-11-28,08:10\r\n"
        );
    }

    #[test]
    fn excel_in_brazil_gets_its_mark_semicolons_and_dates() {
        let csv = table(&["Ângela"]).csv(Dialect::Excel, Language::Portuguese);
        assert_eq!(
            csv,
            "\u{feff}Candidato;Candidato;Candidato\r\nÂngela;28/11/2026;08:10\r\n"
        );
    }

    #[test]
    fn the_last_row_of_a_file_that_is_cut_says_so() {
        let mut table = table(&["Ana"]);
        table.cut = Some("peça menos dias".to_owned());
        let csv = table.csv(Dialect::Excel, Language::Portuguese);
        assert_eq!(csv.lines().last(), Some("peça menos dias;;"));
        assert_eq!(csv.lines().count(), 3);
    }
}
