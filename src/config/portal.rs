//! `[portal]`: where the portal is, how politely it is asked, and the *profile*: every value of its
//! pages that was assumed rather than observed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// The portal's section.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalConfig {
    /// Base address; its host is the only one that is ever talked to.
    pub base_url: Url,
    /// Sent with every request.
    pub user_agent: String,
    /// How the dates with appointments are learned.
    pub dates: DatesMode,
    /// Pause between two requests of one session, with jitter of a quarter either way. 0 = none.
    #[serde(with = "crate::config::duration")]
    pub pause_between_requests: Duration,
    /// Requests per second of the whole process. 0 = no limit.
    pub max_requests_per_second: u32,
    /// Connections of the whole process.
    pub max_connections: usize,
    /// Time-out of TCP and TLS set-up.
    #[serde(with = "crate::config::duration")]
    pub connect_timeout: Duration,
    /// Time-out of a whole request, body included.
    #[serde(with = "crate::config::duration")]
    pub request_timeout: Duration,
    /// Largest body, after decompression.
    pub max_body_bytes: u64,
    /// Redirects and meta refreshes followed for one request.
    pub max_redirects: usize,
    /// Pages of one run.
    pub max_pages_per_run: u32,
    /// Longest `Retry-After` that is waited for within a run.
    #[serde(with = "crate::config::duration")]
    pub max_retry_after: Duration,
    /// The circuit breaker.
    pub breaker: BreakerConfig,
    /// The pages that are kept when the layout is not understood.
    pub evidence: EvidenceConfig,
    /// What the pages are assumed to say.
    pub profile: Profile,
}

/// How the dates with appointments are learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatesMode {
    /// The search form lists them.
    Listed,
    /// Every date of the window is asked for.
    Direct,
}

/// How a CPF is written into a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CpfFormat {
    /// `52998224725`
    Digits,
    /// `529.982.247-25`
    Punctuated,
}

/// `[portal.breaker]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerConfig {
    /// Consecutive `network`, `timeout` and `unavailable` failures, across users, that open it. 0 = never.
    pub failures: u32,
    /// How long it stays open before one probe may pass.
    #[serde(with = "crate::config::duration")]
    pub cool_down: Duration,
}

/// `[portal.evidence]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceConfig {
    /// Pages kept; the oldest go first. 0 = keep none.
    pub max_files: usize,
    /// Bytes kept in all.
    pub max_bytes: u64,
}

/// `[portal.profile]`: see `docs` of each key in `config.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// First page asked for.
    pub entry_path: String,
    /// Text of the link to the agenda, accents and case ignored.
    pub agenda_link: String,
    /// Used when no such link is found.
    pub agenda_path: String,
    /// CPF field of the agenda login.
    pub login_user_field: String,
    /// Password field of the agenda login.
    pub login_password_field: String,
    /// How the CPF is written into the login form.
    pub login_user_format: CpfFormat,
    /// Unit field of the search form.
    pub unit_field: String,
    /// Reference-date field of the search form.
    pub reference_field: String,
    /// How a reference date is written into the search form, in the letters of `strftime`.
    pub reference_format: String,
    /// Date field of the search form.
    pub date_field: String,
    /// How a date that no option names is written into the search form (`direct`).
    pub date_format: String,
    /// Hidden field that says what a form is for.
    pub method_field: String,
    /// Its value to list dates.
    pub method_list_dates: String,
    /// Its value to show a date.
    pub method_search: String,
    /// Text of the link that logs out.
    pub logout_link: String,
    /// Texts that say that a day has no rows.
    pub empty_texts: Vec<String>,
    /// Parts of `errors[]` after a login that mean a wrong CPF or password.
    pub refused_texts: Vec<String>,
    /// Parts of `errors[]` that mean a blocked account.
    pub blocked_texts: Vec<String>,
    /// Parts of `errors[]` that mean that the session is over.
    pub expired_texts: Vec<String>,
    /// Parts of a page's text that mean maintenance.
    pub maintenance_texts: Vec<String>,
    /// Part of an id, class, name or src that means a CAPTCHA.
    pub captcha_marker: String,
    /// How long an account rests after a CAPTCHA was shown.
    #[serde(with = "crate::config::duration")]
    pub captcha_pause: Duration,
    /// Exam statuses that close a slot.
    pub closing_statuses: Vec<String>,
}
