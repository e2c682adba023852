//! Finds the data table among the layout tables: by its header cells, wherever they stand.

use std::ops::Range;

use super::column::ColumnNames;
use super::reaching::Reaching;
use super::time;
use crate::browser::document::{Cell, Document, Row, Table};
use agendad_domain::agenda::column::{
    CPF, HORA, NOME, STATUS_EXAME_MEDICO, STATUS_EXAME_PSICOLOGICO,
};

/// The columns without which nothing can be read.
const REQUIRED: [&str; 3] = [HORA, CPF, NOME];

/// The columns of which there may be but one; what stands in several of another name is one text.
const SINGLE: [&str; 5] = [
    HORA,
    CPF,
    NOME,
    STATUS_EXAME_MEDICO,
    STATUS_EXAME_PSICOLOGICO,
];

/// More columns than these, or more rows, no day has; the bounds keep a page of wide cells from taking
/// all memory.
const MOST_COLUMNS: usize = 64;
const MOST_ROWS: usize = 10_000;

#[derive(Debug)]
pub(crate) struct DataTable {
    pub at: usize,
    pub end: usize,
    /// Whether another table has ended it, as one of an error's page that stands behind half of it.
    pub is_cut: bool,
    /// Where its headers and its appointments stand, in page order: what stands elsewhere in it is said of all of it.
    pub apart: Vec<Range<usize>>,
    /// The key of each column; colspans spread.
    pub columns: Vec<String>,
    /// The texts of each row's cells below the header, repeated headers left out.
    pub rows: Vec<RawRow>,
    /// From which of them on they stand below another header, if they do.
    pub below_other: Option<usize>,
}

/// A row's cells, colspans spread and rowspans carried down.
#[derive(Debug)]
pub(crate) struct RawRow {
    pub cells: Vec<String>,
    /// Whether a cell holds a table, so that its text is not whole.
    pub nested: bool,
    /// Whether it is one cell, wide or not: a message or a spacer.
    pub single: bool,
    /// Whether nobody sees it.
    pub hidden: bool,
    /// Whether it stands in the head or the foot of the table.
    pub beside: bool,
    /// The columns in which a script writes what is said.
    pub scripted: Vec<usize>,
}

/// The data table of a document.
///
/// # Errors
/// Why there is none that can be trusted, as a fragment.
pub(crate) fn find(
    document: &Document<'_>,
    id: &str,
    names: &ColumnNames<'_>,
) -> Result<Option<DataTable>, String> {
    let read = |table| read(table, names);
    let has_id = |table: &&Table<'_>| !id.is_empty() && table.id.as_deref() == Some(id);
    let mut named = document.tables.iter().filter(has_id).filter_map(read);
    let mut found = document.tables.iter().filter_map(read);
    let (first, second) = match named.next() {
        Some(table) => (Some(table), named.next()),
        None => (found.next(), found.next()),
    };
    if second.is_some() {
        return Err("the page has two tables of appointments".to_owned());
    }
    let Some(table) = first else {
        return Ok(None);
    };
    if table.columns.len() > MOST_COLUMNS || table.rows.len() > MOST_ROWS {
        return Err(format!(
            "the table has more than {MOST_COLUMNS} columns or {MOST_ROWS} rows"
        ));
    }
    match duplicate(&table.columns) {
        Some(key) => Err(format!("the table has two columns `{key}`")),
        None => Ok(Some(table)),
    }
}

/// The required columns that the best table without all of them lacks; empty if no table comes near.
pub(crate) fn missing(document: &Document<'_>, names: &ColumnNames<'_>) -> Vec<&'static str> {
    let rows = document.tables.iter().flat_map(|table| &table.rows);
    rows.map(|row| {
        let keys = keys(row, names);
        let lacks = |name: &&&str| !keys.iter().any(|key| key == **name);
        REQUIRED.iter().filter(lacks).copied().collect::<Vec<_>>()
    })
    .filter(|missing| missing.len() < REQUIRED.len())
    .min_by_key(Vec::len)
    .unwrap_or_default()
}

