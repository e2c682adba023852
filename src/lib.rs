//! placeholder
pub mod clock;
pub mod config;
pub mod domain;
pub mod private_postgres;
pub mod retry;
