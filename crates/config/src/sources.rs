//! Where a configuration was read, to read it again.

use std::fmt;
use std::path::PathBuf;

use super::ConfigError;
use super::layer::Layers;
use super::layers;

/// Where a configuration was read, to read it again.
#[derive(Clone)]
pub enum Sources {
    /// This process's: a file (or the usual places), credentials, environment.
    Process(Option<PathBuf>),
    /// These.
    Given(Layers),
}

impl Default for Sources {
    fn default() -> Self {
        Self::Given(Vec::new())
    }
}

/// Says nothing of what is in them: they hold secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

impl Sources {
    /// All that is not kept.
    pub fn layers(&self) -> Result<Layers, ConfigError> {
        match self {
            Self::Process(file) => layers::given(file.as_deref()),
            Self::Given(all) => Ok(all.clone()),
        }
    }
}
