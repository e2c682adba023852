//! The settings as one value.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::alerts::AlertsConfig;
use super::backup::BackupConfig;
use super::calendar::CalendarConfig;
use super::changes::ChangesConfig;
use super::portal::PortalConfig;
use super::retry::RetryConfig;
use super::saved_settings::SavedSettings;
use super::secrets::Secrets;
use super::sections::{
    AppointmentsConfig, DatabaseConfig, Empty, GuardConfig, HttpConfig, LogConfig, RetentionConfig,
    SchedulerConfig, SessionConfig, ShutdownConfig,
};
use super::sources::Sources;
use super::timezone;
use super::tomorrow::TomorrowConfig;
use super::webhooks::WebhooksConfig;
use agendad_domain::{Window, Zone};

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
    pub database: DatabaseConfig,
    /// `[vault]`: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    vault: Empty,
    pub backup: BackupConfig,
    pub windows: Vec<Window>,
    pub scheduler: SchedulerConfig,
    pub shutdown: ShutdownConfig,
    pub session: SessionConfig,
    pub retry: RetryConfig,
    pub guard: GuardConfig,
    pub appointments: AppointmentsConfig,
    pub portal: PortalConfig,
    pub http: HttpConfig,
    pub calendar: CalendarConfig,
    pub alerts: AlertsConfig,
    pub tomorrow: TomorrowConfig,
    pub changes: ChangesConfig,
    pub webhooks: WebhooksConfig,
    /// `[redis]`: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    redis: Empty,
    pub retention: RetentionConfig,
    pub log: LogConfig,
    /// The secret settings.
    #[serde(skip)]
    pub secrets: Secrets,
    /// What was set in the browser or by command.
    #[serde(skip)]
    pub saved: SavedSettings,
    /// Where all of it was read.
    #[serde(skip)]
    pub sources: Sources,
}
