//! No password, cookie, token, key or complete CPF in anything that leaves the program: the whole daemon at
//! trace level, every fault, every door, and then a search through all that was said and kept.

#[path = "../support/mod.rs"]
mod support;

#[path = "../commands/program.rs"]
#[allow(
    dead_code,
    clippy::allow_attributes,
    reason = "shared with the tests of the commands"
)]
mod program;

mod canaries;
mod commands;
mod daemon;
mod everything;
mod kept;
mod questions;
mod refusals;
mod secrets;
mod troubles;
