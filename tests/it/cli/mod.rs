//! The real program at the command line: exit codes, messages, JSON, and what it must never say.

mod agenda;
mod asking;
mod calendar;
mod check;
mod help;
mod keys;
mod language;
mod listing;
mod locks;
mod logs;
mod messages;
mod migrate;
mod people;
mod private_database;
mod problems;
mod process;
pub(crate) mod program;
mod progress;
mod sessions;
mod setup;
mod state_dir;
mod sync;
mod typed;
mod unread;
mod users;
mod width;
