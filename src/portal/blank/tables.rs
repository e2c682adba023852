//! Which cells of a page's tables hold people, whether or not the table is the known one.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use super::Extent;
use super::pattern::is_personal;
use crate::domain::agenda::column as known;
use crate::domain::text::fold_space;
use crate::portal::parse::column::ColumnNames;
use crate::portal::parse::hour;

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
struct Row<'a> {
    table: NodeId,
    cells: Vec<NodeRef<'a, Node>>,
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
pub(super) fn extents(document: &Html, names: &ColumnNames<'_>) -> HashMap<NodeId, Extent> {
    let mut tables: HashMap<NodeId, Seen> = HashMap::new();
    let mut extents = HashMap::new();
    for row in rows(document) {
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
                let texts = cell.descendants().filter(|node| node.value().is_text());
                extents.extend(texts.map(|text| (text.id(), Extent::All)));
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
fn rows(document: &Html) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut tables = Vec::new();
    let mut open: Vec<(NodeRef<'_, Node>, bool)> = Vec::new();
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) if is(&node, "table") => {
                // Rows further out hold the table around this one, and know already.
                if let Some((_, holds_table)) = open.last_mut() {
                    *holds_table = true;
                }
                tables.push(node.id());
            }
            Edge::Close(node) if is(&node, "table") => {
                tables.pop();
            }
            Edge::Open(node) if is(&node, "tr") => open.push((node, false)),
            Edge::Close(node) if is(&node, "tr") => {
                if let (Some((row, false)), Some(table)) = (open.pop(), tables.last()) {
                    rows.push(read(row, *table));
                }
            }
            Edge::Open(_) | Edge::Close(_) => {}
        }
    }
    rows
}

fn read(row: NodeRef<'_, Node>, table: NodeId) -> Row<'_> {
    let cells: Vec<_> = row
        .children()
        .filter(|child| is(child, "td") || is(child, "th"))
        .collect();
    let texts = cells.iter().map(text).collect();
    Row {
        table,
        cells,
        texts,
    }
}

fn is(node: &NodeRef<'_, Node>, name: &str) -> bool {
    node.value().as_element().is_some_and(|e| e.name() == name)
}

fn text(cell: &NodeRef<'_, Node>) -> String {
    let texts: Vec<&str> = cell
        .descendants()
        .filter_map(|node| node.value().as_text().map(|text| &**text))
        .collect();
    fold_space(&texts.join(" "))
}