fn read(table: &Table<'_>, names: &ColumnNames<'_>) -> Option<DataTable> {
    let is_header = |row: &Row<'_>| is_header(row, names);
    let header = table.rows.iter().position(is_header)?;
    let below = &table.rows[header + 1..];
    let mut columns = keys(&table.rows[header], names);
    let times = columns.iter().position(|key| key == HORA)?;
    let (mut apart, mut rows) = (Vec::new(), Vec::new());
    let mut reaching = Reaching::default();
    let mut below_other = None;
    let header = &table.rows[header];
    raw_row(header, &mut reaching);
    apart.push(header.at..header.end);
    for (index, row) in below.iter().enumerate() {
        if rows.len() > MOST_ROWS {
            break;
        }
        let is_reached = !reaching.is_empty();
        let mut raw = raw_row(row, &mut reaching);
        if raw.cells.is_empty() {
            continue;
        }
        let ends_header = raw.cells.len() == columns.len()
            && (is_reached && repeats(&raw, names)
                || index == 0 && goes_on(header, &columns, &raw, names));
        if index == 0 && ends_header {
            columns = keys_of_two(header, &raw, names);
        }
        if index == 0 && is_reached && !ends_header {
            // A cell reaches no further than its group of rows, which the header's ends.
            reaching = Reaching::default();
            raw = raw_row(row, &mut reaching);
        }
        let begins_header = is_header(row) && !ends_header;
        let repeats_header = begins_header || ends_header;
        let says_time = || raw.cells.get(times).and_then(|text| time::parse(text));
        if repeats_header || !raw.nested && says_time().is_some() {
            apart.push(row.at..row.end);
        }
        if !repeats_header {
            rows.push(raw);
        }
        if begins_header && below_other.is_none() {
            let own = keys(row, names);
            let is_same = own == columns || own == keys(header, names);
            below_other = (!is_same).then_some(rows.len());
        }
    }
    Some(DataTable {
        at: table.at,
        end: table.end,
        is_cut: table.is_cut,
        apart,
        columns,
        rows,
        below_other,
    })
}

