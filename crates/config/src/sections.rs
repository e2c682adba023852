//! The smaller sections of `config.toml`, one struct each. What a key means is said in that file.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A section of which nothing is left once its secrets are taken out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The schema in which our tables are made; empty: the first of the search path.
    pub schema: String,
    /// Connections of the pool; 0: as many as the workers need.
    pub max_connections: u32,
    /// How long a daemon waits at its start for a database that may come; zero: not at all.
    #[serde(with = "crate::duration")]
    pub start_patience: Duration,
}

impl DatabaseConfig {
    /// The schema that was chosen for our tables.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        Some(self.schema.as_str()).filter(|schema| !schema.is_empty())
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulerConfig {
    /// Examiners synchronised at once.
    pub workers: usize,
    /// Each examiner's fixed offset lies within this.
    #[serde(with = "crate::duration")]
    pub splay: Duration,
    /// Longest run.
    #[serde(with = "crate::duration")]
    pub run_timeout: Duration,
    /// How long a run is put off when another sync of its examiner is running.
    #[serde(with = "crate::duration")]
    pub busy_delay: Duration,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownConfig {
    /// Time for running syncs to finish.
    #[serde(with = "crate::duration")]
    pub grace: Duration,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfig {
    /// Where cookies are kept.
    pub store: SessionStoreKind,
    /// How long a session is used, counted from its login.
    #[serde(with = "crate::duration")]
    pub ttl: Duration,
    /// How long a session may rest before the portal may have ended it.
    #[serde(with = "crate::duration")]
    pub portal_idle: Duration,
    /// Whether each run ends with a logout.
    pub logout_after_run: bool,
}

/// Where cookies are kept between runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStoreKind {
    /// In the database, shared by all daemons and commands on it.
    Postgres,
    /// In this process.
    Memory,
    /// In Redis, shared by all daemons on it.
    Redis,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardConfig {
    /// More than this part of a day's current slots may not vanish at once.
    pub max_removed_ratio: f64,
    /// Days with fewer current slots are not guarded.
    pub min_slots: i32,
    /// So many further readings confirm a removal.
    pub confirmations: i32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppointmentsConfig {
    /// Create appointments.
    pub enabled: bool,
    /// What happens to the appointment of a removed slot.
    pub on_removed: OnRemoved,
    /// Area code of telephone numbers that have none; empty: none.
    pub area_code: String,
}

/// What happens to an untouched appointment whose future slot vanishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRemoved {
    /// It becomes `cancelado`.
    Cancel,
    /// It stays.
    Keep,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Address; empty: none.
    pub listen: String,
    /// Longest range of days that may be asked for.
    pub max_span_days: u16,
    /// Syncs at once that were asked for over HTTP.
    pub max_syncs: usize,
    /// Largest body of a request.
    pub max_body_bytes: usize,
    /// Time for headers, for a body, and for an answer; and how long a client may read nothing of it.
    #[serde(with = "crate::duration")]
    pub request_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Wrong tokens from one address within a minute; 0: no limit.
    pub max_failed_auth: u32,
    /// A session of the dashboard ends when nothing was done for so long.
    #[serde(with = "crate::duration")]
    pub session_idle: Duration,
    /// It ends so long after its login, whatever was done.
    #[serde(with = "crate::duration")]
    pub session_longest: Duration,
    /// Whether a reverse proxy on this machine is to be believed.
    pub behind_proxy: bool,
    /// Where browsers and phones reach this daemon; empty: `listen`.
    pub public_url: String,
    /// The path of that host under which it is served; empty: that of `public_url`.
    pub base_path: String,
}

impl HttpConfig {
    /// The path of the host under which the daemon is served: `/agenda`, or nothing.
    #[must_use]
    pub fn base_path(&self) -> String {
        let path = match self.base_path.trim_end_matches('/') {
            "" => self.public_path(),
            path => path.to_owned(),
        };
        path.trim_end_matches('/').to_owned()
    }

    /// Where browsers and phones reach this daemon, path and all.
    #[must_use]
    pub fn public_address(&self) -> String {
        let host = match url::Url::parse(&self.public_url) {
            Ok(url) => url.origin().ascii_serialization(),
            Err(_) => format!("http://{}", self.listen),
        };
        format!("{host}{}", self.base_path())
    }

    /// The path of `public_url`.
    pub(super) fn public_path(&self) -> String {
        let path = url::Url::parse(&self.public_url).map(|url| url.path().to_owned());
        path.unwrap_or_default().trim_end_matches('/').to_owned()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Age at which finished runs are deleted; zero: never.
    #[serde(with = "crate::duration")]
    pub runs: Duration,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// For people or for programs.
    pub format: LogFormat,
    /// A level, or filters as `tracing` takes them.
    pub level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}
