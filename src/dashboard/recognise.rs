//! Recognises who looks at a page, and who has sent a form: an operator with a session, or nobody.

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::language::Language;
use super::login_page;
use super::problem::Problem;
use super::session::Session;
use super::time::Times;
use super::visitor::Visitor;
use crate::web::state::Api;

/// An operator who has sent a form from a page of ours.
pub(super) struct Posted {
    pub(super) visitor: Visitor,
}

/// What every form sends along.
#[derive(Deserialize)]
struct FormToken {
    #[serde(default)]
    token: String,
}

impl FromRequestParts<Api> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Response> {
        let Ok(language) = Language::from_request_parts(parts, api).await;
        let address = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        let Some(token) = api.auth.token_mark() else {
            return Err(if parts.uri.path() == "/" {
                login_page::switched_off(language)
            } else {
                Redirect::to("/").into_response()
            });
        };
        let now = api.syncer.clock.now();
        let session = Session::of(&parts.headers, &api.syncer.vault, token, now);
        let Some(session) = session else {
            let back = if parts.method == Method::GET {
                address
            } else {
                "/"
            };
            return Err(login_page::send_to(back));
        };
        let is_logged_out = api.store.is_logged_out(&session.id).await;
        if is_logged_out.map_err(|error| Problem::from(error).into_response())? {
            return Err(login_page::send_to("/"));
        }
        let is_answer = parts.method != Method::GET;
        Ok(Self {
            language,
            session,
            address: if is_answer {
                parent(parts.uri.path())
            } else {
                address
            }
            .to_owned(),
            is_answer,
            times: Times {
                language,
                now,
                zone: api.syncer.clock.zone(),
            },
        })
    }
}

/// The page on which a form stands: `/peritos/3` of `/peritos/3/cpf`.
fn parent(path: &str) -> &str {
    let mut slashes = path.match_indices('/');
    match slashes.nth(2) {
        Some((end, _)) => &path[..end],
        None => "/",
    }
}

impl FromRequest<Api> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, api).await?;
        let form = Form::from_request(Request::from_parts(parts, body), api).await;
        match form as Result<Form<FormToken>, _> {
            Ok(Form(form)) if visitor.session.sent(&form.token) => Ok(Self { visitor }),
            Ok(_) | Err(_) => Err(Problem::Form.into_response()),
        }
    }
}
