//! How long somebody else's session is left alone: a time, or for ever.

use std::fmt;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::duration;

/// A time such as `45m`, or `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationOrNever {
    /// So long; zero: not at all.
    For(Duration),
    /// The session is never ended by us.
    Forever,
}

const FOREVER: &str = "never";

impl fmt::Display for DurationOrNever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::For(time) => write!(f, "{}", humantime::format_duration(*time)),
            Self::Forever => f.write_str(FOREVER),
        }
    }
}

impl Serialize for DurationOrNever {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DurationOrNever {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.trim().eq_ignore_ascii_case(FOREVER) {
            return Ok(Self::Forever);
        }
        let time = duration::parse(text.trim())
            .map_err(|_| D::Error::custom("give a time such as \"45m\", \"0s\" or \"never\""))?;
        if time > Duration::from_secs(366 * 86_400) {
            return Err(D::Error::custom("it is longer than a year; give \"never\""));
        }
        Ok(Self::For(time))
    }
}
