//! `[webhooks]`: how the change log is sent to other systems. The addresses are in the database.

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether anything is sent.
    pub enabled: bool,
    /// Time for one delivery.
    #[serde(with = "crate::duration")]
    pub timeout: Duration,
    /// Deliveries of one process to one address at once; each is of another examiner.
    pub at_once: u32,
    /// A change that an address has not taken for so long is given up.
    #[serde(with = "crate::duration")]
    pub give_up_after: Duration,
}
