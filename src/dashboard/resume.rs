//! Ending a pause. One that came because the portal did not accept the password ends here only by a second page, which
//! names the danger: the same password is posted once more.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::notice::Notice;
use super::page::{Page, token};
use super::problem::{Id, Problem};
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::credentials;
use crate::domain::PauseReason;
use crate::store::pauses::Resumed;
use crate::web::state::Api;
use crate::words::code::Code;
use crate::words::command::here;
use crate::words::pages::resume as words;
use crate::words::pause;

/// `POST /peritos/{id}/retomar`
pub(super) async fn resume(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let resumed = api.store.resume_account(id, &posted.visitor.actor()).await;
    answer(resumed?, id)
}

/// `POST /peritos/{id}/retomar/mesma-senha`
pub(super) async fn resume_with_same_password(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let (store, vault) = (&api.store, &api.syncer.vault);
    let actor = posted.visitor.actor();
    let resumed = credentials::resume_with_same_password(store, vault, id, &actor).await;
    answer(resumed?, id)
}

/// `GET /peritos/{id}/retomar`: what the same password would risk.
pub(super) async fn danger(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let settings = api.store.settings(id).await?;
    let settings = settings.ok_or(Problem::NotFound)?;
    // Meanwhile resumed, or paused for something else: nothing to warn of.
    let Some(reason) = settings
        .pause_reason
        .filter(|reason| reason.condemns_password())
    else {
        return Ok(Redirect::to(&format!("/peritos/{id}")).into_response());
    };
    let title = visitor.language.say(words::TITLE);
    Ok(Page::of(&visitor, title).show(&warning(&visitor, id, title, reason)))
}

fn warning(visitor: &Visitor, id: i32, title: &str, reason: PauseReason) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        section.panel {
            h1 { (title) }
            p { (say(pause::before_resuming(reason))) }
            p { strong { (say(words::RISK)) } }
            p { (say(words::FIRST_FIND_OUT)) }
            p { a href=(format!("/peritos/{id}#conta")) { (say(words::STORE_PASSWORD)) } " " code { (here(&format!("agendad users set-password --user {id}"))) } }
            p { a.button href=(format!("/peritos/{id}")) { (say(words::BACK_WITHOUT_RESUMING)) } }
            form method="post" action=(format!("/peritos/{id}/retomar/mesma-senha")) {
                (token(visitor))
                button.quiet { (say(words::RESUME_IN_SPITE_OF_RISK)) }
            }
        }
    }
}

fn answer(resumed: Resumed, id: i32) -> Result<Response, Problem> {
    match resumed {
        Resumed::Done => Ok(Notice::Resumed.redirect(id)),
        Resumed::PasswordCondemned(_) => {
            Ok(Redirect::to(&format!("/peritos/{id}/retomar")).into_response())
        }
        Resumed::CpfTaken(_) => Ok(Notice::NotBegun(Code::DuplicateCpf).redirect(id)),
        Resumed::NoAccount => Err(Problem::NotFound),
    }
}
