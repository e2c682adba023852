//! Served under a path of a host that others share, `https://clinic.example.org/agenda`: a proxy may pass that
//! path on or take it off, so both are understood; and whatever our pages and redirects lead to has it.
//!
//! Pages are drawn as if they stood at the root, and browsers send back no address that was moved. Here, in one place,
//! they are moved: each of them, since the path may be called like a page (`/agenda/agenda`).

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::ENDPOINTS;
use super::state::Api;

/// Attributes of our pages that hold addresses.
const ADDRESSES: [&str; 7] = [
    "href",
    "action",
    "src",
    "data-poll",
    "data-contact",
    "data-login",
    "data-page",
];

/// Takes the path off requests, and puts it before the addresses in answers.
pub(crate) async fn apply(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let base = api.config().http.base_path();
    if base.is_empty() {
        return next.run(request).await;
    }
    if let Some(uri) = without(&base, request.uri()) {
        *request.uri_mut() = uri;
    }
    moved(&base, next.run(request).await).await
}

/// The address below the path; `None` if it does not lie there, or is a page's as it is: the path has been taken off then,
/// or somebody has typed the path alone and sees that page.
fn without(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path().strip_prefix(base)?;
    let is_below = rest.is_empty() || rest.starts_with('/');
    if !is_below || ENDPOINTS.iter().any(|endpoint| endpoint.path == uri.path()) {
        return None;
    }
    let path = if rest.is_empty() { "/" } else { rest };
    let path = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

async fn moved(base: &str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    if let Some(location) = location.filter(|location| is_ours(location))
        && let Ok(location) = HeaderValue::from_str(&format!("{base}{location}"))
    {
        headers.insert(LOCATION, location);
    }
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"text/html")) {
        return response;
    }
    headers.remove(CONTENT_LENGTH);
    let (parts, body) = response.into_parts();
    // Our own pages, which lie in memory already.
    let page = to_bytes(body, usize::MAX).await.ok();
    match page.and_then(|page| String::from_utf8(page.into()).ok()) {
        Some(page) => Response::from_parts(parts, Body::from(with_base(base, &page))),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether it is an address from our root on.
fn is_ours(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//")
}

/// The page with the path before its addresses. Quotes in texts are escaped, so that only attributes match.
fn with_base(base: &str, page: &str) -> String {
    let mut moved = String::with_capacity(page.len() + 64 * base.len());
    let mut rest = page;
    while let Some(at) = rest.find("=\"/") {
        let (before, after) = rest.split_at(at + 2);
        let name = before[..at].rsplit([' ', '\n']).next().unwrap_or_default();
        let address = after.split('"').next().unwrap_or_default();
        moved.push_str(before);
        if ADDRESSES.contains(&name) && is_ours(address) {
            moved.push_str(base);
        }
        rest = after;
    }
    moved.push_str(rest);
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_understood_with_the_path_and_without_it() {
        let below =
            |base: &str, uri: &str| without(base, &uri.parse().unwrap()).map(|uri| uri.to_string());
        let painel = |uri: &str| below("/painel", uri);
        assert_eq!(
            painel("/painel/peritos/3?a=b").as_deref(),
            Some("/peritos/3?a=b")
        );
        assert_eq!(painel("/painel").as_deref(), Some("/"));
        assert_eq!(painel("/painel?busca=x").as_deref(), Some("/?busca=x"));
        assert_eq!(painel("/painel/").as_deref(), Some("/"));
        assert_eq!(painel("/painels/3"), None);
        assert_eq!(painel("/peritos/3"), None);
    }

    #[test]
    fn a_path_that_is_called_like_a_page_is_told_from_it() {
        let below =
            |uri: &str| without("/agenda", &uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(below("/agenda/").as_deref(), Some("/"));
        assert_eq!(
            below("/agenda/agenda?dia=x").as_deref(),
            Some("/agenda?dia=x")
        );
        assert_eq!(
            below("/agenda/agenda/planilha.csv").as_deref(),
            Some("/agenda/planilha.csv")
        );
        assert_eq!(below("/agenda/peritos/3").as_deref(), Some("/peritos/3"));
        // Taken off already.
        for page in ["/agenda", "/agenda?dia=x", "/agenda/planilha.csv"] {
            assert_eq!(below(page), None);
        }
    }

    #[test]
    fn addresses_are_moved_and_nothing_else_is() {
        let page = r#"<a href="/x"></a><form action="/sair"><input value="/x" name="para">
<a href="/agenda?dia=x"></a><a href="https://e.org/"></a><img src="/i.svg"><p data-poll="/p">href=&quot;/x</p><a href="/">"#;
        assert_eq!(
            with_base("/agenda", page),
            r#"<a href="/agenda/x"></a><form action="/agenda/sair"><input value="/x" name="para">
<a href="/agenda/agenda?dia=x"></a><a href="https://e.org/"></a><img src="/agenda/i.svg"><p data-poll="/agenda/p">href=&quot;/x</p><a href="/agenda/">"#
        );
        assert!(!is_ours("//elsewhere") && !is_ours("elsewhere") && is_ours("/agendas"));
    }
}
