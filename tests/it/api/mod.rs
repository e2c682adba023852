//! The API for programs: accounts, runs, slots, syncs, and who may do what for whom.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod account;
mod permissions;
mod reading;
mod syncs;
