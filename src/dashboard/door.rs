//! Coming in with the operator token, and going out.

use axum::Extension;
use axum::extract::{Form, OriginalUri, Query, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::json;

use super::acts::ACTOR;
use super::language::Language;
use super::origin;
use super::page::Page;
use super::problem::{PageError, Problem};
use super::session::{Session, Way};
use super::visitor::Posted;
use crate::domain::secret_text;
use crate::store::audit::Action;
use crate::web::errors::{ApiError, Code};
use crate::web::peer::Peer;
use crate::web::state::Api;

/// What the address of the door may say.
#[derive(Debug, Deserialize, Default)]
pub(super) struct Knock {
    /// Where to go then.
    #[serde(default)]
    para: String,
    /// They have typed a good token just now.
    entrou: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    chave: secrecy::SecretString,
    #[serde(default)]
    para: String,
}

/// Why they are not let in.
#[derive(Clone, Copy)]
enum No {
    WrongToken,
    TooManyAttempts,
    CookieRefused,
}

/// To the door, and from there to `back`.
pub(super) fn send_to(back: &str) -> Response {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("para", back)
        .finish();
    Redirect::to(&format!("/entrar?{query}")).into_response()
}

/// Nobody can come in: what to do about that.
pub(super) fn shut(language: Language) -> Response {
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

/// `GET /entrar`
pub(super) async fn show(
    State(api): State<Api>,
    language: Language,
    Query(knock): Query<Knock>,
    OriginalUri(address): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let Some(token) = api.auth.token_mark() else {
        return Redirect::to("/").into_response();
    };
    let now = api.syncer.clock.now();
    let inside = Session::of(&headers, &api.syncer.vault, token, now);
    if let Some(session) = inside
        && !api.store.is_logged_out(&session.id).await.unwrap_or(true)
    {
        return Redirect::to(way_back(&knock.para)).into_response();
    }
    let no = knock.entrou.map(|_| No::CookieRefused);
    let address = address.path_and_query().map_or("/entrar", |p| p.as_str());
    door(language, address, &knock.para, no)
}

/// `POST /entrar`
pub(super) async fn enter(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    language: Language,
    headers: HeaderMap,
    form: Result<Form<Key>, axum::extract::rejection::FormRejection>,
) -> Result<Response, Response> {
    let failed = |error: PageError| error.show(language);
    let (Ok(Form(key)), true) = (form, origin::is_ours(&headers)) else {
        return Err(failed(PageError::of(Problem::Form)));
    };
    let Some(mark) = api.auth.token_mark() else {
        return Ok(Redirect::to("/").into_response());
    };
    let typed = secrecy::ExposeSecret::expose_secret(&key.chave).to_owned();
    let typed = secret_text::without_marks(typed);
    if let Err(error) = api.auth.admit(peer.ip(), &headers, typed.trim()) {
        return Ok(refused(&error, language, &key.para));
    }
    let (vault, now) = (&api.syncer.vault, api.syncer.clock.now());
    let session = Session::new(now).map_err(|error| failed(error.into()))?;
    let cookie = session.cookie(Way::of(peer.ip(), &headers), vault, mark);
    let cookie = cookie.map_err(|error| failed(error.into()))?;
    let action = Action {
        actor: ACTOR,
        action: "dashboard.login",
        usuario_id: None,
        details: json!({}),
    };
    let recorded = api.store.record_action(&action).await;
    recorded.map_err(|error| failed(error.into()))?;
    let then: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("entrou", "1")
        .append_pair("para", way_back(&key.para))
        .finish();
    let headers = [
        (SET_COOKIE, cookie),
        (LOCATION, header(&format!("/entrar?{then}"))),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// `POST /sair`
pub(super) async fn leave(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Response> {
    let session = &posted.visitor.session;
    let ended = api.store.log_out(&session.id, session.until).await;
    ended.map_err(|error| PageError::from(error).show(posted.visitor.language))?;
    let forget = Way::of(peer.ip(), &headers).forget();
    let headers = [(SET_COOKIE, forget), (LOCATION, header("/entrar"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn header(text: &str) -> axum::http::HeaderValue {
    axum::http::HeaderValue::from_str(text).unwrap_or(axum::http::HeaderValue::from_static("/"))
}

/// Only to pages of ours: `//elsewhere` and `/\elsewhere` are other hosts to a browser.
fn way_back(para: &str) -> &str {
    let ours = para.starts_with('/')
        && !para.starts_with("//")
        && !para.contains(['\\', '\r', '\n', '\t'])
        && para.is_ascii();
    if ours { para } else { "/" }
}

fn refused(error: &ApiError, language: Language, para: &str) -> Response {
    if error.code() == Code::TooManyAttempts {
        let page = door(language, "/entrar", para, Some(No::TooManyAttempts));
        let wait = [(RETRY_AFTER, "60")];
        (StatusCode::TOO_MANY_REQUESTS, wait, page).into_response()
    } else {
        let page = door(language, "/entrar", para, Some(No::WrongToken));
        (StatusCode::UNAUTHORIZED, page).into_response()
    }
}

fn door(language: Language, address: &str, para: &str, no: Option<No>) -> Response {
    let say = |pt, en| language.say(pt, en);
    let title = say("Entrar", "Log in");
    let no = no.map(|no| match no {
        No::WrongToken => say(
            "Esta chave não é a do operador.",
            "This is not the operator's token.",
        ),
        No::TooManyAttempts => say(
            "Muitas tentativas sem sucesso deste endereço. Aguarde um minuto.",
            "Too many failed attempts from this address. Wait a minute.",
        ),
        No::CookieRefused => say(
            "A chave está certa, mas o navegador não guardou a sessão. Fora desta máquina o painel exige HTTPS (um proxy com TLS) ou um túnel: ssh -L 8787:localhost:8787.",
            "The token is right, but the browser did not keep the session. From other machines the dashboard demands HTTPS (a proxy with TLS) or a tunnel: ssh -L 8787:localhost:8787.",
        ),
    });
    let content = html! {
        section.door {
            h1 { (title) }
            @if let Some(no) = no { p.notice.bad role="alert" { (no) } }
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
