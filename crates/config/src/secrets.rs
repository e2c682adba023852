//! Settings that are secrets. They are taken out of the layers before figment sees the rest, because
//! its errors print the offending value and its environment layer turns `007` into a number.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::layer::{Layer, Layers};
use super::wrong::Wrong;
use super::{ConfigError, Place, Problem};
use agendad_domain::secret_text;

/// The secret settings; an empty text means "not set".
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// `database.url`: holds a password.
    pub database_url: Option<SecretString>,
    /// `database.lock_url`
    pub database_lock_url: Option<SecretString>,
    pub vault_key: Option<SecretString>,
    /// `http.operator_token`
    pub http_operator_token: Option<SecretString>,
    /// `http.jwt_secret`
    pub http_jwt_secret: Option<SecretString>,
    /// `redis.url`: may hold a password.
    pub redis_url: Option<SecretString>,
    /// `alerts.slack.webhook`: whoever knows it can write there.
    pub alerts_slack_webhook: Option<SecretString>,
    pub alerts_email_username: Option<SecretString>,
    pub alerts_email_password: Option<SecretString>,
    /// `alerts.heartbeat.url`: whoever knows it can pretend that all is well.
    pub alerts_heartbeat_url: Option<SecretString>,
    /// `alerts.ntfy.url`: whoever knows it can read along.
    pub alerts_ntfy_url: Option<SecretString>,
    pub alerts_ntfy_token: Option<SecretString>,
    pub alerts_telegram_token: Option<SecretString>,
    pub alerts_webhook_url: Option<SecretString>,
    pub alerts_webhook_secret: Option<SecretString>,
    /// `portal.proxy`: may hold a password.
    pub portal_proxy: Option<SecretString>,
    /// Which layer set which key.
    places: BTreeMap<&'static str, Place>,
}

/// The keys of all secrets, as they stand in `config.toml`.
pub const KEYS: [&str; 16] = [
    "database.url",
    "database.lock_url",
    "vault.key",
    "http.operator_token",
    "http.jwt_secret",
    "redis.url",
    "alerts.slack.webhook",
    "alerts.email.username",
    "alerts.email.password",
    "alerts.heartbeat.url",
    "portal.proxy",
    "alerts.ntfy.url",
    "alerts.ntfy.token",
    "alerts.telegram.token",
    "alerts.webhook.url",
    "alerts.webhook.secret",
];

impl Secrets {
    /// Takes the secrets out of the layers, the last layer that names one winning.
    pub(super) fn take(layers: &mut Layers) -> Result<Self, ConfigError> {
        let mut places = BTreeMap::new();
        let mut take = |key: &'static str| -> Result<Option<SecretString>, ConfigError> {
            let mut found = None;
            for layer in layers.iter_mut() {
                if let Some(text) = take_from(layer, key)? {
                    found = Some(text);
                    places.insert(key, layer.place.clone());
                }
            }
            Ok(found
                .filter(|text| !text.is_empty())
                .map(SecretString::from))
        };
        Ok(Self {
            database_url: take(KEYS[0])?,
            database_lock_url: take(KEYS[1])?,
            vault_key: take(KEYS[2])?,
            http_operator_token: take(KEYS[3])?,
            http_jwt_secret: take(KEYS[4])?,
            redis_url: take(KEYS[5])?,
            alerts_slack_webhook: take(KEYS[6])?,
            alerts_email_username: take(KEYS[7])?,
            alerts_email_password: take(KEYS[8])?,
            alerts_heartbeat_url: take(KEYS[9])?,
            portal_proxy: take(KEYS[10])?,
            alerts_ntfy_url: take(KEYS[11])?,
            alerts_ntfy_token: take(KEYS[12])?,
            alerts_telegram_token: take(KEYS[13])?,
            alerts_webhook_url: take(KEYS[14])?,
            alerts_webhook_secret: take(KEYS[15])?,
            places,
        })
    }

    /// A text without the secrets of the alerts' channels, which the other side of one may have repeated.
    #[must_use]
    pub fn blank(&self, text: &str) -> String {
        let secrets = [
            &self.alerts_slack_webhook,
            &self.alerts_email_password,
            &self.alerts_ntfy_url,
            &self.alerts_ntfy_token,
            &self.alerts_telegram_token,
            &self.alerts_webhook_url,
            &self.alerts_webhook_secret,
        ];
        let mut text = text.to_owned();
        for secret in secrets.into_iter().flatten() {
            text = text.replace(secret.expose_secret(), "…");
        }
        text
    }

    /// The layer that set a secret.
    pub(super) fn place_of(&self, key: &str) -> Option<&Place> {
        self.places.get(key)
    }
}

/// The secret that a file holds.
pub(super) fn read_file(path: &Path) -> io::Result<String> {
    secret_text::of_file(std::fs::read(path)?)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is neither UTF-8 nor UTF-16"))
}

/// A secret without the line break behind it, which nobody meant. The token, which is compared with what was trimmed, is
/// trimmed as well; a key or password may end in a blank. White space alone stays, because it was meant to be something,
/// and nothing at all would count as "not set".
fn without_end(key: &str, text: String) -> String {
    let text = secret_text::without_marks(text);
    let trimmed = if key == "http.operator_token" {
        text.trim()
    } else {
        text.trim_end_matches(['\r', '\n'])
    };
    match trimmed {
        "" => text,
        trimmed => trimmed.to_owned(),
    }
}

/// Whether a text that should name a file looks as if it did, and not like the secret itself.
pub(super) fn is_path(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let is_key = |word: &str| word.len() == 44 && word.chars().all(is_base64);
    text.starts_with(['/', '.', '~'])
        && !text.contains("://")
        && !text.split_whitespace().any(is_key)
}

/// One layer's value of a secret: its own, or the content of the file that `<key>_file` names.
fn take_from(layer: &mut Layer, key: &str) -> Result<Option<String>, ConfigError> {
    let file = layer.remove(&format!("{key}_file"));
    // An empty text means "not set": so it stands in the file that is shipped, and so `${SECRET:-}` leaves it.
    let direct = layer.remove(key);
    let direct = direct.filter(|direct| file.is_none() || direct.as_str() != Some(""));
    let refuse = |wrong: Wrong| {
        Err(ConfigError::from(Problem {
            place: layer.place.clone(),
            key: key.to_owned(),
            wrong,
        }))
    };
    match (direct, file) {
        (Some(_), Some(_)) => refuse(Wrong::Both(key.to_owned())),
        (Some(toml::Value::String(text)), None) => Ok(Some(without_end(key, text))),
        (Some(_), None) => refuse(Wrong::NoText),
        (None, Some(toml::Value::String(path))) => match read_file(Path::new(&path)) {
            Ok(text) if text.is_empty() => refuse(Wrong::EmptyFile(path)),
            Ok(text) => Ok(Some(text)),
            Err(error) if is_path(&path) => {
                refuse(Wrong::SecretFile(path, error.kind(), error.to_string()))
            }
            Err(error) => {
                let key = key.to_owned();
                refuse(Wrong::HiddenFile(key, error.kind(), error.to_string()))
            }
        },
        (None, Some(_)) => refuse(Wrong::NoPath(key.to_owned())),
        (None, None) => Ok(None),
    }
}
