//! placeholder
pub mod clock;
pub mod config;
pub mod domain;
pub mod private_postgres;
pub mod retry;
pub mod session;
pub mod store;
pub mod vault;
pub mod scheduler;
pub mod sync;
