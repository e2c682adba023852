//! An examiner's secret calendar address: made here, shown once, revoked.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::acts::ACTOR;
use super::examiner::Examiner;
use super::page::token;
use super::problem::{PageError, Problem};
use super::time::Times;
use super::visitor::{Posted, Visitor};
use crate::calendar::{self, CalendarError};
use crate::store::calendars::CalendarState;
use crate::web::state::Api;

/// `POST /peritos/{id}/calendario`: the same page with the new address, once.
pub(super) async fn make(
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
    let made = calendar::make(&api.store, id, ACTOR).await;
    let made = made.map_err(|error| {
        failed(match error {
            CalendarError::Store(error) => error.into(),
            CalendarError::NoRandomness => PageError::of(Problem::Internal),
        })
    })?;
    let address = made.ok_or_else(|| failed(PageError::of(Problem::NotFound)))?;
    let examiner = Examiner::load(&api, visitor, id, false).await;
    let examiner = examiner.map_err(failed)?;
    let shown = told(visitor, &address.shown(&config));
    Ok(examiner.page(&api, visitor, &shown))
}

/// `POST /peritos/{id}/calendario/revogar`
pub(super) async fn revoke(
    State(api): State<Api>,
    Path(id): Path<i32>,
    posted: Posted,
) -> Result<Response, Response> {
    let found = api.store.revoke_calendar(id, ACTOR).await;
    found.map_err(|error| PageError::from(error).show(posted.visitor.language))?;
    Ok(Redirect::to(&format!("/peritos/{id}?aviso=calendario-revogado")).into_response())
}

fn told(visitor: &Visitor, address: &str) -> Markup {
    let say = |pt, en| visitor.language.say(pt, en);
    html! {
        section.progress {
            p { strong { (say("Endereço do calendário", "Calendar address")) } " " (say("(mostrado só agora)", "(shown only now)")) }
            code.secret { (address) }
            p {
                (say(
                    "No celular do perito: acrescentar uma assinatura de calendário com este endereço. Quem o tiver vê a agenda; passe-o só ao perito.",
                    "On the examiner's phone: add a calendar subscription with this address. Whoever has it sees the agenda; give it to the examiner alone.",
                ))
            }
        }
    }
}

/// What is known of the address, and what can be done about it.
pub(super) fn section(
    visitor: &Visitor,
    times: Times,
    id: i32,
    state: Option<&CalendarState>,
) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    html! {
        div.empty {
            @match state {
                None => p { (say("A agenda no calendário do celular do perito, por um endereço secreto.", "The agenda in the calendar of the examiner's phone, by a secret address.")) },
                Some(state) => p {
                    (say("Endereço criado ", "Address made ")) (times.ago(state.created_at)) ", "
                    @match state.last_read_at {
                        Some(at) => { (say("lido ", "read ")) (times.ago(at)) }
                        None => (say("ainda não lido", "not read yet")),
                    } "."
                },
            }
            div.acts {
                form method="post" action=(format!("/peritos/{id}/calendario")) {
                    (token(visitor))
                    button { @if state.is_some() { (say("Trocar endereço", "Replace address")) } @else { (say("Criar endereço", "Make address")) } }
                }
                @if state.is_some() {
                    form method="post" action=(format!("/peritos/{id}/calendario/revogar")) { (token(visitor)) button { (say("Revogar", "Revoke")) } }
                }
            }
        }
    }
}
