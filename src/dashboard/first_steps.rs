//! `GET /comecar`: what is set up and what is left, for whoever begins.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::freshness::next_ticks;
use super::page::Page;
use super::problem::Problem;
use super::recognise::Posted;
use super::tone::Tone;
use super::trial;
use super::visitor::Visitor;
use crate::first_steps::{Backup, FirstSteps};
use crate::web::state::Api;
use crate::words::command::here;
use crate::words::pages::first_steps::{self as words, Stand, Step};
use crate::words::pages::{installation, settings};
use crate::words::window;

/// Where the clinic's contact, the windows and the channels are changed.
const SETTINGS: &str = "/ajustes";

const TRIAL: &str = "/comecar/teste";

/// `GET /comecar`
pub(super) async fn show(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    page(&api, &visitor, &html! {}).await
}

/// `POST /comecar/teste`
pub(super) async fn send_trial(
    State(api): State<Api>,
    posted: Posted,
) -> Result<Response, Problem> {
    let above = trial::send(&api, &posted).await?;
    page(&api, &posted.visitor, &above).await
}

/// The page; `above`: what there is to tell.
async fn page(api: &Api, visitor: &Visitor, above: &Markup) -> Result<Response, Problem> {
    let (now, vault) = (api.syncer.clock.now(), &api.syncer.vault);
    let steps = FirstSteps::look(&api.store, vault, &api.config(), now).await?;
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::TITLE)) }
        (above)
        p { (visitor.language.say(words::left(steps.left()))) " " (say(words::IN_SETTINGS)) a href=(SETTINGS) { (say(settings::SETTINGS)) } "." }
        @for step in Step::ALL { (section(api, visitor, &steps, *step)) }
    };
    Ok(Page::of(visitor, say(words::TITLE)).show(&content))
}

fn section(api: &Api, visitor: &Visitor, steps: &FirstSteps, step: Step) -> Markup {
    let stand = steps.stand(step);
    let tone = match stand {
        Stand::Done => Tone::Good,
        Stand::ToDo => Tone::Warn,
        Stand::Optional => Tone::Off,
    };
    html! {
        section {
            h2 { (visitor.language.say(step.title())) " " (tone.badge(visitor.language.say(stand.word()))) }
            @if step == Step::Alerts { (alerts(api, visitor, steps)) }
            p { (text(api, visitor, steps, step)) }
        }
    }
}

fn text(api: &Api, visitor: &Visitor, steps: &FirstSteps, step: Step) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let is_done = steps.stand(step) == Stand::Done;
    match step {
        Step::Operator => html! {
            @if !is_done { (say(words::OPERATOR_TODO)) }
            a href="/pessoas" { (say(words::ADD_PEOPLE)) }
        },
        Step::Contact => {
            html! { (say(settings::CONTACT_HINT)) " " a href=(SETTINGS) { (say(settings::SETTINGS)) } }
        }
        Step::Examiners => html! {
            (visitor.language.say(words::examiners(steps.examiners))) " · "
            @if let Some((first, others)) = steps.refused.split_first() {
                (visitor.language.say(words::refused(&first.nome, others.len()))) " "
                a href={ "/peritos/" (first.usuario_id) "#conta" } { (say(words::NEW_PASSWORD)) } " · "
            }
            a href="/novo-perito" { (say(words::ADD_EXAMINER)) } " · "
            a href="/importar" { (say(words::IMPORT)) } " · "
            a href="/verificar" { (say(words::VERIFY)) }
        },
        Step::Reading => reading(api, visitor),
        Step::Alerts => html! {
            @if steps.places.is_empty() { (say(words::ALERTS_TODO)) }
            a href={ (SETTINGS) "#email" } { (say(words::ALERTS_CHANGE)) }
        },
        Step::Key => html! { (say(words::KEY_COPY)) code { (api.syncer.vault.key_id()) } },
        Step::Backup => match &steps.backup {
            Backup::Elsewhere => html! { (say(words::BACKUP_ELSEWHERE)) },
            Backup::Off => html! { (say(words::BACKUP_OFF)) },
            Backup::None(at) => {
                html! { (visitor.language.say(words::backup_none(*at))) code { (here("agendad backup")) } }
            }
            Backup::Away(said) => {
                html! { (Tone::Bad.badge(say(installation::NO_DIRECTORY))) " " (visitor.language.say(said.clone())) }
            }
            Backup::Made(at) => visitor.times.ago(*at),
        },
        Step::Address => html! {
            code { (api.config().http.public_address()) }
            @if !is_done { " " (say(words::ADDRESS_TODO)) }
        },
    }
}

/// Each channel with what is left to do about it, and a button to try it.
fn alerts(api: &Api, visitor: &Visitor, steps: &FirstSteps) -> Markup {
    html! {
        @for place in &steps.places {
            @for left in &place.left { p { (visitor.language.say(left.clone())) } }
            (trial::button(visitor, &api.config(), place.channel, TRIAL))
        }
    }
}

fn reading(api: &Api, visitor: &Visitor) -> Markup {
    let config = api.config();
    let say = |sentence| visitor.language.say(sentence);
    html! {
        @for (at, (one, next)) in config.windows.iter().zip(next_ticks(api)).enumerate() {
            @if at > 0 { "; " }
            (visitor.language.say(window::named(&config.windows, &one.name)))
            @if let Some(next) = next { ": " (say(words::NEXT)) (visitor.times.until(next)) }
        }
        ". " a href={ (SETTINGS) "#leitura" } { (say(words::READING_CHANGE)) }
    }
}
