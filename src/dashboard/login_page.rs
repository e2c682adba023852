//! The page on which an operator logs in; and the one that says that nobody can.

use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::language::Language;
use super::page::Page;

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
    let title = language.say("Painel desligado", "Dashboard switched off");
    let content = html! {
        section.door {
            h1 { (title) }
            p {
                (language.say("Defina ", "Set ")) code { "http.operator_token" }
                (language.say(
                    " no config.toml (ou AGENDAD_HTTP__OPERATOR_TOKEN no ambiente), por exemplo com a saída de ",
                    " in config.toml (or AGENDAD_HTTP__OPERATOR_TOKEN in the environment), for example to what ",
                ))
                code { "openssl rand -hex 32" }
                (language.say(", e reinicie o agendad.", " prints, and restart agendad."))
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
    let say = |pt, en| language.say(pt, en);
    let title = say("Entrar", "Log in");
    let refusal = refusal.map(|refusal| match refusal {
        Refusal::WrongToken => say(
            "Esta chave não é a do operador.",
            "This is not the operator's token.",
        ),
        Refusal::TooManyAttempts => say(
            "Muitas tentativas sem sucesso deste endereço. Aguarde um minuto.",
            "Too many failed attempts from this address. Wait a minute.",
        ),
        Refusal::CookieRefused => say(
            "A chave está certa, mas o navegador não guardou a sessão. Fora desta máquina o painel exige HTTPS (um proxy com TLS) ou um túnel: ssh -L 8787:localhost:8787.",
            "The token is right, but the browser did not keep the session. From other machines the dashboard demands HTTPS (a proxy with TLS) or a tunnel: ssh -L 8787:localhost:8787.",
        ),
    });
    let content = html! {
        section.door {
            h1 { (title) }
            @if let Some(refusal) = refusal { p.notice.bad role="alert" { (refusal) } }
            form method="post" action="/entrar" {
                input type="hidden" name="para" value=(way_back(para));
                // For password managers, which keep a name with it.
                input type="text" name="usuario" value="operador" autocomplete="username" hidden;
                label for="chave" { (say("Chave do operador", "Operator token")) }
                input id="chave" name="chave" type="password" required autocomplete="current-password" autofocus;
                p.hint { (say("A de http.operator_token, na configuração.", "That of http.operator_token, in the configuration.")) }
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
