//! What is kept, once it was read.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

/// What is kept, as it is in force.
#[derive(Clone, Default)]
pub struct SavedSettings {
    pub(super) values: BTreeMap<String, Value>,
    pub(super) version: String,
    pub(super) fixed: BTreeMap<&'static str, String>,
    pub(super) unread: Option<PathBuf>,
}

/// Says nothing of the values: they hold secrets.
impl fmt::Debug for SavedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SavedSettings({})", self.version)
    }
}

impl SavedSettings {
    /// Names the file as it was read; empty: there was none.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The keys that are kept.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// What fixes a setting, so that nothing that is kept counts: a variable of the environment, a credential.
    #[must_use]
    pub fn fixed_by(&self, key: &str) -> Option<&str> {
        self.fixed.get(key).map(String::as_str)
    }

    /// The file, if there is one that this user may not read: what is kept is not in force here.
    #[must_use]
    pub fn unread(&self) -> Option<&Path> {
        self.unread.as_deref()
    }
}
