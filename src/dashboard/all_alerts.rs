//! `GET /alertas`: what is wrong and what to do about it, and what is over.

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::page::Page;
use super::problem::Problem;
use super::recognise::Posted;
use super::silences::{self, SilenceQuery};
use super::time::Times;
use super::visitor::Visitor;
use crate::domain::RecordedRule;
use crate::store::alerts::AlertListed;
use crate::store::alerts::silences::Silence;
use crate::web::state::Api;
use crate::words::pages::past as words;
use crate::words::{alert as alert_words, rule, silence};

/// Alerts that are shown: all that are open come first.
const SHOWN: i64 = 200;

/// `GET /alertas`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Query(query): Query<SilenceQuery>,
) -> Result<Response, Problem> {
    page(&api, &visitor, &query.show(visitor.language), None).await
}

/// The page; what was typed into a form of it, if that was refused.
pub(super) async fn page(
    api: &Api,
    visitor: &Visitor,
    above: &Markup,
    sent: Option<&Posted>,
) -> Result<Response, Problem> {
    let times = visitor.times;
    let alerts = api.store.list_alerts(true, SHOWN).await?;
    let silences = api.store.silences().await?;
    let (over, open): (Vec<_>, Vec<_>) = alerts
        .into_iter()
        .partition(|alert| alert.cleared_at.is_some());
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::ALERTS)) }
        (above)
        @if !silences.is_empty() {
            h2 { (say(silence::QUIET)) }
            ul { @for held in &silences { li { (line(visitor, held)) " " (silences::end_button(visitor, held.id)) } } }
        }
        h2 { (say(words::OPEN)) " " span.n { (open.len()) } }
        @if open.is_empty() { p.empty { (say(words::NONE_OPEN)) } } @else { (table(times, &open, false)) }
        h2 { (say(words::OVER)) }
        @if over.is_empty() { p.empty { (say(words::NONE_OVER)) } } @else { (table(times, &over, true)) }
        (silences::forms(visitor, sent))
    };
    Ok(Page::of(visitor, say(words::ALERTS))
        .section("/alertas")
        .show(&content))
}

/// A silence, in force or to come.
fn line(visitor: &Visitor, held: &Silence) -> String {
    let what = silence::what(held.is_maintenance, held.rule.as_ref(), held.usuario_id);
    let time = |time: DateTime<Utc>| {
        let local = time.with_timezone(&visitor.times.zone);
        local.format("%d/%m/%Y %H:%M").to_string()
    };
    let (from, until) = (time(held.from_at), time(held.until_at));
    visitor
        .language
        .say(silence::in_force(&what, &from, &until, &held.reason))
}

fn table(times: Times, alerts: &[AlertListed], over: bool) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        // At some widths it is wider than the screen: the keyboard must reach it.
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(words::WHAT)) }
                    th scope="col" { (say(words::EXAMINER)) }
                    th scope="col" { (say(words::SINCE)) }
                    th scope="col" { @if over { (say(words::LASTED)) } @else { (say(words::TOLD)) } }
                }
            }
            tbody { @for alert in alerts { (row(times, alert)) } }
        }
    }
}

fn row(times: Times, alert: &AlertListed) -> Markup {
    let say = |sentence| times.language.say(sentence);
    let known = match &alert.rule {
        RecordedRule::Known(rule) => Some(*rule),
        RecordedRule::Other(_) => None,
    };
    html! {
        tr {
            td {
                strong { @if let Some(known) = known { (say(rule::title(known))) } @else { (alert.rule.to_string()) } }
                @if !alert.note.is_empty() { br; (times.language.say(alert_words::note(alert))) }
                @if let (Some(known), None) = (known, alert.cleared_at) {
                    details { summary { (say(words::WHAT_TO_DO)) } p { (say(rule::cure(known))) } }
                }
            }
            td {
                @if let Some(user) = alert.usuario_id {
                    a href=(format!("/peritos/{user}")) { (alert.label) } " " span.id { "#" (user) }
                } @else { (say(words::ANYBODY)) }
            }
            td { (times.moment(alert.since)) }
            td {
                @if let Some(end) = alert.cleared_at { (Times::length(end - alert.since)) }
                @else if let Some(at) = alert.last_sent_at { (times.ago(at)) }
                @else { (say(words::NOBODY_TOLD)) }
            }
        }
    }
}
