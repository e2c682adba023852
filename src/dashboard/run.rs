//! `GET /execucoes/{id}`: one run in full; and the pages that were kept because they were not understood.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::page::Page;
use super::problem::{Id, Problem};
use super::runs;
use super::time::Times;
use super::visitor::Visitor;
use super::{condition, tone};
use crate::domain::{DateError, ErrorDetails, Note, Origin, Role, RunStatus, Window};
use crate::portal::evidence;
use crate::store::listing::RunView;
use crate::web::state::Api;
use crate::words::pages::run as words;
use crate::words::{Sentence, failure, kinds, note, row};

/// `GET /execucoes/{id}`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id<i64>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let run = api.store.run(id, None).await?;
    let run = run.ok_or(Problem::NotFound)?;
    let times = visitor.times;
    let title = format!("{} {id}", visitor.language.say(words::RUN));
    let going_on = run.status == RunStatus::Running;
    let config = api.config();
    let shown = Shown {
        run: &run,
        windows: &config.windows,
        times,
    };
    let content = html! {
        p.crumbs {
            @match run.usuario_id {
                Some(user) => a href=(format!("/peritos/{user}")) { "‹ " (visitor.language.say(words::EXAMINER)) " #" (user) },
                None => a href="/" { "‹ " (visitor.language.say(words::OVERVIEW)) },
            }
        }
        h1 { (title) }
        div id="run" data-refresh=[going_on.then_some("1")] { (shown.body()) }
    };
    Ok(Page::of(&visitor, &title)
        .renewed_while(going_on)
        .show(&content))
}

/// `GET /evidencias/{name}`: as text, so that nothing of it comes to life.
pub(super) async fn page_kept(
    State(api): State<Api>,
    _: Visitor,
    name: Id<String>,
) -> Result<Response, Problem> {
    let Path(name) = name?;
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
    run: &'a RunView,
    windows: &'a [Window],
    times: Times,
}

impl Shown<'_> {
    fn say(&self, sentence: Sentence) -> &'static str {
        self.times.language.say(sentence)
    }

    fn body(&self) -> Markup {
        html! {
            (self.summary())
            @if let Some(details) = &self.run.details {
                (self.days(&details.dates))
                (self.technical(details))
            }
        }
    }

    fn summary(&self) -> Markup {
        let run = self.run;
        let facts = [
            (
                self.say(words::RESULT),
                tone::run(run.status, self.times.language),
            ),
            (self.say(words::WINDOW), self.window()),
            (self.say(words::ASKED_FOR_BY), html! { (self.origin()) }),
            (
                self.say(words::START),
                html! { @if let Some(at) = run.started_at { (self.times.moment(at)) } },
            ),
            (
                self.say(words::DURATION),
                html! { (runs::seconds(run.seconds)) },
            ),
            (
                self.say(words::CHANGES),
                html! { (runs::totals(run.totals)) },
            ),
            (self.say(words::REQUESTS), self.requests()),
            (self.say(words::SESSION), html! { (self.session()) }),
        ];
        html! {
            @if let Some(reason) = condition::of_run(run, self.times.language, Role::Operator) {
                p.notice.bad[run.status == RunStatus::Failed].warn[run.status != RunStatus::Failed] { (reason) }
            }
            dl.facts { @for (name, fact) in facts { div { dt { (name) } dd { (fact) } } } }
            (self.totals())
        }
    }

    fn window(&self) -> Markup {
        let run = self.run;
        html! {
            @if let Some(name) = run.window_name.as_deref() { (runs::window(Some(name), self.windows, self.times)) ", " }
            (self.times.day(run.window_start)) " – " (self.times.day(run.window_end))
        }
    }

    fn origin(&self) -> &str {
        match self.run.origin {
            Some(Origin::Schedule) => self.say(words::SCHEDULE),
            Some(Origin::Cli) => self.say(words::COMMAND_LINE),
            Some(Origin::Api) => self.say(words::API_OR_DASHBOARD),
            None => self.say(words::EARLIER_SYSTEM),
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
        let counts = kinds::totals(&self.run.totals.unwrap_or_default());
        let counts = counts.into_iter().filter(|(n, _)| *n > 0);
        html! { ul.counts { @for (n, name) in counts { li { strong { (n) } " " (self.say(name)) } } } }
    }

    fn days(&self, days: &[DateError]) -> Markup {
        if days.is_empty() {
            return html! {};
        }
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
                            th scope="row" { (self.times.day(day.date)) }
                            td { (day.unidade) }
                            td {
                                @if let Some(fault) = &day.row { (self.times.language.say(row::fault(fault))) } @else { (self.say(failure::in_short(day.kind))) }
                                br; span.dim lang="en" { (day.message) }
                            }
                            td { (kept(day.evidence.as_deref())) }
                        }
                    }
                }
            }
        }
    }

    fn technical(&self, details: &ErrorDetails) -> Markup {
        html! {
            @for note in &details.notes.0 {
                p.dim lang=[matches!(note, Note::Text { .. }).then_some("en")] { (self.times.language.say(note::sentence(note))) }
            }
            @if self.run.error.is_some() {
                details {
                    summary { (self.say(words::TECHNICAL_DETAILS)) }
                    ol lang="en" { @for cause in &details.chain { li { (cause) } } }
                    @if let Some(trace) = &details.backtrace { pre { (trace) } }
                }
            }
        }
    }
}

/// A link to a page; it lies on the machine whose daemon read it.
fn kept(path: Option<&str>) -> Markup {
    let name = path.and_then(|path| path.rsplit('/').next());
    html! {
        @if let Some(name) = name { a href=(format!("/evidencias/{name}")) { (name) } } @else { "–" }
    }
}
