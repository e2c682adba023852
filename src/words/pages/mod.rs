//! The words of the dashboard, one file for each of its files.

pub(crate) mod agenda;
pub(crate) mod audit;
pub(crate) mod calendar;
pub(crate) mod changes;
pub(crate) mod clinic;
pub(crate) mod enrol;
pub(crate) mod examiner;
pub(crate) mod firewall;
pub(crate) mod first_steps;
pub(crate) mod freshness;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod installation;
pub(crate) mod login_page;
pub(crate) mod overview;
pub(crate) mod page;
pub(crate) mod paging;
pub(crate) mod past;
pub(crate) mod people;
pub(crate) mod problem;
pub(crate) mod progress;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod units;
pub(crate) mod verify;
