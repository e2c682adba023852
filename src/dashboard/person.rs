//! `/pessoas/{id}`: one of those who log in, and what can be done about them.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::lenient_query::LenientQuery;
use super::people::{back, hashed, named, role_fields, role_of, told};
use crate::dashboard::notice::NoticeQuery;
use crate::dashboard::page::{Page, button, confirm, token};
use crate::dashboard::problem::{Id, Problem};
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::domain::LoginName;
use crate::domain::text::title_case;
use crate::staff::{self, Hashed};
use crate::store::names::Named;
use crate::store::staff::{Person, PersonSession};
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::pages::people::{self as words, PersonNotice};
use crate::words::role;

/// `GET /pessoas/{id}`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
    LenientQuery(query): LenientQuery<NoticeQuery>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let person = api.store.staff_member(id).await?;
    let person = person.ok_or(Problem::NotFound)?;
    let lasting = staff::lasting(&api.config());
    let (sessions, examiners) = tokio::try_join!(
        api.store.people_sessions(Some(id), lasting),
        api.store.names(),
    )?;
    let say = |sentence| visitor.language.say(sentence);
    let title = title_case(&person.nome);
    let content = html! {
        p.crumbs { a href="/pessoas" { "‹ " (say(words::PEOPLE)) } }
        h1 { (title) " " span.id { (person.login) } }
        p.dim {
            (say(role::name(person.role))) ": " (say(role::what(person.role)))
            @if person.disabled { " · " strong { (say(words::OFF)) } }
            " · " a href=(format!("/auditoria?quem={}", person.login)) { (say(words::WHAT_THEY_DID)) }
        }
        (named(&query, visitor.language))
        (acts(&visitor, &person, &examiners))
        section {
            h2 { (say(words::SESSIONS)) }
            (sessions_of(&visitor, &sessions, &format!("/pessoas/{id}/sessoes"), None))
        }
    };
    Ok(Page::of(&visitor, &title)
        .section("/pessoas")
        .show(&content))
}

fn acts(visitor: &Visitor, person: &Person, examiners: &[Named]) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let id = person.id;
    let act = |act: &str| format!("/pessoas/{id}/{act}");
    let button = |name: &str, label: Sentence| button(visitor, &act(name), label);
    html! {
        section {
            form.filters method="post" action=(act("senha")) {
                (token(visitor))
                input type="text" name="acesso" value=(person.login) autocomplete="username" hidden;
                label { (say(words::NEW_PASSWORD)) input type="password" name="senha" required autocomplete="new-password" minlength="10"; }
                button { (say(words::SET_PASSWORD)) }
            }
            form.filters method="post" action=(act("papel")) {
                (token(visitor))
                (role_fields(visitor, examiners, Some(person.role), person.usuario_id))
                button { (say(words::SET_ROLE)) }
            }
            div.acts {
                @if person.disabled { (button("ativar", words::ENABLE)) } @else { (button("desativar", words::DISABLE)) }
                a.button href=(act("remover")) { (say(words::REMOVE)) }
            }
            p.hint { (visitor.language.say(words::password_hint())) " " (say(words::ENDS_SESSIONS)) }
        }
    }
}

/// Where somebody is logged in; `own` is the session of whoever looks.
pub(super) fn sessions_of(
    visitor: &Visitor,
    sessions: &[PersonSession],
    end: &str,
    own: Option<i64>,
) -> Markup {
    let times = visitor.times;
    let say = |sentence| visitor.language.say(sentence);
    if sessions.is_empty() {
        return html! { p.empty { (say(words::NO_SESSIONS)) } };
    }
    html! {
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(words::SINCE)) }
                    th scope="col" { (say(words::LAST_SEEN)) }
                    th scope="col" { (say(words::ADDRESS)) }
                    th scope="col" { (say(words::BROWSER)) }
                    td {}
                }
            }
            tbody {
                @for session in sessions {
                    tr {
                        td { (times.moment(session.created_at)) @if own == Some(session.id) { " (" (say(words::THIS_ONE)) ")" } }
                        td { (times.ago(session.last_seen_at)) }
                        td { (session.address) }
                        td.dim { (session.agent) }
                        td {
                            form method="post" action=(end) {
                                (token(visitor))
                                input type="hidden" name="sessao" value=(session.id);
                                button.quiet aria-label=(format!("{} {}", say(words::END), times.moment_text(session.created_at))) { (say(words::END)) }
                            }
                        }
                    }
                }
            }
        }
        (button(visitor, end, words::END_ALL))
    }
}

