//! `/healthz`: the process is alive. `/readyz`: it can work, that is, the database answers and its schema
//! is up to date. For machines, hence plain text, and for everybody, hence without details.

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::state::Api;

/// Whether the process is alive.
#[utoipa::path(get, path = "/healthz", tag = "health", operation_id = "alive", security(()),
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain")))]
pub(in crate::http) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether it can work: the database answers and its schema is up to date.
#[utoipa::path(get, path = "/readyz", tag = "health", operation_id = "ready", security(()),
    responses(
        (status = 200, description = "Ready", body = String, content_type = "text/plain"),
        (status = 503, description = "Not ready, and why", body = String, content_type = "text/plain")))]
pub(in crate::http) async fn ready(State(api): State<Api>) -> (StatusCode, String) {
    match api.store.pending_migrations().await {
        Ok(0) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(pending) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("database: {pending} migrations are missing\n"),
        ),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "database: does not answer\n".to_owned(),
        ),
    }
}
