//! A file of a spreadsheet as rows of text: UTF-8, UTF-16 or what Windows in Brazil writes; semicolons, commas or tabs;
//! fields in quotation marks.

use encoding_rs::{Encoding, WINDOWS_1252};

/// A row: the line on which it begins, and its fields without space around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: usize,
    pub(super) fields: Vec<String>,
}

/// A quotation mark that is never closed, and the line on which it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed(pub(super) usize);

/// The text of a file, however it was saved. A mark at its beginning says which it is; else it is UTF-8, if it can be.
pub(super) fn text(bytes: &[u8]) -> String {
    if Encoding::for_bom(bytes).is_none()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let (text, _, _) = WINDOWS_1252.decode(bytes);
    text.into_owned()
}

/// Its rows; those with nothing in them are left out.
pub(super) fn records(text: &str) -> Result<Vec<Record>, Unclosed> {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    // What Excel writes to itself.
    let named = first
        .trim()
        .strip_prefix("sep=")
        .and_then(|rest| rest.chars().next());
    let (separator, text, first_line) = match named {
        Some(separator) => (separator, body, 2),
        None => (separator(first), text, 1),
    };
    let mut reader = Reader {
        line: first_line,
        begun: first_line,
        ..Reader::default()
    };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if reader.quoted && chars.peek() == Some(&'"') => {
                chars.next();
                reader.field.push('"');
            }
            '"' if reader.quoted => reader.quoted = false,
            '"' if reader.field.trim().is_empty() => {
                reader.field.clear();
                (reader.quoted, reader.opened) = (true, reader.line);
            }
            '\n' if reader.quoted => {
                reader.line += 1;
                reader.field.push(' ');
            }
            '\n' => reader.end_line(),
            '\r' => {}
            c if c == separator && !reader.quoted => reader.end_field(),
            c => reader.field.push(c),
        }
    }
    if reader.quoted {
        return Err(Unclosed(reader.opened));
    }
    reader.end_line();
    Ok(reader.records)
}

/// Which one the head has most of.
fn separator(head: &str) -> char {
    let count = |separator: char| head.matches(separator).count();
    let most = [';', ',', '\t']
        .into_iter()
        .rev()
        .max_by_key(|one| count(*one));
    most.unwrap_or(';')
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    fields: Vec<String>,
    field: String,
    quoted: bool,
    line: usize,
    begun: usize,
    opened: usize,
}

impl Reader {
    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        self.fields.push(field.trim().to_owned());
    }

    fn end_line(&mut self) {
        self.end_field();
        let fields = std::mem::take(&mut self.fields);
        if fields.iter().any(|field| !field.is_empty()) {
            let line = self.begun;
            self.records.push(Record { line, fields });
        }
        self.line += 1;
        self.begun = self.line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = records(text).unwrap().into_iter();
        records.map(|record| (record.line, record.fields)).collect()
    }

    #[test]
    fn semicolons_commas_and_tabs_are_told_apart_by_the_head() {
        for text in [
            "nome;cpf\nAna, a perita;1\n",
            "sep=;\nnome;cpf\r\nAna, a perita;1",
        ] {
            let rows = rows(text);
            assert_eq!(rows[1].1, ["Ana, a perita", "1"], "{text:?}");
        }
        assert_eq!(rows("nome,cpf\nAna;x,1")[1].1, ["Ana;x", "1"]);
        assert_eq!(rows("nome\tcpf\nAna\t1")[1].1, ["Ana", "1"]);
        assert_eq!(rows("cpf\n1")[1].1, ["1"]);
    }

    #[test]
    fn what_is_in_quotation_marks_breaks_nothing_and_lines_are_counted_as_people_see_them() {
        let rows = rows("a;b\n\n\"x;\"\"y\"\"\n z\"; 2 \n;;\nlast;3");
        assert_eq!(rows[1], (3, vec!["x;\"y\"  z".to_owned(), "2".to_owned()]));
        assert_eq!(rows[2], (6, vec!["last".to_owned(), "3".to_owned()]));
        assert_eq!(rows.len(), 3);
        assert_eq!(records("a\n\"b\nc"), Err(Unclosed(2)));
        assert_eq!(rows_of_inches(), "3\" x");
    }

    fn rows_of_inches() -> String {
        rows("a\n3\" x")[1].1[0].clone()
    }

    #[test]
    fn the_same_text_however_it_was_saved() {
        let plain = "nome;cpf\nJoão da Conceição;1";
        let utf16: Vec<u8> = format!("\u{feff}{plain}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (windows, _, _) = WINDOWS_1252.encode(plain);
        for bytes in [
            plain.as_bytes().to_vec(),
            format!("\u{feff}{plain}").into_bytes(),
            utf16,
            windows.into_owned(),
        ] {
            assert_eq!(text(&bytes), plain);
        }
    }

    #[test]
    fn no_file_makes_it_panic() {
        for text in ["", "\n", "\"", ";", "sep=", "sep=;", "\"\"\"", "\r\r\n\"\n"] {
            drop(records(text));
        }
    }
}
