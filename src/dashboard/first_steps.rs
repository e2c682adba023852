//! `GET /comecar`: what is set up and what is left, for whoever begins.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::freshness::next_ticks;
use super::page::Page;
use super::problem::Problem;
use super::tone::Tone;
use super::visitor::Visitor;
use crate::first_steps::{Backup, FirstSteps};
use crate::web::state::Api;
use crate::words::command::here;
use crate::words::pages::first_steps::{self as words, Stand, Step};
use crate::words::pages::settings;
use crate::words::window;

/// Where the clinic's contact, the windows and the channels are changed.
const SETTINGS: &str = "/ajustes";

/// `GET /comecar`
pub(super) async fn show(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    let now = api.syncer.clock.now();
    let steps = FirstSteps::look(&api.store, &api.config(), now).await?;
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::TITLE)) }
        p { (visitor.language.say(words::left(steps.left()))) " " (say(words::IN_SETTINGS)) a href=(SETTINGS) { (say(settings::SETTINGS)) } "." }
        @for step in Step::ALL { (section(&api, &visitor, &steps, *step)) }
    };
    Ok(Page::of(&visitor, say(words::TITLE)).show(&content))
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
            @if steps.refused > 0 { (visitor.language.say(words::refused(steps.refused))) " " }
            a href="/novo-perito" { (say(words::ADD_EXAMINER)) } " · "
            a href="/importar" { (say(words::IMPORT)) } " · "
            a href="/verificar" { (say(words::VERIFY)) }
        },
        Step::Reading => reading(api, visitor),
        Step::Alerts => html! {
            @if is_done { (places(visitor, steps)) ". " (say(words::ALERTS_TEST)) } @else { (say(words::ALERTS_TODO)) }
            code { (here("agendad alerts test")) } " · " a href=(SETTINGS) { (say(words::ALERTS_CHANGE)) }
        },
        Step::Key => html! { (say(words::KEY_COPY)) code { (api.syncer.vault.key_id()) } },
        Step::Backup => match steps.backup {
            Backup::Elsewhere => html! { (say(words::BACKUP_ELSEWHERE)) },
            Backup::None => html! { (say(words::BACKUP_NONE)) code { (here("agendad backup")) } },
            Backup::Made(at) => visitor.times.ago(at),
        },
        Step::Address => html! {
            code { (api.config().http.public_address()) }
            @if !is_done { " " (say(words::ADDRESS_TODO)) }
        },
    }
}

fn places(visitor: &Visitor, steps: &FirstSteps) -> String {
    let places = steps.places.iter().cloned();
    let places = places.map(|place| visitor.language.say(place));
    places.collect::<Vec<_>>().join(", ")
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
        ". " a href=(SETTINGS) { (say(words::READING_CHANGE)) }
    }
}
