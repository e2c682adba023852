//! *In which words?* Every sentence that a person reads in Portuguese or English lives here, in both languages side by
//! side: what the API says of an error, the dashboard, alerts and e-mails, calendars. A [`Sentence`] that lacks a
//! language does not compile, and neither does a kind without a sentence: each is keyed by its type, in a `match`
//! without `_`.
//!
//! Who writes chooses the language at the last moment ([`Language::say`], or `.pt` where only Portuguese is sent), and
//! nobody else takes a sentence apart: what is shown apart, such as a command, is apart here too (`advice`). Only
//! `command` looks into one, to put `sudo` before the commands that the machine at hand gives to root alone.
//!
//! Not here: what the log says, in English alone, and what the portal says.

#[macro_use]
mod sentence;

pub(crate) mod advice;
pub(crate) mod alert;
pub(crate) mod api;
pub(crate) mod calendar;
pub(crate) mod changes;
pub(crate) mod cli;
pub(crate) mod code;
pub(crate) mod command;
pub(crate) mod condition;
pub(crate) mod database;
pub(crate) mod day;
pub(crate) mod delivery;
pub(crate) mod failure;
pub(crate) mod finding;
pub(crate) mod kinds;
pub(crate) mod note;
pub(crate) mod notice;
pub(crate) mod pages;
pub(crate) mod pause;
pub mod probe;
pub(crate) mod role;
pub mod row;
pub mod rule;
pub(crate) mod setting;
pub(crate) mod silence;
pub(crate) mod time;
pub(crate) mod tomorrow;
pub(crate) mod trouble;
pub(crate) mod window;

pub use command::Shown;
pub use sentence::{Language, Sentence};
pub(crate) use sentence::{both, count, joined};
