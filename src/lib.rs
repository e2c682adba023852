//! placeholder
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod retry;
pub mod simulator;
