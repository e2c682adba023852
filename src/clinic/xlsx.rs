//! A table as an XLSX workbook. Texts are texts there, whatever they begin with.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::table::{Cell, Table};
use crate::words::Language;
use crate::words::pages::clinic as words;

impl Table {
    /// The whole file.
    ///
    /// # Errors
    /// [`XlsxError`] if it could not be written.
    pub(crate) fn xlsx(&self, language: Language) -> Result<Vec<u8>, XlsxError> {
        let bold = Format::new().set_bold();
        let day = Format::new().set_num_format("dd/mm/yyyy");
        let time = Format::new().set_num_format("hh:mm");
        let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Agenda")?;
        for (column, name) in (0..).zip(&self.header) {
            sheet.write_string_with_format(0, column, language.say(words::column(*name)), &bold)?;
        }
        for (row, cells) in (1..).zip(self.file_rows()) {
            for (column, cell) in (0..).zip(&cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, fitting(text))?,
                    Cell::Day(date) => sheet.write_datetime_with_format(row, column, date, &day)?,
                    Cell::Time(at) => sheet.write_datetime_with_format(row, column, at, &time)?,
                    Cell::Moment(at) => {
                        sheet.write_datetime_with_format(row, column, at, &moment)?
                    }
                    Cell::Nothing => continue,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        workbook.save_to_buffer()
    }
}

/// A cell holds 32,767 characters.
fn fitting(text: &str) -> &str {
    const MOST: usize = 32_767;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
