//! The store against a real PostgreSQL: what a reading of a day does to slots, appointments and history.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod adoption;
mod appointments;
mod bench;
mod by_hand;
mod clinic;
mod connections;
pub(crate) mod control;
mod days;
mod fence;
mod figures;
mod guard;
mod held;
mod kept_sessions;
mod late_changes;
mod letters;
mod machine;
mod new_day;
mod overview;
mod ownership;
mod people;
mod pooler;
mod quiet;
mod records;
mod refused_changes;
mod refusing;
mod rights;
mod schema;
mod search;
mod slots;
mod sums;
mod transactions;
mod unchanged;
mod units;
mod vacant;
mod vocabulary;
mod young_tables;
mod zone;
