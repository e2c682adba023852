//! Bounds of every request: how large and how slow its body, how long its answer.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;

use super::errors::{ApiError, Code};
use super::state::Api;

/// Of a body that is too large, so much is read and thrown away, so that the client gets to see why.
const DRAINED: usize = 16 * 1024 * 1024;

/// Reads the whole body first, within its bounds, so that handlers need not wait for the client.
pub(crate) async fn body(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(api.request_timeout, read(body, api.max_body_bytes));
    match read.await {
        Ok(Ok(bytes)) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Ok(Err(code)) => closing(code),
        Err(_) => closing(Code::TooSlow),
    }
}

/// Bounds the time of an answer. Not for syncs, which have a time-out of their own.
pub(crate) async fn time(State(api): State<Api>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(api.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::of(Code::Timeout).into_response(),
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Code> {
    let mut stream = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(chunk) = stream.next().await {
        // The client has disconnected.
        let chunk = chunk.map_err(|_| Code::Input)?;
        seen += chunk.len();
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > limit {
        Err(Code::TooLarge)
    } else {
        Ok(kept.into())
    }
}

fn closing(code: Code) -> Response {
    let mut response = ApiError::of(code).into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}
