//! `GET /`: how everybody is doing, the worst first.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;

use super::condition::Condition;
use super::firewall::Firewall;
use super::freshness::{self, age, next_run, next_ticks};
use super::lenient_query::LenientQuery;
use super::page::Page;
use super::problem::Problem;
use super::time::Times;
use super::visitor::Visitor;
use super::{installation, paging};
use crate::domain::RunStatus;
use crate::domain::text::{fold, title_case};
use crate::store::overview::{ExaminerSummary, Order, Overview, OverviewFilter, StatusFilter};
use crate::web::state::Api;
use crate::words::command::here;
use crate::words::pages::overview as words;

/// Examiners on a page.
const PAGE: u32 = 50;

/// Which examiners, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    busca: String,
    #[serde(default)]
    filtro: String,
    /// Not empty: those in trouble only.
    #[serde(default)]
    problema: String,
    #[serde(default)]
    ordem: String,
    #[serde(default)]
    pagina: String,
}

impl ListQuery {
    fn status(&self) -> StatusFilter {
        if !self.problema.is_empty() {
            return StatusFilter::Problem;
        }
        match self.filtro.as_str() {
            "atrasados" => StatusFilter::Late,
            "pausados" => StatusFilter::Paused,
            "desligados" => StatusFilter::Off,
            _ => StatusFilter::All,
        }
    }

    fn order(&self) -> Order {
        match self.ordem.as_str() {
            "nome" => Order::Name,
            "id" => Order::Id,
            _ => Order::Age,
        }
    }

    fn page(&self) -> u32 {
        self.pagina.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// How many examiners the list has, over all of its pages.
    fn of(&self, overview: &Overview) -> i64 {
        match self.status() {
            StatusFilter::Problem => overview.problem,
            StatusFilter::Late => overview.late,
            StatusFilter::Paused => overview.paused,
            StatusFilter::Off => overview.off,
            StatusFilter::All => overview.everybody,
        }
    }

    fn filter(&self) -> OverviewFilter {
        let search = fold(self.busca.trim());
        // A number as pages show it.
        let search = search.trim_start_matches('#').trim_start().to_owned();
        OverviewFilter {
            search: (!search.is_empty()).then_some(search),
            status: self.status(),
            order: self.order(),
            limit: PAGE.into(),
            offset: i64::from(self.page() - 1) * i64::from(PAGE),
            usuario_id: None,
        }
    }

    /// The address of the same list with something else about it.
    fn with(&self, name: &str, value: &str) -> String {
        let mut pairs = vec![
            ("busca", self.busca.as_str()),
            ("filtro", &self.filtro),
            ("problema", &self.problema),
            ("ordem", &self.ordem),
        ];
        // One of the two sorts at a time.
        let is_other = |known: &str| {
            matches!(
                (known, name),
                ("filtro", "problema") | ("problema", "filtro")
            )
        };
        pairs.retain(|(known, old)| *known != name && !is_other(known) && !old.is_empty());
        if !value.is_empty() {
            pairs.push((name, value));
        }
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        format!("/?{query}")
    }
}

/// What the list is drawn with.
struct List<'a> {
    api: &'a Api,
    times: Times,
    query: &'a ListQuery,
    firewall: &'a Firewall,
    windows: Vec<String>,
    /// What people call them.
    labels: Vec<String>,
    /// The next tick of each window.
    ticks: Vec<Option<DateTime<Utc>>>,
}

/// `GET /`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(mut query): LenientQuery<ListQuery>,
) -> Result<Response, Problem> {
    let times = visitor.times;
    let limits = api.figures.limits();
    let store = &api.store;
    let mut overview = store
        .overview(&query.filter(), &limits, times.today())
        .await?;
    let of = query.of(&overview);
    if overview.examiners.is_empty() && of > 0 {
        // The list has become shorter than when the link to this page was drawn.
        query.pagina = paging::within(query.page(), PAGE, of).to_string();
        overview = store
            .overview(&query.filter(), &limits, times.today())
            .await?;
    }
    let firewall = Firewall::look(&api, times).await?;
    let installation = installation::show(&api, times, &firewall).await?;
    let list = List {
        api: &api,
        times,
        query: &query,
        firewall: &firewall,
        labels: freshness::labels(&api, times, &limits),
        windows: limits.into_iter().map(|limit| limit.name).collect(),
        ticks: next_ticks(&api),
    };
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1.spoken { (say(words::OVERVIEW)) }
        div id="all" data-refresh="15" { (installation) }
        section aria-label=(say(words::EXAMINERS)) {
            (list.tools(&overview))
            div id="list" data-refresh="15" { (list.table(&overview)) }
            p.ways { a href="/novo-perito" { (say(words::ADD_EXAMINER)) } a href="/importar" { (say(words::IMPORT)) } a href="/verificar" { (say(words::VERIFY)) } a href="/comecar" { (say(words::FIRST_STEPS)) } }
        }
    };
    let page = Page::of(&visitor, say(words::OVERVIEW));
    Ok(page.grows_old(false).show(&content))
}

