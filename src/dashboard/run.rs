//! `GET /execucoes/{id}`: one run in full; and the pages that were kept because they were not understood.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::page::Page;
use super::problem::Problem;
use super::runs;
use super::time::Times;
use super::visitor::Visitor;
use super::{condition, tone};
use crate::domain::RunStatus;
use crate::domain::row_problem::RowFault;
use crate::portal::evidence;
use crate::store::statistics::RunDetail;
use crate::web::state::Api;
use crate::words::pages::run as words;
use crate::words::{Sentence, kinds, row};

/// `GET /execucoes/{id}`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Result<Path<i64>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let run = api.store.run(id, None).await?;
    let run = run.ok_or(Problem::NotFound)?;
    let times = visitor.times;
    let title = format!("{} {id}", visitor.language.say(words::RUN));
    let going_on = RunStatus::named(&run.status) == Some(RunStatus::Running);
    let content = html! {
        p.crumbs {
            @match run.usuario_id {
                Some(user) => a href=(format!("/peritos/{user}")) { "‹ " (visitor.language.say(words::EXAMINER)) " #" (user) },
                None => a href="/" { "‹ " (visitor.language.say(words::OVERVIEW)) },
            }
        }
        h1 { (title) }
        div id="run" data-refresh=[going_on.then_some("1")] { (Shown { run: &run, times }.body()) }
    };
    Ok(Page::of(&visitor, &title)
        .renewed_while(going_on)
        .show(&content))
}

/// `GET /evidencias/{name}`: as text, so that nothing of it comes to life.
pub(super) async fn page_kept(
    State(api): State<Api>,
    _: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let dir = api.config().state_dir.clone();
    let read = tokio::task::spawn_blocking(move || evidence::show(&dir, &name)).await;
    match read {
        Ok(Ok(text)) => Ok((
            StatusCode::OK,
            [(CONTENT_TYPE, "text/plain; charset=utf-8")],
            text,
        )
            .into_response()),
        Ok(Err(_)) | Err(_) => Err(Problem::NotFound),
    }
}

struct Shown<'a> {
    run: &'a RunDetail,
    times: Times,
}

impl Shown<'_> {
    fn say(&self, sentence: Sentence) -> &'static str {
        self.times.language.say(sentence)
    }

    fn body(&self) -> Markup {
        html! {
            (self.summary())
            @if let Some(details) = &self.run.error_details {
                (self.days(&details["dates"]))
                (self.technical(details))
            }
        }
    }

    fn summary(&self) -> Markup {
        let run = self.run;
        let status = RunStatus::named(&run.status);
        let took = run.started_at.zip(run.finished_at);
        let took = took.map(|(start, end)| (end - start).as_seconds_f64());
        let facts = [
            (
                self.say(words::RESULT),
                tone::run(status, self.times.language),
            ),
            (self.say(words::WINDOW), self.window()),
            (self.say(words::ASKED_FOR_BY), html! { (self.origin()) }),
            (
                self.say(words::START),
                html! { @if let Some(at) = run.started_at { (self.times.moment(at)) } },
            ),
            (self.say(words::DURATION), html! { (runs::seconds(took)) }),
            (
                self.say(words::CHANGES),
                html! { (runs::totals(run.totals.as_ref())) },
            ),
            (self.say(words::REQUESTS), self.requests()),
            (self.say(words::SESSION), html! { (self.session()) }),
        ];
        html! {
            @if let Some(reason) = condition::of_run(status, run.error_details.as_ref(), self.times.language) {
                p.notice.bad[status == Some(RunStatus::Failed)] { (reason) }
            }
            dl.facts { @for (name, fact) in facts { div { dt { (name) } dd { (fact) } } } }
            (self.totals())
        }
    }

    fn window(&self) -> Markup {
        let run = self.run;
        html! {
            @if let Some(name) = &run.window_name { (name) ", " }
            (self.times.day(run.window_start)) " – " (self.times.day(run.window_end))
        }
    }

    fn origin(&self) -> &str {
        match self.run.origin.as_deref() {
            Some("schedule") => self.say(words::SCHEDULE),
            Some("cli") => self.say(words::COMMAND_LINE),
            Some("api") => self.say(words::API_OR_DASHBOARD),
            _ => self.say(words::EARLIER_SYSTEM),
        }
    }

    fn requests(&self) -> Markup {
        let run = self.run;
        html! {
            (run.requests.unwrap_or(0))
            @if run.retries.unwrap_or(0) > 0 { ", " (run.retries.unwrap_or(0)) " " (self.say(words::REPEATED)) }
        }
    }

    fn session(&self) -> String {
        let logins = self.run.logins.unwrap_or(0);
        match (self.run.session_reused, logins) {
            (Some(true), 0) => self.say(words::REUSED).to_owned(),
            (_, logins) => format!("{logins} {}", self.say(words::LOGINS)),
        }
    }

    /// Every count that is not zero, by its name.
    fn totals(&self) -> Markup {
        let totals = self.run.totals.as_ref();
        let counted = kinds::TOTALS.into_iter().filter_map(|(key, name)| {
            let n = totals?[key].as_i64().filter(|n| *n > 0)?;
            Some((n, self.say(name)))
        });
        html! { ul.counts { @for (n, name) in counted { li { strong { (n) } " " (name) } } } }
    }

    fn days(&self, days: &Value) -> Markup {
        let days = days.as_array().map_or(&[][..], Vec::as_slice);
        if days.is_empty() {
            return html! {};
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        html! {
            h2 { (self.say(words::DAYS_IN_TROUBLE)) }
            table {
                thead {
                    tr {
                        th scope="col" { (self.say(words::DAY)) }
                        th scope="col" { (self.say(words::UNIT)) }
                        th scope="col" { (self.say(words::REASON)) }
                        th scope="col" { (self.say(words::PAGE_KEPT)) }
                    }
                }
                tbody {
                    @for day in days {
                        tr {
                            th scope="row" { (day["date"].as_str().and_then(|d| d.parse().ok()).map_or_else(|| text(&day["date"]), |d| self.times.day(d))) }
                            td { (text(&day["unidade"])) }
                            td {
                                @if let Some(fault) = fault(day) { (self.times.language.say(row::fault(&fault))) } @else { (text(&day["kind"])) }
                                br; span.dim lang="en" { (text(&day["message"])) }
                            }
                            td { (kept(&day["evidence"])) }
                        }
                    }
                }
            }
        }
    }

    fn technical(&self, details: &Value) -> Markup {
        let texts = |key: &str| {
            let list = details[key].as_array().cloned().unwrap_or_default();
            list.into_iter()
                .filter_map(|text| text.as_str().map(str::to_owned))
        };
        html! {
            @for note in texts("notes") { p.dim lang="en" { (note) } }
            @if self.run.error.is_some() {
                details {
                    summary { (self.say(words::TECHNICAL_DETAILS)) }
                    ol lang="en" { @for cause in texts("chain") { li { (cause) } } }
                    @if let Some(trace) = details["backtrace"].as_str() { pre { (trace) } }
                }
            }
        }
    }
}

/// What is wrong with a row, if the day was read but for it.
fn fault(day: &Value) -> Option<RowFault> {
    serde_json::from_value(day["row"].clone()).ok()
}

/// A link to a page; it lies on the machine whose daemon read it.
fn kept(path: &Value) -> Markup {
    let name = path.as_str().and_then(|path| path.rsplit('/').next());
    html! {
        @if let Some(name) = name { a href=(format!("/evidencias/{name}")) { (name) } } @else { "–" }
    }
}
