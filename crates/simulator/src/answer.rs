//! An answer before it is sent: status, headers that matter, body in pieces.

use axum::body::Body;
use axum::http::response::Builder;
use axum::http::{Response, StatusCode, header};

use super::form::ReceivedRequest;
use super::pages::{self, Page};

const HTML: &str = "text/html;charset=ISO-8859-1";
/// What the firewall leaves with whoever comes without its cookies.
const FIREWALL_COOKIES: [&str; 2] = [
    "visid_incap_2910417=q4XkTz0vQm2b7d1uW8nXyJ4c; expires=Sun, 28 Nov 2027 03:00:00 GMT; HttpOnly; path=/",
    "incap_ses_1184_2910417=7mPzR3hC9k0aYwVnE5tBdLs2; path=/",
];

/// What a request gets.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Page,
    /// New value of the session's cookie.
    pub(super) session: Option<String>,
    pub(super) location: Option<String>,
    retry_after: Option<u64>,
    content_type: &'static str,
}

/// How an answer goes to whoever asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery {
    gzip: bool,
    known_to_firewall: bool,
}

impl Delivery {
    pub(super) fn to(received: &ReceivedRequest) -> Self {
        Self {
            gzip: received.accepts_gzip,
            known_to_firewall: received.known_to_firewall,
        }
    }
}

impl Answer {
    /// A page, status 200.
    pub(super) fn page(body: Page) -> Self {
        Self {
            status: 200,
            body,
            session: None,
            location: None,
            retry_after: None,
            content_type: HTML,
        }
    }

    /// The same of a text.
    pub(super) fn text(html: &str) -> Self {
        Self::page(Page::text(html))
    }

    /// JSON, in UTF-8.
    pub(super) fn json(text: String) -> Self {
        Self {
            content_type: "application/json; charset=UTF-8",
            ..Self::page(Page::bytes(text.into_bytes()))
        }
    }

    /// A file that is not a page.
    pub(super) fn file(content_type: &'static str, text: &str) -> Self {
        Self {
            content_type,
            ..Self::text(text)
        }
    }

    /// The application server's own page for an error.
    pub(super) fn error(status: u16, retry_after: Option<u64>) -> Self {
        Self {
            status,
            retry_after,
            ..Self::text(&pages::error_status(status))
        }
    }

    /// "Look there": 302 turns a form into a plain request, 307 keeps it.
    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self {
            status,
            location: Some(to.to_owned()),
            ..Self::page(Page::default())
        }
    }

    /// With another status.
    pub(super) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// With a new session's cookie.
    pub(super) fn opening(self, session: String) -> Self {
        Self {
            session: Some(session),
            ..self
        }
    }

    /// Status and headers; the body is up to the caller.
    pub(super) fn head(&self, to: Delivery) -> Builder {
        let mut builder = Response::builder()
            .status(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::PRAGMA, "no-cache")
            .header(header::CACHE_CONTROL, "no-cache");
        if let Some(session) = &self.session {
            let cookie = format!("JSESSIONID={session}; Path=/; HttpOnly");
            builder = builder.header(header::SET_COOKIE, cookie);
        }
        if !to.known_to_firewall {
            for cookie in FIREWALL_COOKIES {
                builder = builder.header(header::SET_COOKIE, cookie);
            }
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
    pub(super) fn send(self, to: Delivery) -> Response<Body> {
        let head = self.head(to);
        if to.gzip {
            let head = head.header(header::CONTENT_ENCODING, "gzip");
            finish(head, Body::from(self.body.gzip()))
        } else {
            finish(head, Body::from(self.body.whole()))
        }
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
