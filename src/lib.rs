//! placeholder
pub mod clock;
pub mod config;
pub mod domain;
pub mod portal;
pub mod retry;
