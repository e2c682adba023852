//! Where settings come from: the built-in `config.toml`, a file, systemd's credentials, the environment.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::value_kind::ValueKind;
use super::wrong::Wrong;
use super::{ConfigError, Place, Problem, secrets};
use agendad_domain::secret_text;

pub use super::layer::{Layer, Layers};

/// The defaults: the shipped file itself, so that there is one set of them.
pub const BUILT_IN: &str = include_str!("../../../config.toml");
/// Prefix of environment settings.
pub const ENV_PREFIX: &str = "AGENDAD_";
/// The language of the command line. A matter of whoever sits there, and no setting: the only name with the prefix that
/// is none.
pub const LANGUAGE: &str = "AGENDAD_LANG";

/// The built-in layer.
///
/// # Errors
/// None in practice: a test parses the file.
pub fn built_in() -> Result<Layer, ConfigError> {
    Ok(Layer {
        place: Place::BuiltIn,
        ..parse("config.toml", BUILT_IN)?
    })
}

/// The file's layer: `explicit`, else the first of `/etc/agendad/config.toml` and `./config.toml`
/// that exists, else none.
///
/// # Errors
/// If the file cannot be read or is not TOML.
pub fn file(explicit: Option<&Path>) -> Result<Option<Layer>, ConfigError> {
    let candidates = [
        PathBuf::from("/etc/agendad/config.toml"),
        PathBuf::from("config.toml"),
    ];
    if let Some(path) = explicit {
        return read(path).map(Some);
    }
    for path in candidates {
        // A directory that may not be searched hides whether there is one: that is no "none".
        match path.try_exists() {
            Ok(false) => {}
            Ok(true) => return read(&path).map(Some),
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<Layer, ConfigError> {
    let bytes = std::fs::read(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let beginning = bytes.utf8_chunks().next();
    let beginning = beginning.map_or("", |chunk| chunk.valid());
    let line = 1 + beginning.matches('\n').count();
    // Notepad's "Unicode" is UTF-16.
    let text = secret_text::decode(bytes).ok_or_else(|| ConfigError::NotUtf8 {
        path: path.to_owned(),
        line,
    })?;
    parse(&path.display().to_string(), &text)
}

/// Where the shipped unit takes its credentials from. Commands that root runs read them there.
const CREDENTIALS: &str = "/etc/agendad/credentials";
/// What the unit's `LoadCredential=agendad:…` puts before the names of the files.
const CREDENTIALS_ID: &str = "agendad_";

/// The layer of systemd's credentials (`LoadCredential=`): a file of a secret's dotted name, such as
/// `database.url`, in `directory`, is that secret; so is `agendad_database.url`, as systemd calls it when
/// it was given a whole directory.
///
/// # Errors
/// If such a file cannot be read as text, or holds none: taken for "not set", it would make a new database or key.
pub fn credentials(directory: Option<&Path>) -> Result<Option<Layer>, ConfigError> {
    let Some(directory) = directory else {
        return Ok(None);
    };
    let mut table = Table::new();
    let names = secrets::KEYS.map(|key| {
        [
            (key, key.to_owned()),
            (key, format!("{CREDENTIALS_ID}{key}")),
        ]
    });
    for (key, file) in names.into_iter().flatten() {
        let path = directory.join(file);
        match secrets::read_file(&path) {
            Ok(text) if text.is_empty() => {
                return Err(ConfigError::from(Problem {
                    place: Place::Credentials(directory.into()),
                    key: key.to_owned(),
                    wrong: Wrong::EmptyFile(path.display().to_string()),
                }));
            }
            Ok(text) => {
                let names: Vec<String> = key.split('.').map(str::to_owned).collect();
                insert(&mut table, &names, Value::String(text));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        }
    }
    let place = Place::Credentials(directory.into());
    Ok(Some(Layer { place, table }))
}

/// Whether a file of this name is a credential of ours.
#[must_use]
pub fn is_credential(name: &str) -> bool {
    secrets::KEYS.contains(&name.strip_prefix(CREDENTIALS_ID).unwrap_or(name))
}

/// Files in a directory of credentials that are meant for us, and that nobody reads: there is no such secret.
#[must_use]
pub fn unknown_credentials(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // In one of systemd's there may be others', too.
    let is_all_ours = directory == Path::new(CREDENTIALS);
    let is_meant = |name: &String| is_all_ours || name.starts_with(CREDENTIALS_ID);
    let mut unknown: Vec<String> = names
        .filter(|name| is_meant(name) && !name.starts_with('.') && !is_credential(name))
        .collect();
    unknown.sort();
    unknown
}

/// The directory, unless it is missing or somebody else's.
fn readable(directory: &Path) -> Option<PathBuf> {
    let listed = std::fs::read_dir(directory);
    listed.is_ok().then(|| directory.to_owned())
}

/// All layers of this process, in order, without what was set in the browser or by command: built-in, file, systemd's
/// credentials, environment.
pub(super) fn given(explicit: Option<&Path>) -> Result<Layers, ConfigError> {
    let mut all = vec![built_in()?];
    all.extend(file(explicit)?);
    let given = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let directory = given.or_else(|| readable(Path::new(CREDENTIALS)));
    all.extend(credentials(directory.as_deref())?);
    let environment = environment(variables()?.into_iter(), &all[0].table)?;
    all.push(environment);
    Ok(all)
}

/// Our variables. Others may hold any bytes.
fn variables() -> Result<Vec<(String, String)>, ConfigError> {
    let ours = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        name.starts_with(ENV_PREFIX).then_some((name, value))
    });
    let text = ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(Problem {
            place: Place::Variable(name.into()),
            key: String::new(),
            wrong: Wrong::NotUtf8,
        }
        .into()),
    });
    text.collect()
}

/// The environment variable of a dotted key.
#[must_use]
pub(super) fn environment_name(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// The environment's layer, from `AGENDAD_SECTION__KEY=value` pairs.
///
/// A value becomes what the built-in default is: a text stays a text even if it looks like a number.
///
/// # Errors
/// If a value is not of the default's type, or if the name is no setting at all.
pub fn environment(
    variables: impl Iterator<Item = (String, String)>,
    defaults: &Table,
) -> Result<Layer, ConfigError> {
    let mut table = Table::new();
    // A section comes before what it contains, which counts more.
    let mut variables: Vec<(String, String)> = variables.collect();
    variables.sort();
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix(ENV_PREFIX) else {
            continue;
        };
        if name == LANGUAGE || is_link(rest, &text) {
            continue;
        }
        let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let key = path.join(".");
        let default = lookup(defaults, key.strip_suffix("_file").unwrap_or(&key));
        let value = if is_column(&key) {
            Ok(text_or_list(text))
        } else {
            typed(default, text)
        };
        let value = value.map_err(|wrong| Problem {
            place: Place::Variable(name.into()),
            key,
            wrong,
        })?;
        insert(&mut table, &path, value);
    }
    Ok(Layer {
        place: Place::Environment,
        table,
    })
}

/// Whether it is a column of the portal's table, whose header may be a text or several, and which may have any name.
fn is_column(key: &str) -> bool {
    let column = key.strip_prefix("portal.profile.columns.");
    column.is_some_and(|name| !name.contains('.'))
}

fn text_or_list(text: String) -> Value {
    match parsed(&text) {
        Some(list @ Value::Array(_)) => list,
        Some(_) | None => Value::String(text),
    }
}

/// Whether it is what Kubernetes or Docker tells each container of a service that is called `agendad`, or `agendad-` and
/// something: nobody has set that.
fn is_link(name: &str, value: &str) -> bool {
    const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
    let is_protocol = |text: &str| PROTOCOLS.contains(&text);
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    // `AGENDAD_HTTP_PORT=8080` is a setting, misspelt.
    let is_address = || {
        let scheme = value
            .split_once("://")
            .map(|(scheme, _)| scheme.to_uppercase());
        scheme.is_some_and(|scheme| is_protocol(&scheme))
    };
    if name.contains("__") {
        return false;
    }
    let parts: Vec<&str> = name.split('_').collect();
    match parts.as_slice() {
        [.., "SERVICE", "HOST" | "PORT"] => true,
        [.., "PORT", port, protocol] | [.., "PORT", port, protocol, "ADDR" | "PORT" | "PROTO"]
            if is_port(port) =>
        {
            is_protocol(protocol)
        }
        [.., "PORT"] => is_address(),
        named => named.windows(2).any(|pair| pair == ["SERVICE", "PORT"]),
    }
}

/// The layer of a file of this name and text.
///
/// # Errors
/// [`ConfigError::Syntax`] if it is not TOML.
pub fn parse(name: &str, text: &str) -> Result<Layer, ConfigError> {
    // The error's own text quotes the line, which may hold a secret: only position and reason are kept.
    let text = text.trim_start_matches('\u{feff}');
    let table = text.parse::<Table>().map_err(|error| {
        let line = error
            .span()
            .map_or(0, |span| 1 + text[..span.start].matches('\n').count());
        ConfigError::Syntax {
            place: name.to_owned(),
            line,
            message: error.message().to_owned(),
        }
    })?;
    Ok(Layer {
        place: Place::File(name.into()),
        table,
    })
}

/// The value of a dotted key.
pub(super) fn lookup<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let first = table.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.as_table()?.get(part))
}

