//! `/ajustes`: what operators set in the browser: the clinic's contact, when agendas are read, who is told and how, the
//! hours of mails and backups, the address for other machines. The same as `agendad config set`, by the same functions.

mod fields;
mod parts;
mod reading;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::lenient_query::LenientQuery;
use super::notice::drawn;
use super::page::{self, Page, token};
use super::problem::Problem;
use super::recognise::Posted;
use super::trial;
use super::visitor::Visitor;
use crate::config::saved_settings::{ChangeError, Edits, Sources};
use crate::first_steps::backup as stand_of_backup;
use crate::settings_edit::{self, Wrong};
use crate::web::state::Api;
use crate::words::command::here;
use crate::words::pages::settings::{self as words, SettingsNotice};

use parts::Part;

const PAGE: &str = "/ajustes";
const TRIAL: &str = "/ajustes/teste";

/// The query string.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SavedQuery {
    #[serde(default)]
    aviso: String,
    /// The part that was saved: beside it one looks.
    #[serde(default)]
    parte: String,
}

/// A form that was sent and refused, to be shown again.
struct Refused<'a> {
    part: Part,
    posted: &'a Posted,
    wrong: Wrong,
}

/// `GET /ajustes`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<SavedQuery>,
) -> Response {
    let notice = query.aviso.parse::<SettingsNotice>().ok();
    let told = html! {
        @if let Some(notice) = notice {
            (drawn(visitor.language.say(notice.sentence()), !notice.is_good()))
        }
    };
    page(&api, &visitor, Part::of(&query.parte), &told, None).await
}

/// The page, with what there is to tell: of a part, or of all.
async fn page(
    api: &Api,
    visitor: &Visitor,
    told_of: Option<Part>,
    told: &Markup,
    refused: Option<&Refused<'_>>,
) -> Response {
    let config = api.config();
    let stand = stand_of_backup(&config, api.syncer.clock.now()).await;
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::SETTINGS)) }
        p.dim { (say(words::INTRODUCTION)) }
        @if told_of.is_none() { (told) }
        div.parts {
        @for part in Part::ALL {
            section id=(part.name()) {
                h2 { (say(part.title())) }
                @if told_of == Some(*part) { (told) }
                @let refused = refused.filter(|refused| refused.part == *part);
                @if let Some(refused) = refused { (wrong(visitor, &refused.wrong)) }
                (part.state(api, visitor, &stand))
                form.filters method="post" action=(PAGE) autocomplete="off" {
                    (token(visitor))
                    input type="hidden" name="parte" value=(part.name());
                    input type="hidden" name="visto" value=(config.saved.version());
                    (part.form(api, visitor, refused.map(|refused| refused.posted)))
                    button { (say(words::SAVE)) }
                }
                @if let Some(hint) = part.hint() { p.hint { (say(hint)) } }
                @if let Some(channel) = part.channel() { (trial::button(visitor, &config, channel, TRIAL)) }
            }
        }
        section {
            h2 { (say(words::OTHER_SYSTEMS)) }
            p { a href="/webhooks" { (say(words::WEBHOOKS)) } }
        }
        }
        p.hint { (say(words::SEE_CHECK)) code { (here("agendad check")) } }
    };
    Page::of(visitor, say(words::SETTINGS))
        .section(PAGE)
        .show(&content)
}

fn wrong(visitor: &Visitor, wrong: &Wrong) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        div.notice.bad role="alert" {
            @match wrong {
                Wrong::Said(sentence) => p { (visitor.language.say(sentence.clone())) },
                Wrong::Settings(problems) => {
                    p { (say(words::REFUSED)) }
                    ul {
                        @for (key, message) in problems {
                            li {
                                @if let Some(label) = words::label(key) { strong { (say(label)) } ": " }
                                code { (key) } " "
                                (visitor.language.say(message.clone()))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /ajustes`
pub(super) async fn save(State(api): State<Api>, mut posted: Posted) -> Result<Response, Problem> {
    let Some(part) = Part::of(posted.text("parte")) else {
        return Ok(Redirect::to(PAGE).into_response());
    };
    let config = api.config();
    let edits = part.edits(&config, &mut posted);
    let edits = match edits {
        Ok(edits) if edits.is_empty() => return Ok(back(part, SettingsNotice::Nothing)),
        Ok(edits) => edits,
        Err(wrong) => return Ok(again(&api, part, &posted, wrong).await),
    };
    let seen = posted.text("visto").to_owned();
    if let Err(error) = changed(config.sources.clone(), seen, edits.clone()).await? {
        return Ok(again(&api, part, &posted, error.into()).await);
    }
    settings_edit::note(&api.store, &edits, &posted.visitor.actor()).await?;
    let in_force = api.take_up().await;
    Ok(back(
        part,
        if in_force {
            SettingsNotice::Saved
        } else {
            SettingsNotice::NotYet
        },
    ))
}

/// `POST /ajustes/teste`
pub(super) async fn send_trial(
    State(api): State<Api>,
    posted: Posted,
) -> Result<Response, Problem> {
    let told = trial::send(&api, &posted).await?;
    Ok(page(&api, &posted.visitor, None, &told, None).await)
}

/// Files are written beside the tasks that must not wait for them.
async fn changed(
    sources: Sources,
    seen: String,
    edits: Edits,
) -> Result<Result<(), ChangeError>, Problem> {
    let change = move || settings_edit::change(&sources, Some(&seen), &edits).map(drop);
    let changed = tokio::task::spawn_blocking(change).await;
    changed.map_err(|_| Problem::Internal)
}

async fn again(api: &Api, part: Part, posted: &Posted, wrong: Wrong) -> Response {
    let refused = Refused {
        part,
        posted,
        wrong,
    };
    let told = html! {};
    let page = page(api, &posted.visitor, None, &told, Some(&refused));
    page::refused(page.await)
}

fn back(part: Part, notice: SettingsNotice) -> Response {
    let code: &str = notice.into();
    let part = part.name();
    Redirect::to(&format!("{PAGE}?aviso={code}&parte={part}#{part}")).into_response()
}
