//! An answer before it is sent: status, headers that matter, bytes in the portal's charset.

use axum::body::Body;
use axum::http::response::Builder;
use axum::http::{Response, StatusCode, header};

use super::pages;

/// What a request gets.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// New value of the session's cookie.
    pub(super) session: Option<String>,
    location: Option<String>,
    retry_after: Option<u64>,
    content_type: &'static str,
}

impl Answer {
    /// A page, status 200.
    pub(super) fn page(html: &str) -> Self {
        Self::bytes(pages::encode(html))
    }

    /// A page already encoded.
    pub(super) fn bytes(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body,
            session: None,
            location: None,
            retry_after: None,
            content_type: "text/html",
        }
    }

    /// A file that is not a page.
    pub(super) fn file(content_type: &'static str, text: &str) -> Self {
        Self {
            content_type,
            ..Self::page(text)
        }
    }

    /// The application server's own page for an error.
    pub(super) fn error(status: u16, retry_after: Option<u64>) -> Self {
        Self {
            status,
            retry_after,
            ..Self::page(&pages::error_status(status))
        }
    }

    /// "Look there": 302 turns a form into a plain request, 307 keeps it.
    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self {
            status,
            location: Some(to.to_owned()),
            ..Self::bytes(Vec::new())
        }
    }

    /// With a new session's cookie.
    pub(super) fn opening(self, session: String) -> Self {
        Self {
            session: Some(session),
            ..self
        }
    }

    /// Status and headers; the body is up to the caller.
    pub(super) fn head(&self, charset_header: bool) -> Builder {
        let content_type = if charset_header && self.content_type == "text/html" {
            "text/html;charset=ISO-8859-1"
        } else {
            self.content_type
        };
        let mut builder = Response::builder()
            .status(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .header(header::CONTENT_TYPE, content_type)
            .header(header::SERVER, "Apache-Coyote/1.1")
            .header(header::PRAGMA, "no-cache")
            .header(header::CACHE_CONTROL, "no-cache");
        if let Some(session) = &self.session {
            let cookie = format!("JSESSIONID={session}; Path=/; HttpOnly");
            builder = builder.header(header::SET_COOKIE, cookie);
        }
        if let Some(location) = &self.location {
            builder = builder.header(header::LOCATION, location);
        }
        if let Some(seconds) = self.retry_after {
            builder = builder.header(header::RETRY_AFTER, seconds);
        }
        builder
    }

    /// The whole response.
    pub(super) fn send(self, charset_header: bool) -> Response<Body> {
        finish(self.head(charset_header), Body::from(self.body))
    }
}

/// Puts head and body together. Headers that cannot be sent (a hostile `Location` of a fault) make a 500.
pub(super) fn finish(head: Builder, body: Body) -> Response<Body> {
    head.body(body).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
