//! What a value is, as TOML tells them apart.

use std::fmt;

use toml::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A text in quotes.
    String,
    /// A list.
    Array,
    /// A section.
    Table,
    /// A date, a time, or both.
    Datetime,
}

impl ValueKind {
    pub(super) const fn of(value: &Value) -> Self {
        match value {
            Value::Integer(_) => Self::Integer,
            Value::Float(_) => Self::Float,
            Value::Boolean(_) => Self::Boolean,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Table(_) => Self::Table,
            Value::Datetime(_) => Self::Datetime,
        }
    }
}

/// As TOML calls it.
impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Array => "array",
            Self::Table => "table",
            Self::Datetime => "datetime",
        })
    }
}
