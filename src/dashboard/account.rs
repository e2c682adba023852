//! `/conta`: one's own password and sessions.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use secrecy::ExposeSecret;

use super::lenient_query::LenientQuery;
use super::notice::NoticeQuery;
use super::page::{Page, token};
use super::people::{back, hashed, named, told};
use super::person;
use super::problem::Problem;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::domain::LoginName;
use crate::domain::login::check_password;
use crate::staff::{self, Hashed, PasswordError};
use crate::web::state::Api;
use crate::words::pages::mails;
use crate::words::pages::people::{self as words, PersonNotice};
use crate::words::role;

const PAGE: &str = "/conta";

/// `GET /conta`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<NoticeQuery>,
) -> Result<Response, Problem> {
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::ACCOUNT);
    let Some(person) = visitor.person() else {
        let content = html! {
            h1 { (title) }
            p { (say(words::BY_KEY)) a href="/pessoas" { (say(words::PEOPLE)) } "." }
        };
        return Ok(Page::of(&visitor, title).section(PAGE).show(&content));
    };
    let lasting = staff::lasting(&api.config());
    let sessions = api
        .store
        .people_sessions(Some(person.person_id), lasting)
        .await?;
    let own = Some(person.session_id);
    let content = html! {
        h1 { (title) " " span.id { (person.login) } }
        p.dim { (visitor.name().unwrap_or_default()) " · " (say(role::name(person.role))) ": " (say(role::what(person.role))) }
        (named(&query, visitor.language))
        section {
            form.filters method="post" action="/conta/senha" {
                (token(&visitor))
                input type="text" name="acesso" value=(person.login) autocomplete="username" hidden;
                label { (say(words::OLD_PASSWORD)) input type="password" name="atual" required autocomplete="current-password"; }
                label { (say(words::NEW_PASSWORD)) input type="password" name="senha" required autocomplete="new-password" minlength="10"; }
                button { (say(words::SET_PASSWORD)) }
            }
            p.hint { (visitor.language.say(words::password_hint())) " " (say(words::ENDS_SESSIONS)) }
        }
        @if let Some(own) = visitor.own() { p { a href=(format!("/peritos/{own}#emails")) { (say(mails::YOUR_MAILS)) } } }
        section {
            h2 { (say(words::YOUR_SESSIONS)) }
            (person::sessions_of(&visitor, &sessions, "/conta/sessoes", own))
        }
    };
    Ok(Page::of(&visitor, title).section(PAGE).show(&content))
}

/// `POST /conta/senha`: whoever sits at somebody's open page does not thereby know their password. Guesses count as those
/// at the login do.
pub(super) async fn set_password(
    State(api): State<Api>,
    mut posted: Posted,
) -> Result<Response, Problem> {
    let (present, new) = (posted.secret("atual"), posted.secret("senha"));
    let visitor = &posted.visitor;
    let person = visitor.person().ok_or(Problem::NotFound)?;
    let login = LoginName::parse(&person.login).map_err(|_| Problem::Internal)?;
    // Before anything counts as a guess: a poor new password is none.
    if let Err(bad) = check_password(&login, new.expose_secret()) {
        return Ok(back(PAGE, PersonNotice::of_password(bad)));
    }
    if api.store.guess_login(login.as_str()).await?.is_some() {
        return Ok(back(PAGE, PersonNotice::Locked));
    }
    let known = api.store.login_credentials(&login).await?;
    let is_right = staff::is_right(present, known.map(|known| known.password_hash)).await;
    match is_right {
        Ok(true) => {}
        Ok(false) => return Ok(back(PAGE, PersonNotice::WrongPassword)),
        Err(PasswordError::Busy) => return Ok(back(PAGE, PersonNotice::Busy)),
        Err(PasswordError::Bad(_) | PasswordError::Failed) => return Err(Problem::Internal),
    }
    let Hashed(hash) = match hashed(&login, new).await {
        Ok(hashed) => hashed,
        Err(notice) => return Ok(back(PAGE, notice)),
    };
    let (id, actor) = (person.person_id, visitor.actor());
    let changed = api.store.set_person_password(id, &hash, &actor).await?;
    Ok(back(PAGE, told(changed, PersonNotice::Changed)))
}

/// `POST /conta/sessoes`
pub(super) async fn end_sessions(
    State(api): State<Api>,
    posted: Posted,
) -> Result<Response, Problem> {
    let person = posted.visitor.person().ok_or(Problem::NotFound)?.person_id;
    person::end(&api, person, &posted).await?;
    Ok(Redirect::to(PAGE).into_response())
}
