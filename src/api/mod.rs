//! The JSON API, for the application and for operators: one file a resource. Values are read strictly (`input`,
//! `lenient`), answers and errors have one form (`body`), and `openapi` describes it all at `/api/openapi.json`. `feed`
//! serves the calendars, `sheet` the agenda to spreadsheets.
#![expect(
    unused_qualifications,
    reason = "utoipa names the query structs by their whole path"
)]

mod account;
mod body;
mod calendar;
mod days;
mod examiner_query;
mod feed;
mod health;
mod input;
mod lenient;
mod metrics;
mod openapi;
mod runs;
mod sheet;
mod slots;
mod stats;
mod sync;

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::web::limits;
use crate::web::state::Api;

/// Its routes, and their description.
pub(crate) fn router(api: &Api) -> Router<Api> {
    let quick = OpenApiRouter::new()
        .routes(routes!(account::show, account::change))
        .routes(routes!(calendar::show, calendar::make, calendar::revoke))
        .routes(routes!(runs::list))
        .routes(routes!(runs::show))
        .routes(routes!(slots::list))
        .routes(routes!(stats::list))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::page))
        .route_layer(from_fn_with_state(api.clone(), limits::time));
    let slow = OpenApiRouter::new().routes(routes!(sync::synchronise));
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
    router
        .route("/api/openapi.json", get(describe))
        .merge(feed::router(api))
        .merge(sheet::router(api))
}
