//! Recognises who looks at a page, and who has sent a form, before any page is drawn; and whether they may
//! (`web::access`). Whoever has not logged in is led to the login.

use std::collections::HashMap;

use axum::extract::{
    Form, FromRequest, FromRequestParts, Multipart, RawPathParams, Request, State,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use subtle::ConstantTimeEq;

use super::language::Language;
use super::login_page;
use super::page::{BY_ITSELF, FROM_OUTSIDE};
use super::problem::{self, Problem};
use super::session::{self, Session};
use super::time::Times;
use super::visitor::{Inside, Visitor};
use crate::domain::secret_text;
use crate::staff;
use crate::store::StoreError;
use crate::web::access::{ENDPOINTS, Endpoint, Verdict, Who};
use crate::web::state::Api;

/// Where a page that is open asks whether its visitor is still logged in.
const CONTACT: &str = "/contato";
const LEAVE: &str = "/sair";
/// The beginning of the addresses of files.
const FILES: &str = "/agenda/planilha";

/// Somebody who has sent a form from a page of ours, and what is in it.
pub(super) struct Posted {
    pub(super) visitor: Visitor,
    fields: HashMap<String, String>,
}

/// Somebody who has sent a file from a page of ours.
pub(super) struct Uploaded {
    pub(super) visitor: Visitor,
    /// As it lies on their machine.
    pub(super) file: Vec<u8>,
}

/// Lets in who may come in, and leads the others to where they can.
pub(super) async fn admit(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(endpoint) = parts.extensions.get::<Endpoint>().copied() else {
        return Problem::NotFound.into_response();
    };
    if endpoint.who == Who::Everybody {
        return next.run(Request::from_parts(parts, body)).await;
    }
    match enter(&api, &mut parts, endpoint).await {
        Ok(visitor) => {
            parts.extensions.insert(visitor.clone());
            let response = next.run(Request::from_parts(parts, body)).await;
            problem::seen_by(visitor, response)
        }
        Err(response) => response,
    }
}

async fn enter(api: &Api, parts: &mut Parts, endpoint: Endpoint) -> Result<Visitor, Response> {
    let inside = who(api, &parts.headers, is_activity(parts)).await;
    let inside = inside.map_err(|error| Problem::from(error).into_response())?;
    let Some(inside) = inside else {
        return Err(outside(api, parts, endpoint).await);
    };
    if parts.method == Method::GET && has_mark(parts, FROM_OUTSIDE) {
        // What stands in the address bar is what people send on.
        return Err(Redirect::to(&without_marks(address(parts))).into_response());
    }
    let named = RawPathParams::from_request_parts(parts, api).await.ok();
    let named = named.as_ref().and_then(|params| {
        let mut ids = params.iter().filter(|(name, _)| *name == "id");
        ids.next()?.1.parse().ok()
    });
    let verdict = endpoint.who.admits(inside.role(), inside.own(), named);
    let home = inside.home();
    let visitor = visitor(api, parts, endpoint, inside).await;
    let problem = match verdict {
        Verdict::Enter => return Ok(visitor),
        Verdict::NotThere => Problem::NotFound,
        // What everybody is led to at first leads to what is theirs.
        Verdict::Forbidden if endpoint.path == "/" => {
            return Err(Redirect::to(&home).into_response());
        }
        Verdict::Forbidden => Problem::Forbidden,
    };
    Err(problem::seen_by(visitor, problem.into_response()))
}

/// Who has logged in, if somebody has. `active`: they are doing something.
pub(super) async fn who(
    api: &Api,
    headers: &HeaderMap,
    active: bool,
) -> Result<Option<Inside>, StoreError> {
    if let Some(token) = session::personal(headers) {
        let lasting = staff::lasting(&api.config());
        let found = api.store.session_of(&token.hash(), active, lasting).await?;
        return Ok(found.map(|found| Inside::Person {
            found,
            form_token: token.form_token(),
        }));
    }
    let Some(mark) = api.auth.token_mark() else {
        return Ok(None);
    };
    let now = api.syncer.clock.now();
    let Some(session) = Session::of(headers, &api.syncer.vault, mark, now) else {
        return Ok(None);
    };
    let is_over = api.store.is_logged_out(&session.id).await?;
    Ok((!is_over).then_some(Inside::Key(session)))
}

/// What a page asks for by itself, so that it grows not old, is nothing that anybody does. Every browser says so of its
/// scripts; without them the address does.
fn is_activity(parts: &Parts) -> bool {
    let purpose = parts.headers.get("sec-fetch-dest");
    let by_itself = has_mark(parts, BY_ITSELF);
    parts.method != Method::GET || (!by_itself && purpose.is_none_or(|purpose| purpose != "empty"))
}

fn has_mark(parts: &Parts, mark: &str) -> bool {
    let query = parts.uri.query();
    query.is_some_and(|query| query.split('&').any(|part| part == mark))
}

/// Whether somebody has followed a link of another site for the first time: the browser sends their session only with
/// what pages of ours lead to (`SameSite=Strict`).
fn is_from_outside(parts: &Parts) -> bool {
    let says = |name: &str, value: &str| parts.headers.get(name).is_some_and(|said| said == value);
    parts.method == Method::GET
        && says("sec-fetch-site", "cross-site")
        && says("sec-fetch-dest", "document")
        && !has_mark(parts, FROM_OUTSIDE)
}

fn address(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", |p| p.as_str())
}

/// The way of whoever has not logged in.
async fn outside(api: &Api, parts: &mut Parts, endpoint: Endpoint) -> Response {
    if endpoint.path == CONTACT {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if api.auth.token_mark().is_none() {
        match api.store.staffed().await {
            Ok(staffed) if staffed.anybody => {}
            Ok(_) if endpoint.path == "/" => {
                let Ok(language) = Language::from_request_parts(parts, api).await;
                return login_page::switched_off(language);
            }
            Ok(_) => return Redirect::to("/").into_response(),
            Err(error) => return Problem::from(error).into_response(),
        }
    }
    if endpoint.path == LEAVE {
        return login_page::send_to("/"); // nothing was to be saved
    }
    if parts.method == Method::POST {
        return login_page::send_back_to(page_of_form(endpoint.path, parts.uri.path()));
    }
    // That a file goes out is written down under the name of whoever asks for it: not for another site's asking.
    if is_from_outside(parts) && !endpoint.path.starts_with(FILES) {
        let Ok(language) = Language::from_request_parts(parts, api).await;
        return login_page::ask_again(language, parts.uri.query());
    }
    login_page::send_to(&without_marks(address(parts)))
}

async fn visitor(api: &Api, parts: &mut Parts, endpoint: Endpoint, inside: Inside) -> Visitor {
    let Ok(language) = Language::from_request_parts(parts, api).await;
    let is_answer = parts.method == Method::POST;
    let address = if is_answer {
        page_of_form(endpoint.path, parts.uri.path()).to_owned()
    } else {
        without_marks(address(parts))
    };
    Visitor {
        language,
        inside,
        address,
        is_answer,
        times: Times {
            language,
            now: api.syncer.clock.now(),
            zone: api.syncer.clock.zone(),
        },
    }
}

/// The address as somebody would ask for it.
fn without_marks(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else {
        return address.to_owned();
    };
    let rest = query
        .split('&')
        .filter(|part| ![BY_ITSELF, FROM_OUTSIDE].contains(part));
    let rest: Vec<&str> = rest.collect();
    if rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", rest.join("&"))
    }
}

/// The page on which a form stands, by the pattern of where it is sent: the one of the same address, or else the next
/// above it, as `/peritos/3` is of `/peritos/3/cpf`.
fn page_of_form<'a>(pattern: &str, path: &'a str) -> &'a str {
    let (mut pattern, mut path) = (pattern, path);
    while !is_page(pattern) {
        let above = pattern.rsplit_once('/').zip(path.rsplit_once('/'));
        let Some(((pattern_above, _), (path_above, _))) = above else {
            return "/";
        };
        (pattern, path) = (pattern_above, path_above);
    }
    path
}

