//! `GET /historico`: runs by result, and slots added, changed and removed, day by day.

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::Days;
use maud::{Markup, html};
use serde::Deserialize;

use super::chart::{self, Series};
use super::page::Page;
use super::problem::PageError;
use super::time::Times;
use super::visitor::Visitor;
use crate::store::statistics::DayStatistics;
use crate::web::state::Api;

/// Days that may be asked for.
const CHOICES: [u16; 3] = [14, 30, 90];

#[derive(Debug, Default, Deserialize)]
pub(super) struct HistoryQuery {
    #[serde(default)]
    dias: String,
}

/// `GET /historico`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Response> {
    let times = visitor.times;
    let days = query.dias.parse().ok();
    let days = CHOICES
        .into_iter()
        .find(|choice| Some(*choice) == days)
        .unwrap_or(CHOICES[0]);
    let zone = times.zone.name();
    let found = api.store.statistics(None, days.into(), zone).await;
    let found = found.map_err(|error| PageError::from(error).show(visitor.language))?;
    let say = |pt, en| visitor.language.say(pt, en);
    let days_shown = every_day(times, days, &found);
    let content = html! {
        div.title {
            h1 { (say("Histórico", "History")) }
            ul.chips {
                @for choice in CHOICES {
                    li { a href=(format!("/historico?dias={choice}")) aria-current=[(choice == days).then_some("true")] { (choice) " " (say("dias", "days")) } }
                }
            }
        }
        div.charts { (runs(times, &days_shown)) (slots(times, &days_shown)) }
        (numbers(times, &found))
    };
    Ok(Page::of(&visitor, say("Histórico", "History"))
        .section("/historico")
        .show(&content))
}

/// The oldest first, and none left out.
fn every_day(times: Times, days: u16, found: &[DayStatistics]) -> Vec<DayStatistics> {
    let today = times.today();
    (0..u64::from(days))
        .rev()
        .map(|back| {
            let day = today - Days::new(back);
            let known = found.iter().find(|statistics| statistics.day == day);
            known.cloned().unwrap_or(DayStatistics {
                day,
                ..DayStatistics::default()
            })
        })
        .collect()
}

fn names(days: &[DayStatistics]) -> Vec<String> {
    let names = days.iter().map(|day| day.day.format("%d/%m").to_string());
    names.collect()
}

fn series(
    days: &[DayStatistics],
    name: &'static str,
    class: &'static str,
    value: fn(&DayStatistics) -> i64,
) -> Series {
    Series {
        name,
        class,
        values: days.iter().map(value).collect(),
    }
}

fn runs(times: Times, days: &[DayStatistics]) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    chart::columns(
        say("Execuções por resultado", "Runs by result"),
        &names(days),
        &[
            series(days, say("completas", "complete"), "good", |day| {
                day.success
            }),
            series(days, say("parciais", "partial"), "warn", |day| day.partial),
            series(days, say("falhas", "failed"), "bad", |day| day.failed),
        ],
    )
}

fn slots(times: Times, days: &[DayStatistics]) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    chart::columns(
        say("Horários por mudança", "Slots by change"),
        &names(days),
        &[
            series(days, say("novos", "new"), "added", |day| day.inserted),
            series(days, say("alterados", "changed"), "changed", |day| {
                day.updated
            }),
            series(days, say("removidos", "removed"), "gone", |day| day.removed),
        ],
    )
}

fn numbers(times: Times, days: &[DayStatistics]) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    if days.is_empty() {
        return html! { p.empty { (say("Nenhuma execução nestes dias.", "No runs in these days.")) } };
    }
    html! {
        table.numbers {
            caption.spoken { (say("Os mesmos números", "The same numbers")) }
            thead {
                tr {
                    th scope="col" { (say("Dia", "Day")) }
                    @for name in [
                        say("Completas", "Complete"), say("Parciais", "Partial"), say("Falhas", "Failed"),
                        say("Novos", "New"), say("Alterados", "Changed"), say("Removidos", "Removed"), say("Pedidos", "Requests"),
                    ] { th.number scope="col" { (name) } }
                }
            }
            tbody {
                @for day in days {
                    tr {
                        th scope="row" { (times.day(day.day)) }
                        @for n in [day.success, day.partial, day.failed, day.inserted, day.updated, day.removed, day.requests] {
                            td.number.none[n == 0] { (n) }
                        }
                    }
                }
            }
        }
    }
}
