//! `/entrar` and `/sair`: an operator logs in with the operator token, and out.

use axum::Extension;
use axum::extract::{Form, OriginalUri, Query, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::language::Language;
use super::login_page::{Refusal, login_form, way_back};
use super::problem::Problem;
use super::recognise::Posted;
use super::session::{Session, Way};
use super::visitor::ACTOR;
use crate::domain::secret_text;
use crate::store::audit::Action;
use crate::web::errors::{ApiError, Code};
use crate::web::peer::Peer;
use crate::web::state::Api;

/// What the address may say.
#[derive(Debug, Deserialize, Default)]
pub(super) struct LoginQuery {
    /// Where to go then.
    #[serde(default)]
    para: String,
    /// They have typed a good token just now.
    entrou: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct LoginForm {
    #[serde(default)]
    chave: secrecy::SecretString,
    #[serde(default)]
    para: String,
}

/// `GET /entrar`
pub(super) async fn show(
    State(api): State<Api>,
    language: Language,
    Query(query): Query<LoginQuery>,
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
        return Redirect::to(way_back(&query.para)).into_response();
    }
    let refusal = query.entrou.map(|_| Refusal::CookieRefused);
    let address = address.path_and_query().map_or("/entrar", |p| p.as_str());
    login_form(language, address, &query.para, refusal)
}

/// `POST /entrar`
pub(super) async fn enter(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    language: Language,
    headers: HeaderMap,
    form: Result<Form<LoginForm>, axum::extract::rejection::FormRejection>,
) -> Result<Response, Problem> {
    let Ok(Form(form)) = form else {
        return Err(Problem::Form);
    };
    let Some(mark) = api.auth.token_mark() else {
        return Ok(Redirect::to("/").into_response());
    };
    let typed = secrecy::ExposeSecret::expose_secret(&form.chave).to_owned();
    let typed = secret_text::without_marks(typed);
    if let Err(error) = api.auth.admit(peer.ip(), &headers, typed.trim()) {
        return Ok(refused(&error, language, &form.para));
    }
    let (vault, now) = (&api.syncer.vault, api.syncer.clock.now());
    let session = Session::new(now)?;
    let cookie = session.cookie(Way::of(peer.ip(), &headers), vault, mark)?;
    let action = Action {
        actor: ACTOR,
        action: "dashboard.login",
        usuario_id: None,
        details: json!({}),
    };
    api.store.record_action(&action).await?;
    let then: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("entrou", "1")
        .append_pair("para", way_back(&form.para))
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
) -> Result<Response, Problem> {
    let session = &posted.visitor.session;
    api.store.log_out(&session.id, session.until).await?;
    let forget = Way::of(peer.ip(), &headers).forget();
    let headers = [(SET_COOKIE, forget), (LOCATION, header("/entrar"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn header(text: &str) -> axum::http::HeaderValue {
    axum::http::HeaderValue::from_str(text).unwrap_or(axum::http::HeaderValue::from_static("/"))
}

fn refused(error: &ApiError, language: Language, para: &str) -> Response {
    if error.code() == Code::TooManyAttempts {
        let page = login_form(language, "/entrar", para, Some(Refusal::TooManyAttempts));
        let wait = [(RETRY_AFTER, "60")];
        (StatusCode::TOO_MANY_REQUESTS, wait, page).into_response()
    } else {
        let page = login_form(language, "/entrar", para, Some(Refusal::WrongToken));
        (StatusCode::UNAUTHORIZED, page).into_response()
    }
}
