//! What the command line says to people, one file for each of its rooms. What programs read is not here, and of `--help`
//! the Portuguese alone. The English is older than the Portuguese, and scripts may rely on it.

pub(crate) mod acts;
pub(crate) mod agenda;
pub(crate) mod alerts;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod database;
pub(crate) mod day;
pub(crate) mod demo;
pub(crate) mod help;
pub(crate) mod list;
pub(crate) mod mails;
pub(crate) mod migrate;
pub(crate) mod people;
pub(crate) mod portal;
pub(crate) mod problem;
pub(crate) mod setup;
pub(crate) mod simulator;
pub(crate) mod storage_fault;
pub(crate) mod sync;
pub(crate) mod users;
pub(crate) mod vault;
pub(crate) mod webhooks;
pub(crate) mod who;
