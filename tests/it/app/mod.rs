//! A database that is elsewhere by now, only reads, stays silent, is full, or whose clock was wrong: noticed, said and
//! mended within seconds.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod clock;
pub(crate) mod daemon;
mod failover;
mod janitor;
mod least_role;
mod living;
mod refusal;
mod reload;
mod server_settings;
mod silence;
mod start;
