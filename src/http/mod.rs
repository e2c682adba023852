//! *Who asks?* over HTTP: the JSON API (`crate::api`) and the dashboard (`crate::dashboard`), put together on the
//! server that both stand on (`crate::web`).
//!
//! Architecture invariant: no SQL and no portal in any of the four; a sync asked for here is a sync like any other.

pub mod offline;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::api;
use crate::config::Config;
use crate::dashboard;
use crate::sync::Syncer;
use crate::web::errors::{ApiError, Code};
pub use crate::web::readiness::Readiness;
pub use crate::web::server::{ListenError, Server};
use crate::web::state::Api;
pub use crate::web::state::{TakeUp, TakeUps};
use crate::web::{base_path, doors, limits};

/// Opens the listener of `http.listen`, behind which everything is ready.
///
/// # Errors
/// [`ListenError`].
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
pub fn doors() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let doors = doors::DOORS.iter();
    doors.map(|door| (door.method, door.path, format!("{:?}", door.who)))
}

fn router(shared: &Api) -> Router {
    let router = api::router(shared)
        .merge(dashboard::router(shared))
        .fallback(|| std::future::ready(ApiError::of(Code::NotFound)))
        .layer(from_fn_with_state(shared.clone(), doors::guard))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(shared.clone(), limits::body))
        .layer(from_fn(dashboard::explain_too_large))
        .layer(from_fn(dashboard::explain_too_slow))
        .layer(map_response(finish))
        .with_state(shared.clone());
    // Around the router, so that it looks for a route only when the path is off.
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(shared.clone(), base_path::apply))
}

/// What every answer has in common: nothing of it is for caches unless it says so, and even "no such method"
/// is JSON.
async fn finish(response: Response) -> Response {
    let mut response = if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allow = response.headers().get(ALLOW).cloned();
        ApiError::of(Code::MethodNotAllowed)
            .allow(allow)
            .into_response()
    } else {
        response
    };
    let headers = response.headers_mut();
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(CACHE_CONTROL).or_insert(no_store);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
