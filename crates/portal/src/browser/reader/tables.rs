//! Tables, each with its own text: what stands in an inner table is not the outer cell's.

use std::borrow::Cow;

use super::state::{Element, OpenTable, Reader};
use crate::browser::document::{Cell, Row, Table};

impl<'a> Reader<'a> {
    pub(super) fn open_table(&mut self, element: Element<'_, 'a>) {
        if let Some(cell) = self.cell() {
            cell.nested = true;
        }
        self.tables.push(OpenTable {
            index: self.document.tables.len(),
            in_cell: false,
        });
        self.document.tables.push(Table {
            id: element.trimmed("id"),
            at: self.at,
            end: self.at,
            rows: Vec::new(),
        });
    }

    pub(super) fn open_row(&mut self) {
        if let Some(open) = self.tables.last() {
            self.document.tables[open.index].rows.push(Row {
                at: self.at,
                end: self.at,
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
        let span = |name| {
            let span = element.attr(name).and_then(|n| n.trim().parse().ok());
            span.unwrap_or(1).clamp(1, 1000)
        };
        row.cells.push(Cell {
            text: Cow::Borrowed(""),
            gap: false,
            colspan: span("colspan"),
            rowspan: span("rowspan"),
            nested: false,
        });
    }

    pub(super) fn close_cell(&mut self) {
        if let Some(open) = self.tables.last_mut() {
            open.in_cell = false;
        }
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
