//! What visitors do here: the same as by command line or API, and written down like that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::calendar;
use super::examiner::Examiner;
use super::notice::Notice;
use super::page::refused;
use super::problem::{Id, Problem};
use super::recognise::Posted;
use crate::calendar::{self as calendars, CalendarError};
use crate::domain::{ActionKind, Detail};
use crate::store::audit::Action;
use crate::store::mail_preferences::Mails;
use crate::web::state::Api;
use crate::web::sync_now;

/// `POST /peritos/{id}/pausar`
pub(super) async fn pause(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let actor = posted.visitor.actor();
    done(
        api.store.pause_account(id, &actor).await?,
        id,
        Notice::Paused,
    )
}

/// `POST /peritos/{id}/sincronizar`
pub(super) async fn sync(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    Ok(
        match sync_now::begin(&api, id, &posted.visitor.actor()).await {
            Ok(run) => Redirect::to(&format!("/peritos/{id}?execucao={run}")).into_response(),
            Err(error) => Notice::NotBegun(error.code()).redirect(id),
        },
    )
}

/// `POST /peritos/{id}/cpf`: the same page with whole CPFs, once. Not a page of its own, so that no address,
/// no history and no reload shows them without asking again.
pub(super) async fn show_cpfs(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let visitor = &posted.visitor;
    let examiner = Examiner::load(&api, visitor, id, true).await?;
    let action = Action {
        actor: &visitor.actor(),
        action: ActionKind::CpfShow,
        usuario_id: Some(id),
        details: [Detail::Slots.with(examiner.slots())].into(),
    };
    // Written down before it is shown.
    api.store.record_action(&action).await?;
    Ok(examiner.page(&api, visitor, &maud::html! {}))
}

/// `POST /peritos/{id}/calendario`: the same page with the new address, once.
pub(super) async fn make_calendar(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
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
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let actor = posted.visitor.actor();
    api.store.revoke_calendar(id, &actor).await?;
    Ok(Notice::CalendarRevoked.redirect(id))
}

/// `POST /peritos/{id}/emails`
pub(super) async fn save_mails(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let before = api.store.mail_preferences(id).await?;
    let before = before.ok_or(Problem::NotFound)?;
    let email = Some(posted.text("email")).filter(|email| !email.is_empty());
    if email.is_some_and(|email| !crate::alerts::is_mail_address(email)) {
        return mails_again(&api, &posted, id, Notice::BadEmail).await;
    }
    let is_ticked = |name: &str| !posted.text(name).is_empty();
    let (tomorrow, changes) = (is_ticked("amanha"), is_ticked("mudancas"));
    if (tomorrow || changes) && email.is_none() && before.known_email.is_none() {
        return mails_again(&api, &posted, id, Notice::NoEmail).await;
    }
    let moved = email != before.email.as_deref();
    let actor = posted.visitor.actor();
    for (mails, is_wanted, was_wanted) in [
        (Mails::Tomorrow, tomorrow, before.tomorrow),
        (Mails::Changes, changes, before.changes),
    ] {
        if is_wanted != was_wanted || (is_wanted && moved) {
            let wish = is_wanted.then_some(email);
            api.store
                .set_mail_preference(mails, id, wish, &actor)
                .await?;
        }
    }
    Ok(Notice::MailsSaved.redirect(id))
}

/// The examiner's page once more, with what was typed.
async fn mails_again(
    api: &Api,
    posted: &Posted,
    id: i32,
    wrong: Notice,
) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let mut examiner = Examiner::load(api, visitor, id, false).await?;
    if let Some(wishes) = &mut examiner.mails {
        wishes.tomorrow = !posted.text("amanha").is_empty();
        wishes.changes = !posted.text("mudancas").is_empty();
        wishes.email = Some(posted.text("email").to_owned());
    }
    let above = wrong.show(visitor.language, visitor.role());
    Ok(refused(examiner.page(api, visitor, &above)))
}

fn done(found: bool, id: i32, notice: Notice) -> Result<Response, Problem> {
    if found {
        Ok(notice.redirect(id))
    } else {
        Err(Problem::NotFound)
    }
}
