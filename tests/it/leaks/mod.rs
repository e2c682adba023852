//! No password, cookie, token, key or complete CPF in anything that leaves the program: the whole daemon at
//! trace level, every fault, every door, and then a search through all that was said and kept.

mod canaries;
mod commands;
mod daemon;
mod everything;
mod kept;
mod questions;
mod refusals;
mod secrets;
mod troubles;
