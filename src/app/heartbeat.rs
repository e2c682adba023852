//! The dead man's switch: an address elsewhere is called while all is well. Whoever watches there notices
//! when the calls cease, whatever the reason: the machine, the network, the daemon or its database.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::alerts::Web;
use crate::config::Config;
use crate::http::Readiness;
use crate::scheduler::liveness::{LoopHeartbeat, in_step};

/// How often the loop looks whether it is time, and shows that it goes round.
const LOOK: Duration = Duration::from_secs(5);
/// A readiness that takes longer to tell is none.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Calls the heartbeat's address.
pub(super) struct Heartbeat {
    pub(super) readiness: Readiness,
    pub(super) config: watch::Receiver<Arc<Config>>,
    pub(super) beat: LoopHeartbeat,
}

/// How the last call went: only a change is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Unknown,
    Called,
    NotCalled,
}

impl Heartbeat {
    /// Until told to stop.
    pub(super) async fn run(mut self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.call_again_and_again() => {}
        }
    }

    async fn call_again_and_again(&mut self) {
        let interval = self.config.borrow().alerts.interval;
        let mut looks = in_step(LOOK.min(interval));
        let mut last = Last::Unknown;
        let mut next = Instant::now();
        loop {
            looks.tick().await;
            self.beat.beat();
            let config = self.config.borrow_and_update().clone();
            if Instant::now() < next {
                continue;
            }
            next = Instant::now() + config.alerts.interval;
            let called = self.call(&config).await;
            self.beat.beat();
            last = self.log(last, called);
        }
    }

    /// `Ok(false)`: there is no address.
    async fn call(&self, config: &Config) -> Result<bool, String> {
        let Some(url) = &config.secrets.alerts_heartbeat_url else {
            return Ok(false);
        };
        let problems = tokio::time::timeout(TIMEOUT, self.readiness.problems()).await;
        let problems = problems.unwrap_or_else(|_| vec!["database: does not answer".to_owned()]);
        if !problems.is_empty() {
            return Err(format!("not ready: {}", problems.join("; ")));
        }
        let web = Web::new(config.alerts.timeout).map_err(|error| error.to_string())?;
        let answer = web.call(url.expose_secret()).await;
        answer.map(|_| true).map_err(|error| error.to_string())
    }

    fn log(&self, last: Last, called: Result<bool, String>) -> Last {
        match called {
            Ok(false) => Last::Unknown,
            Ok(true) => {
                if last == Last::NotCalled {
                    tracing::info!("the heartbeat's address is called again");
                }
                Last::Called
            }
            Err(reason) => {
                if last != Last::NotCalled {
                    tracing::warn!(reason, "the heartbeat's address is not called");
                }
                Last::NotCalled
            }
        }
    }
}