impl List<'_> {
    fn tools(&self, overview: &Overview) -> Markup {
        let say = |sentence| self.times.language.say(sentence);
        let sorts = [
            ("filtro", "", say(words::ALL), overview.everybody),
            ("problema", "1", say(words::PROBLEM), overview.problem),
            ("filtro", "atrasados", say(words::LATE), overview.late),
            ("filtro", "pausados", say(words::PAUSED), overview.paused),
            ("filtro", "desligados", say(words::OFF), overview.off),
        ];
        html! {
            div.tools {
                form.search method="get" action="/" role="search" {
                    @if !self.query.problema.is_empty() { input type="hidden" name="problema" value="1"; }
                    @if !self.query.filtro.is_empty() { input type="hidden" name="filtro" value=(self.query.filtro); }
                    label.spoken for="busca" { (say(words::NAME_OR_NUMBER)) }
                    input id="busca" type="search" name="busca" value=(self.query.busca) placeholder=(say(words::NAME_OR_NUMBER));
                    button { (say(words::SEARCH)) }
                }
                ul.chips id="sorts" data-refresh="15" {
                    @for (key, filter, name, n) in sorts {
                        @let chosen = if key == "problema" { self.query.status() == StatusFilter::Problem }
                            else { self.query.filtro == filter && self.query.status() != StatusFilter::Problem };
                        li {
                            a href=(self.query.with(key, filter)) aria-current=[chosen.then_some("true")] {
                                (name) " " span.n { (n) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn table(&self, overview: &Overview) -> Markup {
        let say = |sentence| self.times.language.say(sentence);
        if overview.examiners.is_empty() {
            return self.nobody();
        }
        let of = self.query.of(overview);
        html! {
            table.people {
                caption.spoken { (say(words::TABLE_CAPTION)) }
                thead {
                    tr {
                        th scope="col" { (self.heading("nome", say(words::EXAMINER))) }
                        @for label in &self.labels {
                            th.age scope="col" {
                                (self.heading("", label))
                                span.spoken { (say(words::AGE_OF_LAST_SUCCESS)) }
                            }
                        }
                        th.wide scope="col" { (say(words::NEXT)) }
                        th.number.wide scope="col" { (say(words::SLOTS)) }
                        th scope="col" { (say(words::STATE)) }
                    }
                }
                @for examiner in &overview.examiners { (self.examiner(examiner)) }
            }
            (paging::show(self.times.language, self.query.page(), PAGE, of, |page| self.query.with("pagina", &page.to_string())))
        }
    }

    /// A column's name that sorts by it.
    fn heading(&self, order: &str, name: &str) -> Markup {
        let sorted = self.query.ordem == order;
        html! {
            a href=(self.query.with("ordem", order)) aria-current=[sorted.then_some("true")] { (name) }
        }
    }

    fn examiner(&self, examiner: &ExaminerSummary) -> Markup {
        let condition = Condition::of(examiner, self.times, self.firewall.until());
        let next = next_run(self.api, examiner, &self.windows, &self.ticks);
        let id = examiner.usuario_id;
        html! {
            tbody class=(condition.tone.class()) {
                tr {
                    th scope="row" {
                        a href=(format!("/peritos/{id}")) { (title_case(&examiner.nome)) }
                        " " span.id { "#" (id) }
                    }
                    @for (window, last) in self.windows.iter().zip(&examiner.last_success) {
                        td.age { (age(self.times, examiner, window, *last)) }
                    }
                    td.wide {
                        @if examiner.running.is_some() { (self.times.language.say(words::NOW)) }
                        @else if let Some(next) = next { (self.times.until(next)) }
                        @else { "–" }
                    }
                    td.number.wide { (examiner.slots) }
                    td {
                        @if let Some(run) = examiner.running {
                            a.badge.busy href=(format!("/execucoes/{run}")) { (self.times.language.say(words::READING)) }
                            " "
                        }
                        (condition.badge())
                    }
                }
                @if let Some(advice) = condition.advice() {
                    tr.advice {
                        td colspan=(self.windows.len() + 4) {
                            (advice)
                            @if let Some(run) = &examiner.worst_run && run.status != RunStatus::Success {
                                " " a href=(format!("/execucoes/{}", run.id)) { (self.times.language.say(words::RUN)) " " (run.id) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn nobody(&self) -> Markup {
        let say = |sentence| self.times.language.say(sentence);
        let nothing_asked = self.query.busca.is_empty() && self.query.status() == StatusFilter::All;
        html! {
            p.empty {
                @if nothing_asked {
                    (say(words::NO_EXAMINERS_YET))
                    a href="/novo-perito" { (say(words::IN_BROWSER)) } ", " code { (here("agendad users add --name … --cpf …")) }
                } @else {
                    (say(words::NO_SUCH_EXAMINER))
                    a href="/" { (say(words::SEE_ALL)) }
                }
            }
        }
    }
}
