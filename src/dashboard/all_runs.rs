//! `GET /leituras`: the runs of everybody, found by examiner, result, reason, window and day.

use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;
use strum::VariantArray;

use super::lenient_query::{self, LenientQuery, Number};
use super::page::Page;
use super::problem::Problem;
use super::time::Times;
use super::visitor::Visitor;
use super::{paging, runs, tone};
use crate::config::Config;
use crate::domain::text::title_case;
use crate::domain::{FailureKind, RunStatus};
use crate::store::history::{COUNTED, RunFilter, RunFound};
use crate::web::state::Api;
use crate::words::pages::past as words;
use crate::words::{failure, kinds, window};

/// Runs on a page.
const PAGE: u32 = 50;

/// Which runs, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunsQuery {
    #[serde(default)]
    perito: String,
    #[serde(default)]
    resultado: String,
    #[serde(default)]
    motivo: String,
    #[serde(default)]
    periodo: String,
    #[serde(default)]
    dia: String,
    #[serde(default)]
    pagina: String,
}

impl RunsQuery {
    fn page(&self) -> u32 {
        self.pagina.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    fn day(&self) -> Option<NaiveDate> {
        lenient_query::day(&self.dia)
    }

    fn filter(&self, times: Times) -> RunFilter {
        let day = self.day();
        let next = day.and_then(|day| day.checked_add_days(Days::new(1)));
        RunFilter {
            usuario_id: Number::read(&self.perito).filter(),
            status: self.resultado.parse().ok(),
            kind: self.motivo.parse().ok(),
            window: (!self.periodo.is_empty()).then(|| self.periodo.clone()),
            from: day.map(|day| times.begin_of(day)),
            before: next.map(|day| times.begin_of(day)),
        }
    }

    /// The address of another page of the same list.
    fn at(&self, page: u32) -> String {
        let page = page.to_string();
        let pairs = [
            ("perito", self.perito.as_str()),
            ("resultado", &self.resultado),
            ("motivo", &self.motivo),
            ("periodo", &self.periodo),
            ("dia", &self.dia),
            ("pagina", &page),
        ];
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()))
            .finish();
        format!("/leituras?{query}")
    }
}

/// `GET /leituras`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<RunsQuery>,
) -> Result<Response, Problem> {
    let times = visitor.times;
    let filter = query.filter(times);
    let offset = |page: u32| i64::from(page - 1) * i64::from(PAGE);
    let mut page = query.page();
    let is_unread = Number::read(&query.perito) == Number::Unread;
    let (mut found, count) = if is_unread {
        (Vec::new(), 0)
    } else {
        tokio::try_join!(
            api.store.find_runs(&filter, PAGE.into(), offset(page)),
            api.store.count_found_runs(&filter),
        )?
    };
    if found.is_empty() && count > 0 {
        page = paging::within(page, PAGE, count);
        found = api
            .store
            .find_runs(&filter, PAGE.into(), offset(page))
            .await?;
    }
    let config = api.config();
    let say = |sentence| visitor.language.say(sentence);
    let many = (count >= COUNTED).then(|| visitor.language.say(words::more_than(COUNTED)));
    let content = html! {
        div.title {
            h1 { (say(words::RUNS)) " " span.n { @if let Some(many) = many { (many) } @else { (count) } } }
        }
        (tools(times, &query, &config))
        @if is_unread { p.notice.bad role="alert" { (visitor.language.say(words::no_number(&query.perito))) } }
        @if found.is_empty() {
            p.empty { (say(words::NO_SUCH_RUNS)) a href="/leituras" { (say(words::ALL_RUNS)) } }
        } @else {
            (table(times, &found, &config))
            (paging::show(visitor.language, page, PAGE, count, |page| query.at(page)))
        }
    };
    Ok(Page::of(&visitor, say(words::RUNS))
        .section("/leituras")
        .show(&content))
}

fn tools(times: Times, query: &RunsQuery, config: &Config) -> Markup {
    let say = |sentence| times.language.say(sentence);
    let status = |status: &RunStatus| (status.as_str(), say(kinds::run(*status)).to_owned());
    let kind = |kind: &FailureKind| (kind.as_str(), say(failure::in_short(*kind)).to_owned());
    let windows = config.windows.iter().map(|w| {
        let label = window::named(&config.windows, &w.name);
        (w.name.as_str(), times.language.say(label))
    });
    let choices = [
        (
            "resultado",
            say(words::RESULT),
            &query.resultado,
            RunStatus::VARIANTS.iter().map(status).collect::<Vec<_>>(),
        ),
        (
            "motivo",
            say(words::REASON),
            &query.motivo,
            FailureKind::VARIANTS.iter().map(kind).collect(),
        ),
        (
            "periodo",
            say(words::DAYS_READ),
            &query.periodo,
            windows.collect(),
        ),
    ];
    html! {
        form.filters method="get" action="/leituras" role="search" {
            label { (say(words::NUMBER)) input type="text" inputmode="numeric" name="perito" size="6" value=(query.perito); }
            @for (name, title, chosen, options) in choices {
                label {
                    (title)
                    select name=(name) {
                        option value="" { (say(words::ANYBODY)) }
                        @for (value, text) in options { option value=(value) selected[chosen == value] { (text) } }
                    }
                }
            }
            label { (say(words::DAY)) input type="date" name="dia" value=(query.dia); }
            button { (say(words::FILTER)) }
        }
    }
}

fn table(times: Times, found: &[RunFound], config: &Config) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        table.runs {
            thead {
                tr {
                    th scope="col" { (say(words::START)) }
                    th scope="col" { (say(words::EXAMINER)) }
                    th scope="col" { (say(words::DAYS_READ)) }
                    th scope="col" { (say(words::RESULT)) }
                    th.number scope="col" { abbr title=(say(runs::CHANGED)) { "+ ~ −" } }
                }
            }
            tbody {
                @for run in found {
                    tr {
                        td { a href=(format!("/execucoes/{}", run.id)) { @if let Some(at) = run.started_at { (times.moment(at)) } @else { (run.id) } } }
                        td {
                            @if let Some(user) = run.usuario_id {
                                a href=(format!("/peritos/{user}")) { (run.nome.as_deref().map_or_else(|| "–".to_owned(), title_case)) } " " span.id { "#" (user) }
                            } @else { "–" }
                        }
                        td { (runs::window(run.window_name.as_deref(), &config.windows, times)) }
                        td {
                            (tone::run(run.status, times.language))
                            @if let Some(kind) = run.kind { " " span.dim { (say(failure::in_short(kind))) } }
                        }
                        td.number { (runs::totals(run.totals.as_ref().map(|totals| totals.0))) }
                    }
                }
            }
        }
    }
}
