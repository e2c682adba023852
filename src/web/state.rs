//! What all handlers share.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::auth::Auth;
use super::figures::Figures;
use super::logins::LoginBoard;
use super::readiness::Readiness;
use super::syncs::Syncs;
use crate::config::Config;
use crate::store::Store;
use crate::sync::Syncer;

/// Somebody has made a setting, and waits to hear that it is in force.
pub type TakeUp = oneshot::Sender<Result<(), String>>;
/// Where that is asked for.
pub type TakeUps = mpsc::Sender<TakeUp>;

/// How long taking up a setting is waited for; it happens all the same.
const TAKE_UP: Duration = Duration::from_secs(5);

/// The API's parts. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Api(Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) syncer: Arc<Syncer>,
    pub(crate) readiness: Readiness,
    pub(crate) auth: Auth,
    pub(crate) syncs: Arc<Syncs>,
    pub(crate) logins: LoginBoard,
    pub(crate) figures: Figures,
    settings: watch::Receiver<Arc<Config>>,
    take_ups: TakeUps,
    /// Longest range of days that may be asked for.
    pub(crate) max_span_days: u16,
    pub(crate) max_body_bytes: usize,
    pub(crate) request_timeout: Duration,
}

impl Api {
    pub(crate) fn new(
        settings: watch::Receiver<Arc<Config>>,
        syncer: Arc<Syncer>,
        readiness: Readiness,
        take_ups: TakeUps,
    ) -> Self {
        let config = settings.borrow().clone();
        Self(Arc::new(Parts {
            store: syncer.store.clone(),
            readiness,
            auth: Auth::new(&config),
            syncs: Arc::new(Syncs::new(Arc::clone(&syncer), config.http.max_syncs)),
            logins: LoginBoard::default(),
            figures: Figures::new(Arc::clone(&syncer), settings.clone()),
            settings,
            take_ups,
            syncer,
            max_span_days: config.http.max_span_days,
            max_body_bytes: config.http.max_body_bytes,
            request_timeout: config.http.request_timeout,
        }))
    }
}

impl Parts {
    /// The settings in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.settings.borrow().clone()
    }

    /// Asks that what was just set be put in force. Returns whether it is.
    pub(crate) async fn take_up(&self) -> bool {
        let (ask, answer) = oneshot::channel();
        let taken = async {
            self.take_ups.send(ask).await.ok()?;
            answer.await.ok()
        };
        let taken = tokio::time::timeout(TAKE_UP, taken).await;
        matches!(taken, Ok(Some(Ok(()))))
    }

    /// Names of the windows in force.
    pub(crate) fn window_names(&self) -> Vec<String> {
        let config = self.settings.borrow();
        config.windows.iter().map(|w| w.name.clone()).collect()
    }
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
