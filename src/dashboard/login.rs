//! `/entrar` and `/sair`: people log in with name and password; as long as no operator has a name, with the shared key.

use axum::Extension;
use axum::extract::{Form, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::language::Language;
use super::lenient_query::LenientQuery;
use super::login_page::{LoginPage, Refusal, way_back};
use super::problem::Problem;
use super::recognise::{self, Posted};
use super::session::{Session, Way, personal_cookie};
use super::visitor::{BY_KEY, Inside};
use crate::domain::causes::in_a_line;
use crate::domain::secret_text;
use crate::domain::{ActionKind, Details};
use crate::staff::{self, LoginError, PasswordError};
use crate::store::audit::Action;
use crate::store::staff::{OpenedBy, Staffed};
use crate::vault::Token;
use crate::web::errors::Code;
use crate::web::peer::Peer;
use crate::web::state::Api;

/// So much of what a browser calls itself is kept.
const AGENT: usize = 200;

/// What the address may say.
#[derive(Debug, Deserialize, Default)]
pub(super) struct LoginQuery {
    /// Where to go then.
    #[serde(default)]
    para: String,
    /// They were let in just now.
    #[serde(default)]
    entrou: String,
    /// Their name was made just now.
    #[serde(default)]
    novo: String,
    /// They have sent a form, after their session had ended.
    #[serde(default)]
    perdido: String,
}

#[derive(Deserialize)]
pub(super) struct LoginForm {
    /// Login name.
    #[serde(default)]
    nome: String,
    #[serde(default)]
    senha: secrecy::SecretString,
    /// The shared key, instead.
    #[serde(default)]
    chave: secrecy::SecretString,
    #[serde(default)]
    para: String,
}

/// `GET /entrar`
pub(super) async fn show(
    State(api): State<Api>,
    language: Language,
    LenientQuery(query): LenientQuery<LoginQuery>,
    address: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let staffed = api.store.staffed().await?;
    if !staffed.anybody && api.auth.token_mark().is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    if recognise::who(&api, &headers, true).await?.is_some() {
        return Ok(Redirect::to(way_back(&query.para)).into_response());
    }
    let refusal = match (query.entrou.as_str(), query.perdido.as_str()) {
        ("", "") => None,
        ("", _) => Some(Refusal::FormLost),
        (_, _) => Some(Refusal::CookieRefused),
    };
    let address = address.path_and_query().map_or("/entrar", |p| p.as_str());
    let page = LoginPage {
        language,
        address,
        para: &query.para,
        ways: ways(&api, staffed),
        name: "",
        is_new: !query.novo.is_empty(),
    };
    Ok(page.show(refusal))
}

/// With what one can log in: name and password, the shared key.
fn ways(api: &Api, staffed: Staffed) -> (bool, bool) {
    let by_key = api.auth.token_mark().is_some() && !staffed.operator;
    (staffed.anybody, by_key)
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
    let staffed = api.store.staffed().await?;
    let way = Way::of(peer.ip(), &headers);
    let (by_name, by_key) = ways(&api, staffed);
    let page = LoginPage {
        language,
        address: "/entrar",
        para: &form.para,
        ways: (by_name, by_key),
        name: &form.nome,
        is_new: false,
    };
    let has_key = !secrecy::ExposeSecret::expose_secret(&form.chave).is_empty();
    let entered = if by_name && !has_key {
        let password = secrecy::ExposeSecret::expose_secret(&form.senha).to_owned();
        let password = secret_text::without_marks(password).into();
        by_password(&api, peer.ip(), &headers, &form.nome, password).await?
    } else if api.auth.token_mark().is_none() {
        return Ok(Redirect::to("/").into_response());
    } else {
        with_key(&api, peer.ip(), &headers, &form.chave, by_key).await?
    };
    match entered {
        Ok(cookie) => {
            let then: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("entrou", "1")
                .append_pair("para", way_back(&form.para))
                .finish();
            let cookie = cookie.in_browser(way, &api)?;
            let headers = [
                (SET_COOKIE, cookie),
                (LOCATION, header(&format!("/entrar?{then}"))),
            ];
            Ok((StatusCode::SEE_OTHER, headers).into_response())
        }
        Err(refusal) => Ok(refused(refusal, &page)),
    }
}

/// What lets somebody in.
enum Entered {
    Person(Token),
    Key(Session),
}

impl Entered {
    fn in_browser(&self, way: Way, api: &Api) -> Result<HeaderValue, Problem> {
        match self {
            Self::Person(token) => {
                let lasting = staff::lasting(&api.config());
                personal_cookie(way, token, lasting).ok_or(Problem::Internal)
            }
            Self::Key(session) => {
                let mark = api.auth.token_mark().ok_or(Problem::Internal)?;
                Ok(session.cookie(way, &api.syncer.vault, mark)?)
            }
        }
    }
}

async fn by_password(
    api: &Api,
    peer: std::net::IpAddr,
    headers: &HeaderMap,
    name: &str,
    password: secrecy::SecretString,
) -> Result<Result<Entered, Refusal>, Problem> {
    // Before the password is looked at, which costs time and memory.
    if api.auth.too_many_logins(peer, headers).is_some() {
        return Ok(Err(Refusal::TooManyAttempts));
    }
    let address = api.auth.address(peer, headers).to_string();
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let agent: String = agent.unwrap_or_default().chars().take(AGENT).collect();
    let by = OpenedBy {
        address: &address,
        agent: &agent,
    };
    let lasting = staff::lasting(&api.config());
    match staff::log_in(&api.store, name.trim(), password, by, lasting).await {
        Ok(token) => Ok(Ok(Entered::Person(token))),
        Err(LoginError::Wrong) => {
            api.auth.failed_login(peer, headers);
            Ok(Err(Refusal::WrongPassword))
        }
        Err(LoginError::Locked(rest)) => Ok(Err(Refusal::Locked(rest))),
        Err(LoginError::Password(PasswordError::Busy)) => Ok(Err(Refusal::Busy)),
        Err(LoginError::Password(error)) => {
            tracing::warn!(
                error = in_a_line(&error),
                "a password could not be looked at"
            );
            Err(Problem::Internal)
        }
        Err(LoginError::Store(error)) => Err(error.into()),
        Err(LoginError::Token(error)) => Err(error.into()),
    }
}

async fn with_key(
    api: &Api,
    peer: std::net::IpAddr,
    headers: &HeaderMap,
    key: &secrecy::SecretString,
    is_open: bool,
) -> Result<Result<Entered, Refusal>, Problem> {
    let typed = secrecy::ExposeSecret::expose_secret(key).to_owned();
    let typed = secret_text::without_marks(typed);
    if let Err(error) = api.auth.admit(peer, headers, typed.trim()) {
        return Ok(Err(if error.code() == Code::TooManyAttempts {
            Refusal::TooManyAttempts
        } else {
            Refusal::WrongToken
        }));
    }
    if !is_open {
        return Ok(Err(Refusal::KeyIsForPrograms));
    }
    let session = Session::new(api.syncer.clock.now())?;
    let action = Action {
        actor: BY_KEY,
        action: ActionKind::DashboardLogin,
        usuario_id: None,
        details: Details::default(),
    };
    api.store.record_action(&action).await?;
    Ok(Ok(Entered::Key(session)))
}

/// `POST /sair`
pub(super) async fn leave(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    match &visitor.inside {
        Inside::Key(session) => api.store.log_out(&session.id, session.until).await?,
        Inside::Person { found, .. } => {
            let own = Some(found.session_id);
            api.store
                .end_sessions(found.person_id, own, &visitor.actor())
                .await?;
        }
    }
    let forget = Way::of(peer.ip(), &headers).forget();
    let headers = [(SET_COOKIE, forget), (LOCATION, header("/entrar"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("/"))
}

fn refused(refusal: Refusal, page: &LoginPage<'_>) -> Response {
    let page = page.show(Some(refusal));
    let wait = |seconds: u64| [(RETRY_AFTER, HeaderValue::from(seconds))];
    match refusal {
        Refusal::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, wait(60), page).into_response(),
        Refusal::Locked(rest) => {
            let wait = wait(rest.as_secs() + 1);
            (StatusCode::TOO_MANY_REQUESTS, wait, page).into_response()
        }
        Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, wait(5), page).into_response(),
        Refusal::WrongToken
        | Refusal::WrongPassword
        | Refusal::KeyIsForPrograms
        | Refusal::FormLost
        | Refusal::CookieRefused => (StatusCode::UNAUTHORIZED, page).into_response(),
    }
}
