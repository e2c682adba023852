//! Portuguese, or English by choice: `?lang=en` chooses, a cookie remembers.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use super::cookies;
pub(super) use crate::words::Language;

/// Name of the cookie; holds no secret.
const COOKIE: &str = "agendad_lang";
/// A year, in seconds.
const REMEMBERED: u32 = 31_536_000;

/// As HTML names it.
pub(super) const fn tag(language: Language) -> &'static str {
    match language {
        Language::Portuguese => "pt-BR",
        Language::English => "en",
    }
}

/// As the cookie and `?lang=` name it.
const fn code(language: Language) -> &'static str {
    match language {
        Language::Portuguese => "pt",
        Language::English => "en",
    }
}

fn of_code(wanted: &str) -> Option<Language> {
    [Language::Portuguese, Language::English]
        .into_iter()
        .find(|language| code(*language) == wanted)
}

fn chosen(query: Option<&str>) -> Option<Language> {
    let pairs = url::form_urlencoded::parse(query?.as_bytes());
    let mut chosen = pairs.filter(|(name, _)| name == "lang");
    chosen.find_map(|(_, code)| of_code(&code))
}

/// Where the same page is found in this language.
pub(super) fn address_in(language: Language, path_and_query: &str) -> String {
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("lang", code(language))
        .finish();
    format!("{path}?{query}")
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = chosen(parts.uri.query());
        let remembered = || cookies::value(&parts.headers, COOKIE).and_then(of_code);
        Ok(chosen.or_else(remembered).unwrap_or_default())
    }
}

/// Remembers a language that was chosen.
pub(super) async fn remember(request: Request, next: Next) -> Response {
    let chosen = chosen(request.uri().query());
    let mut response = next.run(request).await;
    if let Some(language) = chosen {
        let cookie = format!(
            "{COOKIE}={}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax",
            code(language)
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_in_the_other_language() {
        let address = |page| address_in(Language::English, page);
        assert_eq!(address("/"), "/?lang=en");
        assert_eq!(
            address("/?lang=pt&busca=a%26b"),
            "/?busca=a%26b&lang=en",
            "what was searched for stays"
        );
    }

    #[test]
    fn an_unknown_language_is_not_chosen() {
        assert_eq!(chosen(Some("lang=xx")), None);
        assert_eq!(chosen(Some("a=b&lang=en")), Some(Language::English));
    }
}
