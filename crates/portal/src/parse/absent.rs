//! Cells that say in words that there is nothing: stored as nothing, so that a portal that leaves them blank one
//! day and says it in words the next has changed nothing.

use agendad_domain::AgendaRow;
use agendad_domain::text::{fold, folds_to};

/// The texts, folded.
pub(crate) struct AbsentTexts(Vec<String>);

impl AbsentTexts {
    pub(crate) fn of(texts: &[String]) -> Self {
        Self(texts.iter().map(|text| fold(text)).collect())
    }

    /// Whether a cell is one of them, whole.
    pub(crate) fn contain(&self, cell: &str) -> bool {
        // An accent and more white space make a text longer than its fold, but not twice as long.
        let is = |text: &String| cell.len() <= 2 * text.len() && folds_to(cell, text);
        self.0.iter().any(is)
    }

    /// Empties the cells that are one of them.
    pub(crate) fn clear(&self, rows: &mut [AgendaRow]) {
        for cell in rows.iter_mut().flat_map(|row| row.columns.values_mut()) {
            if !cell.is_empty() && self.contain(cell) {
                cell.clear();
            }
        }
    }
}
