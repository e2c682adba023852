//! A key of the profile as a page bears it out.

use serde::Serialize;

/// A key of the profile, and whether the page had what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileKey {
    /// Its name under `portal.profile`.
    pub key: &'static str,
    pub value: String,
    /// Whether the page had it, or answered a request made by it as expected.
    pub found: bool,
}

pub(super) fn key(key: &'static str, value: &str, found: bool) -> ProfileKey {
    let value = value.to_owned();
    ProfileKey { key, value, found }
}
