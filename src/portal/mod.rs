//! The portal's client: a small browser that reads only what is true. What the answers mean for the
//! database is not decided here.
//!
//! A session asks (`session`, `login`), a window carries the request with cookies, pace and retries
//! (`visit`, `http`), what comes back is classified before anything of it is believed (`classify`), and
//! only then read (`search`, `parse`). A page that is not understood is an error and is kept
//! (`evidence`); it is never "no appointments".
//!
//! Everything that was assumed of the pages rather than observed is in
//! [`Profile`](crate::config::portal::Profile); [`probe`] shows what they really say.
//!
//! The rate limit and the bound on connections are those of one process: several daemons share nothing.

mod blank;
mod breaker;
mod browser;
mod classify;
mod errors;
pub mod evidence;
mod gate;
mod http;
mod login;
pub mod offline;
mod parse;
mod politeness;
pub mod probe;
mod reentry;
mod request;
mod search;
mod session;
mod steps;
mod transport;
mod visit;

use std::path::Path;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::portal::PortalConfig;
use crate::config::retry::RetryConfig;

pub use breaker::{Breaker, BreakerOpen, BreakerState, Permit};
pub use browser::jar::{InvalidCookies, SavedCookies};
pub use errors::{AuthReason, PortalError, PortalErrorKind};
pub use http::PortalSetupError;
pub use session::{Credentials, PortalSession, SessionStats};

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
    logins: gate::LoginGate,
}

impl Portal {
    /// A client that keeps its evidence under `state_dir`.
    ///
    /// # Errors
    /// [`PortalSetupError`] if the HTTP client cannot be built.
    pub fn new(
        config: &PortalConfig,
        retry: &RetryConfig,
        state_dir: &Path,
        clock: &Clock,
    ) -> Result<Self, PortalSetupError> {
        let breaker = Breaker::new(&config.breaker);
        let http = http::Http::new(config, breaker.clone(), clock)?;
        let shared = Shared {
            config: Arc::new(config.clone()),
            retry: Arc::new(retry.clone()),
            http: Arc::new(http),
            breaker,
            evidence: evidence::Evidence::new(&config.evidence, state_dir, clock),
            logins: gate::LoginGate::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Begins a conversation for one user, without a request. `saved` are the cookies of an earlier one.
    #[must_use]
    pub fn session(&self, credentials: Credentials, saved: Option<SavedCookies>) -> PortalSession {
        PortalSession::new(Arc::clone(&self.shared), credentials, saved.as_ref())
    }

    /// Asks for the entry page once, without a login: whether the portal can be reached at all.
    ///
    /// # Errors
    /// `network`, `timeout` or `unavailable`; `layout` if `portal.profile.entry_path` is no path.
    pub async fn reachable(&self) -> Result<(), PortalError> {
        let config = &self.shared.config;
        let url = config
            .base_url
            .join(&config.profile.entry_path)
            .map_err(|_| {
                PortalError::layout("portal.profile.entry_path cannot follow portal.base_url")
            })?;
        let request = http::Outgoing {
            purpose: request::Purpose::Entry,
            url,
            form: None,
            referer: None,
            cookies: None,
        };
        let (_, permit) = self.shared.http.send(&request, || {}).await?;
        permit.success();
        Ok(())
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
