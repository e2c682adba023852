//! Where settings come from. The English is here; whoever speaks another language has a name for each.

use std::fmt;
use std::path::Path;

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The shipped `config.toml`.
    BuiltIn,
    /// A file, by its name.
    File(Box<str>),
    /// systemd's credentials, in this directory.
    Credentials(Box<Path>),
    Environment,
    /// One variable of it, by its name.
    Variable(Box<str>),
    /// What somebody gave by hand.
    Given,
}

impl Place {
    /// Whether what it sets counts whatever is kept.
    pub(super) const fn is_fixing(&self) -> bool {
        match self {
            Self::Credentials(_) | Self::Environment | Self::Variable(_) => true,
            Self::BuiltIn | Self::File(_) | Self::Given => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in defaults"),
            Self::File(name) => f.write_str(name),
            Self::Credentials(directory) => write!(f, "credentials in {}", directory.display()),
            Self::Environment => f.write_str("environment"),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Given => f.write_str("value"),
        }
    }
}
