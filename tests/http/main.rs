//! The HTTP API of the running daemon, asked over loopback as its clients would, and as attackers would.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod attacks;
mod base_path;
mod browser;
mod calendar;
mod client;
mod dashboard;
mod fuzz_seeds;
mod limits;
mod permissions;
mod reading;
mod syncs;
