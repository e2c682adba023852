//! Layers of settings, merged and checked.

use figment::Figment;
use figment::error::{Actual, Kind};
use figment::providers::Serialized;

use super::layer::{Layers, place_of};
use super::layers;
use super::logins;
use super::secrets::Secrets;
use super::sources::Sources;
use super::value_kind::ValueKind;
use super::wrong::Wrong;
use super::{Config, ConfigError, Problem, duration, shape, timezone, validate};

impl Config {
    /// The settings as shipped: no file, no environment.
    ///
    /// # Errors
    /// [`ConfigError`]; a test of this crate sees to it that there is none.
    pub fn shipped() -> Result<Self, ConfigError> {
        Self::from_layers(vec![layers::built_in()?])
    }

    /// Merges and checks layers.
    pub fn from_layers(mut all: Layers) -> Result<Self, ConfigError> {
        shape::check(&all)?;
        logins::check(&all)?;
        let sources = Sources::Given(all.clone());
        let secrets = Secrets::take(&mut all)?;
        let mut figment = Figment::new();
        for layer in &all {
            figment = figment.merge(Serialized::defaults(&layer.table));
        }
        let mut config: Self = figment
            .extract()
            .map_err(|error| ConfigError::Settings(problems(error, &all)))?;
        config.secrets = secrets;
        config.sources = sources;
        let wrong = validate::problems(&config, &all);
        if wrong.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Settings(wrong))
        }
    }
}

/// figment's errors, each with the layer that set the key.
fn problems(error: figment::Error, all: &Layers) -> Vec<Problem> {
    error
        .into_iter()
        .map(|error| {
            let key = error.path.join(".");
            let wrong = wrong(&error.kind);
            Problem {
                place: place_of(&key, all),
                key,
                wrong,
            }
        })
        .collect()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "figment's other kinds say what is wrong themselves"
)]
fn wrong(kind: &Kind) -> Wrong {
    match kind {
        Kind::UnknownField(_, known) => Wrong::Unknown(known.join(", ")),
        Kind::UnknownVariant(given, allowed) => Wrong::NoneOf(given.clone(), allowed.join(", ")),
        Kind::MissingField(field) => Wrong::Lacks(field.to_string()),
        Kind::InvalidType(given, expected) | Kind::InvalidValue(given, expected) => {
            misfit(given, expected).unwrap_or_else(|| Wrong::Refused(kind.to_string()))
        }
        other => Wrong::Refused(other.to_string()),
    }
}

/// A value that is none of its setting's, whose type serde names as Rust does.
fn misfit(given: &Actual, expected: &str) -> Option<Wrong> {
    let shown = as_written(given)?;
    let whole = matches!(given, Actual::Signed(_) | Actual::Unsigned(_));
    Some(match expected {
        duration::EXPECTED => Wrong::Time(shown),
        timezone::EXPECTED => Wrong::Zone(shown),
        "u16" if whole => Wrong::Between("0", "65535"),
        "u32" if whole => Wrong::Between("0", "4294967295"),
        "u64" | "usize" if whole => Wrong::AtLeast("0"),
        "u16" | "u32" | "u64" | "usize" => Wrong::Type(ValueKind::Integer, shown),
        "f32" | "f64" => Wrong::Type(ValueKind::Float, shown),
        "a boolean" => Wrong::Type(ValueKind::Boolean, shown),
        "a string" => Wrong::Type(ValueKind::String, shown),
        "a sequence" => Wrong::Type(ValueKind::Array, shown),
        _ => return None,
    })
}

/// A single value as TOML writes it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are no single values"
)]
fn as_written(given: &Actual) -> Option<String> {
    match given {
        Actual::Bool(value) => Some(value.to_string()),
        Actual::Unsigned(value) => Some(value.to_string()),
        Actual::Signed(value) => Some(value.to_string()),
        Actual::Float(value) => Some(format!("{value:?}")),
        Actual::Str(value) => Some(format!("{value:?}")),
        _ => None,
    }
}
