//! The portal's client: what one process has of it, for all users.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use super::breaker::Breaker;
use super::errors::{PortalError, PortalErrorKind};
use super::evidence::Evidence;
use super::firewall::Firewall;
use super::http::{Connection, Http, PortalSetupError};
use super::request::{Purpose, Request};
use super::saved::SavedSession;
use super::session::{Credentials, PortalSession};
use super::shared::Shared;
use super::tab::Tab;
use agendad_config::portal::PortalConfig;
use agendad_config::retry::RetryConfig;
use agendad_domain::clock::Clock;

/// The process's client; one for all users. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    pub(super) shared: Arc<Shared>,
}

impl Portal {
    /// A client that keeps its evidence under `state_dir`.
    ///
    /// # Errors
    /// [`PortalSetupError`] if the HTTP client cannot be built.
    pub fn new(
        config: &PortalConfig,
        proxy: Option<&SecretString>,
        retry: &RetryConfig,
        state_dir: &Path,
        clock: &Clock,
    ) -> Result<Self, PortalSetupError> {
        let breaker = Breaker::new(&config.breaker, config.max_retry_after);
        let firewall = Firewall::new(config.firewall_pause);
        let http = Http::new(config, proxy, breaker.clone(), firewall)?;
        let shared = Shared {
            config: Arc::new(config.clone()),
            retry: Arc::new(retry.clone()),
            http: Arc::new(http),
            breaker,
            evidence: Evidence::new(config, state_dir, clock),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Begins a conversation for one user, without a request. `saved` is what was kept of an earlier one.
    /// `by_hand`: a person asked for it, whom the firewall's pause does not bind.
    ///
    /// # Errors
    /// `network` if no connection can be set up on this machine.
    pub fn session(
        &self,
        credentials: Credentials,
        saved: Option<&SavedSession>,
        by_hand: bool,
    ) -> Result<PortalSession, PortalError> {
        let connection = self.connection(by_hand)?;
        let shared = Arc::clone(&self.shared);
        Ok(PortalSession::new(shared, connection, credentials, saved))
    }

    fn connection(&self, by_hand: bool) -> Result<Connection, PortalError> {
        self.shared.http.connection(by_hand).map_err(|error| {
            let what = "a connection could not be set up";
            PortalError::new(PortalErrorKind::Network, what).caused_by(error)
        })
    }

    /// Asks for the entry page once, without a login: whether the portal can be reached at all.
    ///
    /// # Errors
    /// `network`, `timeout`, `unavailable`; `firewall` if it turns this machine away; `layout` if
    /// `portal.profile.entry_path` is no path.
    pub async fn reachable(&self) -> Result<(), PortalError> {
        let shared = &self.shared;
        let once = RetryConfig {
            max_retries: 0,
            ..shared.retry.as_ref().clone()
        };
        let tab = Arc::new(Tab::new(
            Arc::clone(&shared.http),
            self.connection(true)?,
            Arc::clone(&shared.config),
            Arc::new(once),
        ));
        let entry = tab.address(&shared.config.profile.entry_path)?;
        let request = Request::get(Purpose::Entry, entry);
        match tab.ask(request, false).await {
            // One reset says as much as four here: nothing else is going to be tried.
            Err(error) if error.is_reset() => Err(error.with_kind(PortalErrorKind::Firewall)),
            other => other.map(|_| ()),
        }
    }

    /// Whether the portal's firewall lets this process through.
    #[must_use]
    pub fn firewall(&self) -> &Firewall {
        self.shared.http.firewall()
    }

    /// The circuit breaker, whose state says whether work is worth beginning.
    #[must_use]
    pub fn breaker(&self) -> &Breaker {
        &self.shared.breaker
    }
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Portal")
    }
}
