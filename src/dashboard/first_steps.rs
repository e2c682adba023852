//! `GET /comecar`: what is set up and what is left, for whoever begins.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::freshness::next_ticks;
use super::page::Page;
use super::problem::Problem;
use super::tone::Tone;
use super::visitor::Visitor;
use crate::alerts::Channels;
use crate::backup::nightly::Plan;
use crate::domain::Channel;
use crate::web::state::Api;
use crate::words::pages::{first_steps as words, settings};
use crate::words::{Sentence, window};

/// Where the clinic's contact, the windows and the channels are changed.
const SETTINGS: &str = "/ajustes";

/// `GET /comecar`
pub(super) async fn show(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    let (staffed, names) = tokio::try_join!(api.store.staffed(), api.store.names())?;
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::TITLE)) }
        p { (say(words::IN_SETTINGS)) a href="/ajustes" { (say(settings::SETTINGS)) } "." }
        (step(&visitor, words::OPERATOR, staffed.operator, &html! {
            @if !staffed.operator { (say(words::OPERATOR_TODO)) }
            a href="/pessoas" { (say(words::ADD_PEOPLE)) }
        }))
        (step(&visitor, words::EXAMINERS, !names.is_empty(), &html! {
            (visitor.language.say(words::examiners(names.len()))) " · "
            a href="/novo-perito" { (say(words::ADD_EXAMINER)) } " · "
            a href="/importar" { (say(words::IMPORT)) } " · "
            a href="/verificar" { (say(words::VERIFY)) }
        }))
        (contact(&api, &visitor))
        (step(&visitor, words::READING, true, &reading(&api, &visitor)))
        (alerts(&api, &visitor))
        (step(&visitor, words::KEY, true, &html! { (say(words::KEY_COPY)) code { (api.syncer.vault.key_id()) } }))
        (backup(&api, &visitor))
        (address(&api, &visitor))
    };
    Ok(Page::of(&visitor, say(words::TITLE)).show(&content))
}

fn step(visitor: &Visitor, title: Sentence, done: bool, text: &Markup) -> Markup {
    let (tone, word) = if done {
        (Tone::Good, words::DONE)
    } else {
        (Tone::Warn, words::TO_DO)
    };
    html! {
        section {
            h2 { (visitor.language.say(title)) " " (tone.badge(visitor.language.say(word))) }
            p { (text) }
        }
    }
}

fn contact(api: &Api, visitor: &Visitor) -> Markup {
    let text = html! { (visitor.language.say(settings::CONTACT_HINT)) " " a href=(SETTINGS) { (visitor.language.say(settings::SETTINGS)) } };
    let done = api.config().portal.names_a_contact();
    step(visitor, settings::CONTACT, done, &text)
}

fn reading(api: &Api, visitor: &Visitor) -> Markup {
    let config = api.config();
    let say = |sentence| visitor.language.say(sentence);
    html! {
        @for (one, next) in config.windows.iter().zip(next_ticks(api)) {
            (visitor.language.say(window::named(&config.windows, &one.name)))
            @if let Some(next) = next { ": " (say(words::NEXT)) (visitor.times.until(next)) }
            "; "
        }
        a href=(SETTINGS) { (say(words::READING_CHANGE)) }
    }
}

fn alerts(api: &Api, visitor: &Visitor) -> Markup {
    let config = api.config();
    let say = |sentence| visitor.language.say(sentence);
    let channels = Channels::of(&config).ok().filter(|_| config.alerts.enabled);
    let places: Vec<String> = channels
        .iter()
        .flat_map(|channels| Channel::ALL.iter().filter_map(|one| channels.place(*one)))
        .map(|place| visitor.language.say(place))
        .collect();
    let text = html! {
        @if places.is_empty() { (say(words::ALERTS_TODO)) } @else { (places.join(", ")) ". " (say(words::ALERTS_TEST)) }
        code { "agendad alerts test" } " · " a href=(SETTINGS) { (say(words::ALERTS_CHANGE)) }
    };
    step(visitor, words::ALERTS, !places.is_empty(), &text)
}

fn backup(api: &Api, visitor: &Visitor) -> Markup {
    let config = api.config();
    let say = |sentence| visitor.language.say(sentence);
    let Some(plan) = Plan::of(&config) else {
        let text = html! { (say(words::BACKUP_ELSEWHERE)) };
        return step(visitor, words::BACKUP, true, &text);
    };
    let now = api.syncer.clock.now();
    let kept = plan.shelf.list().unwrap_or_default();
    let newest = kept.iter().find(|kept| kept.is_dated(now));
    let text = html! {
        @if let Some(newest) = newest { (visitor.times.ago(newest.made_at)) } @else { (say(words::BACKUP_NONE)) code { "agendad backup" } }
    };
    step(visitor, words::BACKUP, newest.is_some(), &text)
}

fn address(api: &Api, visitor: &Visitor) -> Markup {
    let config = api.config();
    let is_public = config.http.public_url.starts_with("https:");
    let text = html! {
        code { (config.http.public_address()) }
        @if !is_public { " " (visitor.language.say(words::ADDRESS_TODO)) }
    };
    step(visitor, words::ADDRESS, is_public, &text)
}
