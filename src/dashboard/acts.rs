//! What an operator does here: the same as by command line or API, and written down like that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::examiner::Examiner;
use super::notice;
use super::problem::{PageError, Problem};
use super::visitor::Posted;
use crate::store::audit::Action;
use crate::web::state::Api;
use crate::web::sync_now;

/// Who acts, for the audit table.
pub(super) const ACTOR: &str = "dashboard:operator";

/// `POST /peritos/{id}/pausar`
pub(super) async fn pause(State(api): State<Api>, Path(id): Path<i32>, posted: Posted) -> Response {
    let found = api.store.pause_account(id, ACTOR).await;
    done(found.map_err(PageError::from), id, "pausado", &posted)
}

/// `POST /peritos/{id}/sincronizar`
pub(super) async fn sync(State(api): State<Api>, Path(id): Path<i32>, _: Posted) -> Response {
    let query = match sync_now::begin(&api, id, ACTOR).await {
        Ok(run) => format!("execucao={run}"),
        Err(error) => format!("aviso={}", notice::code(error.code())),
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

fn done(found: Result<bool, PageError>, id: i32, told: &str, posted: &Posted) -> Response {
    match found {
        Ok(true) => Redirect::to(&format!("/peritos/{id}?aviso={told}")).into_response(),
        Ok(false) => PageError::of(Problem::NotFound).show(posted.visitor.language),
        Err(error) => error.show(posted.visitor.language),
    }
}