pub(super) fn typed(default: Option<&Value>, text: String) -> Result<Value, Wrong> {
    let expected = match default {
        None => return Err(Wrong::NoSetting),
        Some(Value::String(_)) => return Ok(Value::String(text)),
        Some(Value::Table(_)) => {
            return match parsed(&text) {
                Some(section @ Value::Table(_)) => Ok(section),
                Some(_) | None => Err(Wrong::SectionInVariable),
            };
        }
        Some(other) => ValueKind::of(other),
    };
    match parsed(&text) {
        Some(Value::Integer(number)) if expected == ValueKind::Float => {
            Ok(Value::Float(number as f64))
        }
        Some(value) if ValueKind::of(&value) == expected => Ok(value),
        _ => Err(Wrong::Type(expected, format!("{text:?}"))),
    }
}

/// What a text is as the value of a setting, written as TOML.
fn parsed(text: &str) -> Option<Value> {
    let mut table = format!("v = {}", text.trim()).parse::<Table>().ok()?;
    table.remove("v").filter(|_| table.is_empty())
}

pub(super) fn insert(table: &mut Table, path: &[String], value: Value) {
    if let [last] = path {
        table.insert(last.clone(), value);
    } else if let [first, rest @ ..] = path
        && let Some(inner) = table
            .entry(first.clone())
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
    {
        insert(inner, rest, value);
    }
}
