//! Which cells of a page's tables hold people, whether or not the table is the known one.

use std::collections::HashMap;

use super::blanking::Extent;
use super::pattern::is_personal;
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Edge, Id, Tree};
use crate::parse::column::ColumnNames;
use crate::parse::hour;
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

/// A row without tables in it.
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

/// The texts in cells that are blanked whole.
pub(super) fn extents(tree: &Tree<'_>, names: &ColumnNames<'_>) -> HashMap<Id, Extent> {
    let mut tables: HashMap<Id, Seen> = HashMap::new();
    let mut extents = HashMap::new();
    for row in rows(tree) {
        let seen = tables.entry(row.table).or_default();
        let keys: Vec<String> = row.texts.iter().map(|text| names.key(text)).collect();
        if keys.iter().filter(|key| is_known(key)).count() >= HEADERS {
            seen.columns = keys;
            continue;
        }
        let person = |text: &String| is_personal(text) || hour::parse(text).is_some();
        seen.people |= row.texts.iter().any(person);
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
    extents
}

fn is_known(key: &str) -> bool {
    HARMLESS.contains(&key)
        || matches!(
            key,
            known::CPF | known::NOME | known::TELEFONE | known::EMAIL
        )
}

/// The rows that hold no table, in page order. One walk, however deep the tables nest.
fn rows(tree: &Tree<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut tables = Vec::new();
    let mut open: Vec<(Id, bool)> = Vec::new();
    let mut next = Some(tree.first_edge());
    while let Some(edge) = next {
        let (Edge::Open(id) | Edge::Close(id)) = edge;
        match (edge, tree.name(id)) {
            (Edge::Open(_), Some(Name::TABLE)) => {
                // Rows further out hold the table around this one, and know already.
                if let Some((_, holds_table)) = open.last_mut() {
                    *holds_table = true;
                }
                tables.push(id);
            }
            (Edge::Close(_), Some(Name::TABLE)) => {
                tables.pop();
            }
            (Edge::Open(_), Some(Name::TR)) => open.push((id, false)),
            (Edge::Close(_), Some(Name::TR)) => {
                if let (Some((row, false)), Some(table)) = (open.pop(), tables.last()) {
                    rows.push(read(tree, row, *table));
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