fn page(id: i32) -> String {
    format!("/pessoas/{id}")
}

/// `POST /pessoas/{id}/senha`
pub(super) async fn set_password(
    State(api): State<Api>,
    id: Id,
    mut posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let person = api.store.staff_member(id).await?;
    let person = person.ok_or(Problem::NotFound)?;
    let login = LoginName::parse(&person.login).map_err(|_| Problem::Internal)?;
    let Hashed(hash) = match hashed(&login, posted.secret("senha")).await {
        Ok(hashed) => hashed,
        Err(notice) => return Ok(back(&page(id), notice)),
    };
    let actor = posted.visitor.actor();
    let changed = api.store.set_person_password(id, &hash, &actor).await?;
    Ok(back(&page(id), told(changed, PersonNotice::Changed)))
}

/// `POST /pessoas/{id}/papel`
pub(super) async fn set_role(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let (role, usuario_id) = match role_of(&posted) {
        Ok(role) => role,
        Err(notice) => return Ok(back(&page(id), notice)),
    };
    let actor = posted.visitor.actor();
    let changed = api
        .store
        .set_person_role(id, role, usuario_id, &actor)
        .await?;
    Ok(back(&page(id), told(changed, PersonNotice::Changed)))
}

/// `POST /pessoas/{id}/desativar`
pub(super) async fn disable(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    set_disabled(&api, id?.0, true, &posted).await
}

/// `POST /pessoas/{id}/ativar`
pub(super) async fn enable(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    set_disabled(&api, id?.0, false, &posted).await
}

async fn set_disabled(
    api: &Api,
    id: i32,
    disabled: bool,
    posted: &Posted,
) -> Result<Response, Problem> {
    let actor = posted.visitor.actor();
    let changed = api.store.set_person_disabled(id, disabled, &actor).await?;
    Ok(back(&page(id), told(changed, PersonNotice::Changed)))
}

/// `GET /pessoas/{id}/remover`: nobody is removed by one tap.
pub(super) async fn ask_to_remove(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let person = api.store.staff_member(id).await?;
    let person = person.ok_or(Problem::NotFound)?;
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::REMOVE_TITLE);
    let question = html! {
        p { strong { (title_case(&person.nome)) } " " span.id { (person.login) } }
        p { (say(words::WHAT_GOES)) }
    };
    let shown = confirm(&visitor, title, &question, &page(id), words::REMOVE);
    Ok(Page::of(&visitor, title).section("/pessoas").show(&shown))
}

/// `POST /pessoas/{id}/remover`
pub(super) async fn remove(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let actor = posted.visitor.actor();
    let changed = api.store.remove_person(id?.0, &actor).await?;
    Ok(back("/pessoas", told(changed, PersonNotice::Changed)))
}

/// `POST /pessoas/{id}/sessoes`
pub(super) async fn end_sessions(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    end(&api, id, &posted).await?;
    Ok(back(&page(id), PersonNotice::Ended))
}

/// Ends the session that a form names, or all.
pub(super) async fn end(api: &Api, person: i32, posted: &Posted) -> Result<u64, Problem> {
    let session = match posted.text("sessao") {
        "" => None,
        number => Some(number.parse().map_err(|_| Problem::Form)?),
    };
    let actor = posted.visitor.actor();
    Ok(api.store.end_sessions(person, session, &actor).await?)
}
