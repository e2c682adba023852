//! What `/metrics` says, asked of the real daemon, and what hangs on it: alert rules, dashboard, list.

mod counts;
mod deaths;
mod files;
mod list;
mod page;
pub(crate) mod scraped;
mod ticks;
mod trouble;
