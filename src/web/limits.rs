//! Bounds of every request: how large and how slow its body, how long its answer.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;

use super::errors::{ApiError, Code};
use super::state::Api;

/// Of a body that is too large, so much is read and thrown away, so that the client gets to see why.
const DRAINED: usize = 16 * 1024 * 1024;

/// Of a body that was too large, with the answer that refuses it: for who has better words than JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TooLarge {
    /// Bytes of it, as far as they are known.
    pub(crate) size: usize,
    /// Bytes that it may have.
    pub(crate) limit: usize,
}

/// Of a request, or of its answer, that took too long: the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooSlow {
    /// The body did not come in time.
    Body,
    /// The answer was not there in time.
    Answer,
}

/// Why a body is not passed on.
enum Unread {
    TooLarge(TooLarge),
    /// The client has disconnected.
    CutShort,
}

/// Reads the whole body first, within its bounds, so that handlers need not wait for the client.
pub(crate) async fn body(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced = parts.headers.get(CONTENT_LENGTH);
    let announced: Option<usize> = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    let read = tokio::time::timeout(api.request_timeout, read(body, api.max_body_bytes));
    match read.await {
        Ok(Ok(bytes)) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Ok(Err(Unread::TooLarge(read))) => {
            let mut response = closing(Code::TooLarge);
            let size = announced.unwrap_or_default().max(read.size);
            response.extensions_mut().insert(TooLarge { size, ..read });
            response
        }
        Ok(Err(Unread::CutShort)) => closing(Code::Input),
        Err(_) => {
            let mut response = closing(Code::TooSlow);
            response.extensions_mut().insert(TooSlow::Body);
            response
        }
    }
}

/// Bounds the time of an answer. Not for syncs, which have a time-out of their own.
pub(crate) async fn time(State(api): State<Api>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(api.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let mut response = ApiError::of(Code::Timeout).into_response();
            response.extensions_mut().insert(TooSlow::Answer);
            response
        }
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut stream = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Unread::CutShort)?;
        seen += chunk.len();
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > limit {
        Err(Unread::TooLarge(TooLarge { size: seen, limit }))
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
