//! The pipeline, put together as in production: real HTTP against the simulator, real PostgreSQL.

#[path = "../support/mod.rs"]
mod support;

mod clean_runs;
mod probes;
