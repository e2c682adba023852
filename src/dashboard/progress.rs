//! A sync that somebody watches: how far it has come, and how it ended. Without a script the whole page
//! is loaded anew.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

use super::problem::{Id, Problem};
use super::runs;
use super::time::Times;
use super::visitor::Visitor;
use super::{condition, tone};
use crate::domain::RunStatus;
use crate::store::StoreError;
use crate::store::listing::RunView;
use crate::web::state::Api;
use crate::web::syncs::DaysRead;
use crate::words::pages::progress as words;

/// `GET /peritos/{id}/andamento/{run}`: the panel alone, for the script.
pub(super) async fn fragment(
    State(api): State<Api>,
    ids: Id<(i32, i64)>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let Path((id, run)) = ids?;
    let panel = panel(&api, &visitor, run, id).await?;
    if panel.0.is_empty() {
        return Err(Problem::NotFound);
    }
    Ok(Html(panel.into_string()).into_response())
}

/// Nothing, if there is no such run of this examiner.
pub(super) async fn panel(
    api: &Api,
    visitor: &Visitor,
    run_id: i64,
    usuario_id: i32,
) -> Result<Markup, StoreError> {
    let Some(run) = api.store.run(run_id, Some(usuario_id)).await? else {
        return Ok(html! {});
    };
    let times = visitor.times;
    let going_on = run.status == RunStatus::Running;
    let poll = going_on.then(|| format!("/peritos/{usuario_id}/andamento/{run_id}"));
    Ok(html! {
        section.progress id="progress" data-poll=[poll] aria-live="polite" {
            @if going_on { (under_way(api, times, &run)) } @else { (ended(visitor, &run)) }
        }
    })
}

fn under_way(api: &Api, times: Times, run: &RunView) -> Markup {
    let say = |sentence| times.language.say(sentence);
    let read = api.syncs.days_read(run.id);
    html! {
        p {
            strong { (say(words::SYNCHRONISING)) } " "
            @match read {
                Some(DaysRead { done, of: Some(of) }) => { (done) " / " (of) " " (say(words::DAYS)) }
                Some(DaysRead { of: None, .. }) => (say(words::OPENING_SESSION)),
                // Begun by the schedule, by a command or by another daemon.
                None => @if let Some(at) = run.started_at { (times.ago(at)) },
            }
        }
        @match read {
            Some(DaysRead { done, of: Some(of) }) => progress max=(of) value=(done.min(of)) {},
            Some(DaysRead { of: None, .. }) | None => progress {},
        }
    }
}

fn ended(visitor: &Visitor, run: &RunView) -> Markup {
    let times = visitor.times;
    html! {
        p {
            strong { (times.language.say(words::SYNC)) @if visitor.is_operator() { a href=(format!("/execucoes/{}", run.id)) { (run.id) } } @else { (run.id) } } " "
            (tone::run(run.status, times.language)) " " (runs::totals(run.totals)) " " span.dim { (runs::seconds(run.seconds)) }
        }
        @if let Some(reason) = condition::of_run(run, times.language, visitor.role()) { p { (reason) } }
    }
}
