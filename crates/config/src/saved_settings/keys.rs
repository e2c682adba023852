//! Which settings may be made in the browser or by command. All of them can change in a running process.

use crate::Config;

/// One of them.
pub struct Setting {
    /// Dotted, as in `config.toml`.
    pub key: &'static str,
    pub(super) copy: fn(&mut Config, &Config),
    secret: Option<fn(&Config) -> bool>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setting({})", self.key)
    }
}

impl Setting {
    /// Whether its value is shown to nobody.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// Whether a secret is set; `None`: it is no secret.
    #[must_use]
    pub fn is_set(&self, config: &Config) -> Option<bool> {
        self.secret.map(|is_set| is_set(config))
    }
}

macro_rules! setting {
    ($key:literal, $($field:ident).+) => {
        Setting {
            key: $key,
            copy: |new, fresh| new.$($field).+.clone_from(&fresh.$($field).+),
            secret: None,
        }
    };
}

macro_rules! secret {
    ($key:literal, $field:ident) => {
        Setting {
            key: $key,
            copy: |new, fresh| new.secrets.$field.clone_from(&fresh.secrets.$field),
            secret: Some(|config| config.secrets.$field.is_some()),
        }
    };
}

/// All of them.
pub const SETTINGS: &[Setting] = &[
    setting!("portal.user_agent", portal.user_agent),
    setting!("windows", windows),
    setting!("http.public_url", http.public_url),
    setting!("backup.at", backup.at),
    setting!("tomorrow.enabled", tomorrow.enabled),
    setting!("tomorrow.hour", tomorrow.hour),
    setting!("changes.enabled", changes.enabled),
    setting!("changes.quiet_from", changes.quiet_from),
    setting!("changes.quiet_until", changes.quiet_until),
    setting!("alerts.enabled", alerts.enabled),
    setting!("alerts.email.host", alerts.email.host),
    setting!("alerts.email.port", alerts.email.port),
    setting!("alerts.email.security", alerts.email.security),
    setting!("alerts.email.from", alerts.email.from),
    setting!("alerts.email.to", alerts.email.to),
    secret!("alerts.email.username", alerts_email_username),
    secret!("alerts.email.password", alerts_email_password),
    secret!("alerts.slack.webhook", alerts_slack_webhook),
    secret!("alerts.ntfy.url", alerts_ntfy_url),
    secret!("alerts.ntfy.token", alerts_ntfy_token),
    secret!("alerts.telegram.token", alerts_telegram_token),
    setting!("alerts.telegram.chat", alerts.telegram.chat),
    secret!("alerts.webhook.url", alerts_webhook_url),
    secret!("alerts.webhook.secret", alerts_webhook_secret),
];

#[must_use]
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}
