//! The clinic's day: the agenda over all examiners, for whoever receives the candidates. The same for the dashboard, the
//! command line, files and spreadsheets.

mod windows;

pub(crate) use windows::day_windows;
