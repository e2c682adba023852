//! The page on which people log in; and the one that says that nobody can.

use std::time::Duration;

use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

use super::language::{Language, tag};
use super::page::{FROM_OUTSIDE, Page};
use crate::words::command::here;
use crate::words::pages::login_page as words;

/// Why somebody is not logged in.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    WrongToken,
    WrongPassword,
    TooManyAttempts,
    /// Under this name, for so long.
    Locked(Duration),
    Busy,
    KeyIsForPrograms,
    CookieRefused,
    /// A form came after their session had ended.
    FormLost,
}

impl Refusal {
    fn said(self, language: Language) -> String {
        let said = match self {
            Self::WrongToken => words::WRONG_TOKEN,
            Self::WrongPassword => words::WRONG_PASSWORD,
            Self::TooManyAttempts => words::TOO_MANY_ATTEMPTS,
            Self::Locked(rest) => return language.say(words::locked(rest)),
            Self::Busy => words::BUSY,
            Self::KeyIsForPrograms => words::KEY_IS_FOR_PROGRAMS,
            Self::CookieRefused => words::COOKIE_REFUSED,
            Self::FormLost => words::FORM_LOST,
        };
        language.say(said).to_owned()
    }
}

/// The page on which people log in.
pub(super) struct LoginPage<'a> {
    pub(super) language: Language,
    pub(super) address: &'a str,
    /// Where they want to go.
    pub(super) para: &'a str,
    /// Whether name and password open it, and the shared key.
    pub(super) ways: (bool, bool),
    /// The name that was typed.
    pub(super) name: &'a str,
    /// Whoever comes has made their name just now.
    pub(super) is_new: bool,
}

/// To the login, and from there to `back`.
pub(super) fn send_to(back: &str) -> Response {
    Redirect::to(&format!("/entrar?{}", para(back))).into_response()
}

/// The same, of whoever has sent a form from that page: nothing of it was saved.
pub(super) fn send_back_to(page: &str) -> Response {
    Redirect::to(&format!("/entrar?{}&perdido=1", para(page))).into_response()
}

/// To the same page once more, by a page of ours: with that request the browser sends the session along, if there is one.
/// The address begins with its query, so that it is right below any path and leads to no other host.
pub(super) fn ask_again(language: Language, query: Option<&str>) -> Response {
    let to = match query {
        Some(query) => format!("?{query}&{FROM_OUTSIDE}"),
        None => format!("?{FROM_OUTSIDE}"),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(tag(language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { "agendad" }
                meta http-equiv="refresh" content=(format!("0; url={to}"));
            }
            body { a href=(to) { (language.say(words::GO_ON)) } }
        }
    };
    Html(page.into_string()).into_response()
}

fn para(back: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("para", back)
        .finish()
}

/// Nobody can log in yet: how the first operator is made; and the token for programs, for whoever wants that instead.
pub(super) fn switched_off(language: Language) -> Response {
    let title = language.say(words::NOBODY_YET);
    let content = html! {
        section.panel {
            h1 { (title) }
            p { (language.say(words::INVITE)) }
            p { code { (here("agendad people invite")) } }
            p { (language.say(words::OPEN_IT)) }
            details {
                summary { (language.say(words::WITHOUT_NAME)) }
                p {
                    (language.say(words::SET)) code { "http.operator_token" }
                    (language.say(words::IN_WHICH_FILE))
                    code { "openssl rand -hex 32" }
                    (language.say(words::AND_RESTART))
                }
            }
        }
    };
    Page::open(language, title, "/").show(&content)
}

impl LoginPage<'_> {
    pub(super) fn show(&self, refusal: Option<Refusal>) -> Response {
        let say = |sentence| self.language.say(sentence);
        let refusal = refusal.map(|refusal| refusal.said(self.language));
        let (by_name, by_key) = self.ways;
        let content = html! {
            section.panel {
                h1 { (say(words::LOG_IN)) }
                @if let Some(refusal) = refusal { p.notice.bad role="alert" { (refusal) } }
                @else if self.is_new { p.notice role="status" { (say(words::NAME_MADE)) } }
                @if by_name { (self.by_name()) }
                @if by_key && by_name {
                    details { summary { (say(words::WITH_KEY)) } (self.by_key(false)) }
                } @else if by_key { (self.by_key(true)) }
                @if by_name && !by_key { p.hint { (say(words::KEY_IS_FOR_PROGRAMS)) } }
            }
        };
        Page::open(self.language, say(words::LOG_IN), self.address).show(&content)
    }

    fn by_name(&self) -> Markup {
        let say = |sentence| self.language.say(sentence);
        html! {
            form method="post" action="/entrar" {
                input type="hidden" name="para" value=(way_back(self.para));
                label for="nome" { (say(words::LOGIN_NAME)) }
                input id="nome" name="nome" type="text" required value=(self.name) autocomplete="username" autocapitalize="none" spellcheck="false" autofocus;
                label for="senha" { (say(words::PASSWORD)) }
                input id="senha" name="senha" type="password" required autocomplete="current-password";
                p.hint { (say(words::FORGOTTEN)) }
                button.primary { (say(words::LOG_IN)) }
            }
        }
    }

    fn by_key(&self, focus: bool) -> Markup {
        let say = |sentence| self.language.say(sentence);
        html! {
            form method="post" action="/entrar" {
                input type="hidden" name="para" value=(way_back(self.para));
                // For password managers, which keep a name with it.
                input type="text" name="usuario" value="operador" autocomplete="username" hidden;
                label for="chave" { (say(words::OPERATOR_TOKEN)) }
                input id="chave" name="chave" type="password" required autocomplete="current-password" autofocus[focus];
                p.hint { (say(words::WHICH_TOKEN)) " " (say(words::BETTER_A_NAME)) }
                button.primary { (say(words::LOG_IN)) }
            }
        }
    }
}

/// Only to pages of ours: `//elsewhere` and `/\elsewhere` are other hosts to a browser.
pub(super) fn way_back(para: &str) -> &str {
    let ours = para.starts_with('/')
        && !para.starts_with("//")
        && !para.contains(['\\', '\r', '\n', '\t'])
        && para.is_ascii();
    if ours { para } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_nowhere_else() {
        assert_eq!(way_back("/peritos/7?aviso=busy"), "/peritos/7?aviso=busy");
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/\r\nSet-Cookie: x=y",
            "/\t/evil.example",
        ] {
            assert_eq!(way_back(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
