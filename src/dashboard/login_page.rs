//! The page on which an operator logs in; and the one that says that nobody can.

use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::language::Language;
use super::page::Page;
use crate::words::pages::login_page as words;

/// Why somebody is not logged in.
#[derive(Clone, Copy)]
pub(super) enum Refusal {
    WrongToken,
    TooManyAttempts,
    CookieRefused,
}

/// To the login, and from there to `back`.
pub(super) fn send_to(back: &str) -> Response {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("para", back)
        .finish();
    Redirect::to(&format!("/entrar?{query}")).into_response()
}

/// Without an operator token nobody can log in: what to do about that.
pub(super) fn switched_off(language: Language) -> Response {
    let title = language.say(words::DASHBOARD_SWITCHED_OFF);
    let content = html! {
        section.door {
            h1 { (title) }
            p {
                (language.say(words::SET)) code { "http.operator_token" }
                (language.say(words::IN_WHICH_FILE))
                code { "openssl rand -hex 32" }
                (language.say(words::AND_RESTART))
            }
        }
    };
    Page::open(language, title, "/").show(&content)
}

pub(super) fn login_form(
    language: Language,
    address: &str,
    para: &str,
    refusal: Option<Refusal>,
) -> Response {
    let say = |sentence| language.say(sentence);
    let title = say(words::LOG_IN);
    let refusal = refusal.map(|refusal| match refusal {
        Refusal::WrongToken => say(words::WRONG_TOKEN),
        Refusal::TooManyAttempts => say(words::TOO_MANY_ATTEMPTS),
        Refusal::CookieRefused => say(words::COOKIE_REFUSED),
    });
    let content = html! {
        section.door {
            h1 { (title) }
            @if let Some(refusal) = refusal { p.notice.bad role="alert" { (refusal) } }
            form method="post" action="/entrar" {
                input type="hidden" name="para" value=(way_back(para));
                // For password managers, which keep a name with it.
                input type="text" name="usuario" value="operador" autocomplete="username" hidden;
                label for="chave" { (say(words::OPERATOR_TOKEN)) }
                input id="chave" name="chave" type="password" required autocomplete="current-password" autofocus;
                p.hint { (say(words::WHICH_TOKEN)) }
                button.primary { (title) }
            }
        }
    };
    Page::open(language, title, address).show(&content)
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
