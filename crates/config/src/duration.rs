//! Durations as people write them, `45m` or `1500ms`, of a length that can be reckoned with: an instant that
//! far away must still be one.

use std::fmt;
use std::time::Duration;

use humantime::DurationError;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserializer, Serializer};

/// A hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// What a reader of durations expects, by which its refusals are known.
pub(super) const EXPECTED: &str = "a duration";

/// A duration as people write it.
///
/// # Errors
/// [`DurationError`] for what is none, and for `M`: that would be months, and minutes are meant.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    match text.find('M') {
        Some(at) => Err(DurationError::InvalidCharacter(at)),
        None => humantime::parse_duration(text),
    }
}

pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    humantime_serde::serialize(time, to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Duration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(EXPECTED)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
            parse(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
        }
    }
    let time = from.deserialize_str(Text)?;
    if time > LONGEST {
        return Err(D::Error::custom("it is longer than 100 years"));
    }
    Ok(time)
}