fn is_page(pattern: &str) -> bool {
    let mut all = ENDPOINTS.iter();
    all.any(|endpoint| endpoint.method == "GET" && endpoint.path == pattern)
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Whoever stands behind an endpoint for everybody has not been asked who they are.
        parts.extensions.get().cloned().ok_or(Problem::Internal)
    }
}

impl FromRequest<Api> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let visitor: Option<Visitor> = request.extensions().get().cloned();
        let visitor = visitor.ok_or(Problem::Internal)?;
        let form = Form::<HashMap<String, String>>::from_request(request, api).await;
        let Ok(Form(fields)) = form else {
            return Err(Problem::Form);
        };
        // No page sends this, and no database holds it.
        if fields.values().any(|text| text.contains('\0')) {
            return Err(Problem::Form);
        }
        let sent = fields.get("token").map_or("", String::as_str);
        let expected = visitor.form_token();
        if bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
            Ok(Self { visitor, fields })
        } else {
            Err(Problem::Form)
        }
    }
}

impl FromRequest<Api> for Uploaded {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let visitor: Option<Visitor> = request.extensions().get().cloned();
        let visitor = visitor.ok_or(Problem::Internal)?;
        let (mut is_ours, mut file) = (false, None);
        // The whole body is here already, within its bounds.
        let parts = Multipart::from_request(request, api).await;
        let mut parts = parts.map_err(|_| Problem::Form)?;
        while let Some(part) = parts.next_field().await.map_err(|_| Problem::Form)? {
            let name = part.name().map(ToOwned::to_owned);
            let bytes = part.bytes().await.map_err(|_| Problem::Form)?;
            match name.as_deref() {
                Some("token") => is_ours = visitor.form_token().as_bytes().ct_eq(&bytes).into(),
                Some("arquivo") => file = Some(bytes.to_vec()),
                Some(_) | None => {}
            }
        }
        match (is_ours, file) {
            (true, Some(file)) => Ok(Self { visitor, file }),
            (true, None) | (false, _) => Err(Problem::Form),
        }
    }
}

impl Posted {
    /// What was typed into a field, without spaces around it; nothing, if it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |text| text.trim())
    }

    /// The same; `None`, if it is not there.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim())
    }

    /// What a form of a page is filled with: what was typed, if that was refused; else `known`.
    pub(super) fn typed<'a>(sent: Option<&'a Self>, name: &str, known: &'a str) -> &'a str {
        sent.map_or(known, |sent| sent.text(name))
    }

    /// A password that was typed.
    pub(super) fn secret(&mut self, name: &str) -> SecretString {
        let text = self.fields.remove(name).unwrap_or_default();
        secret_text::without_marks(text).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_stands_on_its_own_page_or_on_the_next_above() {
        for (pattern, path, page) in [
            ("/novo-perito", "/novo-perito", "/novo-perito"),
            ("/conta/senha", "/conta/senha", "/conta"),
            ("/peritos/{id}/cpf", "/peritos/3/cpf", "/peritos/3"),
            (
                "/peritos/{id}/editar",
                "/peritos/3/editar",
                "/peritos/3/editar",
            ),
            (
                "/peritos/{id}/calendario/revogar",
                "/peritos/3/calendario/revogar",
                "/peritos/3",
            ),
            ("/sair", "/sair", "/"),
        ] {
            assert_eq!(page_of_form(pattern, path), page);
        }
    }
}
