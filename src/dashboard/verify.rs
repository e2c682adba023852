//! `/verificar`: all logins tried one after another, and how far that is. The same as `agendad verify --all`.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::page::{Page, token};
use super::problem::Problem;
use super::recognise::Posted;
use super::tone::Tone;
use super::visitor::Visitor;
use crate::domain::text::title_case;
use crate::domain::verification::{End, Login};
use crate::web::logins::Shown;
use crate::web::state::Api;
use crate::words::pages::verify as words;

const PAGE: &str = "/verificar";

/// `GET /verificar`
pub(super) async fn show(State(api): State<Api>, visitor: Visitor) -> Response {
    let shown = api.logins.show();
    let goes_on = shown.as_ref().is_some_and(|shown| shown.end.is_none());
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::TITLE);
    let content = html! {
        h1 { (title) }
        p { (say(words::INTRODUCTION)) }
        div id="logins" data-refresh=[goes_on.then_some("2")] {
            @if !goes_on {
                form method="post" action=(PAGE) { (token(&visitor)) button.primary { (say(words::BEGIN)) } }
            }
            @if let Some(shown) = &shown { (round(&visitor, shown)) }
        }
    };
    Page::of(&visitor, title)
        .renewed_while(goes_on)
        .show(&content)
}

fn round(visitor: &Visitor, shown: &Shown) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let had_turn = shown
        .tried
        .iter()
        .filter(|tried| !matches!(tried.login, Login::Waiting | Login::Trying));
    let (done, of) = (had_turn.count(), shown.tried.len());
    html! {
        section {
            h2 { (say(words::LAST)) " " span.dim { (visitor.times.ago(shown.began_at)) } }
            p role="status" {
                @match shown.end {
                    None => { strong { (say(words::GOES_ON)) } " " (visitor.language.say(words::progress(done, of))) " " progress max=(of) value=(done) {} }
                    Some(End::Done) if of == 0 => (say(words::NOBODY)),
                    Some(end) => (say(words::end(end))),
                }
            }
            @if of > 0 {
                table {
                    thead { tr { th scope="col" { (say(words::EXAMINER)) } th scope="col" { (say(words::LOGIN)) } } }
                    tbody {
                        @for tried in &shown.tried {
                            tr {
                                th scope="row" { a href=(format!("/peritos/{}", tried.usuario_id)) { (title_case(&tried.nome)) } }
                                td { (tone(tried.login).badge(say(words::login(tried.login)))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn tone(login: Login) -> Tone {
    match login {
        Login::Accepted => Tone::Good,
        Login::Refused | Login::Unexplained | Login::Trouble(_) | Login::Unreadable => Tone::Bad,
        Login::Paused(_) | Login::NoPassword | Login::InUse => Tone::Warn,
        Login::Trying => Tone::Busy,
        Login::Waiting | Login::Off | Login::Busy | Login::NotTried => Tone::Off,
    }
}

/// `POST /verificar`
pub(super) async fn begin(State(api): State<Api>, posted: Posted) -> Result<Response, Problem> {
    // One that is under way is what is shown; one of another process is told.
    let actor = posted.visitor.actor();
    let begun = api.logins.begin(&api.syncer, &api.syncs, &actor);
    let begun = begun.await?;
    if begun || api.logins.show().is_some_and(|shown| shown.end.is_none()) {
        return Ok(Redirect::to(PAGE).into_response());
    }
    let say = |sentence| posted.visitor.language.say(sentence);
    let content =
        html! { h1 { (say(words::TITLE)) } p.notice.bad role="alert" { (say(words::ANOTHER)) } };
    Ok(Page::of(&posted.visitor, say(words::TITLE)).show(&content))
}
