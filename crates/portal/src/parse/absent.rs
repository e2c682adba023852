//! Cells that say in words that there is nothing: stored as nothing, so that a portal that leaves them blank one
//! day and says it in words the next has changed nothing.

use agendad_domain::AgendaRow;
use agendad_domain::text::{fold, folds_to};

/// Empties the cells that are one of these texts, whole.
pub(super) fn clear(rows: &mut [AgendaRow], texts: &[String]) {
    let texts: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    for cell in rows.iter_mut().flat_map(|row| row.columns.values_mut()) {
        // An accent and more white space make a text longer than its fold, but not twice as long.
        let is = |text: &String| cell.len() <= 2 * text.len() && folds_to(cell, text);
        if !cell.is_empty() && texts.iter().any(is) {
            cell.clear();
        }
    }
}
