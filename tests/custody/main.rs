//! What is kept of others, and how: passwords sealed and sealed anew, candidates exported and erased.

#[path = "../support/mod.rs"]
mod support;

mod duplicates;
mod given;
mod passwords;
mod people;
mod refusals;
