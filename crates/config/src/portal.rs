//! `[portal]`: where the portal is, how politely it is asked, and when its session is left to the examiner. The
//! names, paths and texts of its pages are in [`profile`](super::profile).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

pub use super::duration_or_never::DurationOrNever;
pub use super::profile::{CpfFormat, Profile, ResultDate};

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
    #[serde(with = "crate::duration")]
    pub pause_between_requests: Duration,
    /// Requests per second of the whole process. 0 = no limit.
    pub max_requests_per_second: u32,
    /// Connections of the whole process.
    pub max_connections: usize,
    /// Time-out of TCP and TLS set-up.
    #[serde(with = "crate::duration")]
    pub connect_timeout: Duration,
    /// Time-out of a whole request, body included.
    #[serde(with = "crate::duration")]
    pub request_timeout: Duration,
    /// Largest body, after decompression.
    pub max_body_bytes: u64,
    /// Redirects and meta refreshes followed for one request.
    pub max_redirects: usize,
    pub max_pages_per_run: u32,
    /// Longest `Retry-After` that is waited for within a run. A longer one opens the breaker for as long.
    #[serde(with = "crate::duration")]
    pub max_retry_after: Duration,
    /// How long the examiner's own session at the portal is left alone before it is ended.
    pub other_session_patience: DurationOrNever,
    /// How often a unit is read that has slots, but none today or tomorrow.
    #[serde(with = "crate::duration")]
    pub unit_interval: Duration,
    /// How often a unit is read that had no slot when it was last read.
    #[serde(with = "crate::duration")]
    pub quiet_unit_interval: Duration,
    /// How long this process leaves the portal alone after its firewall turned it away.
    #[serde(with = "crate::duration")]
    pub firewall_pause: Duration,
    /// The circuit breaker.
    pub breaker: BreakerConfig,
    /// The pages that are kept when the layout is not understood.
    pub evidence: EvidenceConfig,
    /// What the pages are assumed to say.
    pub profile: Box<Profile>,
}

impl PortalConfig {
    /// Whether the portal is given an address of the clinic's, not the example of `config.toml`.
    #[must_use]
    pub fn names_a_contact(&self) -> bool {
        !self.user_agent.contains("operador@example.com")
    }
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

/// `[portal.breaker]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerConfig {
    /// Consecutive `network`, `timeout` and `unavailable` failures, across users, that open it. 0 = never.
    pub failures: u32,
    /// How long it stays open before one probe may pass.
    #[serde(with = "crate::duration")]
    pub cool_down: Duration,
}

/// `[portal.evidence]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceConfig {
    /// Pages kept; the oldest of the most frequent kind goes first. 0 = keep none.
    pub max_files: usize,
    /// Bytes kept in all.
    pub max_bytes: u64,
}
