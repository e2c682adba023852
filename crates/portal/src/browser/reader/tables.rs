//! Tables, each with its own text: what stands in an inner table is not the outer cell's.

use std::collections::HashSet;
use std::mem;

use super::state::{Element, OpenTable, Reader};
use crate::browser::document::{Cell, Row, Table};
use crate::browser::html::name::Name;

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
            group_hidden: false,
            group_beside: false,
        });
        self.document.tables.push(Table {
            id: element.trimmed("id"),
            at: self.at,
            end: self.at,
            rows: Vec::new(),
        });
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

    pub(super) fn close_row(&mut self) {
        if let Some(open) = self.tables.last()
            && let Some(row) = self.document.tables[open.index].rows.last_mut()
        {
            row.end = self.at;
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
        let span = |name| {
            let span = element.attr(name).and_then(|n| n.trim().parse().ok());
            span.unwrap_or(1).clamp(1, 1000)
        };
        let cell = Cell::new(span("colspan"), span("rowspan"));
        row.cells.push(cell);
    }

    /// Where nothing of the cell is seen, a script shows some of it: its texts, each once, are the cell's.
    pub(super) fn close_cell(&mut self) {
        let open = self.tables.last_mut();
        let mut unseen = open.map_or_else(Vec::new, |open| mem::take(&mut open.unseen_texts));
        unseen.retain(|unseen| !unseen.text.is_empty());
        if let Some(cell) = self.cell().filter(|cell| cell.text.is_empty()) {
            let mut said = HashSet::new();
            for unseen in &unseen {
                if said.insert(&unseen.text) {
                    cell.space();
                    cell.push(&unseen.text, unseen.text.clone());
                }
            }
        }
        if let Some(open) = self.tables.last_mut() {
            open.in_cell = false;
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
