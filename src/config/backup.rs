//! `[backup]`: nightly backups of the daemon. What a key means is said in `config.toml`.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::Config;
use crate::backup::nightly::Plan;
use crate::backup::shelf::Shelf;

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
    #[serde(with = "crate::config::duration")]
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
    /// None.
    None,
}

impl BackupConfig {
    /// The time of day, if it is one.
    #[must_use]
    pub fn time_of_day(&self) -> Option<NaiveTime> {
        NaiveTime::parse_from_str(&self.at, "%H:%M").ok()
    }
}

impl Config {
    /// The nightly backups of this process; `None` if it makes none.
    #[must_use]
    pub fn backups(&self) -> Option<Plan> {
        let is_private = self.secrets.database_url.is_none();
        let wanted = match self.backup.of {
            BackupOf::Private => is_private,
            BackupOf::Any => true,
            BackupOf::None => false,
        };
        let at = self.backup.time_of_day().filter(|_| wanted)?;
        Some(Plan {
            shelf: self.shelf(),
            at,
            zone: self.timezone,
            keep: self.backup.keep,
            verify_every: self.backup.verify_every,
            state_dir: self.state_dir.clone(),
        })
    }

    /// Where backups lie.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        let dir = &self.backup.directory;
        if dir.as_os_str().is_empty() {
            return Shelf::new(self.state_dir.join("backups"));
        }
        Shelf::new(dir)
    }
}
