//! Durations as people write them, `45m` or `1500ms`, of a length that can be reckoned with: an instant that
//! far away must still be one.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserializer, Serializer};

/// A hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    humantime_serde::serialize(time, to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let time: Duration = humantime_serde::deserialize(from)?;
    if time > LONGEST {
        return Err(D::Error::custom("it is longer than 100 years"));
    }
    Ok(time)
}
