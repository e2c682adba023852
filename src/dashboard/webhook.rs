//! `/webhooks/{id}`: one address: its state, what waits and what was given up, and what can be done about it.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::lenient_query::{self, LenientQuery};
use super::webhooks::{PAGE, back, failed, named, new_secret, state};
use crate::dashboard::notice::NoticeQuery;
use crate::dashboard::page::{Page, button, confirm, token};
use crate::dashboard::problem::{Id, Problem};
use crate::dashboard::recognise::Posted;
use crate::dashboard::visitor::Visitor;
use crate::store::webhooks::Webhook;
use crate::store::webhooks::deliveries::{Loss, ReplayFrom, Waiting};
use crate::web::state::Api;
use crate::webhooks::{self, Answer, Deliverer, Post};
use crate::words::cli::webhooks as list;
use crate::words::pages::webhooks::{self as words, WebhookNotice};
use crate::words::{Sentence, trouble};

/// What was given up longer ago is not shown.
const SHOWN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// For so long the secret before a rotation signs too.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// What is left of the time for an answer, so that the page still comes.
const LEFT: Duration = Duration::from_secs(2);

fn page_of(id: i32) -> String {
    format!("{PAGE}/{id}")
}

/// `GET /webhooks/{id}`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
    LenientQuery(query): LenientQuery<NoticeQuery>,
) -> Result<Response, Problem> {
    page(&api, &visitor, id?.0, &named(&query, visitor.language)).await
}

async fn page(api: &Api, visitor: &Visitor, id: i32, above: &Markup) -> Result<Response, Problem> {
    let (all, (waiting, losses)) = tokio::try_join!(
        api.store.webhooks(),
        api.store.webhook_deliveries(Some(id), SHOWN_FOR),
    )?;
    let one = all.into_iter().find(|one| one.id == id);
    let one = one.ok_or(Problem::NotFound)?;
    let say = |sentence| visitor.language.say(sentence);
    let title = format!("{} {id}", say(list::ADDRESS));
    let content = html! {
        p.crumbs { a href=(PAGE) { "‹ " (say(words::TITLE)) } }
        h1 { (title) " " span.id { (one.label) } " " (state(visitor, &one)) }
        p { code { (one.url) } }
        p.dim { (wanted(visitor, &one)) }
        (above)
        @if let Some(problem) = &one.last_problem {
            p.notice.warn { (say(list::PROBLEM)) ": " code { (visitor.language.say(trouble::recorded(one.last_problem_kind, problem))) } @if let Some(at) = one.last_problem_at { " · " (visitor.times.ago(at)) } }
        }
        (acts(visitor, &one))
        h2 { (say(list::WAITING)) " " span.n { (waiting.len()) } }
        @if waiting.is_empty() { p.empty { (say(words::NOTHING_WAITS)) } } @else { (waiting_table(visitor, &waiting)) }
        @if !losses.is_empty() { h2 { (say(list::GIVEN_UP)) } (losses_table(visitor, &losses)) }
        (replay_form(visitor, id))
    };
    Ok(Page::of(visitor, &title).section("/ajustes").show(&content))
}

/// Of whom, and of what, it is told.
fn wanted(visitor: &Visitor, one: &Webhook) -> String {
    let say = |sentence: Sentence| visitor.language.say(sentence);
    let all = || say(list::ALL).to_owned();
    let examiners = one.usuario_ids.as_ref().map_or_else(all, |ids| {
        let ids: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
        ids.join(", ")
    });
    let events = one.kinds.as_ref().map_or_else(all, |kinds| {
        let kinds: Vec<&str> = kinds.iter().map(|kind| say(words::event(*kind))).collect();
        kinds.join(", ")
    });
    format!(
        "{}: {examiners} · {}: {events}",
        say(list::EXAMINERS),
        say(list::EVENTS)
    )
}

