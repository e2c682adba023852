//! Portuguese, or English by choice: `?lang=en` chooses, a cookie remembers. Both texts stand side by side
//! where they are used, so that none can be missing.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use super::cookies;

/// Name of the cookie; holds no secret.
const COOKIE: &str = "agendad_lang";
/// A year, in seconds.
const REMEMBERED: u32 = 31_536_000;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Language {
    /// Portuguese of Brazil.
    #[default]
    Portuguese,
    /// English.
    English,
}

impl Language {
    /// The text in this language.
    pub(super) const fn say(self, portuguese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Portuguese => portuguese,
            Self::English => english,
        }
    }

    /// As HTML names it.
    pub(super) const fn tag(self) -> &'static str {
        self.say("pt-BR", "en")
    }

    /// As the cookie and `?lang=` name it.
    const fn code(self) -> &'static str {
        self.say("pt", "en")
    }

    fn of_code(code: &str) -> Option<Self> {
        [Self::Portuguese, Self::English]
            .into_iter()
            .find(|language| language.code() == code)
    }

    fn chosen(query: Option<&str>) -> Option<Self> {
        let pairs = url::form_urlencoded::parse(query?.as_bytes());
        let mut chosen = pairs.filter(|(name, _)| name == "lang");
        chosen.find_map(|(_, code)| Self::of_code(&code))
    }

    /// Where the same page is found in this language.
    pub(super) fn address_of(self, path_and_query: &str) -> String {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("lang", self.code())
            .finish();
        format!("{path}?{query}")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = Self::chosen(parts.uri.query());
        let remembered = || cookies::value(&parts.headers, COOKIE).and_then(Self::of_code);
        Ok(chosen.or_else(remembered).unwrap_or_default())
    }
}

/// Remembers a language that was chosen.
pub(super) async fn remember(request: Request, next: Next) -> Response {
    let chosen = Language::chosen(request.uri().query());
    let mut response = next.run(request).await;
    if let Some(language) = chosen {
        let cookie = format!(
            "{COOKIE}={}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax",
            language.code()
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
        let address = |page| Language::English.address_of(page);
        assert_eq!(address("/"), "/?lang=en");
        assert_eq!(
            address("/?lang=pt&busca=a%26b"),
            "/?busca=a%26b&lang=en",
            "what was searched for stays"
        );
    }

    #[test]
    fn an_unknown_language_is_not_chosen() {
        assert_eq!(Language::chosen(Some("lang=xx")), None);
        assert_eq!(
            Language::chosen(Some("a=b&lang=en")),
            Some(Language::English)
        );
    }
}
