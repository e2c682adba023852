//! The store against a real PostgreSQL: what a reading of a day does to slots, appointments and history.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod appointments;
mod connections;
mod desk;
mod fence;
mod figures;
mod guard;
mod kept_sessions;
mod machine;
mod overview;
mod ownership;
mod quiet;
mod records;
mod refusing;
mod rights;
mod schema;
mod slots;
mod transactions;
mod unchanged;
mod units;
mod vacant;
mod young_tables;
