//! `/metrics`: what Prometheus scrapes. Open like the health checks beside it: figures of the daemon, nothing
//! of a person. Where `http.listen` can be reached from outside, a reverse proxy should not pass it on.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::telemetry::metrics;
use crate::web::state::Api;

/// Of the text format, as Prometheus names it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Figures for Prometheus, in its text format; `docs/metrics.md` lists them.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "metrics", security(()),
    responses((status = 200, description = "All figures", body = String, content_type = "text/plain")))]
pub(crate) async fn page(State(api): State<Api>) -> impl IntoResponse {
    api.figures.look().await;
    ([(CONTENT_TYPE, TEXT)], metrics::render())
}
