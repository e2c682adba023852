//! `[alerts]`: which trouble is told, how often, and through which channels. What a key means is said in
//! `config.toml`; what each alert means, in `docs/alerts.md`.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::retry::RetryConfig;
use super::sections::Empty;

/// The alerts' section.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertsConfig {
    /// Whether rules are evaluated at all.
    pub enabled: bool,
    /// How often.
    #[serde(with = "crate::duration")]
    pub interval: Duration,
    /// Messages about one rule are at least so far apart; what comes meanwhile goes together.
    #[serde(with = "crate::duration")]
    pub group_interval: Duration,
    /// A trouble that comes back is not told again within this.
    #[serde(with = "crate::duration")]
    pub cool_down: Duration,
    /// A trouble that goes on is told again after this; zero: never.
    #[serde(with = "crate::duration")]
    pub repeat_after: Duration,
    /// Whether the end of a trouble is told.
    pub all_clear: bool,
    /// Names in one message; the others are counted.
    pub max_names: usize,
    /// Time for one delivery.
    #[serde(with = "crate::duration")]
    pub timeout: Duration,
    /// Deliveries that fail.
    pub retry: RetryConfig,
    pub failure_rate: FailureRateRule,
    pub many_removed: RemovalsRule,
    pub held_removals: RemovalsRule,
    pub credentials: PlainRule,
    pub duplicate_cpf: PlainRule,
    pub captcha: PlainRule,
    pub layout: LayoutRule,
    /// Rows that are not understood.
    pub unread_rows: LayoutRule,
    pub portal_down: PortalDownRule,
    pub firewall: LayoutRule,
    pub stale: StaleRule,
    pub access: PlainRule,
    pub appointments: LayoutRule,
    pub database: DatabaseRule,
    pub clock: ClockRule,
    pub backup_old: BackupOldRule,
    pub webhooks: LayoutRule,
    /// Channel: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    slack: Empty,
    /// Channel.
    pub email: EmailConfig,
    /// Channel: its keys are secrets.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    ntfy: Empty,
    /// Channel.
    pub telegram: TelegramConfig,
    /// Channel: its keys are secrets.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    webhook: Empty,
    /// The address that is called while all is well: its only key is a secret.
    #[serde(default, skip_serializing)]
    #[expect(
        dead_code,
        reason = "names the section, so that figment knows it and refuses its unknown keys"
    )]
    heartbeat: Empty,
}

/// A rule without measures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainRule {
    /// Whether it is on.
    pub enabled: bool,
}

/// `[alerts.backup_old]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupOldRule {
    /// Whether it is on.
    pub enabled: bool,
    /// A good backup is to be younger than this.
    #[serde(with = "crate::duration")]
    pub max_age: Duration,
}

/// `[alerts.failure_rate]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureRateRule {
    /// Whether it is on.
    pub enabled: bool,
    /// Runs of so long a time count.
    #[serde(with = "crate::duration")]
    pub window: Duration,
    /// From this part of failed runs on.
    pub max_ratio: f64,
    /// Fewer runs say nothing.
    pub min_runs: u32,
}

/// `[alerts.many_removed]` and `[alerts.held_removals]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalsRule {
    /// Whether it is on.
    pub enabled: bool,
    /// Runs of so long a time are looked at.
    #[serde(with = "crate::duration")]
    pub window: Duration,
    /// From so many slots of one examiner on.
    pub min_slots: u32,
}

/// `[alerts.layout]`, `[alerts.unread_rows]`, `[alerts.appointments]`, `[alerts.firewall]` and `[alerts.webhooks]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutRule {
    /// Whether it is on.
    pub enabled: bool,
    /// Runs of so long a time are looked at.
    #[serde(with = "crate::duration")]
    pub window: Duration,
}

/// `[alerts.portal_down]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalDownRule {
    /// Whether it is on.
    pub enabled: bool,
    /// The last so many runs are looked at ...
    pub runs: u32,
    /// ... none of them older than this ...
    #[serde(with = "crate::duration")]
    pub window: Duration,
    /// ... and this part of them did not reach the portal.
    pub max_ratio: f64,
}

/// `[alerts.stale]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaleRule {
    /// Whether it is on.
    pub enabled: bool,
    /// So many ticks of a window without a success.
    pub intervals: u32,
}

/// `[alerts.database]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseRule {
    /// Whether it is on.
    pub enabled: bool,
    /// How long the database must have been away.
    #[serde(with = "crate::duration")]
    pub after: Duration,
}

/// `[alerts.clock]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Whether it is on.
    pub enabled: bool,
    /// A machine's clock may differ so much from the database's.
    #[serde(with = "crate::duration")]
    pub max_difference: Duration,
    /// For so long it is told that stored times were taken back.
    #[serde(with = "crate::duration")]
    pub window: Duration,
}

/// `[alerts.email]`; user name and password are secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailConfig {
    /// Name or address of the SMTP server; empty: no e-mail.
    pub host: String,
    /// Its port; 0: the usual one.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// A file with a further certificate authority (PEM); empty: those of the system only.
    pub trusted_ca: PathBuf,
    /// The name by which the server is greeted; empty: the host's.
    pub helo_name: String,
    /// Sender.
    pub from: String,
    /// Recipients.
    pub to: Vec<String>,
}

/// `[alerts.telegram]`; the token is a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramConfig {
    /// The chat to which the bot writes.
    pub chat: String,
    /// The bot API's server.
    pub server: String,
}

/// How the connection to the SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted before anything is said; refused if the server cannot.
    Starttls,
    /// In clear text, on this machine only.
    None,
}

impl EmailConfig {
    /// The port, the usual one of the protection if none is set.
    #[must_use]
    pub fn port(&self) -> u16 {
        match (self.port, self.security) {
            (0, MailSecurity::Tls) => 465,
            (0, MailSecurity::Starttls) => 587,
            (0, MailSecurity::None) => 25,
            (port, _) => port,
        }
    }
}
