//! `/pessoas`: who logs in, for operators. The same as `agendad people`, by the same functions. `person` is the page of one
//! of them.

use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;
use maud::{Markup, html};
use secrecy::SecretString;

use super::language::Language;
use super::lenient_query::LenientQuery;
use super::notice::{self, NoticeQuery, drawn};
use super::page::{Page, refused, token};
use super::paging::{self, PageQuery};
use super::problem::Problem;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::domain::causes::in_a_line;
use crate::domain::text::title_case;
use crate::domain::{LoginName, Role};
use crate::staff::{self, Hashed, PasswordError};
use crate::store::names::Named;
use crate::store::staff::{NewPerson, Person, PersonChanged};
use crate::web::state::Api;
use crate::words::pages::people::{self as words, PersonNotice};
use crate::words::role;

/// So many examiners can be chosen from a list; of more, the number is typed.
const LISTED: usize = 300;
/// People on a page.
const SHOWN: u32 = 50;
/// What the same person asks for again within so long was sent twice.
const TWICE: TimeDelta = TimeDelta::minutes(1);

/// What the address names.
pub(super) fn named(query: &NoticeQuery, language: Language) -> Markup {
    html! { @if let Ok(notice) = query.aviso.parse() { (shown(notice, language)) } }
}

/// A notice above a page.
pub(super) fn shown(notice: PersonNotice, language: Language) -> Markup {
    drawn(&language.say(notice.sentence()), !notice.is_good())
}

/// Back to a page, which tells it.
pub(super) fn back(page: &str, notice: PersonNotice) -> Response {
    notice::back(page, notice.into())
}

pub(super) fn told(changed: PersonChanged, done: PersonNotice) -> PersonNotice {
    match changed {
        PersonChanged::Done(_) => done,
        PersonChanged::Nobody | PersonChanged::Invitation => PersonNotice::Failed,
        PersonChanged::LoginTaken => PersonNotice::LoginTaken,
        PersonChanged::Examiner => PersonNotice::Examiner,
        PersonChanged::LastOperator => PersonNotice::LastOperator,
    }
}

/// Hashes a new password; what is told if it cannot be one.
pub(super) async fn hashed(
    login: &LoginName,
    password: SecretString,
) -> Result<Hashed, PersonNotice> {
    staff::hash(login, password)
        .await
        .map_err(|error| match error {
            PasswordError::Bad(bad) => PersonNotice::of_password(bad),
            PasswordError::Busy => PersonNotice::Busy,
            PasswordError::Failed => {
                tracing::warn!(error = in_a_line(&error), "a password could not be hashed");
                PersonNotice::Failed
            }
        })
}

/// `GET /pessoas`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<NoticeQuery>,
    LenientQuery(which): LenientQuery<PageQuery>,
) -> Result<Response, Problem> {
    let above = named(&query, visitor.language);
    page(&api, &visitor, &above, which.page(), None).await
}

/// The page; what was typed, if it was refused.
async fn page(
    api: &Api,
    visitor: &Visitor,
    above: &Markup,
    number: u32,
    sent: Option<&Posted>,
) -> Result<Response, Problem> {
    let (people, examiners) = tokio::try_join!(api.store.staff(), api.store.names())?;
    let say = |sentence| visitor.language.say(sentence);
    let typed = |name: &str| Posted::typed(sent, name, "");
    let number = paging::within(number, SHOWN, people.len() as i64);
    let before = (number - 1) as usize * SHOWN as usize;
    let (chosen, own) = (typed("papel").parse().ok(), typed("perito").parse().ok());
    let content = html! {
        h1 { (say(words::PEOPLE)) " " span.n { (people.len()) } }
        (above)
        @if people.is_empty() { p.notice.warn { (say(words::NOBODY_YET)) } } @else { p.dim { (say(words::INTRODUCTION)) }
            (table(visitor, people.iter().skip(before).take(SHOWN as usize), &examiners))
            (paging::show(visitor.language, number, SHOWN, people.len() as i64, |page| format!("/pessoas?pagina={page}")))
        }
        section {
            h2 { (say(words::ADD_SOMEBODY)) }
            form.filters method="post" action="/pessoas" {
                (token(visitor))
                label { (say(words::LOGIN)) input type="text" name="acesso" required value=(typed("acesso")) autocapitalize="none" spellcheck="false" autocomplete="username"; }
                label { (say(words::NAME)) input type="text" name="nome" required value=(typed("nome")) autocomplete="off"; }
                (role_fields(visitor, &examiners, chosen, own))
                label { (say(words::PASSWORD)) input type="password" name="senha" required autocomplete="new-password" minlength="10"; }
                button.primary { (say(words::ADD)) }
            }
            p.hint { (say(words::LOGIN_HINT)) ". " (visitor.language.say(words::password_hint())) }
            ul.dim { @for one in Role::ALL { li { strong { (say(role::name(*one))) } " " (say(role::what(*one))) } } }
        }
    };
    Ok(Page::of(visitor, say(words::PEOPLE))
        .section("/pessoas")
        .show(&content))
}

