//! What stands on a page that is not understood: its links, forms and tables, so that their names can be
//! put into the profile.

use crate::portal::blank;
use crate::portal::browser::document::{Document, Table};
use crate::portal::browser::form::{FieldKind, Form};
use crate::portal::browser::page::Page;
use crate::portal::browser::{reader, script};

/// So many links, forms and tables are named.
const MOST: usize = 25;

/// So many characters of the page's text are quoted.
const QUOTED: usize = 300;

pub(super) fn of(page: &Page) -> Vec<String> {
    let Some(document) = reader::read(&page.text) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let labels = document.links.iter().filter(|link| !link.label.is_empty());
    let labels: Vec<String> = labels
        .take(MOST)
        .map(|link| format!("{:?}", blank::text(&link.label)))
        .collect();
    if !labels.is_empty() {
        lines.push(format!("links and buttons: {}", labels.join(", ")));
    }
    lines.extend(document.forms.iter().take(MOST).map(fields));
    lines.extend(document.tables.iter().filter_map(table).take(MOST));
    lines.extend(text(&document));
    lines
}

/// The values that the page's scripts put into fields: those of `method` are among them.
pub(super) fn methods(page: &Page) -> Vec<String> {
    let scripts = reader::read(&page.text).map_or_else(Vec::new, |document| document.scripts);
    script::field_values(&scripts)
}

/// A form's fields by name and kind, never their values.
pub(super) fn fields(form: &Form) -> String {
    let fields: Vec<String> = form
        .fields
        .iter()
        .map(|field| {
            let kind = match &field.kind {
                FieldKind::Hidden => "hidden",
                FieldKind::Password => "password",
                FieldKind::Submit => "submit",
                FieldKind::Select(options) => {
                    return format!("{} (select, {} options)", field.name, options.len());
                }
                FieldKind::Other => "text",
            };
            format!("{} ({kind})", field.name)
        })
        .collect();
    let method = if form.post { "post" } else { "get" };
    format!("form ({method}) with the fields {}", fields.join(", "))
}

/// The first row of a table that holds no other, which may be its header.
fn table(table: &Table) -> Option<String> {
    let nested = table
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .any(|cell| cell.nested);
    let first = table.rows.iter().find(|row| row.cells.len() > 1)?;
    if nested {
        return None;
    }
    let cells: Vec<String> = first
        .cells
        .iter()
        .map(|cell| format!("{:?}", blank::line(&cell.text)))
        .collect();
    Some(format!(
        "table of {} rows, the first: {}",
        table.rows.len(),
        cells.join(", ")
    ))
}

fn text(document: &Document) -> Option<String> {
    let text = document.text_between(0, usize::MAX);
    // Where there are people, nothing readable would be left of it.
    if text.is_empty() || blank::is_personal(&text) {
        return None;
    }
    let start: String = blank::text(&text).chars().take(QUOTED).collect();
    Some(format!("text: {start:?}"))
}
