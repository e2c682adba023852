//! From the places where settings lie to the settings in force.

use std::path::Path;

use super::saved_settings;
use super::sources::Sources;
use super::{Config, ConfigError};

impl Config {
    /// Loads and checks: built-in defaults, `file` (or the usual places), systemd's credentials, this
    /// process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(Sources::Process(file.map(Path::to_owned)))
    }

    /// Loads and checks what lies there, and what is kept over it.
    pub fn from_sources(sources: Sources) -> Result<Self, ConfigError> {
        let mut all = sources.layers()?;
        let kept = saved_settings::lay_over(&mut all)?;
        let mut config = Self::from_layers(all)?;
        config.saved = kept;
        config.sources = sources;
        Ok(config)
    }
}
