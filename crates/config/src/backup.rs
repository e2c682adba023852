//! `[backup]`: nightly backups of the daemon. What a key means is said in `config.toml`.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// The section.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    /// Whose database is backed up.
    pub of: BackupOf,
    /// Where to; empty: `backups` under `state_dir`.
    pub directory: PathBuf,
    /// The time of day, `03:30`.
    pub at: String,
    /// How many are kept.
    pub keep: usize,
    /// Whether the vault's key seals them.
    pub sealed: bool,
    /// How often one is put back to see whether it can be; zero: never.
    #[serde(with = "crate::duration")]
    pub verify_every: Duration,
}

/// Whose database is backed up by a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupOf {
    /// The private one only.
    Private,
    /// Whichever is used.
    Any,
    None,
}

impl BackupConfig {
    #[must_use]
    pub fn time_of_day(&self) -> Option<NaiveTime> {
        NaiveTime::parse_from_str(&self.at, "%H:%M").ok()
    }
}