fn acts(visitor: &Visitor, one: &Webhook) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let act =
        |act: &str, label: Sentence| button(visitor, &format!("{PAGE}/{}/{act}", one.id), label);
    html! {
        div.acts {
            (act("teste", words::TEST))
            @if one.disabled_at.is_some() { (act("ligar", words::ENABLE)) } @else { (act("desligar", words::DISABLE)) }
            (act("segredo", words::ROTATE))
            a.button href=(format!("{PAGE}/{}/remover", one.id)) { (say(words::REMOVE)) }
        }
        p.hint { (say(words::ROTATE_HINT)) }
    }
}

fn waiting_table(visitor: &Visitor, waiting: &[Waiting]) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let times = visitor.times;
    html! {
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(list::USER)) }
                    th scope="col" { (say(list::CHANGES)) }
                    th scope="col" { (say(list::SINCE)) }
                    th scope="col" { (say(list::TRIES)) }
                    th scope="col" { (say(list::NEXT)) }
                    th scope="col" { (say(list::BECAUSE)) }
                }
            }
            tbody {
                @for one in waiting {
                    tr {
                        th scope="row" { a href=(format!("/peritos/{}", one.usuario_id)) { "#" (one.usuario_id) } }
                        td { "> " (one.change_id) }
                        td { @if let Some(since) = one.waiting_since { (times.moment(since)) } }
                        td { (one.attempts) }
                        td { (times.moment(one.next_attempt_at)) }
                        td {
                            @if let Some(error) = &one.last_error { code { (visitor.language.say(trouble::recorded(one.last_error_kind, error))) } }
                        }
                    }
                }
            }
        }
    }
}

fn losses_table(visitor: &Visitor, losses: &[Loss]) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(list::USER)) }
                    th scope="col" { (say(list::CHANGES)) }
                    th scope="col" { (say(list::SINCE)) }
                    th scope="col" { (say(list::STATE)) }
                    th scope="col" { (say(list::BECAUSE)) }
                }
            }
            tbody {
                @for one in losses {
                    tr {
                        th scope="row" { a href=(format!("/peritos/{}", one.usuario_id)) { "#" (one.usuario_id) } }
                        td { (one.first_change) "–" (one.last_change) " (" (one.changes) ")" }
                        td { (visitor.times.moment(one.given_up_at)) }
                        td { @if one.replayed_at.is_some() { (say(list::REPLAYED)) } @else { (say(list::LOST)) } }
                        td { code { (visitor.language.say(trouble::recorded(one.error_kind, &one.error))) } }
                    }
                }
            }
        }
    }
}

fn replay_form(visitor: &Visitor, id: i32) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        section {
            h2 { (say(words::REPLAY)) }
            form.filters method="post" action=(format!("{PAGE}/{id}/reenviar")) {
                (token(visitor))
                label { (say(words::SINCE_DAY)) input type="date" name="dia"; }
                label { (say(words::FROM_CHANGE)) input type="text" inputmode="numeric" size="9" name="mudanca"; }
                label { (say(words::OF_EXAMINER)) input type="text" inputmode="numeric" size="6" name="perito"; }
                button { (say(words::REPLAY)) }
            }
            p.hint { (say(words::REPLAY_HINT)) }
        }
    }
}

/// `POST /webhooks/{id}/segredo`
pub(super) async fn rotate(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let actor = posted.visitor.actor();
    let rotated = webhooks::rotate(&api.store, &api.syncer.vault, id, KEEP, &actor).await;
    let secret = rotated.map_err(failed)?.ok_or(Problem::NotFound)?;
    page(
        &api,
        &posted.visitor,
        id,
        &new_secret(&posted.visitor, id, &secret),
    )
    .await
}

/// `POST /webhooks/{id}/desligar`
pub(super) async fn disable(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let (Path(id), actor) = (id?, posted.visitor.actor());
    let found = api.store.disable_webhook(id, &actor).await?;
    done(found, &page_of(id), WebhookNotice::Disabled)
}

