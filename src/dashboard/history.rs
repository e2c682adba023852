//! `GET /historico`: runs by result, and slots added, changed and removed, day by day.

use axum::extract::State;
use axum::response::Response;
use chrono::Days;
use maud::{Markup, html};
use serde::Deserialize;

use super::chart::{self, Series};
use super::lenient_query::LenientQuery;
use super::page::Page;
use super::problem::Problem;
use super::time::Times;
use super::visitor::Visitor;
use crate::store::statistics::DayStatistics;
use crate::web::state::Api;
use crate::words::pages::history as words;

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
    LenientQuery(query): LenientQuery<HistoryQuery>,
) -> Result<Response, Problem> {
    let times = visitor.times;
    let days = query.dias.parse().ok();
    let days = CHOICES
        .into_iter()
        .find(|choice| Some(*choice) == days)
        .unwrap_or(CHOICES[0]);
    let zone = times.zone.name();
    let found = api.store.statistics(None, days.into(), zone).await?;
    let say = |sentence| visitor.language.say(sentence);
    let days_shown = every_day(times, days, &found);
    let content = html! {
        div.title {
            h1 { (say(words::HISTORY)) }
            ul.chips {
                @for choice in CHOICES {
                    li { a href=(format!("/historico?dias={choice}")) aria-current=[(choice == days).then_some("true")] { (choice) " " (say(words::DAYS)) } }
                }
            }
        }
        div.charts { (runs(times, &days_shown)) (slots(times, &days_shown)) }
        (numbers(times, &found))
    };
    Ok(Page::of(&visitor, say(words::HISTORY))
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
    let say = |sentence| times.language.say(sentence);
    chart::columns(
        say(words::RUNS_BY_RESULT),
        &names(days),
        &[
            series(days, say(words::COMPLETE), "good", |day| day.success),
            series(days, say(words::PARTIAL), "warn", |day| day.partial),
            series(days, say(words::FAILED), "bad", |day| day.failed),
        ],
    )
}

fn slots(times: Times, days: &[DayStatistics]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    chart::columns(
        say(words::SLOTS_BY_CHANGE),
        &names(days),
        &[
            series(days, say(words::NEW), "added", |day| day.inserted),
            series(days, say(words::CHANGED), "changed", |day| day.updated),
            series(days, say(words::REMOVED), "gone", |day| day.removed),
        ],
    )
}

fn numbers(times: Times, days: &[DayStatistics]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    if days.is_empty() {
        return html! { p.empty { (say(words::NO_RUNS)) } };
    }
    html! {
        // At some widths it is wider than the screen: the keyboard must reach it.
        table.numbers tabindex="0" {
            caption.spoken { (say(words::SAME_NUMBERS)) }
            thead {
                tr {
                    th scope="col" { (say(words::DAY)) }
                    @for name in [
                        say(words::COMPLETE_HEADING), say(words::PARTIAL_HEADING), say(words::FAILED_HEADING),
                        say(words::NEW_HEADING), say(words::CHANGED_HEADING), say(words::REMOVED_HEADING), say(words::REQUESTS),
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
