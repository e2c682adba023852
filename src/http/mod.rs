//! *Who asks?* over HTTP. The story of a request: a connection (`server`), its bounds (`limits`,
//! `patience`), who is asking and for whom (`auth`), what they send (`input`), one of the `routes`,
//! and an answer, or an error in Portuguese with a stable code (`errors`). People have the
//! `dashboard`. Syncs outlive the request that asked for them (`syncs`). `openapi` describes it all
//! at `/api/openapi.json`.
//!
//! Architecture invariant: no SQL and no portal here; a sync asked for here is a sync like any other.

mod auth;
mod base_path;
mod calendar;
mod dashboard;
mod errors;
mod figures;
mod input;
mod limits;
pub mod offline;
mod openapi;
mod patience;
mod readiness;
mod routes;
mod server;
mod state;
mod syncs;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::config::Config;
use crate::sync::Syncer;
use errors::{ApiError, Code};
pub use readiness::Readiness;
pub use server::{ListenError, Server};
use state::Api;

/// Opens the listener of `http.listen`, behind which everything is ready.
///
/// # Errors
/// [`ListenError`].
pub async fn serve(
    config: watch::Receiver<Arc<Config>>,
    syncer: Arc<Syncer>,
    readiness: Readiness,
) -> Result<Server, ListenError> {
    let now = config.borrow().clone();
    let api = Api::new(config, syncer, readiness);
    Server::bind(&now, router(&api), api).await
}

fn router(api: &Api) -> Router {
    let quick = OpenApiRouter::new()
        .routes(routes!(routes::account::show, routes::account::change))
        .routes(routes!(
            routes::calendar::show,
            routes::calendar::make,
            routes::calendar::revoke
        ))
        .routes(routes!(routes::runs::list))
        .routes(routes!(routes::runs::show))
        .routes(routes!(routes::slots::list))
        .routes(routes!(routes::stats::list))
        .routes(routes!(routes::health::alive))
        .routes(routes!(routes::health::ready))
        .routes(routes!(routes::metrics::page))
        .route_layer(from_fn_with_state(api.clone(), limits::time));
    let slow = OpenApiRouter::new().routes(routes!(routes::sync::synchronise));
    let (router, description) = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .merge(quick)
        .merge(slow)
        .split_for_parts();
    let settings = api.clone();
    let describe = move || {
        let base = settings.config().http.base_path();
        let mut description = description.clone();
        if !base.is_empty() {
            description.servers = Some(vec![utoipa::openapi::Server::new(base)]);
        }
        std::future::ready(Json(description))
    };
    let router = router
        .route("/api/openapi.json", get(describe))
        .merge(dashboard::router(api))
        .merge(calendar::router(api))
        .fallback(|| std::future::ready(ApiError::of(Code::NotFound)))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(api.clone(), limits::body))
        .layer(map_response(finish))
        .with_state(api.clone());
    // Around the router, so that it looks for a route only when the path is off.
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(api.clone(), base_path::apply))
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
