//! The table of a day: columns that no key names and keys without a column, rows that cannot be read, exam statuses,
//! and texts that seem to say that there is nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Topic};
use crate::parse::absent::AbsentTexts;
use crate::parse::row;
use crate::parse::table::{DataTable, RawRow};
use crate::redact;
use agendad_config::portal::Profile;
use agendad_domain::agenda::column;
use agendad_domain::text::fold;

/// A code of a category is no longer than this, in characters.
const LONGEST_CODE: usize = 4;

/// What the table shows.
pub(super) fn findings(table: &DataTable, profile: &Profile) -> Vec<Finding> {
    let mut lines = vec![Topic::Columns.of(table.columns.join(", "))];
    let further = [
        columns(table, profile),
        rows(table, profile),
        absent(table, profile),
    ];
    lines.extend(further.into_iter().flatten().map(Finding::Line));
    if !table.rows.is_empty() {
        lines.push(statuses(table, profile));
    }
    lines
}

fn columns(table: &DataTable, profile: &Profile) -> Vec<String> {
    let missing = profile
        .columns
        .iter()
        .filter(|(key, _)| !table.columns.contains(key))
        .map(|(key, headers)| {
            let headers = headers.all().join(" | ");
            format!("no column `{key}`: portal.profile.columns.{key} = {headers}: NOT found")
        });
    let unknown = table
        .columns
        .iter()
        .filter(|column| !column.is_empty() && !profile.columns.contains_key(column.as_str()));
    let unknown = unknown
        .map(|column| format!("a column that no key of portal.profile.columns names: `{column}`"));
    missing.chain(unknown).collect()
}

fn rows(table: &DataTable, profile: &Profile) -> Vec<String> {
    let absent = AbsentTexts::of(&profile.absent_texts);
    let problems: Vec<String> = table
        .rows
        .iter()
        .enumerate()
        .filter_map(|(n, raw)| {
            let problem = row::read(&table.columns, raw, &absent).err()?;
            Some(format!("row {}: {}", n + 1, problem.problem))
        })
        .collect();
    let count = (table.rows.len(), problems.len());
    let mut lines = vec![format!(
        "{} rows, {} of them not readable",
        count.0, count.1
    )];
    lines.extend(problems);
    lines
}

/// Texts where a telephone, an address or a code should stand, if several rows have them: no person's.
fn absent(table: &DataTable, profile: &Profile) -> Vec<String> {
    let known = AbsentTexts::of(&profile.absent_texts);
    let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, key) in table.columns.iter().enumerate() {
        let is_value: fn(&str) -> bool = match key.as_str() {
            column::TELEFONE => |text| text.contains(|c: char| c.is_ascii_digit()),
            column::EMAIL => |text| text.contains('@'),
            column::CATEGORIA => |text| text.chars().count() <= LONGEST_CODE,
            _ => continue,
        };
        let cells = table.rows.iter().filter_map(|raw| raw.cells.get(index));
        for cell in cells.filter(|cell| !cell.is_empty() && !is_value(cell)) {
            if !known.contain(cell) {
                *texts.entry(cell).or_default() += 1;
            }
        }
    }
    let repeated = texts.into_iter().filter(|(_, count)| *count > 1);
    repeated
        .map(|(text, count)| {
            let text = redact::line(text);
            format!(
                "{text:?} stands in {count} cells: put it into portal.profile.absent_texts if it says that there is nothing"
            )
        })
        .collect()
}

fn statuses(table: &DataTable, profile: &Profile) -> Finding {
    let is_status = |key: &String| {
        matches!(
            key.as_str(),
            column::STATUS_EXAME_MEDICO | column::STATUS_EXAME_PSICOLOGICO
        )
    };
    let columns: Vec<usize> = (0..table.columns.len())
        .filter(|n| is_status(&table.columns[*n]))
        .collect();
    let cells = |raw: &RawRow| -> Vec<String> {
        let cells = columns.iter().filter_map(|n| raw.cells.get(*n));
        cells.map(|text| redact::text(text)).collect()
    };
    let statuses: BTreeSet<String> = table.rows.iter().flat_map(cells).collect();
    let closing = &profile.closing_statuses;
    let closes = |status: &&String| closing.iter().any(|text| fold(text) == fold(status));
    let closed: Vec<&String> = statuses.iter().filter(closes).collect();
    let which = if closed.is_empty() {
        "none of them".to_owned()
    } else {
        format!("{closed:?}")
    };
    Topic::ExamStatuses.of(format!(
        "{statuses:?}; closed by portal.profile.closing_statuses = {}: {which}",
        closing.join(" | ")
    ))
}
