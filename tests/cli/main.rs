//! The real program at the command line: exit codes, messages, JSON, and what it must never say.

#[path = "../support/mod.rs"]
mod support;

mod calendar;
mod check;
mod fuzz_seeds;
mod listing;
mod logs;
mod messages;
mod migrate;
mod private_database;
mod sessions;
mod state_dir;
mod sync;
mod users;
mod way;
