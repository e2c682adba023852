//! What all sessions of a process share.

use std::sync::Arc;

use super::breaker::Breaker;
use super::evidence::Evidence;
use super::http::Http;
use agendad_config::portal::PortalConfig;
use agendad_config::retry::RetryConfig;

/// What all sessions share.
pub(super) struct Shared {
    pub(super) config: Arc<PortalConfig>,
    pub(super) retry: Arc<RetryConfig>,
    pub(super) http: Arc<Http>,
    pub(super) breaker: Breaker,
    pub(super) evidence: Evidence,
}