/// `POST /webhooks/{id}/ligar`
pub(super) async fn enable(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let (Path(id), actor) = (id?, posted.visitor.actor());
    let found = api.store.enable_webhook(id, &actor).await?;
    done(found, &page_of(id), WebhookNotice::Enabled)
}

/// `GET /webhooks/{id}/remover`: none is removed by one tap.
pub(super) async fn ask_to_remove(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let mut all = api.store.webhooks().await?.into_iter();
    let one = all.find(|one| one.id == id).ok_or(Problem::NotFound)?;
    let say = |sentence| visitor.language.say(sentence);
    let title = say(words::REMOVE_TITLE);
    let question = html! {
        p { strong { (one.label) } " " code { (one.url) } }
        p { (say(words::WHAT_GOES)) }
    };
    let shown = confirm(&visitor, title, &question, &page_of(id), words::REMOVE);
    Ok(Page::of(&visitor, title).section("/ajustes").show(&shown))
}

/// `POST /webhooks/{id}/remover`
pub(super) async fn remove(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let (Path(id), actor) = (id?, posted.visitor.actor());
    let found = api.store.remove_webhook(id, &actor).await?;
    done(found, PAGE, WebhookNotice::Removed)
}

fn done(found: bool, page: &str, notice: WebhookNotice) -> Result<Response, Problem> {
    if found {
        Ok(back(page, notice))
    } else {
        Err(Problem::NotFound)
    }
}

/// `POST /webhooks/{id}/teste`
pub(super) async fn test(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let endpoint = api.store.endpoints(Some(id)).await?.pop();
    let endpoint = endpoint.ok_or(Problem::NotFound)?;
    let longest = api.request_timeout.saturating_sub(LEFT);
    let post = Post::new(api.config().webhooks.timeout.min(longest));
    let post = post.map_err(|_| Problem::Internal)?;
    let syncer = &api.syncer;
    let (vault, clock) = (syncer.vault.clone(), syncer.clock.clone());
    let deliverer = Deliverer::new(api.store.clone(), vault, clock, post);
    let (good, said) = match deliverer.test(&endpoint).await {
        Ok(Answer::Taken(said)) => (true, said),
        Ok(Answer::Gone(said)) => (false, said),
        Err(error) => (false, posted.visitor.language.say(error.sentence())),
    };
    let visitor = &posted.visitor;
    let sentence = if good { words::TAKEN } else { words::NOT_TAKEN };
    let above = html! {
        p.notice.bad[!good] role="status" { (visitor.language.say(sentence)) " " code { (said) } }
    };
    page(&api, visitor, id, &above).await
}

/// `POST /webhooks/{id}/reenviar`
pub(super) async fn replay(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let user = match posted.text("perito").trim_start_matches('#') {
        "" => None,
        number => match number.parse() {
            Ok(user) => Some(user),
            Err(_) => return Ok(back(&page_of(id), WebhookNotice::BadReplay)),
        },
    };
    let zone = api.syncer.clock.zone();
    let from = match (posted.text("dia"), posted.text("mudanca")) {
        (day, "") => {
            let day = lenient_query::day(day);
            day.map(|day| ReplayFrom::Time(zone.begin_of(day)))
        }
        ("", change) => {
            // From 0 on would be all there ever was, which nobody means.
            let change = change.parse().ok().filter(|change: &i64| *change > 0);
            change.map(ReplayFrom::Change)
        }
        _ => None,
    };
    let Some(from) = from else {
        return Ok(back(&page_of(id), WebhookNotice::BadReplay));
    };
    if api.store.endpoints(Some(id)).await?.is_empty() {
        return Err(Problem::NotFound);
    }
    let actor = posted.visitor.actor();
    let examiners = api.store.replay_changes(id, user, from, &actor).await?;
    let notice = if examiners == 0 {
        WebhookNotice::NothingToReplay
    } else {
        WebhookNotice::Replayed
    };
    Ok(back(&page_of(id), notice))
}
