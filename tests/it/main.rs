//! What the program holds, tried from outside: real PostgreSQL, the portal's double over HTTP, the real program. One
//! folder a room of `src`, one binary for all of them: it is linked once, and its tests share one server.
//!
//! Apart from it stands what needs a process of its own (`tests/portal_memory.rs`, `tests/chaos`), or programs that not
//! every machine has (`tests/upgrade`).

// The future of a test holds that of the whole daemon.
#![recursion_limit = "256"]
#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests may panic as tests do, and name only what they expect"
)]

mod alerts;
mod api;
mod app;
mod architecture;
mod backup;
mod calendar;
mod changes;
mod cli;
mod config;
mod dashboard;
mod documents;
mod http;
mod leaks;
mod portal;
mod scheduler;
mod session;
mod settings;
mod staff;
mod store;
mod support;
mod sync;
mod telemetry;
mod tomorrow;
mod vault;
mod webhooks;
mod words;
