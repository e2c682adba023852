//! Tables, each with its own text: what stands in an inner table is not the outer cell's.

use std::borrow::Cow;
use std::collections::HashSet;
use std::mem;

use super::state::{Element, OpenTable, Reader, folded};
use crate::browser::document::{Cell, Row, Table};
use crate::browser::html::name::Name;

/// An appointment has at least an hour, a CPF and a name.
const FEWEST_TEXTS: usize = 3;

impl<'a> Reader<'a> {
    pub(super) fn open_table(&mut self, element: Element<'_, 'a>) {
        if let Some(cell) = self.cell() {
            cell.nested = true;
        }
        self.tables.push(OpenTable {
            index: self.document.tables.len(),
            in_cell: false,
            unseen: 0,
            unseen_texts: Vec::new(),
            spoken: Cell::new(1, 1),
            scripted: false,
            group_hidden: false,
            group_beside: false,
        });
        self.document.tables.push(Table {
            id: element.trimmed("id"),
            at: self.at,
            end: self.at,
            is_cut: false,
            rows: Vec::new(),
        });
    }

    pub(super) fn cut_table(&mut self) {
        if self.templates == 0
            && let Some(open) = self.tables.last()
        {
            self.document.tables[open.index].is_cut = true;
        }
    }

    pub(super) fn open_group(&mut self, element: Element<'_, 'a>) {
        if let Some(open) = self.tables.last_mut() {
            open.group_hidden = element.is_hidden();
            open.group_beside = matches!(element.name, Name::THEAD | Name::TFOOT);
        }
    }

    pub(super) fn close_group(&mut self) {
        if let Some(open) = self.tables.last_mut() {
            open.group_hidden = false;
            open.group_beside = false;
        }
    }

    pub(super) fn open_row(&mut self, element: Element<'_, 'a>) {
        if let Some(open) = self.tables.last() {
            self.document.tables[open.index].rows.push(Row {
                at: self.at,
                end: self.at,
                hidden: open.group_hidden || element.is_hidden(),
                beside: open.group_beside,
                cells: Vec::new(),
            });
        }
    }

    /// Without as many texts as an appointment has, a row is one of buttons, and says what it did without their names.
    pub(super) fn close_row(&mut self) {
        if let Some(open) = self.tables.last()
            && let Some(row) = self.document.tables[open.index].rows.last_mut()
        {
            row.end = self.at;
            let is_said = |cell: &&Cell<'_>| !cell.text.is_empty();
            if row.cells.iter().any(|cell| cell.spoken)
                && row.cells.iter().filter(is_said).count() < FEWEST_TEXTS
            {
                for cell in row.cells.iter_mut().filter(|cell| cell.spoken) {
                    cell.text = Cow::Borrowed("");
                }
            }
        }
    }

    pub(super) fn open_cell(&mut self, element: Element<'_, 'a>) {
        let Some(open) = self.tables.last_mut() else {
            return;
        };
        let Some(row) = self.document.tables[open.index].rows.last_mut() else {
            return;
        };
        open.in_cell = true;
        open.unseen = 0;
        open.unseen_texts.clear();
        open.spoken.text = Cow::Borrowed("");
        open.scripted = false;
        let span = |name| {
            let span = element.attr(name).and_then(|n| n.trim().parse().ok());
            span.unwrap_or(1).clamp(1, 1000)
        };
        let cell = Cell::new(span("colspan"), span("rowspan"));
        row.cells.push(cell);
    }

    /// Where nothing of the cell is seen, a script shows some of it: its texts, each once, are the cell's. Where there are
    /// none either, it says what its fields and images do.
    pub(super) fn close_cell(&mut self) {
        let Some(open) = self.tables.last_mut() else {
            return;
        };
        let mut unseen = mem::take(&mut open.unseen_texts);
        let spoken = mem::take(&mut open.spoken.text);
        let scripted = mem::take(&mut open.scripted);
        unseen.retain(|unseen| !unseen.text.is_empty());
        if let Some(cell) = self.cell().filter(|cell| cell.text.is_empty()) {
            let mut said = HashSet::new();
            for unseen in &unseen {
                if said.insert(&unseen.text) {
                    cell.space();
                    cell.push(&unseen.text, unseen.text.clone());
                }
            }
            if cell.text.is_empty() && !cell.nested {
                cell.spoken = !spoken.is_empty();
                cell.scripted = scripted && !cell.spoken;
                cell.text = spoken;
            }
        }
        if let Some(open) = self.tables.last_mut() {
            open.in_cell = false;
        }
    }

    /// Whether a cell is open, and what is seen of it says nothing so far.
    pub(super) fn is_in_blank_cell(&self) -> bool {
        let is_seen = |open: &&OpenTable<'_>| open.in_cell && open.unseen == 0;
        let Some(open) = self.tables.last().filter(is_seen) else {
            return false;
        };
        let row = self.document.tables[open.index].rows.last();
        let cell = row.and_then(|row| row.cells.last());
        self.hidden == 0 && cell.is_some_and(|cell| cell.text.is_empty())
    }

    /// A field or an image says this in a cell, perhaps.
    pub(super) fn speak(&mut self, text: &Cow<'a, str>) {
        if self.is_in_blank_cell()
            && let Some(open) = self.tables.last_mut()
        {
            open.spoken.space();
            open.spoken.push(text, folded(text));
        }
    }

    /// An element opens within a cell, in another that nobody sees or as one: a table's own texts are not the cell's.
    pub(super) fn open_in_cell(&mut self, is_hidden: bool) {
        if let Some(open) = self.tables.last_mut().filter(|open| open.in_cell)
            && (open.unseen > 0 || is_hidden)
        {
            if open.unseen == 0 {
                open.unseen_texts.push(Cell::new(1, 1));
            }
            open.unseen += 1;
        }
    }

    pub(super) fn close_in_cell(&mut self) {
        if let Some(open) = self.tables.last_mut() {
            open.unseen = open.unseen.saturating_sub(1);
        }
    }

    /// The cell that is open, or what holds the text of it that nobody sees.
    pub(super) fn text_of_cell(&mut self) -> Option<&mut Cell<'a>> {
        if self.tables.last()?.unseen == 0 {
            return self.cell();
        }
        self.tables.last_mut()?.unseen_texts.last_mut()
    }

    pub(super) fn cell(&mut self) -> Option<&mut Cell<'a>> {
        let open = self.tables.last().filter(|open| open.in_cell)?;
        self.document.tables[open.index]
            .rows
            .last_mut()?
            .cells
            .last_mut()
    }
}
