//! *Who asks?* over HTTP: the JSON API (`crate::api`) and the dashboard (`crate::dashboard`), put together on the
//! server that both stand on (`crate::web`).
//!
//! Architecture invariant: no SQL and no portal in any of the four; a sync asked for here is a sync like any other.

pub mod offline;
mod router;

use std::sync::Arc;

use tokio::sync::watch;

use crate::config::Config;
use crate::sync::Syncer;
use crate::web::access;
pub use crate::web::readiness::Readiness;
pub use crate::web::server::{ListenError, Server};
use crate::web::state::Api;
pub use crate::web::state::{TakeUp, TakeUps};
use router::router;

/// Opens the listener of `http.listen`, behind which everything is ready.
pub async fn serve(
    config: watch::Receiver<Arc<Config>>,
    syncer: Arc<Syncer>,
    readiness: Readiness,
    take_ups: TakeUps,
) -> Result<Server, ListenError> {
    let now = config.borrow().clone();
    let api = Api::new(config, syncer, readiness, take_ups);
    Server::bind(&now, router(&api), Arc::clone(&api.syncs)).await
}

/// Who may ask for what: method, route, and for whom it is.
pub fn endpoints() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let endpoints = access::ENDPOINTS.iter();
    endpoints.map(|endpoint| {
        (
            endpoint.method,
            endpoint.path,
            format!("{:?}", endpoint.who),
        )
    })
}
