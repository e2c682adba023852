//! The simulator as a stranger sees it: over HTTP, knowing no more than its description.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do: at once and loudly"
)]

mod agenda;
mod control;
mod entry;
mod faults;
mod fuzz_seeds;
mod logins;
mod odd_pages;
mod stranger;
mod variants;
