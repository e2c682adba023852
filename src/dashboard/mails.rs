//! Which mails an examiner gets, on their page: for operators, and for themself.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::examiner::Examiner;
use super::notice::Notice;
use super::page::{refused, token};
use super::problem::Problem;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::config::Config;
use crate::store::mail_wishes::{MailWishes, Mails};
use crate::web::state::Api;
use crate::words::pages::mails as words;
use crate::words::trouble;

type Id = Result<Path<i32>, axum::extract::rejection::PathRejection>;

/// What they get, and the form that changes it.
pub(super) fn section(visitor: &Visitor, config: &Config, id: i32, wishes: &MailWishes) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let known = wishes.known_email.as_deref();
    html! {
        section id="emails" {
            h2 { (say(words::MAILS)) }
            @if config.alerts.email.host.is_empty() { p.notice.warn { (say(words::NO_SERVER)) } }
            form.filters method="post" action=(format!("/peritos/{id}/emails")) {
                (token(visitor))
                label { (visitor.language.say(words::tomorrow(&config.tomorrow.hour))) input type="checkbox" name="amanha" value="1" checked[wishes.tomorrow]; }
                label { (say(words::CHANGES)) input type="checkbox" name="mudancas" value="1" checked[wishes.changes]; }
                label {
                    (say(words::ADDRESS))
                    input type="text" inputmode="email" name="email" size="28" autocomplete="email" value=[wishes.email.as_deref()] placeholder=[known];
                }
                button { (say(words::SAVE)) }
            }
            @if let Some(error) = &wishes.last_error {
                p.hint { (say(words::LAST_ERROR)) code { (visitor.language.say(trouble::recorded(wishes.last_error_kind, error))) } }
            }
            p.hint { (say(words::HINT)) }
        }
    }
}

/// `POST /peritos/{id}/emails`
pub(super) async fn save(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let before = api.store.mail_wishes(id).await?;
    let before = before.ok_or(Problem::NotFound)?;
    let email = Some(posted.text("email")).filter(|email| !email.is_empty());
    if email.is_some_and(|email| !crate::alerts::is_mail_address(email)) {
        return again(&api, &posted, id, Notice::BadEmail).await;
    }
    let is_ticked = |name: &str| !posted.text(name).is_empty();
    let (tomorrow, changes) = (is_ticked("amanha"), is_ticked("mudancas"));
    if (tomorrow || changes) && email.is_none() && before.known_email.is_none() {
        return again(&api, &posted, id, Notice::NoEmail).await;
    }
    let moved = email != before.email.as_deref();
    let actor = posted.visitor.actor();
    for (mails, is_wanted, was_wanted) in [
        (Mails::Tomorrow, tomorrow, before.tomorrow),
        (Mails::Changes, changes, before.changes),
    ] {
        if is_wanted != was_wanted || (is_wanted && moved) {
            let wish = is_wanted.then_some(email);
            api.store.wish_mails(mails, id, wish, &actor).await?;
        }
    }
    Ok(Notice::MailsSaved.redirect(id))
}

/// The examiner's page once more, with what was typed.
async fn again(api: &Api, posted: &Posted, id: i32, wrong: Notice) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let mut examiner = Examiner::load(api, visitor, id, false).await?;
    if let Some(wishes) = &mut examiner.mails {
        wishes.tomorrow = !posted.text("amanha").is_empty();
        wishes.changes = !posted.text("mudancas").is_empty();
        wishes.email = Some(posted.text("email").to_owned());
    }
    let above = wrong.show(visitor.language);
    Ok(refused(examiner.page(api, visitor, &above)))
}
