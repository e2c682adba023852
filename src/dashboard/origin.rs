//! Whether a form was sent from a page of ours: what the browser itself says of it. Beside the token in
//! the form, not instead of it.

use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// False if the browser says that another site sent it. What is no browser says nothing.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(ORIGIN), text(HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(HeaderName, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect();
        is_ours(&headers)
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        let host = (HOST, "agenda.example.org");
        let from = |origin| judged(&[host.clone(), (ORIGIN, origin)]);
        assert!(from("https://agenda.example.org"));
        assert!(from("https://Agenda.example.ORG"));
        assert!(!from("https://evil.example.org"));
        assert!(!from("https://agenda.example.org.evil.example"));
        assert!(!from("https://agenda.example.org:8443"));
        assert!(!from("null"));
        assert!(!judged(&[(ORIGIN, "https://agenda.example.org")]));
        assert!(judged(std::slice::from_ref(&host)));
        // Behind a proxy that changes the host, the browser's own judgement counts.
        assert!(judged(&[
            (HOST, "127.0.0.1:8787"),
            (ORIGIN, "https://agenda.example.org"),
            (SITE, "same-origin")
        ]));
        for site in ["cross-site", "same-site", "", "Same-Origin"] {
            assert!(!judged(&[host.clone(), (SITE, site)]), "{site}");
        }
    }
}
