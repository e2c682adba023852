//! What came with a request: the fields of its query and its form, and the session's cookie.

use std::fmt;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use chrono::NaiveDate;

const MAX_FORM_BYTES: usize = 64 * 1024;
const TOKEN_FIELD: &str = "org.apache.struts.taglib.html.TOKEN";

/// A request, read whole.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    /// Value of `JSESSIONID`, if it came.
    pub(super) session: Option<String>,
    fields: Vec<(String, String)>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Asked {
    /// Reads a request. A form that is too long or breaks off counts as empty.
    pub(super) async fn read(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let mut fields = decode(parts.uri.query().unwrap_or_default().as_bytes());
        let form = to_bytes(body, MAX_FORM_BYTES).await.unwrap_or_default();
        fields.extend(decode(&form));
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            session: session_cookie(&parts.headers),
            fields,
        }
    }

    /// The last value of a field (a form's wins over the query's), trimmed.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    /// The session's token that the form brought back.
    pub(super) fn token(&self) -> Option<&str> {
        self.field(TOKEN_FIELD)
    }
}

/// A date as a person or a program may give it: `DD/MM/YYYY`, `DDMMYYYY` or `YYYY-MM-DD`.
pub(super) fn read_date(text: &str) -> Option<NaiveDate> {
    ["%d/%m/%Y", "%d%m%Y", "%Y-%m-%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

fn session_cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix("JSESSIONID="))
        .map(str::to_owned)
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

    fn asked(uri: &str, cookie: &str, form: &'static str) -> Asked {
        let request = Request::post(uri)
            .header("cookie", cookie)
            .body(Body::from(form))
            .unwrap();
        futures::executor::block_on(Asked::read(request))
    }

    #[test]
    fn fields_are_read_in_the_pages_charset() {
        let asked = asked(
            "/x.do?method=a&b=1",
            "",
            "method=acessar&senha=Ip%EA-1+2&vazio=",
        );
        assert_eq!(asked.path, "/x.do");
        assert_eq!(asked.field("senha"), Some("Ipê-1 2"));
        assert_eq!(asked.field("method"), Some("acessar"), "the form wins");
        assert_eq!(
            (asked.field("b"), asked.field("vazio")),
            (Some("1"), Some(""))
        );
        assert_eq!(asked.field("nada"), None);
    }

    #[test]
    fn the_session_is_found_among_cookies() {
        assert_eq!(
            asked("/", "a=1; JSESSIONID=AB.n1; c=2", "")
                .session
                .unwrap(),
            "AB.n1"
        );
        assert_eq!(asked("/", "XJSESSIONID=1", "").session, None);
    }

    #[test]
    fn dates_are_read_as_people_and_programs_write_them() {
        for text in ["24/11/2026", "24112026", "2026-11-24"] {
            assert_eq!(read_date(text), "2026-11-24".parse().ok(), "{text}");
        }
        assert_eq!(read_date("31/02/2026"), None);
        assert_eq!(read_date(""), None);
    }
}
