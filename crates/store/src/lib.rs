//! *To where?* The database: one file per table, functions named by intent. SQL lives here and
//! nowhere else (River's own tables aside, see `scheduler::river`).
//!
//! Architecture invariant: `store` knows `domain` and nothing of HTTP, schedules or the portal.

pub mod accounts;
mod address;
pub mod adopt;
pub mod alerts;
pub mod appointments;
pub mod audit;
pub mod calendars;
pub mod change_mails;
pub mod clinic;
pub mod clock;
mod columns;
pub mod connect;
mod connect_error;
pub mod control;
mod counts;
pub mod days;
pub mod duplicates;
pub mod encoding;
mod error;
pub mod figures;
pub mod health;
pub mod history;
pub mod jobs;
pub mod kept_sessions;
pub mod listing;
pub mod lock_space;
pub mod locks;
pub mod logouts;
pub mod mail_preferences;
pub mod migrate;
mod moved;
pub mod names;
mod new_day;
pub mod overview;
pub mod ownership;
pub mod passwords;
pub mod pause;
pub mod pauses;
pub mod people;
pub mod places;
mod pool;
mod pooler;
pub mod preflight;
pub mod processes;
pub mod refusals;
pub mod removal;
mod repeatable;
mod restored;
pub mod rights;
pub mod runs;
pub mod schedules;
pub mod seen;
mod session_settings;
pub mod settings;
pub mod sheets;
mod shown_cpf;
pub mod slots;
#[cfg(test)]
mod sql_words;
pub mod staff;
pub mod statistics;
mod store;
pub mod tomorrow;
pub mod unanswered;
pub mod units;
mod unread_rows;
pub mod users;
mod waiting;
pub mod webhooks;
pub mod young_tables;

pub use error::StoreError;
pub use pool::STATEMENT_TIMEOUT;
pub use store::{Store, Transaction};
