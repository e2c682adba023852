//! What an operator does here: the same as by command line or API, and written down like that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::calendar;
use super::examiner::Examiner;
use super::notice::Notice;
use super::problem::{PageError, Problem};
use super::recognise::Posted;
use super::visitor::ACTOR;
use crate::calendar::{self as calendars, CalendarError};
use crate::store::audit::Action;
use crate::web::state::Api;
use crate::web::sync_now;

/// `POST /peritos/{id}/pausar`
pub(super) async fn pause(State(api): State<Api>, Path(id): Path<i32>, posted: Posted) -> Response {
    let found = api.store.pause_account(id, ACTOR).await;
    done(found.map_err(PageError::from), id, Notice::Paused, &posted)
}

/// `POST /peritos/{id}/sincronizar`
pub(super) async fn sync(State(api): State<Api>, Path(id): Path<i32>, _: Posted) -> Response {
    let query = match sync_now::begin(&api, id, ACTOR).await {
        Ok(run) => format!("execucao={run}"),
        Err(error) => aviso(Notice::NotBegun(error.code())),
    };
    Redirect::to(&format!("/peritos/{id}?{query}")).into_response()
}

/// `POST /peritos/{id}/cpf`: the same page with whole CPFs, once. Not a page of its own, so that no address,
/// no history and no reload shows them without asking again.
pub(super) async fn show_cpfs(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Response> {
    let visitor = &posted.visitor;
    let failed = |error: PageError| error.show(visitor.language);
    let examiner = Examiner::load(&api, visitor, id, true).await;
    let examiner = examiner.map_err(failed)?;
    let action = Action {
        actor: ACTOR,
        action: "cpf.show",
        usuario_id: Some(id),
        details: json!({ "slots": examiner.slots() }),
    };
    // Written down before it is shown.
    let recorded = api.store.record_action(&action).await;
    recorded.map_err(|error| failed(error.into()))?;
    Ok(examiner.page(&api, visitor, &maud::html! {}))
}

/// `POST /peritos/{id}/calendario`: the same page with the new address, once.
pub(super) async fn make_calendar(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Response> {
    let visitor = &posted.visitor;
    let failed = |error: PageError| error.show(visitor.language);
    let config = api.config();
    if !config.calendar.enabled {
        return Err(failed(PageError::of(Problem::NotFound)));
    }
    let made = calendars::make(&api.store, id, ACTOR).await;
    let made = made.map_err(|error| {
        failed(match error {
            CalendarError::Store(error) => error.into(),
            CalendarError::NoRandomness => PageError::of(Problem::Internal),
        })
    })?;
    let address = made.ok_or_else(|| failed(PageError::of(Problem::NotFound)))?;
    let examiner = Examiner::load(&api, visitor, id, false).await;
    let examiner = examiner.map_err(failed)?;
    let shown = calendar::new_address(visitor, &address.shown(&config));
    Ok(examiner.page(&api, visitor, &shown))
}

/// `POST /peritos/{id}/calendario/revogar`
pub(super) async fn revoke_calendar(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Response> {
    let found = api.store.revoke_calendar(id, ACTOR).await;
    found.map_err(|error| PageError::from(error).show(posted.visitor.language))?;
    Ok(Redirect::to(&format!("/peritos/{id}?{}", aviso(Notice::CalendarRevoked))).into_response())
}

fn aviso(notice: Notice) -> String {
    format!("aviso={}", notice.code())
}

fn done(found: Result<bool, PageError>, id: i32, notice: Notice, posted: &Posted) -> Response {
    match found {
        Ok(true) => Redirect::to(&format!("/peritos/{id}?{}", aviso(notice))).into_response(),
        Ok(false) => PageError::of(Problem::NotFound).show(posted.visitor.language),
        Err(error) => error.show(posted.visitor.language),
    }
}
