//! Requests that cannot be answered as meant. A handler only names the problem; the page that says so is drawn here, in
//! the visitor's language.

use axum::extract::Request;
use axum::extract::rejection::PathRejection;
use axum::http::header::{ACCEPT, ALLOW, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use tower_http::csrf::ProtectionError;

use super::headers;
pub(super) use super::id::Id;
use super::language::Language;
use super::page::Page;
use super::visitor::Visitor;
use crate::credentials::CredentialsError;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::web::limits::{TooLarge, TooSlow};
use crate::words::command::here;
use crate::words::pages::import;
use crate::words::pages::problem as words;
pub(super) use crate::words::pages::problem::Problem;

/// Draws the page of a problem. A form that another site has sent, as the browser says (`Sec-Fetch-Site`, `Origin`), is
/// refused by tower-http: beside the token in the form, not instead of it.
pub(super) async fn explain(language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let extensions = response.extensions();
    let problem = match (extensions.get(), extensions.get::<ProtectionError>()) {
        (Some(problem), _) => *problem,
        (None, Some(_)) => Problem::Form,
        (None, None) => return response,
    };
    let page = page(problem, language, extensions.get());
    (status(problem), page).into_response()
}

/// Draws the page of a form that was too large to be looked at, whoever has sent it. Programs get their JSON.
pub(crate) async fn explain_too_large(
    language: Language,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let found = response.extensions().get::<TooLarge>().copied();
    let Some(found) = found.filter(|_| !path.starts_with("/api/")) else {
        return response;
    };
    let say = |sentence| language.say(sentence);
    let (title, is_file) = (say(words::TOO_LARGE), path.starts_with("/importar"));
    let back = if is_file { "/importar" } else { "/" };
    let content = html! {
        section.panel {
            h1 { (title) }
            p { (language.say(words::sizes(found.size, found.limit))) }
            @if is_file {
                p { (say(words::SPLIT_IT)) code { (here("agendad users import ")) (say(words::A_FILE)) } }
                p { a.button href=(back) { (say(import::OTHER_FILE)) } }
            } @else {
                p { (say(words::SHORTEN_IT)) }
            }
        }
    };
    let page = Page::open(language, title, back).show(&content);
    // The rest of the body may be on its way still.
    let close = [(CONNECTION, "close")];
    headers::protect((StatusCode::PAYLOAD_TOO_LARGE, close, page).into_response()).await
}

/// Draws the page of what took too long, for whoever looks at pages. Programs get their JSON.
pub(crate) async fn explain_too_slow(language: Language, request: Request, next: Next) -> Response {
    let wants_page = wants_page(&request);
    let response = next.run(request).await;
    let found = response.extensions().get::<TooSlow>().copied();
    let Some(found) = found.filter(|_| wants_page) else {
        return response;
    };
    let say = |sentence| language.say(sentence);
    let (title, advice) = (
        say(words::TOO_SLOW),
        say(words::too_slow(found == TooSlow::Body)),
    );
    let content = html! {
        section.panel {
            h1 { (title) }
            p { (advice) }
            p { a href="/" { (say(words::GO_TO_OVERVIEW)) } }
        }
    };
    let page = Page::open(language, title, "/").show(&content);
    let mut drawn = (response.status(), page).into_response();
    if let Some(close) = response.headers().get(CONNECTION) {
        drawn.headers_mut().insert(CONNECTION, close.clone());
    }
    headers::protect(drawn).await
}

/// Draws the page of an address that there is not, or that only takes forms, for whoever looks at pages: a wrong letter,
/// or the address of a form that was not taken, asked for again. Programs get their JSON.
pub(crate) async fn explain_unknown(language: Language, request: Request, next: Next) -> Response {
    let wants_page = wants_page(&request) && !request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let is_unknown = matches!(
        response.status(),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    );
    let written = response.headers().get(CONTENT_TYPE);
    let is_for_programs = written.is_none_or(|written| written == "application/json");
    if !wants_page || !is_unknown || !is_for_programs {
        return response;
    }
    let page = page(Problem::NotFound, language, None);
    let mut drawn = (response.status(), page).into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        drawn.headers_mut().insert(ALLOW, allow.clone());
    }
    headers::protect(drawn).await
}

fn wants_page(request: &Request) -> bool {
    let accepted = request.headers().get(ACCEPT).map(HeaderValue::as_bytes);
    accepted.is_some_and(|accepted| accepted.windows(9).any(|at| at == b"text/html"))
}

/// A problem is drawn for whoever has met it: with the ways to what is theirs.
pub(super) fn seen_by(visitor: Visitor, mut response: Response) -> Response {
    let extensions = response.extensions_mut();
    if extensions.get::<Problem>().is_some() {
        extensions.insert(visitor);
    }
    response
}

fn page(problem: Problem, language: Language, visitor: Option<&Visitor>) -> Response {
    let say = |sentence| language.say(sentence);
    let title = say(words::title(problem));
    let content = html! {
        section.panel {
            h1 { (title) }
            p { (say(words::advice(problem))) }
            @if visitor.is_none_or(Visitor::is_operator) { p { a href="/" { (say(words::GO_TO_OVERVIEW)) } } }
        }
    };
    match visitor {
        // What is not theirs looks as if it were not there: its address is nowhere on the page.
        Some(visitor) => Page::of(visitor, title).at("/").section("").show(&content),
        None => Page::open(language, title, "/").show(&content),
    }
}

const fn status(problem: Problem) -> StatusCode {
    match problem {
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::Form | Problem::Forbidden => StatusCode::FORBIDDEN,
        Problem::Database => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Rights | Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(self).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a page could not be shown");
        if error.is_forbidden() {
            return Self::Rights;
        }
        match error {
            StoreError::Database(_) | StoreError::Encoding { .. } => Self::Database,
            StoreError::RunClosed { .. }
            | StoreError::CpfTaken { .. }
            | StoreError::UserRefused { .. }
            | StoreError::BadValue { .. } => Self::Internal,
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a page could not be shown");
        Self::Internal
    }
}

impl From<CredentialsError> for Problem {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Store(error) => error.into(),
            CredentialsError::Vault(error) => error.into(),
            CredentialsError::NoKey { .. } | CredentialsError::WrongKey { .. } => {
                tracing::warn!(error = in_a_line(&error), "an account could not be resumed");
                Self::Internal
            }
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::NotFound
    }
}
