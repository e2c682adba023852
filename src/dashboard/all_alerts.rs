//! `GET /alertas`: what is wrong and what to do about it, and what is over.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::language::Language;
use super::lenient_query::LenientQuery;
use super::notice::{NoticeQuery, drawn};
use super::page::{Page, token};
use super::paging::{self, PageQuery};
use super::problem::Problem;
use super::recognise::Posted;
use super::time::Times;
use super::visitor::Visitor;
use crate::domain::{RecordedRule, Rule};
use crate::store::alerts::AlertListed;
use crate::store::alerts::silences::Silence;
use crate::web::state::Api;
use crate::words::pages::past as words;
use crate::words::pages::silences::{self, SilenceNotice};
use crate::words::{alert as alert_words, rule, silence};

pub(super) const PAGE: &str = "/alertas";
/// Alerts on a page: all that are open come first.
const SHOWN: u32 = 50;

/// A notice above the page.
pub(super) fn notice(notice: SilenceNotice, language: Language) -> Markup {
    drawn(language.say(notice.sentence()), !notice.is_good())
}

/// `GET /alertas`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<NoticeQuery>,
    LenientQuery(which): LenientQuery<PageQuery>,
) -> Result<Response, Problem> {
    let aviso = query.aviso.parse().ok();
    let above = html! { @if let Some(aviso) = aviso { (notice(aviso, visitor.language)) } };
    page(&api, &visitor, &above, which.page(), None).await
}

/// The page; what was typed into a form of it, if that was refused.
pub(super) async fn page(
    api: &Api,
    visitor: &Visitor,
    above: &Markup,
    number: u32,
    sent: Option<&Posted>,
) -> Result<Response, Problem> {
    let (times, store) = (visitor.times, &api.store);
    let (silences, all_open, all) = tokio::try_join!(
        store.silences(),
        store.count_alerts(false),
        store.count_alerts(true),
    )?;
    let number = paging::within(number, SHOWN, all);
    let before = i64::from(number - 1) * i64::from(SHOWN);
    let alerts = store.list_alerts(true, SHOWN.into(), before).await?;
    let (over, open): (Vec<_>, Vec<_>) = alerts
        .into_iter()
        .partition(|alert| alert.cleared_at.is_some());
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::ALERTS)) }
        (above)
        @if !silences.is_empty() {
            h2 { (say(silence::QUIET)) }
            ul { @for held in &silences { li { (line(visitor, held)) " " (end_button(visitor, held.id)) } } }
        }
        @if all_open == 0 || !open.is_empty() {
            h2 { (say(words::OPEN)) " " span.n { (all_open) } }
            @if open.is_empty() { p.empty { (say(words::NONE_OPEN)) } } @else { (table(times, &open, false)) }
        }
        @if all == all_open || !over.is_empty() {
            h2 { (say(words::OVER)) " " span.n { (all - all_open) } }
            @if over.is_empty() { p.empty { (say(words::NONE_OVER)) } } @else { (table(times, &over, true)) }
        }
        (paging::show(visitor.language, number, SHOWN, all, |page| format!("{PAGE}?pagina={page}")))
        (forms(visitor, sent))
    };
    Ok(Page::of(visitor, say(words::ALERTS))
        .section(PAGE)
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

fn end_button(visitor: &Visitor, id: i32) -> Markup {
    html! {
        form method="post" action="/alertas/soltar" {
            (token(visitor))
            input type="hidden" name="numero" value=(id);
            button.quiet aria-label=(format!("{} {id}", visitor.language.say(silences::END))) { (visitor.language.say(silences::END)) }
        }
    }
}

/// Both forms; `sent`: what was typed into one of them, if that was refused.
fn forms(visitor: &Visitor, sent: Option<&Posted>) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    // For how long is chosen, and so always sent, in the first one only.
    let is_first = sent.is_some_and(|sent| !sent.text("tempo").is_empty());
    let (held, maintained) = if is_first { (sent, None) } else { (None, sent) };
    let of_held = |name: &str| Posted::typed(held, name, "");
    let of_maintained = |name: &str, known| Posted::typed(maintained, name, known);
    html! {
        section {
            h2 { (say(silences::HOLD_BACK)) }
            form.filters method="post" action="/alertas/reter" {
                (token(visitor))
                label {
                    (say(silence::KIND))
                    select name="aviso" {
                        option value="" { (say(silences::ALL)) }
                        @for one in Rule::ALL { option value=(one.key()) selected[of_held("aviso") == one.key()] { (say(rule::title(*one))) } }
                    }
                }
                label { (say(silences::EXAMINER)) input type="text" inputmode="numeric" size="6" name="perito" value=(of_held("perito")); }
                label {
                    (say(silences::FOR))
                    select name="tempo" { @for (value, name) in silences::SPANS { option value=(value) selected[of_held("tempo") == value] { (visitor.language.say(name)) } } }
                }
                label { (say(silence::WHY)) input type="text" name="motivo" required maxlength="200" value=(of_held("motivo")); }
                button { (say(silences::HOLD)) }
            }
            h2 { (say(silences::MAINTENANCE)) }
            form.filters method="post" action="/alertas/manutencao" {
                (token(visitor))
                label { (say(silence::FROM)) input type="text" name="de" size="17" value=(of_maintained("de", say(silences::NOW))); }
                label { (say(silence::UNTIL)) input type="text" name="ate" size="17" placeholder="23:30" required value=(of_maintained("ate", "")); }
                label { (say(silence::WHY)) input type="text" name="motivo" required maxlength="200" value=(of_maintained("motivo", "")); }
                button { (say(silences::ANNOUNCE)) }
            }
            p.hint { (say(silences::HINT)) }
        }
    }
}
