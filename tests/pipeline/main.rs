//! The pipeline, put together as in production: real HTTP against the simulator, real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests may panic as tests do, and name only what they expect"
)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod answers;
mod broken_runs;
mod clean_runs;
mod control;
mod costs;
mod engine;
mod fault_table;
mod guard;
mod least_role;
mod letters;
mod odd_data;
mod one_at_a_time;
mod one_session;
mod pooler;
mod probes;
mod redis;
mod refused_appointments;
mod reload;
mod seen;
mod sessions;
mod statements;
mod units;
mod variants;
