//! A section is a section. serde would also take a list for one, of which it reads nothing where only secrets
//! belong; and of a single value figment says what it is, which may be a secret whose name was forgotten.

use toml::{Table, Value};

use super::layers::Layer;
use super::wrong::Wrong;
use super::{ConfigError, Problem};

/// Refuses values in the places of the first layer's sections.
pub(super) fn check(all: &[Layer]) -> Result<(), ConfigError> {
    let mut wrong = Vec::new();
    if let Some((defaults, others)) = all.split_first() {
        for layer in others {
            compare("", &defaults.table, &layer.table, &mut |key| {
                wrong.push(Problem {
                    place: layer.place.clone(),
                    key,
                    wrong: Wrong::Section,
                });
            });
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ConfigError::Settings(wrong))
    }
}

fn compare(prefix: &str, defaults: &Table, given: &Table, refuse: &mut impl FnMut(String)) {
    for (name, default) in defaults {
        let (Value::Table(inside), Some(value)) = (default, given.get(name)) else {
            continue;
        };
        match value.as_table() {
            Some(value) => compare(&format!("{prefix}{name}."), inside, value, refuse),
            None => refuse(format!("{prefix}{name}")),
        }
    }
}
