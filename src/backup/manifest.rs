//! The description at the beginning of a backup, in clear text: no personal data, and protected against changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::private_postgres::TableFigures;
use crate::vault::StreamKey;

/// The first line of a backup, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program's version.
    pub program: String,
    /// When its snapshot was taken.
    pub made_at: DateTime<Utc>,
    /// The server's version, as `150018`.
    pub server: u32,
    /// Whether it is of a private database.
    pub private: bool,
    /// What the database took on the disk, in bytes.
    pub database_bytes: i64,
    /// What it is sealed with; nothing if it is in clear text.
    pub sealed: Option<StreamKey>,
    /// What was set in the browser, the text of that file, sealed by itself; nothing if there was none, or if the backup is
    /// in clear text: it holds secrets. Releases that do not know of it leave it aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<String>,
    /// Every table, with its rows and a sum over them.
    pub tables: Vec<TableFigures>,
}

impl Manifest {
    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.server / 10_000
    }

    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}
