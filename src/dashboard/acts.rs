//! What visitors do here: the same as by command line or API, and written down like that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::calendar;
use super::examiner::Examiner;
use super::notice::Notice;
use super::problem::Problem;
use super::recognise::Posted;
use crate::calendar::{self as calendars, CalendarError};
use crate::store::audit::Action;
use crate::web::state::Api;
use crate::web::sync_now;

/// `POST /peritos/{id}/pausar`
pub(super) async fn pause(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.visitor.actor();
    done(
        api.store.pause_account(id, &actor).await?,
        id,
        Notice::Paused,
    )
}

/// `POST /peritos/{id}/sincronizar`
pub(super) async fn sync(State(api): State<Api>, Path(id): Path<i32>, posted: Posted) -> Response {
    match sync_now::begin(&api, id, &posted.visitor.actor()).await {
        Ok(run) => Redirect::to(&format!("/peritos/{id}?execucao={run}")).into_response(),
        Err(error) => Notice::NotBegun(error.code()).redirect(id),
    }
}

/// `POST /peritos/{id}/cpf`: the same page with whole CPFs, once. Not a page of its own, so that no address,
/// no history and no reload shows them without asking again.
pub(super) async fn show_cpfs(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let examiner = Examiner::load(&api, visitor, id, true).await?;
    let action = Action {
        actor: &visitor.actor(),
        action: "cpf.show",
        usuario_id: Some(id),
        details: json!({ "slots": examiner.slots() }),
    };
    // Written down before it is shown.
    api.store.record_action(&action).await?;
    Ok(examiner.page(&api, visitor, &maud::html! {}))
}

/// `POST /peritos/{id}/calendario`: the same page with the new address, once.
pub(super) async fn make_calendar(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let config = api.config();
    if !config.calendar.enabled {
        return Err(Problem::NotFound);
    }
    let made = calendars::make(&api.store, id, &visitor.actor()).await;
    let made = made.map_err(|error| match error {
        CalendarError::Store(error) => error.into(),
        CalendarError::NoRandomness => Problem::Internal,
    })?;
    let address = made.ok_or(Problem::NotFound)?;
    let examiner = Examiner::load(&api, visitor, id, false).await?;
    let shown = calendar::new_address(visitor, &address.shown(&config));
    Ok(examiner.page(&api, visitor, &shown))
}

/// `POST /peritos/{id}/calendario/revogar`
pub(super) async fn revoke_calendar(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.visitor.actor();
    api.store.revoke_calendar(id, &actor).await?;
    Ok(Notice::CalendarRevoked.redirect(id))
}

fn done(found: bool, id: i32, notice: Notice) -> Result<Response, Problem> {
    if found {
        Ok(notice.redirect(id))
    } else {
        Err(Problem::NotFound)
    }
}
