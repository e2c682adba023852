//! Single settings as people type them: which belong together, how each is typed, and what that would change.

use secrecy::{ExposeSecret, SecretString};

use super::Wrong;
use crate::config::Config;
use crate::config::saved_settings::{self, Edits, Value};
use crate::domain::Channel;
use crate::words::Sentence;
use crate::words::pages::settings as words;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// The setting.
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
}

/// How it is typed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// A number or an hour.
    Short,
    /// With commas.
    List,
    /// Never shown; nothing: it stays.
    Secret,
    /// One of these.
    Choice(&'static [(&'static str, Sentence)]),
}

const fn field(key: &'static str, kind: Kind) -> Field {
    Field { key, kind }
}

/// Where messages of a channel go.
pub(crate) const fn of_channel(channel: Channel) -> &'static [Field] {
    const EMAIL: &[Field] = &[
        field("alerts.email.host", Kind::Text),
        field("alerts.email.port", Kind::Short),
        field("alerts.email.security", Kind::Choice(&words::SECURITIES)),
        field("alerts.email.username", Kind::Secret),
        field("alerts.email.password", Kind::Secret),
        field("alerts.email.from", Kind::Text),
        field("alerts.email.to", Kind::List),
    ];
    const SLACK: &[Field] = &[field("alerts.slack.webhook", Kind::Secret)];
    const NTFY: &[Field] = &[
        field("alerts.ntfy.url", Kind::Secret),
        field("alerts.ntfy.token", Kind::Secret),
    ];
    const TELEGRAM: &[Field] = &[
        field("alerts.telegram.token", Kind::Secret),
        field("alerts.telegram.chat", Kind::Text),
    ];
    const WEBHOOK: &[Field] = &[
        field("alerts.webhook.url", Kind::Secret),
        field("alerts.webhook.secret", Kind::Secret),
    ];
    match channel {
        Channel::Email => EMAIL,
        Channel::Slack => SLACK,
        Channel::Ntfy => NTFY,
        Channel::Telegram => TELEGRAM,
        Channel::Webhook => WEBHOOK,
    }
}

/// What is sent to examiners, and when.
pub(crate) const EXAMINERS: &[Field] = &[
    field("tomorrow.enabled", Kind::Choice(&words::YES_NO)),
    field("tomorrow.hour", Kind::Short),
    field("changes.enabled", Kind::Choice(&words::YES_NO)),
    field("changes.quiet_from", Kind::Short),
    field("changes.quiet_until", Kind::Short),
];
pub(crate) const BACKUP: &[Field] = &[field("backup.at", Kind::Short)];
/// The setting of the address for other machines.
pub(crate) const PUBLIC_URL: &str = "http.public_url";
pub(crate) const ADDRESS: &[Field] = &[field(PUBLIC_URL, Kind::Text)];

/// What is typed into a field.
#[derive(Debug)]
pub(crate) enum Typed {
    Text(String),
    /// Nothing: it stays.
    Secret(SecretString),
    /// What is there is to go.
    Taken,
}

/// A setting as it is typed; nothing of a secret.
pub(crate) fn current(config: &Config, key: &str) -> String {
    let all = serde_json::to_value(config).unwrap_or_default();
    let value = key.split('.').try_fold(&all, |value, part| value.get(part));
    match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Array(parts)) => {
            let parts = parts.iter().filter_map(serde_json::Value::as_str);
            parts.collect::<Vec<_>>().join(", ")
        }
        Some(other @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => {
            other.to_string()
        }
        Some(serde_json::Value::Null | serde_json::Value::Object(_)) | None => String::new(),
    }
}

/// Whether it is set; of what is no secret, nobody asks.
pub(crate) fn is_set(config: &Config, key: &str) -> bool {
    let is_set = saved_settings::find(key).and_then(|setting| setting.is_set(config));
    is_set.unwrap_or_default()
}

/// What differs from what is in force. `typed` is asked of each field that nothing fixes elsewhere.
///
/// # Errors
/// [`Wrong`]: a value that cannot be, or what `typed` says.
pub(crate) fn edits<E: From<Wrong>>(
    config: &Config,
    fields: &[Field],
    mut typed: impl FnMut(&Field) -> Result<Typed, E>,
) -> Result<Edits, E> {
    let mut edits = Edits::new();
    let open = |field: &&Field| config.saved.fixed_by(field.key).is_none();
    for field in fields.iter().filter(open) {
        let key = field.key;
        match typed(field)? {
            Typed::Taken => drop(edits.insert(key, Some(Value::from("")))),
            Typed::Secret(secret) => {
                let text = secret.expose_secret().trim();
                if !text.is_empty() {
                    edits.insert(key, Some(Value::from(text)));
                }
            }
            Typed::Text(text) if text == current(config, key) => {}
            Typed::Text(text) => {
                if key == PUBLIC_URL {
                    stays_where_it_is(config, &text)?;
                }
                let value = saved_settings::value(key, &text)
                    .map_err(|error| Wrong::of_value(key, error))?;
                edits.insert(key, Some(value));
            }
        }
    }
    stays_with_whom_it_was_given(config, &edits)?;
    Ok(edits)
}

/// Where a secret goes, and the secret: whoever sets the place has not shown to know what is sent there.
const GIVEN_TO: [(&str, &str); 2] = [
    ("alerts.email.host", "alerts.email.password"),
    (NTFY, "alerts.ntfy.token"),
];
const NTFY: &str = "alerts.ntfy.url";

/// A secret that is never shown is not sent to another server either, unless it is typed again; where it is fixed
/// elsewhere, nobody can type it here.
fn stays_with_whom_it_was_given(config: &Config, edits: &Edits) -> Result<(), Wrong> {
    for (place, secret) in GIVEN_TO {
        let to = edits.get(place).and_then(Option::as_ref);
        let moves = to.is_some_and(|to| is_moved(config, place, to.as_str().unwrap_or_default()));
        if !moves || edits.contains_key(secret) || !is_set(config, secret) {
            continue;
        }
        return Err(match config.saved.fixed_by(secret) {
            Some(by) => Wrong::Said(words::server_elsewhere(place, secret, by)),
            None => words::SECRET_AGAIN.into(),
        });
    }
    Ok(())
}

/// Whether a secret would go to another server than before. One that was taken away here was there before.
fn is_moved(config: &Config, place: &str, to: &str) -> bool {
    let topic = config.secrets.alerts_ntfy_url.as_ref();
    let from = match place {
        NTFY => topic.map_or_else(String::new, |url| url.expose_secret().to_owned()),
        _ => current(config, place),
    };
    if to.is_empty() {
        return false;
    }
    if from.is_empty() {
        return config.saved.keys().any(|key| key == place);
    }
    match (url::Url::parse(&from), url::Url::parse(to)) {
        (Ok(from), Ok(to)) => from.origin() != to.origin(),
        (Ok(_) | Err(_), _) => from != to,
    }
}

/// Another path would lead the dashboard's pages away from where they are.
fn stays_where_it_is(config: &Config, public_url: &str) -> Result<(), Wrong> {
    if !config.http.base_path.is_empty() {
        return Ok(());
    }
    let url = url::Url::parse(public_url);
    let path = url.map_or_else(|_| String::new(), |url| url.path().to_owned());
    if path.trim_end_matches('/') == config.http.base_path() {
        Ok(())
    } else {
        Err(words::OTHER_PATH.into())
    }
}
