//! What visitors do here: the same as by command line or API, and written down like that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::calendar;
use super::examiner::Examiner;
use super::mails::Wishes;
use super::notice::Notice;
use super::page::refused;
use super::problem::{Id, Problem};
use super::recognise::Posted;
use crate::calendar::address;
use crate::domain::{ActionKind, Detail};
use crate::store::audit::Action;
use crate::store::mail_preferences::Mails;
use crate::vault::Token;
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
    let (token, actor) = (Token::new()?, visitor.actor());
    let hash = token.hash();
    if !api.store.make_calendar(id, &hash, &actor).await? {
        return Err(Problem::NotFound);
    }
    let examiner = Examiner::load(&api, visitor, id, false).await?;
    let shown = calendar::new_address(visitor, &address(&token, &config));
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
    let wishes = Wishes::sent(&posted);
    let email = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let all = [
        Mail {
            mails: Mails::Tomorrow,
            is_wanted: wishes.tomorrow,
            was_wanted: before.tomorrow,
            email: email(&wishes.email),
            email_before: before.tomorrow_email,
        },
        Mail {
            mails: Mails::Changes,
            is_wanted: wishes.changes,
            was_wanted: before.changes,
            email: email(wishes.changes_email()),
            email_before: before.changes_email,
        },
    ];
    let wrong = wrong_with(&all, before.known_email.is_some());
    if let Some(wrong) = wrong {
        return mails_again(&api, &posted, id, wishes, wrong).await;
    }
    let actor = posted.visitor.actor();
    for mail in all.iter().filter(|mail| mail.is_changed()) {
        let wish = mail.is_wanted.then_some(mail.email.as_deref());
        let set = api.store.set_mail_preference(mail.mails, id, wish, &actor);
        set.await?;
    }
    Ok(Notice::MailsSaved.redirect(id))
}

/// A kind of mail, as it was and as it is to be.
struct Mail {
    mails: Mails,
    is_wanted: bool,
    was_wanted: bool,
    email: Option<String>,
    email_before: Option<String>,
}

impl Mail {
    fn is_changed(&self) -> bool {
        let is_moved = self.email != self.email_before;
        self.is_wanted != self.was_wanted || (self.is_wanted && is_moved)
    }
}

/// What keeps wishes from being stored. `is_known`: an address is on file.
fn wrong_with(all: &[Mail], is_known: bool) -> Option<Notice> {
    let mut emails = all.iter().filter_map(|mail| mail.email.as_deref());
    let is_none = |mail: &Mail| !mail.is_wanted && !mail.was_wanted;
    let lacks_email = |mail: &Mail| mail.is_wanted && mail.email.is_none() && !is_known;
    if emails.any(|email| !crate::alerts::is_mail_address(email)) {
        Some(Notice::BadEmail)
    } else if all.iter().any(lacks_email) {
        Some(Notice::NoEmail)
    } else if all.iter().all(is_none) && all.iter().any(|mail| mail.email.is_some()) {
        Some(Notice::NothingTicked)
    } else {
        None
    }
}

/// The examiner's page once more, with what was typed.
async fn mails_again(
    api: &Api,
    posted: &Posted,
    id: i32,
    wishes: Wishes,
    wrong: Notice,
) -> Result<Response, Problem> {
    let visitor = &posted.visitor;
    let mut examiner = Examiner::load(api, visitor, id, false).await?;
    examiner.wishes = Some(wishes);
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
