//! Other systems are told of changes: over HTTP, signed, in order, whoever fails.

mod browser;
mod commands;
mod daemon;
mod delivery;
mod example;
pub(crate) mod receiver;
mod scene;
mod visibility;
