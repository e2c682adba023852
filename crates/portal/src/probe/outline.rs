//! What stands on a page that is not understood: its links, forms and tables, so that their names can be
//! put into the profile.

use super::finding::{Finding, Topic};
use crate::browser::document::{Document, Table};
use crate::browser::form::Choice;
use crate::browser::form::{Field, FieldKind, Form};
use crate::browser::script;
use crate::redact;

/// So many links, forms and tables are named.
const MOST: usize = 25;

/// So many characters of the page's text are quoted.
const QUOTED: usize = 300;

/// So many lines before a form are quoted: one of them is its title.
const LINES: usize = 6;

pub(super) fn of(document: &Document<'_>) -> Vec<Finding> {
    // Where there are people, a link may be one of them.
    let people = redact::is_personal(&document.text_between(0, usize::MAX));
    let labels = labels(document).filter(|_| !people);
    let mut lines: Vec<Finding> = labels.into_iter().collect();
    lines.extend(document.forms.iter().take(MOST).map(fields));
    let outside = document.selects_outside_forms.iter().take(MOST);
    lines.extend(outside.map(|field| Topic::InNoForm.of(of_field(field))));
    lines.extend(document.tables.iter().filter_map(table).take(MOST));
    lines.extend(calls(document));
    let alerts = script::calls(&document.scripts, "alert")
        .into_iter()
        .flatten();
    let alerts = alerts.filter(|text| text.contains(' ')).take(MOST);
    lines.extend(alerts.map(|text| format!("alert: {:?}", redact::line(&text)).into()));
    lines.extend(text(document));
    lines
}

/// The labels of links and buttons: those behind the first field first, because menus stand before it.
pub(super) fn labels(document: &Document<'_>) -> Option<Finding> {
    let fields = document.forms.iter().flat_map(|form| &form.fields);
    let first = fields.map(|field| field.at).min().unwrap_or(0);
    let labelled = || document.links.iter().filter(|link| !link.label.is_empty());
    let behind = labelled().filter(|link| link.at >= first);
    let before = labelled().filter(|link| link.at < first);
    let labels: Vec<String> = behind
        .chain(before)
        .take(MOST)
        .map(|link| format!("{:?}", redact::text(&link.label)))
        .collect();
    (!labels.is_empty()).then(|| Topic::LinksAndButtons.of(labels.join(", ")))
}

/// The values that the page's scripts put into fields: those of `method` are among them.
pub(super) fn methods(document: &Document<'_>) -> Vec<String> {
    script::field_values(&document.scripts)
}

/// The visible lines before the first form that are no links; none where people are named among them.
pub(super) fn lines_before_form(document: &Document<'_>) -> Vec<String> {
    let fields = document.forms.iter().flat_map(|form| &form.fields);
    let first = fields.map(|field| field.at).min().unwrap_or(0);
    if redact::is_personal(&document.text_between(0, first)) {
        return Vec::new();
    }
    let is_link = |text: &str| {
        let folded = agendad_domain::text::fold(text);
        document.links.iter().any(|link| link.label == folded)
    };
    let before = document.runs.iter().rev().filter(|run| run.at < first);
    let mut lines: Vec<String> = before
        .filter(|run| !is_link(&run.text))
        .take(LINES)
        .map(|run| format!("{:?}", redact::line(&run.text)))
        .collect();
    lines.reverse();
    lines
}

/// The text before the table of appointments, where its date should stand.
pub(super) fn text_before_table(document: &Document<'_>, id: &str) -> Option<Finding> {
    let named = |table: &&Table<'_>| table.id.as_deref() == Some(id);
    let table = document.tables.iter().find(named)?;
    let fields = document.forms.iter().flat_map(|form| &form.fields);
    let before = fields.map(|field| field.at).filter(|at| *at < table.at);
    let text = document.text_between(before.max().unwrap_or(0), table.at);
    let start: String = redact::line(&text).chars().take(QUOTED).collect();
    Some(Topic::BeforeTable.of(format!("{start:?}")))
}

/// The text under the legend of a result, where it should say that there is nothing.
pub(super) fn text_under(document: &Document<'_>, legend: &str) -> Option<Finding> {
    let from = document.heading(legend)?;
    let text = document.text_between(from, usize::MAX);
    let start: String = redact::line(&text).chars().take(QUOTED).collect();
    Some(Topic::UnderLegend.of(format!("{start:?}")))
}

/// A form's fields by name and kind, never their values.
pub(super) fn fields(form: &Form) -> Finding {
    let fields: Vec<String> = form.fields.iter().map(of_field).collect();
    let method = if form.post { "post" } else { "get" };
    format!("form ({method}) with the fields {}", fields.join(", ")).into()
}

fn of_field(field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Hidden => "hidden",
        FieldKind::Password => "password",
        FieldKind::Submit => "submit",
        FieldKind::Select(options) => return of_select(&field.name, options),
        FieldKind::Other => "text",
    };
    format!("{} ({kind})", field.name)
}

fn of_select(name: &str, options: &[Choice]) -> String {
    format!("{name} (select, {} options)", options.len())
}

/// The first row of a table that holds no other, which may be its header.
fn table(table: &Table<'_>) -> Option<Finding> {
    let nested = table
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .any(|cell| cell.nested);
    let first = table.rows.iter().find(|row| row.cells.len() > 1)?;
    if nested {
        return None;
    }
    let cells: Vec<&str> = first.cells.iter().map(|cell| &*cell.text).collect();
    // As one line: whoever stands beside a number is named there.
    let cells = redact::line(&cells.join(" | "));
    let rows = table.rows.len();
    Some(format!("table of {rows} rows, the first: {cells}").into())
}

/// The names of script calls that name a person, never what they say of them.
fn calls(document: &Document<'_>) -> Option<Finding> {
    let calls = script::calls_about_persons(&document.scripts);
    let calls: Vec<String> = calls
        .into_iter()
        .take(MOST)
        .map(|(name, arguments)| format!("{name} ({arguments} arguments)"))
        .collect();
    (!calls.is_empty()).then(|| Topic::CallsWithCpf.of(calls.join(", ")))
}

fn text(document: &Document<'_>) -> Option<Finding> {
    let text = document.text_between(0, usize::MAX);
    // Where there are people, nothing readable would be left of it.
    if text.is_empty() || redact::is_personal(&text) {
        return None;
    }
    let start: String = redact::text(&text).chars().take(QUOTED).collect();
    Some(Topic::Text.of(format!("{start:?}")))
}
