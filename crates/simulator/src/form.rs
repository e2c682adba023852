//! What came with a request: the fields of its query and its form, its cookies, and whether it takes gzip.

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use chrono::NaiveDate;

const MAX_FORM_BYTES: usize = 64 * 1024;

/// A request, read whole.
pub(super) struct ReceivedRequest {
    pub(super) method: Method,
    pub(super) path: String,
    /// Value of `JSESSIONID`, if it came.
    pub(super) session: Option<String>,
    /// The firewall's cookie came.
    pub(super) known_to_firewall: bool,
    pub(super) accepts_gzip: bool,
    fields: Vec<(String, String)>,
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl ReceivedRequest {
    /// Reads a request. A form that is too long or breaks off counts as empty.
    pub(super) async fn read(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let mut fields = decode(parts.uri.query().unwrap_or_default().as_bytes());
        let form = to_bytes(body, MAX_FORM_BYTES).await.unwrap_or_default();
        fields.extend(decode(&form));
        let encodings = parts.headers.get(header::ACCEPT_ENCODING);
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            session: cookie(&parts.headers, |name| name == "JSESSIONID"),
            known_to_firewall: cookie(&parts.headers, |name| name.starts_with("visid_incap_"))
                .is_some(),
            accepts_gzip: encodings
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.contains("gzip")),
            fields,
        }
    }

    /// The last value of a field (a form's wins over the query's), trimmed.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    /// Whether all these fields came, each as often as it is named here.
    pub(super) fn has_all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| {
            let wanted = names.iter().filter(|other| *other == name).count();
            let came = self.fields.iter().filter(|(known, _)| known == name);
            came.count() >= wanted
        })
    }

    /// Whether the request is for this address: its path, and the values of its query.
    pub(super) fn is_at(&self, address: &str) -> bool {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let wanted = decode(query.as_bytes());
        self.path == path
            && wanted
                .iter()
                .all(|(name, value)| self.field(name) == Some(value))
    }
}

/// A date as the portal takes it: `DD/MM/YYYY` or `DDMMYYYY`.
pub(super) fn read_date(text: &str) -> Option<NaiveDate> {
    ["%d/%m/%Y", "%d%m%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

fn cookie(headers: &HeaderMap, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| is_wanted(name))
        .map(|(_, value)| value.to_owned())
}

/// `application/x-www-form-urlencoded` whose bytes are ISO-8859-1, as browsers send it from such a page.
fn decode(form: &[u8]) -> Vec<(String, String)> {
    form.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode_text(halves.next().unwrap_or_default());
            (name, decode_text(halves.next().unwrap_or_default()))
        })
        .collect()
}

fn decode_text(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|b| if *b == b'+' { b' ' } else { *b })
        .collect();
    let plain: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(&plain)
        .0
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(uri: &str, cookie: &str, form: &'static str) -> ReceivedRequest {
        let request = Request::post(uri)
            .header("cookie", cookie)
            .body(Body::from(form))
            .unwrap();
        futures::executor::block_on(ReceivedRequest::read(request))
    }

    #[test]
    fn fields_are_read_in_the_pages_charset() {
        let received = received(
            "/x.do?method=a&b=1",
            "",
            "method=acessar&senha=Ip%EA-1+2&vazio=",
        );
        assert_eq!(received.path, "/x.do");
        assert_eq!(received.field("senha"), Some("Ipê-1 2"));
        assert_eq!(received.field("method"), Some("acessar"), "the form wins");
        assert_eq!(
            (received.field("b"), received.field("vazio")),
            (Some("1"), Some(""))
        );
        assert_eq!(received.field("nada"), None);
    }

    #[test]
    fn a_field_named_twice_must_come_twice() {
        let once = received("/", "", "codigo=&senha=");
        assert!(once.has_all(&["codigo", "senha"]));
        assert!(!once.has_all(&["codigo", "senha", "codigo"]));
        assert!(received("/", "", "codigo=&codigo=1").has_all(&["codigo", "codigo"]));
    }

    #[test]
    fn an_address_is_path_and_query() {
        let received = received("/login.do?method=openChoice&x=1", "", "");
        assert!(received.is_at("/login.do?method=openChoice") && received.is_at("/login.do"));
        assert!(!received.is_at("/login.do?method=outro") && !received.is_at("/outro.do"));
    }

    #[test]
    fn the_session_is_found_among_cookies() {
        let read = |cookies| received("/", cookies, "").session;
        assert_eq!(read("a=1; JSESSIONID=AB.n1; c=2"), Some("AB.n1".to_owned()));
        assert_eq!(read("XJSESSIONID=1"), None);
        assert!(received("/", "visid_incap_7=a", "").known_to_firewall);
    }

    #[test]
    fn dates_are_read_as_the_form_sends_them() {
        for text in ["24/11/2026", "24112026"] {
            assert_eq!(read_date(text), "2026-11-24".parse().ok(), "{text}");
        }
        assert_eq!(read_date("2026-11-24"), None);
        assert_eq!(read_date("31/02/2026"), None);
        assert_eq!(read_date(""), None);
    }
}
