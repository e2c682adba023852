//! The result page: which day it shows, and what it says of it.

use chrono::NaiveDate;

use super::table::DataTable;
use super::{date, row, table};
use crate::config::portal::Profile;
use crate::domain::text::fold;
use crate::domain::{DayReading, RowError, Unit};
use crate::portal::browser::document::Document;
use crate::portal::browser::form::Form;
use crate::portal::classify::says;
use crate::portal::search;

/// A page that shows the result of a search.
#[derive(Debug)]
pub(crate) struct ResultPage {
    /// The page's own `DATA:`; `Err` says why it is not clear.
    pub data: Result<NaiveDate, String>,
    /// `Err` says why the table cannot be trusted.
    pub table: Result<Option<DataTable>, String>,
    /// Required columns that a table lacks.
    pub missing: Vec<&'static str>,
    /// Whether it says in words that there is nothing.
    pub says_empty: bool,
    /// The unit that its form repeats.
    pub unit: Option<String>,
    /// Its form, whose tokens are the newest.
    pub form: Option<Form>,
    /// Whether "VOLTAR" stands behind table and words, so that nothing is missing.
    pub is_closed: bool,
}

/// The result page in a document, if it is one: it has the table, or a section "RESULTADO".
pub(crate) fn find(document: &Document, profile: &Profile) -> Option<ResultPage> {
    let table = table::find(document);
    let section = document.heading("resultado");
    if matches!(table, Ok(None)) && section.is_none() {
        return None;
    }
    let start = section.unwrap_or(0);
    let (before, after) = match &table {
        Ok(Some(table)) => (table.at, table.end),
        Ok(None) | Err(_) => (usize::MAX, start),
    };
    let words = document.text_between(start, usize::MAX);
    let form = document
        .forms
        .iter()
        .find(|form| form.field(&profile.unit_field).is_some())
        .or_else(|| document.forms.first());
    let unit = form.and_then(|form| form.field(&profile.unit_field));
    Some(ResultPage {
        data: shown_date(&document.text_between(start.min(before), before)),
        missing: match table {
            Ok(None) => table::missing(document),
            Ok(Some(_)) | Err(_) => Vec::new(),
        },
        says_empty: says(&[words], &profile.empty_texts),
        unit: unit.and_then(search::shown_unit),
        form: form.cloned(),
        is_closed: document.has_label_after(after, &["voltar"]),
        table,
    })
}

/// The one date that follows `DATA:`.
fn shown_date(text: &str) -> Result<NaiveDate, String> {
    let folded = fold(text);
    let mut dates: Vec<NaiveDate> = folded
        .split("data:")
        .skip(1)
        .filter_map(|rest| date::parse(rest.split_whitespace().next()?))
        .collect();
    dates.dedup();
    match dates.as_slice() {
        [date] => Ok(*date),
        [] => Err("the result page does not say `DATA: DD/MM/YYYY`".to_owned()),
        _ => Err("the result page says `DATA:` with several dates".to_owned()),
    }
}

/// The reading of `data` that the page positively states.
///
/// # Errors
/// Why it states nothing of that day, as a fragment.
pub(crate) fn day(page: &ResultPage, unit: &Unit, data: NaiveDate) -> Result<DayReading, String> {
    let shown = page.data.clone()?;
    if shown != data {
        return Err(format!(
            "wrong date: the result page shows {shown} instead of {data}"
        ));
    }
    if page.unit.as_ref().is_some_and(|shown| *shown != unit.code) {
        return Err("the result page shows another unit than the one asked for".to_owned());
    }
    let table = page.table.as_ref().map_err(Clone::clone)?;
    let mut reading = DayReading::empty(data, &unit.code);
    if let Some(table) = table {
        read_rows(table, page.says_empty, &mut reading);
    }
    let nothing = reading.rows.is_empty() && reading.row_errors.is_empty();
    match (nothing, table) {
        (true, Some(_)) if !page.says_empty => {
            Err("the table has no rows, and the page does not say that there are none (portal.profile.empty_texts)".to_owned())
        }
        (true, None) if !page.missing.is_empty() => {
            Err(format!("the table has no column `{}`", page.missing.join("` and no column `")))
        }
        (true, None) if !page.says_empty => {
            Err("the result page has no table with the columns hora, cpf and nome".to_owned())
        }
        _ => Ok(reading),
    }
}

fn read_rows(table: &DataTable, says_empty: bool, reading: &mut DayReading) {
    for (index, raw) in table.rows.iter().enumerate() {
        // A row of one cell is a spacer, or the only one and says that there is nothing.
        let blank = raw.cells.iter().all(String::is_empty);
        if raw.single && !raw.nested && (blank || says_empty && table.rows.len() == 1) {
            continue;
        }
        match row::read(&table.columns, raw) {
            Ok(row) => reading.rows.push(row),
            Err(unreadable) => reading.row_errors.push(RowError {
                row: index + 1,
                problem: unreadable.problem,
                read: unreadable.read,
            }),
        }
    }
}
