//! Requests without a listener and without a database, for fuzzing: whatever is read of a request, who is
//! asking included, is read as the daemon reads it; where the database would be asked, it does not answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

use super::router::router;
use crate::clock::Clock;
use crate::config::Config;
use crate::portal::Portal;
use crate::scheduler::liveness::LoopHeartbeats;
use crate::session::SessionCache;
use crate::store::Store;
use crate::store::control::Control;
use crate::store::health::DatabaseHealth;
use crate::sync::{AtWork, SyncRules, Syncer, Unwritten};
use crate::sync::{CurrentSettings, Settings};
use crate::vault::Vault;
use crate::web::peer::Peer;
use crate::web::readiness::Readiness;
use crate::web::state::Api;

/// The routes, behind which nothing is.
#[derive(Debug)]
pub struct Offline {
    router: TowerToHyperService<axum::Router>,
    // If the sender were dropped, receivers would take that for a reload.
    _settings: watch::Sender<Arc<Config>>,
}

impl Offline {
    /// The routes of a daemon with this configuration, whose clock stands still. Its vault's key must be
    /// configured.
    ///
    /// # Errors
    /// If portal client or vault cannot be made of it.
    pub fn new(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let vault = Vault::open(config.secrets.vault_key.as_ref(), &config.state_dir)?;
        let portal = Portal::new(
            &config.portal,
            config.secrets.portal_proxy.as_ref(),
            &config.retry,
            &config.state_dir,
            &clock,
        )?;
        let store = Store::nowhere();
        let rules = SyncRules::of(&config);
        let syncer = Syncer {
            store: store.clone(),
            control: Control::nowhere(),
            sessions: SessionCache::new(&config, clock.clone(), vault.clone(), store.clone())?,
            vault,
            clock,
            settings: CurrentSettings::new(Settings { portal, rules }),
            unwritten: Unwritten::default(),
            at_work: AtWork::default(),
        };
        let readiness = Readiness::new(
            store,
            LoopHeartbeats::default(),
            watch::Sender::new(DatabaseHealth::good()).subscribe(),
            watch::Sender::default().subscribe(),
        );
        let settings = watch::Sender::new(Arc::new(config));
        let (take_ups, _) = tokio::sync::mpsc::channel(1);
        let api = Api::new(settings.subscribe(), Arc::new(syncer), readiness, take_ups);
        Ok(Self {
            router: TowerToHyperService::new(router(&api)),
            _settings: settings,
        })
    }

    /// The answer to a request from this machine.
    pub async fn answer(&self, mut request: Request<Body>) -> Response {
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        request.extensions_mut().insert(Peer(peer));
        let Ok(response) = self.router.call(request).await;
        response
    }
}
