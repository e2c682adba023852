//! All routes, and what every request and every answer goes through.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};

use crate::api;
use crate::dashboard;
use crate::web::errors::{ApiError, Code};
use crate::web::state::Api;
use crate::web::{access, base_path, limits};

pub(super) fn router(shared: &Api) -> Router {
    let router = api::router(shared)
        .merge(dashboard::router(shared))
        .fallback(unknown)
        .layer(from_fn_with_state(shared.clone(), access::guard))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(shared.clone(), limits::body))
        .layer(from_fn(dashboard::explain_too_large))
        .layer(from_fn(dashboard::explain_too_slow))
        .layer(from_fn(dashboard::explain_unknown))
        .layer(map_response(finish))
        .with_state(shared.clone());
    // Around the router, so that it looks for a route only when the path is off.
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(shared.clone(), base_path::apply))
}

/// There is no such address; or there is a page, and somebody has typed a slash after it.
async fn unknown(method: Method, uri: Uri) -> Response {
    let path = uri.path().strip_suffix('/');
    match path.filter(|path| method == Method::GET && access::is_page(path)) {
        Some(path) => {
            let query = uri.query().map(|query| format!("?{query}"));
            Redirect::to(&format!("{path}{}", query.unwrap_or_default())).into_response()
        }
        None => ApiError::of(Code::NotFound).into_response(),
    }
}

/// What every answer has in common: nothing of it is for caches unless it says so, and even "no such method"
/// is JSON, where it is no page.
async fn finish(response: Response) -> Response {
    let is_page = response.headers().contains_key(CONTENT_TYPE);
    let mut response = if response.status() == StatusCode::METHOD_NOT_ALLOWED && !is_page {
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
