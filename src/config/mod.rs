//! placeholder
pub mod portal;
pub mod retry;
