//! *How configured?* `config.toml` is the default, included into the program; a file, the
//! environment and secret files lie over it. Everything is checked before anything starts.

pub mod alerts;
pub mod backup;
pub mod calendar;
pub mod changes;
mod duration;
mod error;
pub mod host;
pub mod kept;
mod layer;
pub mod layers;
pub mod patience;
pub mod portal;
pub mod profile;
pub mod reference;
pub mod restart;
pub mod retry;
pub mod secrets;
pub mod sections;
mod shape;
pub mod shown;
#[cfg(test)]
mod tests;
pub mod timezone;
pub mod tomorrow;
mod validate;
pub mod webhooks;
pub mod wrong;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::Serialized;
use serde::{Deserialize, Serialize};

use agendad_domain::{Window, Zone};
use alerts::AlertsConfig;
use backup::BackupConfig;
use calendar::CalendarConfig;
use changes::ChangesConfig;
use kept::{Kept, Sources};
use layers::Layers;
use portal::PortalConfig;
use retry::RetryConfig;
use secrets::Secrets;
use sections::{
    AppointmentsConfig, DatabaseConfig, Empty, GuardConfig, HttpConfig, LogConfig, RetentionConfig,
    SchedulerConfig, SessionConfig, ShutdownConfig,
};
use tomorrow::TomorrowConfig;
use webhooks::WebhooksConfig;
use wrong::Wrong;

pub use error::{ConfigError, Problem};

/// The effective settings. Secrets are kept apart and cannot print themselves.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where agendad keeps its own files.
    pub state_dir: PathBuf,
    /// The zone of "today", windows and cron expressions.
    #[serde(with = "timezone")]
    pub timezone: Zone,
    /// Name of this process; empty: the host name.
    pub instance: String,
    /// `[database]`
    pub database: DatabaseConfig,
    /// `[vault]`: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    vault: Empty,
    /// `[backup]`
    pub backup: BackupConfig,
    /// `[[windows]]`
    pub windows: Vec<Window>,
    /// `[scheduler]`
    pub scheduler: SchedulerConfig,
    /// `[shutdown]`
    pub shutdown: ShutdownConfig,
    /// `[session]`
    pub session: SessionConfig,
    /// `[retry]`
    pub retry: RetryConfig,
    /// `[guard]`
    pub guard: GuardConfig,
    /// `[appointments]`
    pub appointments: AppointmentsConfig,
    /// `[portal]`
    pub portal: PortalConfig,
    /// `[http]`
    pub http: HttpConfig,
    /// `[calendar]`
    pub calendar: CalendarConfig,
    /// `[alerts]`
    pub alerts: AlertsConfig,
    /// `[tomorrow]`
    pub tomorrow: TomorrowConfig,
    /// `[changes]`
    pub changes: ChangesConfig,
    /// `[webhooks]`
    pub webhooks: WebhooksConfig,
    /// `[redis]`: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    redis: Empty,
    /// `[retention]`
    pub retention: RetentionConfig,
    /// `[log]`
    pub log: LogConfig,
    /// The secret settings.
    #[serde(skip)]
    pub secrets: Secrets,
    /// What was set in the browser or by command.
    #[serde(skip)]
    pub kept: Kept,
    /// Where all of it was read.
    #[serde(skip)]
    pub sources: Sources,
}

impl Config {
    /// Loads and checks: built-in defaults, `file` (or the usual places), systemd's credentials, this
    /// process's environment.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(Sources::Process(file.map(Path::to_owned)))
    }

    /// Loads and checks what lies there, and what is kept over it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_sources(sources: Sources) -> Result<Self, ConfigError> {
        let mut all = sources.layers()?;
        let kept = kept::lay_over(&mut all)?;
        let config = Self::from_layers(all)?;
        Ok(Self {
            kept,
            sources,
            ..config
        })
    }

    /// The settings as shipped: no file, no environment.
    ///
    /// # Errors
    /// [`ConfigError`]; a test of this crate sees to it that there is none.
    pub fn shipped() -> Result<Self, ConfigError> {
        Self::from_layers(vec![layers::built_in()?])
    }

    /// Merges and checks layers.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_layers(mut all: Layers) -> Result<Self, ConfigError> {
        shape::check(&all)?;
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
                place: validate::place_of(&key, all),
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
        other => Wrong::Refused(other.to_string()),
    }
}
