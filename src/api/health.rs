//! `/healthz`: the process is alive. `/readyz`: it can work, and if not, which part
//! is to blame. For machines, hence plain text, and for everybody, hence without details.

use axum::extract::State;
use axum::http::StatusCode;

use crate::web::state::Api;

/// Whether the process is alive.
#[utoipa::path(get, path = "/healthz", tag = "health", operation_id = "alive", security(()),
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain")))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether it can work: the database answers, its schema is up to date, the loops go round, the queue moves.
#[utoipa::path(get, path = "/readyz", tag = "health", operation_id = "ready", security(()),
    responses(
        (status = 200, description = "Ready", body = String, content_type = "text/plain"),
        (status = 503, description = "Not ready, and why", body = String, content_type = "text/plain")))]
pub(crate) async fn ready(State(api): State<Api>) -> (StatusCode, String) {
    let problems = api.readiness.problems().await;
    if problems.is_empty() {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, problems.join("\n") + "\n")
    }
}
