//! Which cells of a page's tables hold people, whether or not the table is the known one.

use std::collections::{HashMap, HashSet};

use super::pattern::is_personal;
use super::redactor::Extent;
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Edge, Id, Tree};
use crate::parse::column::ColumnNames;
use crate::parse::time;
use agendad_domain::agenda::column as known;
use agendad_domain::text::fold_space;

/// Columns that say nothing of a person.
const HARMLESS: [&str; 5] = [
    known::HORA,
    known::TIPO_PROCESSO,
    known::CATEGORIA,
    known::STATUS_EXAME_MEDICO,
    known::STATUS_EXAME_PSICOLOGICO,
];

/// So many known headers make a row the header row.
const HEADERS: usize = 3;

/// The texts of a row of people are short; those of a row that lays the page out are not.
const SHORT: usize = 200;

/// A row without tables in it, or with such as lay out single cells.
struct Row {
    table: Id,
    cells: Vec<Id>,
    texts: Vec<String>,
}

/// What is known of a table so far, going down.
#[derive(Default)]
struct Seen {
    /// The keys of its header.
    columns: Vec<String>,
    /// Whether a row with a person has been seen.
    people: bool,
}

/// The texts in cells that are blanked whole, and those of headers.
pub(super) fn extents(
    tree: &Tree<'_>,
    names: &ColumnNames<'_>,
) -> (HashMap<Id, Extent>, HashSet<Id>) {
    let mut tables: HashMap<Id, Seen> = HashMap::new();
    let mut extents = HashMap::new();
    let mut headers = HashSet::new();
    for row in rows(tree) {
        let seen = tables.entry(row.table).or_default();
        let keys: Vec<String> = row.texts.iter().map(|text| names.key(text)).collect();
        let person = |text: &String| is_personal(text) || time::parse(text).is_some();
        let holds_person = row.texts.iter().any(person);
        if !holds_person && keys.iter().filter(|key| is_known(key)).count() >= HEADERS {
            seen.columns = keys;
            let texts = row.cells.iter().flat_map(|cell| tree.texts_in(*cell));
            headers.extend(texts.map(|(id, _)| id));
            continue;
        }
        seen.people |= holds_person;
        if !seen.people && seen.columns.is_empty() {
            continue;
        }
        for (index, cell) in row.cells.iter().enumerate() {
            let key = seen.columns.get(index).map_or("", String::as_str);
            if !HARMLESS.contains(&key) {
                let texts = tree.texts_in(*cell);
                extents.extend(texts.map(|(id, _)| (id, Extent::All)));
            }
        }
    }
    (extents, headers)
}

fn is_known(key: &str) -> bool {
    HARMLESS.contains(&key)
        || matches!(
            key,
            known::CPF | known::NOME | known::TELEFONE | known::EMAIL
        )
}

/// A row that is open, and how many tables lie one within the other in it.
struct Open {
    row: Id,
    tables: u32,
}

/// The rows that hold no table, or small ones, in the order of their ends. One walk, however deep the tables nest: no
/// node is read for more than two rows.
fn rows(tree: &Tree<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut tables = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut next = Some(tree.first_edge());
    while let Some(edge) = next {
        let (Edge::Open(id) | Edge::Close(id)) = edge;
        match (edge, tree.name(id)) {
            (Edge::Open(_), Some(Name::TABLE)) => {
                if let Some(around) = open.last_mut() {
                    around.tables = around.tables.max(1);
                }
                tables.push(id);
            }
            (Edge::Close(_), Some(Name::TABLE)) => {
                tables.pop();
            }
            (Edge::Open(_), Some(Name::TR)) => open.push(Open { row: id, tables: 0 }),
            (Edge::Close(_), Some(Name::TR)) => {
                let closed = open.pop();
                if let (Some(closed), Some(around)) = (&closed, open.last_mut()) {
                    around.tables = around.tables.max(closed.tables + 1);
                }
                if let (Some(closed), Some(table)) = (closed, tables.last())
                    && closed.tables <= 1
                {
                    let row = read(tree, closed.row, *table);
                    let is_short = |text: &String| text.chars().count() <= SHORT;
                    if closed.tables == 0 || row.texts.iter().all(is_short) {
                        rows.push(row);
                    }
                }
            }
            (Edge::Open(_) | Edge::Close(_), _) => {}
        }
        next = tree.next_edge(edge);
    }
    rows
}

fn read(tree: &Tree<'_>, row: Id, table: Id) -> Row {
    let is_cell = |id: &Id| matches!(tree.name(*id), Some(Name::TD | Name::TH));
    let cells: Vec<Id> = tree.children(row).filter(is_cell).collect();
    let text = |cell: &Id| {
        let texts = tree.texts_in(*cell).map(|(_, text)| text);
        fold_space(&texts.collect::<Vec<_>>().join(" "))
    };
    let texts = cells.iter().map(text).collect();
    Row {
        table,
        cells,
        texts,
    }
}
