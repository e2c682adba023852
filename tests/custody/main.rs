//! What is kept of others, and how: passwords sealed and sealed anew.

#[path = "../support/mod.rs"]
mod support;

mod passwords;