/// A row's cells, and those that reach into it from above.
fn raw_row(row: &Row<'_>, reaching: &mut Reaching) -> RawRow {
    let text = |(cell, first): (&Cell<'_>, bool)| if first { &*cell.text } else { "" }.to_owned();
    let nested = row.cells.iter().any(|cell| cell.nested);
    let Row { hidden, beside, .. } = *row;
    let single = reaching.is_empty() && row.cells.len() == 1;
    let is_scripted = |(cell, first): (&Cell<'_>, bool)| first && cell.scripted;
    if reaching.is_empty() && row.cells.iter().all(|cell| cell.rowspan == 1) {
        let columns = spread(row).enumerate();
        let scripted = columns.filter(|(_, own)| is_scripted(*own));
        return RawRow {
            cells: spread(row).map(text).collect(),
            nested,
            single,
            hidden,
            beside,
            scripted: scripted.map(|(column, _)| column).collect(),
        };
    }
    let (mut cells, mut reach) = (Vec::new(), Vec::new());
    let mut scripted = Vec::new();
    let mut own = spread(row);
    while cells.len() <= MOST_COLUMNS {
        let column = cells.len();
        if let Some(text) = reaching.reaches_into(column) {
            cells.push(text);
        } else if let Some((cell, first)) = own.next() {
            let text = text((cell, first));
            if is_scripted((cell, first)) {
                scripted.push(column);
            }
            if cell.rowspan > 1 && !cell.nested {
                reach.push((column, cell.rowspan - 1, text.clone()));
            }
            cells.push(text);
        } else {
            break;
        }
    }
    reaching.row_done(reach.into_iter());
    RawRow {
        cells,
        nested,
        single,
        hidden,
        beside,
        scripted,
    }
}

fn is_header(row: &Row<'_>, names: &ColumnNames<'_>) -> bool {
    let says_time = |cell: &Cell<'_>| names.is_time(&cell.text);
    if row.cells.iter().any(|cell| cell.nested) || !row.cells.iter().any(says_time) {
        return false;
    }
    has_required(&keys(row, names))
}

/// Whether a row that cells of the header reach into is the second one of a header of two.
fn repeats(raw: &RawRow, names: &ColumnNames<'_>) -> bool {
    let keys: Vec<String> = raw.cells.iter().map(|text| names.key(text)).collect();
    has_required(&keys)
}

/// Whether the row below a header is its second one though not all of its cells reach down: it names a known column below
/// a header of several, and is nobody's hour, CPF or name.
fn goes_on(header: &Row<'_>, columns: &[String], raw: &RawRow, names: &ColumnNames<'_>) -> bool {
    let is_nobodys = |(key, text): (&String, &String)| {
        let own = names.key(text);
        own.is_empty() || own == *key || !REQUIRED.contains(&key.as_str())
    };
    let names_column = |((above, _), text): ((&Cell<'_>, bool), &String)| {
        let is_known = |key: String| names.is_key(&key);
        above.colspan > 1
            && !text.is_empty()
            && (is_known(names.key_below(&above.text, text)) || is_known(names.key(text)))
    };
    !raw.nested
        && columns.iter().zip(&raw.cells).all(is_nobodys)
        && spread(header).zip(&raw.cells).any(names_column)
}

fn has_required(keys: &[String]) -> bool {
    let mut required = REQUIRED.iter();
    required.all(|name| keys.iter().any(|key| key == name))
}

fn keys(row: &Row<'_>, names: &ColumnNames<'_>) -> Vec<String> {
    spread(row)
        .map(|(cell, first)| {
            if first {
                names.key(&cell.text)
            } else {
                String::new()
            }
        })
        .collect()
}

/// The keys of a header of two rows: what stands below one of several columns is named by both, or else by itself.
fn keys_of_two(upper: &Row<'_>, lower: &RawRow, names: &ColumnNames<'_>) -> Vec<String> {
    let is_known = |key: &String| names.is_key(key);
    // Itself, where it reaches down; else what stands below it is known, or explains it.
    let of_one = |above: &Cell<'_>, own: &str| {
        let alone = names.key(own);
        if is_known(&alone) {
            alone
        } else {
            names.key(&above.text)
        }
    };
    let is_one = |above: &Cell<'_>, own: &str| above.colspan == 1 || own == above.text;
    let columns = || spread(upper).zip(&lower.cells);
    let mut taken: Vec<String> = columns()
        .filter(|((above, _), own)| is_one(above, own))
        .map(|((above, _), own)| of_one(above, own))
        .collect();
    columns()
        .map(|((above, first), own)| {
            if is_one(above, own) {
                return of_one(above, own);
            }
            let both = names.key_below(&above.text, own);
            let alone = names.key(own);
            match own.as_str() {
                "" if first => names.key(&above.text),
                "" => String::new(),
                // What has a column of its own is another thing here.
                _ if is_known(&both) || !is_known(&alone) || taken.contains(&alone) => both,
                _ => {
                    taken.push(alone.clone());
                    alone
                }
            }
        })
        .collect()
}

/// The cells, one over several columns once for each, and whether it is the first time; of a row that is too wide, as
/// many as show that.
fn spread<'t, 'a>(row: &'t Row<'a>) -> impl Iterator<Item = (&'t Cell<'a>, bool)> {
    row.cells
        .iter()
        .flat_map(|cell| (0..cell.colspan).map(move |n| (cell, n == 0)))
        .take(MOST_COLUMNS + 1)
}

/// A column that decides something and is there twice: nobody can say which is meant.
fn duplicate(columns: &[String]) -> Option<&'static str> {
    let is_double = |single: &&str| columns.iter().filter(|key| key == single).count() > 1;
    SINGLE.into_iter().find(is_double)
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnNames;
    use super::DataTable;
    use crate::browser::document::Document;
    use crate::browser::reader;
    use agendad_config::Config;

    fn find(document: &Document<'_>) -> Result<Option<DataTable>, String> {
        let config = Config::shipped().unwrap();
        super::find(document, "agenda", &ColumnNames::of(&config.portal.profile))
    }

    fn missing(document: &Document<'_>) -> Vec<&'static str> {
        let config = Config::shipped().unwrap();
        super::missing(document, &ColumnNames::of(&config.portal.profile))
    }

    #[test]
    fn the_data_table_is_the_one_with_the_header() {
        let page = reader::read(
            "<table><tr><td>Hora CPF Nome<table><tr><td>Nome</td><td>x</td></tr></table>
             <TABLE><tr><td colspan=3>RESULTADO<tr><td><b>Hora</b><TD>NOME<td>C&#80;F
             <tr><td>1<td>2<td>3<tr><td>hora<td>nome<td>cpf<tr><td colspan=3>fim</table></table>",
        )
        .unwrap();
        let table = find(&page).unwrap().unwrap();
        assert_eq!(table.columns, ["hora", "nome", "cpf"]);
        assert_eq!(table.rows.len(), 2, "the repeated header is no row");
        assert_eq!(table.rows[0].cells, ["1", "2", "3"]);
        assert!(table.rows[1].single && !table.rows[0].single);
    }

    #[test]
    fn a_header_of_two_rows_names_its_columns_by_both() {
        let find = |upper: &str, lower: &str| {
            let required = "<th rowspan=2>Hora<th rowspan=2>CPF<th rowspan=2>Nome";
            let row = "<tr><td>9:00<td>52998224725<td>ANA<td>x<td>y</tr>";
            let page = format!("<table><tr>{required}{upper}</tr><tr>{lower}</tr>{row}</table>");
            let page = reader::read(&page).unwrap();
            let table = find(&page).unwrap().unwrap();
            assert_eq!(table.rows.len(), 1, "{upper} {lower}");
            table.columns[3..].join(" ")
        };
        for (upper, lower, keys) in [
            (
                "<th colspan=2>Status do Exame",
                "<th>Médico<th>Psicológico",
                "status_exame_medico status_exame_psicologico",
            ),
            (
                "<th colspan=2>Contato",
                "<th>Telefone<th>E-mail:",
                "telefone email",
            ),
            ("<th colspan=2>Exames", "<th>A<th>B", "exames_a exames_b"),
            ("<th colspan=2>Exames", "<th><th>", "exames "),
            (
                "<th rowspan=2>Telefone<th>E-mail",
                "<th>(particular)",
                "telefone email",
            ),
            ("<th colspan=2 rowspan=2>Exames", "", "exames "),
            (
                "<th colspan=2>Status do Exame:",
                "<th>Médico:<th>Local",
                "status_exame_medico status_do_exame_local",
            ),
            ("<th>Fone<th>Contato", "<th><th>E-mail", "fone email"),
            (
                "<th colspan=2>Médico",
                "<th>Nome<th>CRM",
                "medico_nome medico_crm",
            ),
        ] {
            assert_eq!(find(upper, lower), keys, "{upper} {lower}");
        }
    }

    #[test]
    fn a_header_of_two_rows_need_not_reach_down() {
        let upper = "<tr><th>Hora<th>CPF<th>Nome<th colspan=2>Status do Exame</tr>";
        for (below, rows) in [
            ("<th><th>&nbsp;<th><th>M\u{e9}dico<th>Psicol\u{f3}gico", 0),
            // An appointment that is not shown, or not whole.
            ("<td><td><td><td><td>", 1),
            ("<td><td><td><td>Apto<td>Apto", 1),
            ("<td>9:00<td><td><td>M\u{e9}dico<td>Apto", 1),
            ("<td><td>529<td><td>M\u{e9}dico<td>Apto", 1),
        ] {
            let page = format!("<table>{upper}<tr>{below}</tr></table>");
            let page = reader::read(&page).unwrap();
            let table = find(&page).unwrap().unwrap();
            assert_eq!(table.rows.len(), rows, "{below}");
            let keys = if rows == 0 {
                ["status_exame_medico", "status_exame_psicologico"]
            } else {
                ["status_do_exame", ""]
            };
            assert_eq!(table.columns[3..], keys, "{below}");
        }
    }

    #[test]
    fn what_is_missing_or_double_is_named() {
        let page = reader::read("<table><tr><th>Hora<th>Nome<th>Documento</table>").unwrap();
        assert!(find(&page).unwrap().is_none());
        assert_eq!(missing(&page), ["cpf"]);
        let twice = reader::read("<table><tr><th>Hora<th>Nome<th>CPF<th>Nome</table>").unwrap();
        assert!(find(&twice).unwrap_err().contains("`nome`"));
        let statuses = "<table><tr><th>Hora<th>Nome<th>CPF<th>Status do Exame M\u{e9}dico<th>\
                        Status do Exame M\u{e9}dico</table>";
        let refused = find(&reader::read(statuses).unwrap()).unwrap_err();
        assert!(refused.contains("`status_exame_medico`"), "{refused}");
        let contacts =
            "<table><tr><th>Hora<th>Nome<th>CPF<th>Telefone<th>Telefone<th>E-mail<th>Email</table>";
        assert!(find(&reader::read(contacts).unwrap()).unwrap().is_some());
        let unknown =
            "<table><tr><th>Hora<th>Nome<th>CPF<th>A\u{e7}\u{f5}es<th>A\u{e7}\u{f5}es</table>";
        assert!(find(&reader::read(unknown).unwrap()).unwrap().is_some());
        let one = "<table><tr><th>Hora<th>Nome<th>CPF</table>";
        let doubled = one.repeat(2);
        assert!(find(&reader::read(&doubled).unwrap()).is_err());
        let named = one.replace("<table>", "<table id=agenda>");
        let beside = format!("{one}{named}");
        let beside = reader::read(&beside).unwrap();
        assert!(
            find(&beside).unwrap().is_some(),
            "its id tells it from others"
        );
    }
}
