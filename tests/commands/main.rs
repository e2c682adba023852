//! The program as operators run it: real processes, real exit codes.

#[path = "../support/mod.rs"]
mod support;

mod asking;
mod keys;
mod locks;
mod people;
mod program;
