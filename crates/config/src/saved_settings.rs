//! Settings that were made in the browser or by `agendad config set`: `settings.toml` under `state_dir`, the one file of
//! settings that the program writes itself. It lies over `config.toml`, and under what the environment and systemd's
//! credentials fix. It is taken whole or not at all: its first line seals the rest.

mod file;
mod in_force;
mod keys;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Table;
pub use toml::Value;

use super::layer::Layers;
pub use super::sources::Sources;
use super::validate::is_directory;
use super::wrong::Wrong;
use super::{Config, ConfigError, Place, Problem, layers};
pub use file::{fingerprint, path_in};
pub use in_force::SavedSettings;
pub use keys::{SETTINGS, Setting, find};

/// Lays what is kept over what is given.
pub(super) fn lay_over(all: &mut Layers) -> Result<SavedSettings, ConfigError> {
    let Some(dir) = state_dir(all) else {
        return Ok(SavedSettings::default());
    };
    let path = path_in(&dir);
    let mut kept = SavedSettings {
        fixed: fixed(all),
        ..SavedSettings::default()
    };
    let read = match file::read(&path) {
        Ok(Some(read)) => read,
        Ok(None) => return Ok(kept),
        Err(ConfigError::Unreadable { source, .. })
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            kept.unread = Some(path);
            return Ok(kept);
        }
        Err(error) => return Err(error),
    };
    kept.version = read.version;
    flatten("", &read.layer.table, &mut kept.values);
    let strangers = kept.values.keys().filter(|key| find(key).is_none());
    let strangers: Vec<Problem> = strangers
        .map(|key| stranger(&read.layer.place, key))
        .collect();
    if !strangers.is_empty() {
        return Err(ConfigError::Settings(strangers));
    }
    let place = all
        .iter()
        .position(|layer| layer.place.is_fixing())
        .unwrap_or(all.len());
    all.insert(place, read.layer);
    Ok(kept)
}

/// All layers of this process, in order: built-in, file, what was set in the browser or by command, systemd's
/// credentials, environment.
pub fn all(explicit: Option<&Path>) -> Result<Layers, ConfigError> {
    let mut all = layers::given(explicit)?;
    lay_over(&mut all)?;
    Ok(all)
}

/// Puts into a configuration what is kept otherwise in `fresh`, and nothing else. Returns the keys.
pub fn take_up(config: &mut Config, fresh: &Config) -> Vec<&'static str> {
    let differs = |key: &str| config.saved.values.get(key) != fresh.saved.values.get(key);
    let differing: Vec<&Setting> = SETTINGS.iter().filter(|one| differs(one.key)).collect();
    for setting in &differing {
        (setting.copy)(config, fresh);
    }
    config.saved = fresh.saved.clone();
    differing.into_iter().map(|setting| setting.key).collect()
}

