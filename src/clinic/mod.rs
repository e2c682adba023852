//! The clinic's day: the agenda over all examiners, for whoever receives the candidates. The same for the dashboard, the
//! command line, files and spreadsheets: a `View` names what is asked for, a `Table` is what a file of it holds, `csv` and
//! `xlsx` write it, and `address` is where a spreadsheet fetches it.

mod bare;
mod csv;
mod day;
mod export;
mod meant;
mod table;
mod view;
mod windows;
mod xlsx;

use crate::config::Config;
use crate::vault::Token;

pub(crate) use bare::BareDays;
pub(crate) use csv::Dialect;
pub(crate) use day::Day;
pub(crate) use export::export;
pub(crate) use meant::meant;
pub(crate) use table::{Columns, KnownDays, Table, changes_of, days_of, examiner_name};
pub(crate) use view::{LONGEST, Selection, View, evening};
pub(crate) use windows::day_windows;

/// The whole address that a token stands for; a secret.
pub(crate) fn address(token: &Token, config: &Config) -> String {
    let base = config.http.public_address();
    format!("{base}/planilha/{}.csv", token.text())
}
