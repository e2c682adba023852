//! The clinic's day: the agenda over all examiners, for whoever receives the candidates. The same for the dashboard, the
//! command line, files and spreadsheets: a `View` names what is asked for, a `Table` is what a file of it holds, `csv` and
//! `xlsx` write it, and `Address` is where a spreadsheet fetches it.

mod address;
mod bare;
mod csv;
mod day;
mod export;
mod meant;
mod table;
mod view;
mod windows;
mod xlsx;

pub(crate) use address::Address;
pub(crate) use bare::BareDays;
pub(crate) use csv::Dialect;
pub(crate) use day::Day;
pub(crate) use export::export;
pub(crate) use meant::meant;
pub(crate) use table::{Columns, KnownDays, Table, changes_of, days_of, examiner_name};
pub(crate) use view::{LONGEST, Selection, View, evening};
pub(crate) use windows::day_windows;
