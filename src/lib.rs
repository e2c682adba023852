//! placeholder
pub mod clock;
pub mod config;
pub mod domain;
pub mod retry;
pub mod simulator;
