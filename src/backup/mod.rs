//! *And if the disk dies?* The database as one file: made, verified, put back, kept for some nights.
//!
//! A backup is what `pg_dump` says of one snapshot, and figures of each table in that same snapshot, by which it is told
//! afterwards whether a copy is one. It is sealed with the vault's key, which is not in it.

pub mod backup_dir;
mod error;
mod file;
pub mod load;
pub mod make;
mod manifest;
pub mod nightly;
pub(crate) mod patience;
pub mod room;
pub mod throwaway;

pub use error::BackupError;
pub use file::{Reader, Writer};
pub use manifest::Manifest;