/// What is to be changed: a value, or `None`: what is kept of it is forgotten.
pub type Edits = BTreeMap<&'static str, Option<Value>>;

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The configuration as it would be is refused.
    #[error(transparent)]
    Refused(#[from] ConfigError),
    /// The environment or a credential fixes it.
    #[error("{key} is fixed by {by}: change it there, or take it away there first")]
    Fixed {
        /// The key.
        key: &'static str,
        /// What fixes it.
        by: String,
    },
    /// Somebody else has changed something meanwhile.
    #[error("somebody else has changed settings meanwhile; look again")]
    Overtaken,
    /// The file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Changes what is kept: one writer at a time, checked as a whole before it is written. `seen`: the version that whoever
/// asks has seen, `None`: whichever; it does not matter where all that is asked for is kept already, as after a form that
/// was sent twice. `check`: what else may refuse it. Returns the configuration as it is then.
///
/// # Errors
/// [`ChangeError`]; then nothing has changed.
pub fn change(
    sources: &Sources,
    seen: Option<&str>,
    edits: &Edits,
    check: impl FnOnce(&Config) -> Result<(), Problem>,
) -> Result<Config, ChangeError> {
    let base = sources.layers()?;
    let dir = state_dir(&base).unwrap_or_default();
    let path = path_in(&dir);
    let failed = |source| ChangeError::Write {
        path: path.clone(),
        source,
    };
    let lock = file::lock(&dir).map_err(failed)?;
    let current = file::read(&path)?;
    let version = current.as_ref().map_or("", |read| read.version.as_str());
    let mut values = BTreeMap::new();
    if let Some(current) = &current {
        flatten("", &current.layer.table, &mut values);
    }
    let changes = |(key, value): (&&str, &Option<Value>)| values.get(*key) != value.as_ref();
    if seen.is_some_and(|seen| seen != version) && edits.iter().any(changes) {
        return Err(ChangeError::Overtaken);
    }
    let by = fixed(&base);
    for (key, value) in edits {
        if let Some(by) = by.get(key) {
            let by = by.clone();
            return Err(ChangeError::Fixed { key, by });
        }
        match value {
            Some(value) => values.insert((*key).to_owned(), value.clone()),
            None => values.remove(*key),
        };
    }
    let text = file::text(&values);
    let name = path.display().to_string();
    let new = file::parse(&name, &path, &text)?;
    let mut all = base;
    let place = all
        .iter()
        .position(|layer| layer.place.is_fixing())
        .unwrap_or(all.len());
    all.insert(place, new.layer);
    let config = Config::from_layers(all)?;
    check(&config).map_err(ConfigError::from)?;
    file::write(&path, &text).map_err(failed)?;
    drop(lock);
    Ok(config)
}

/// What a file of settings holds, by its text: for [`change`] where it is put back. Keys that this version does not know
/// are apart.
///
/// # Errors
/// [`ConfigError::Damaged`], [`ConfigError::Syntax`].
pub fn edits(text: &str) -> Result<(Edits, Vec<String>), ConfigError> {
    let name = path_in(Path::new(""));
    let read = file::parse(&name.display().to_string(), &name, text)?;
    let mut values = BTreeMap::new();
    flatten("", &read.layer.table, &mut values);
    let (mut edits, mut strangers) = (Edits::new(), Vec::new());
    for (key, value) in values {
        match find(&key) {
            Some(setting) => drop(edits.insert(setting.key, Some(value))),
            None => strangers.push(key),
        }
    }
    Ok((edits, strangers))
}

/// The value that a text stands for, as the setting's default has it; a list may be written with commas.
pub fn value(key: &'static str, text: &str) -> Result<Value, ConfigError> {
    let built_in = layers::built_in()?.table;
    let default = layers::lookup(&built_in, key);
    let is_list = default.is_some_and(Value::is_array) && !text.trim_start().starts_with('[');
    if is_list {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        return Ok(Value::Array(parts.map(Value::from).collect()));
    }
    layers::typed(default, text.to_owned()).map_err(|wrong| {
        Problem {
            place: Place::Given,
            key: key.to_owned(),
            wrong,
        }
        .into()
    })
}

/// The directory in which it lies; none where what is given is refused.
fn state_dir(all: &Layers) -> Option<PathBuf> {
    let mut set = all
        .iter()
        .rev()
        .filter_map(|layer| layer.table.get("state_dir"));
    let given = set.next()?.as_str().filter(|text| is_directory(text));
    given.map(PathBuf::from)
}

fn fixed(all: &Layers) -> BTreeMap<&'static str, String> {
    let mut fixed = BTreeMap::new();
    for layer in all.iter().filter(|layer| layer.place.is_fixing()) {
        for Setting { key, .. } in SETTINGS {
            for name in [(*key).to_owned(), format!("{key}_file")] {
                if layers::lookup(&layer.table, &name).is_some() {
                    let by = if layer.place == Place::Environment {
                        layers::environment_name(&name)
                    } else {
                        layer.place.to_string()
                    };
                    fixed.insert(*key, by);
                }
            }
        }
    }
    fixed
}

fn flatten(prefix: &str, table: &Table, into: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        match value.as_table() {
            Some(inner) => flatten(&format!("{key}."), inner, into),
            None => drop(into.insert(key, value.clone())),
        }
    }
}

fn stranger(place: &Place, key: &str) -> Problem {
    Problem {
        place: place.clone(),
        key: key.to_owned(),
        wrong: Wrong::NotKept,
    }
}

#[cfg(test)]
mod tests;
