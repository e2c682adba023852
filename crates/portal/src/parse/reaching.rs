//! Cells that reach down into the rows below theirs (`rowspan`).

/// So much text is repeated in a table: an hour or two, no page of hostile cells.
const MOST_TEXT: usize = 64 * 1024;

/// What reaches into the next row, by column.
#[derive(Default)]
pub(super) struct Reaching {
    cells: Vec<Reach>,
    /// Bytes of text that were repeated.
    repeated: usize,
}

struct Reach {
    column: usize,
    /// Into so many rows more.
    rows: usize,
    text: String,
}

impl Reaching {
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// What reaches into this column of the next row, unless that is too much.
    pub(super) fn reaches_into(&mut self, column: usize) -> Option<String> {
        let reach = self.cells.iter().find(|reach| reach.column == column)?;
        self.repeated += reach.text.len();
        (self.repeated <= MOST_TEXT).then(|| reach.text.clone())
    }

    /// The next row is done; these cells of it, with their columns, reach into so many more.
    pub(super) fn row_done(&mut self, cells: impl Iterator<Item = (usize, usize, String)>) {
        for reach in &mut self.cells {
            reach.rows -= 1;
        }
        self.cells.retain(|reach| reach.rows > 0);
        self.cells
            .extend(cells.map(|(column, rows, text)| Reach { column, rows, text }));
    }
}