/// Which role, and which examiner.
pub(super) fn role_fields(
    visitor: &Visitor,
    examiners: &[Named],
    chosen: Option<Role>,
    own: Option<i32>,
) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        label {
            (say(words::ROLE))
            select name="papel" {
                @for one in Role::ALL { option value=(one.as_str()) selected[chosen == Some(*one)] { (say(role::name(*one))) } }
            }
        }
        @if examiners.len() <= LISTED {
            label {
                (say(words::EXAMINER))
                select name="perito" {
                    option value="" { (say(words::NO_EXAMINER)) }
                    @for examiner in examiners {
                        option value=(examiner.usuario_id) selected[own == Some(examiner.usuario_id)] { (title_case(&examiner.nome)) }
                    }
                }
            }
        } @else {
            label { (say(words::EXAMINER_NUMBER)) input type="text" inputmode="numeric" name="perito" size="6" value=[own]; }
        }
    }
}

fn table<'a>(
    visitor: &Visitor,
    people: impl Iterator<Item = &'a Person>,
    examiners: &[Named],
) -> Markup {
    let times = visitor.times;
    let say = |sentence| visitor.language.say(sentence);
    let name = |id: i32| examiners.iter().find(|known| known.usuario_id == id);
    html! {
        // At some widths it is wider than the screen: the keyboard must reach it.
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(words::LOGIN)) }
                    th scope="col" { (say(words::NAME)) }
                    th scope="col" { (say(words::ROLE)) }
                    th scope="col" { (say(words::LAST_LOGIN)) }
                }
            }
            tbody {
                @for person in people {
                    tr {
                        th scope="row" { a href=(format!("/pessoas/{}", person.id)) { (person.login) } }
                        td { (title_case(&person.nome)) }
                        td {
                            (say(role::name(person.role)))
                            @if let Some(id) = person.usuario_id {
                                " " a href=(format!("/peritos/{id}")) { @if let Some(known) = name(id) { (title_case(&known.nome)) } @else { "#" (id) } }
                            }
                            @if person.disabled { " · " (say(words::OFF)) }
                        }
                        td { @if let Some(at) = person.last_login_at { (times.ago(at)) } @else { (say(words::NEVER)) } }
                    }
                }
            }
        }
    }
}

/// The role and the examiner of a form; what is told if they are none.
pub(super) fn role_of(posted: &Posted) -> Result<(Role, Option<i32>), PersonNotice> {
    let role: Role = posted
        .text("papel")
        .parse()
        .map_err(|_| PersonNotice::BadRole)?;
    let examiner = match posted.text("perito") {
        "" => None,
        number => Some(number.parse().map_err(|_| PersonNotice::Examiner)?),
    };
    Ok((role, examiner))
}

/// `POST /pessoas`
pub(super) async fn add(State(api): State<Api>, mut posted: Posted) -> Result<Response, Problem> {
    let notice = added(&api, &mut posted).await?;
    if notice.is_good() {
        return Ok(back("/pessoas", notice));
    }
    let visitor = &posted.visitor;
    let above = shown(notice, visitor.language);
    Ok(refused(
        page(&api, visitor, &above, 1, Some(&posted)).await?,
    ))
}

async fn added(api: &Api, posted: &mut Posted) -> Result<PersonNotice, Problem> {
    let Ok(login) = LoginName::parse(posted.text("acesso")) else {
        return Ok(PersonNotice::BadLogin);
    };
    if posted.text("nome").is_empty() {
        return Ok(PersonNotice::NoName);
    }
    let (role, usuario_id) = match role_of(posted) {
        Ok(role) => role,
        Err(notice) => return Ok(notice),
    };
    let password = posted.secret("senha");
    let Hashed(password_hash) = match hashed(&login, password.clone()).await {
        Ok(hashed) => hashed,
        Err(notice) => return Ok(notice),
    };
    let new = NewPerson {
        login: &login,
        nome: posted.text("nome"),
        role,
        usuario_id,
        password_hash: &password_hash,
    };
    let actor = posted.visitor.actor();
    let changed = api.store.add_person(&new, &actor).await?;
    if changed == PersonChanged::LoginTaken && just_added(api, &new, password, &actor).await? {
        return Ok(PersonNotice::Added);
    }
    Ok(told(changed, PersonNotice::Added))
}

/// Whether it was the same person who has just added the very same: a form that was sent twice is one wish.
async fn just_added(
    api: &Api,
    new: &NewPerson<'_>,
    password: SecretString,
    actor: &str,
) -> Result<bool, Problem> {
    let since = api.store.now().await? - TWICE;
    let all = api.store.staff().await?;
    let is_it = |known: &Person| {
        known.login == new.login.as_str()
            && (known.nome.as_str(), known.role) == (new.nome, new.role)
            && known.usuario_id == new.usuario_id
            && known.created_by == actor
            && known.created_at > since
    };
    if !all.iter().any(is_it) {
        return Ok(false);
    }
    let kept = api.store.login_credentials(new.login).await?;
    let is_right = staff::is_right(password, kept.map(|kept| kept.password_hash)).await;
    Ok(is_right.unwrap_or(false))
}
