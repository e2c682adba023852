//! Addresses that are no secrets: they stand in logs, on pages and in refusals, so there is no place in them for a login.

use toml::Value;

use super::layer::{Layers, place_of};
use super::layers;
use super::wrong::Wrong;
use super::{ConfigError, Problem};

/// The settings that are such addresses.
const ADDRESSES: [&str; 3] = ["portal.base_url", "http.public_url", "alerts.email.host"];
/// An address that may hold one: nothing shows it but the list of settings.
const TELEGRAM: &str = "alerts.telegram.server";

/// Refuses a login, before anything else is said of the address.
pub(super) fn check(all: &Layers) -> Result<(), ConfigError> {
    let is_wrong = |key: &&str| {
        let mut values = all.iter().rev();
        let in_force = values.find_map(|layer| layers::lookup(&layer.table, key));
        in_force.and_then(Value::as_str).is_some_and(has_login)
    };
    let wrong: Vec<Problem> = ADDRESSES
        .into_iter()
        .filter(is_wrong)
        .map(|key| Problem {
            place: place_of(key, all),
            key: key.to_owned(),
            wrong: Wrong::Login,
        })
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ConfigError::Settings(wrong))
    }
}

/// Whether this value of a setting is not to be shown.
pub(super) fn is_hidden(key: &str, text: &str) -> bool {
    (ADDRESSES.contains(&key) || key == TELEGRAM) && has_login(text)
}

/// Written in whatever way, so that no reader of addresses has to understand it: none of these has an @ otherwise.
fn has_login(text: &str) -> bool {
    text.contains('@')
}
