//! The portal's client: a small browser that reads only what is true. What the answers mean for the
//! database is not decided here.
//!
//! A session asks (`session`, `login`), a tab carries the request with cookies, pace and retries
//! (`visit`, `http`), what comes back is classified before anything of it is believed (`classify`), and
//! only then read (`search`, `parse`). A page that is not understood is an error and is kept
//! (`evidence`); it is never "no appointments".
//!
//! Everything that was assumed of the pages rather than observed is in
//! [`Profile`](agendad_config::portal::Profile); [`probe`] shows what they really say.
//!
//! The rate limit and the bound on connections are those of one process: several daemons share nothing.

mod blank;
mod breaker;
mod browser;
mod choice;
mod classify;
mod errors;
pub mod evidence;
mod firewall;
mod http;
mod list;
mod login;
mod login_page;
pub mod offline;
mod parse;
mod politeness;
pub mod probe;
mod request;
mod said;
mod saved;
mod search;
mod session;
mod sight;
mod steps;
mod title;
mod transport;
mod visit;

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use agendad_config::portal::PortalConfig;
use agendad_config::retry::RetryConfig;
use agendad_domain::clock::Clock;

pub use breaker::{Breaker, BreakerOpen, BreakerState, Permit};
pub use errors::{AuthReason, PortalError, PortalErrorKind};
pub use firewall::{Firewall, FirewallState, TurnedAway};
pub use http::PortalSetupError;
pub use login::{LoginAnswer, LoginWith};
pub use saved::{InvalidSession, SavedSession};
pub use session::{Credentials, Listed, PortalSession, SessionStats};

/// The process's client; one for all users. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    shared: Arc<Shared>,
}

/// What all sessions share.
struct Shared {
    config: Arc<PortalConfig>,
    retry: Arc<RetryConfig>,
    http: Arc<http::Http>,
    breaker: Breaker,
    evidence: evidence::Evidence,
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
        let breaker = Breaker::new(&config.breaker);
        let firewall = Firewall::new(config.firewall_pause);
        let http = http::Http::new(config, proxy, breaker.clone(), firewall, clock)?;
        let shared = Shared {
            config: Arc::new(config.clone()),
            retry: Arc::new(retry.clone()),
            http: Arc::new(http),
            breaker,
            evidence: evidence::Evidence::new(config, state_dir, clock),
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

    fn connection(&self, by_hand: bool) -> Result<http::Connection, PortalError> {
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
        let tab = Arc::new(visit::Tab::new(
            Arc::clone(&shared.http),
            self.connection(true)?,
            Arc::clone(&shared.config),
            Arc::new(once),
        ));
        let entry = tab.address(&shared.config.profile.entry_path)?;
        let request = request::Request::get(request::Purpose::Entry, entry);
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
