//! What stands for a value that nobody may see: in a record, and for programs. How people read it is in the program's words.

use strum::{Display, EnumString, VariantArray};

/// In place of a value that is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, VariantArray)]
pub enum Concealed {
    /// A secret that there is not.
    #[strum(serialize = "(not set)")]
    NotSet,
    /// A secret.
    #[strum(serialize = "(hidden)")]
    Hidden,
    /// Of no setting that is known: it may be a misspelt secret.
    #[strum(serialize = "(unknown, hidden)")]
    Unknown,
    /// In place of a file's path: it may be the secret itself.
    #[strum(serialize = "(no path, hidden)")]
    NoPath,
}

impl Concealed {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Of a secret's value only whether there is one.
    #[must_use]
    pub fn secret(value: Option<&str>) -> Self {
        match value {
            Some("") => Self::NotSet,
            Some(_) | None => Self::Hidden,
        }
    }
}
