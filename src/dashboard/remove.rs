//! `/peritos/{id}/remover`: an examiner is taken away, once their name has been typed. The same as `agendad users remove`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::page::{Page, token};
use super::problem::{Id, Problem};
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::domain::text::{fold, title_case};
use crate::sync::Removal;
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::pages::enrol as words;

/// `GET /peritos/{id}/remover`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let profile = api.store.profile(id).await?.ok_or(Problem::NotFound)?;
    Ok(page(&visitor, id, &profile.nome, None))
}

fn page(visitor: &Visitor, id: i32, nome: &str, wrong: Option<Sentence>) -> Response {
    let say = |sentence| visitor.language.say(sentence);
    let shown = title_case(nome);
    let content = html! {
        section.panel {
            h1 { (say(words::REMOVE_TITLE)) }
            @if let Some(wrong) = wrong { p.notice.bad role="alert" { (say(wrong)) } }
            p { strong { (shown) } " " span.id { "#" (id) } }
            p { (say(words::WHAT_GOES)) }
            p { (say(words::WHAT_STAYS)) }
            form method="post" action=(format!("/peritos/{id}/remover")) autocomplete="off" {
                (token(visitor))
                label for="nome" { (say(words::TYPE_NAME)) }
                input id="nome" name="nome" type="text" required autocomplete="off";
                button { (say(words::REMOVE_NOW)) }
            }
            p { a.button href=(format!("/peritos/{id}")) { (say(words::BACK)) } }
        }
    };
    Page::of(visitor, say(words::REMOVE_TITLE)).show(&content)
}

/// `POST /peritos/{id}/remover`
pub(super) async fn remove(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let profile = api.store.profile(id).await?.ok_or(Problem::NotFound)?;
    let visitor = &posted.visitor;
    let again = |status, wrong| {
        let page = page(visitor, id, &profile.nome, Some(wrong));
        Ok((status, page).into_response())
    };
    if fold(posted.text("nome")) != fold(&profile.nome) {
        return again(StatusCode::UNPROCESSABLE_ENTITY, words::OTHER_NAME);
    }
    let removed = match api.syncer.remove(id, &visitor.actor()).await? {
        Removal::Done(removed) => removed,
        Removal::Busy => return again(StatusCode::CONFLICT, words::BUSY),
        Removal::NoAccount => return Err(Problem::NotFound),
    };
    let say = |sentence| visitor.language.say(sentence);
    let nome = title_case(&profile.nome);
    let content = html! {
        section.panel {
            h1 { (say(words::REMOVED)) }
            p role="status" { (visitor.language.say(words::stays(&nome, removed.slots, removed.runs))) }
            p { a.button href="/" { (say(words::TO_OVERVIEW)) } }
        }
    };
    Ok(Page::of(visitor, say(words::REMOVED)).show(&content))
}
