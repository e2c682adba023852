//! Forms that another site sent, as the browser says (`Sec-Fetch-Site`, `Origin`): refused by tower-http, explained
//! here. Beside the token in the form, not instead of it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::ProtectionError;

use super::language::Language;
use super::problem::{PageError, Problem};

/// A page in place of an empty answer.
pub(super) async fn explain(language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    PageError::of(Problem::Form).show(language)
}
