//! Runs in a list.

use chrono::TimeDelta;
use maud::{Markup, html};

use super::time::Times;
use super::tone;
use crate::domain::{Totals, Window};
use crate::store::listing::RunView;
use crate::words::pages::runs as words;
use crate::words::{Sentence, failure, window as window_words};

/// What the signs of a run's counts mean.
pub(super) const CHANGED: Sentence = words::NEW_CHANGED_REMOVED;

pub(super) fn show(times: Times, runs: &[RunView], windows: &[Window]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    if runs.is_empty() {
        return html! { p.empty { (say(words::NO_RUNS_YET)) } };
    }
    html! {
        table.runs {
            thead {
                tr {
                    th scope="col" { (say(words::START)) }
                    th scope="col" { (say(words::WINDOW)) }
                    th scope="col" { (say(words::RESULT)) }
                    th.number scope="col" { abbr title=(say(words::NEW_CHANGED_REMOVED)) { "+ ~ −" } }
                    th.number.wide scope="col" { (say(words::DURATION)) }
                }
            }
            tbody {
                @for run in runs {
                    tr {
                        td { a href=(format!("/execucoes/{}", run.id)) { @if let Some(at) = run.started_at { (times.moment(at)) } @else { (run.id) } } }
                        td { (window(run.window_name.as_deref(), windows, times)) }
                        td { (result(run, times)) }
                        td.number { (totals(run.totals)) }
                        td.number.wide { (seconds(run.seconds)) }
                    }
                }
            }
        }
    }
}

/// Which days a run was to read, as people call them.
pub(super) fn window(name: Option<&str>, windows: &[Window], times: Times) -> String {
    match name {
        Some(name) => times.language.say(window_words::named(windows, name)),
        None => times.language.say(words::ASKED_FOR).to_owned(),
    }
}

fn result(run: &RunView, times: Times) -> Markup {
    html! {
        (tone::run(run.status, times.language))
        @if let Some(kind) = run.kind { " " span.dim { (times.language.say(failure::in_short(kind))) } }
    }
}

/// `+5 ~2 −1`; a dash where nothing happened.
pub(super) fn totals(totals: Option<Totals>) -> String {
    let Totals {
        inserted,
        updated,
        removed,
        ..
    } = totals.unwrap_or_default();
    let parts: Vec<String> = [("+", inserted), ("~", updated), ("−", removed)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(sign, count)| format!("{sign}{count}"))
        .collect();
    if parts.is_empty() {
        "–".to_owned()
    } else {
        parts.join(" ")
    }
}

pub(super) fn seconds(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds < 10.0 => format!("{seconds:.1} s"),
        Some(seconds) => Times::length(TimeDelta::milliseconds((seconds * 1000.0) as i64)),
    }
}
