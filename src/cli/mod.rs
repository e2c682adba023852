//! Commands, one file each.

pub mod simulate_portal;
