//! A database that is elsewhere by now, only reads, stays silent, is full, or whose clock was wrong: noticed, said and
//! mended within seconds.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod clock;
mod daemon;
mod failover;
mod living;
mod refusal;
mod silence;
mod start;
mod zone;
