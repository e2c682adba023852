//! The pipeline, put together as in production: real HTTP against the simulator, real PostgreSQL.

mod accounts;
mod answers;
mod broken_runs;
mod clean_runs;
mod costs;
mod days;
mod duplicates;
mod fault_table;
mod given;
mod guard;
mod logouts;
mod odd_data;
mod one_at_a_time;
mod one_session;
mod probes;
mod refusals;
mod refused_appointments;
mod seen;
mod statements;
mod units;
mod unwritten_ends;
mod variants;
