//! `GET /`: how everybody is doing, the worst first.

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;

use super::firewall::Firewall;
use super::freshness::{age, next_run, next_ticks};
use super::page::Page;
use super::problem::PageError;
use super::time::Times;
use super::visitor::Visitor;
use super::words::Condition;
use super::{installation, paging};
use crate::domain::text::fold;
use crate::store::overview::{ExaminerGlance, Overview, OverviewFilter};
use crate::web::state::Api;

/// Examiners on a page.
const PAGE: u32 = 50;

/// Which examiners, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    busca: String,
    #[serde(default)]
    filtro: String,
    #[serde(default)]
    ordem: String,
    #[serde(default)]
    pagina: String,
}

impl ListQuery {
    fn sort(&self) -> &'static str {
        match self.filtro.as_str() {
            "atrasados" => "late",
            "pausados" => "paused",
            "desligados" => "off",
            _ => "all",
        }
    }

    fn order(&self) -> &'static str {
        match self.ordem.as_str() {
            "nome" => "name",
            "id" => "id",
            _ => "age",
        }
    }

    fn page(&self) -> u32 {
        self.pagina.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    fn filter(&self) -> OverviewFilter {
        let search = fold(self.busca.trim());
        OverviewFilter {
            search: (!search.is_empty()).then_some(search),
            sort: self.sort(),
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
            ("ordem", &self.ordem),
        ];
        pairs.retain(|(known, old)| *known != name && !old.is_empty());
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
    /// The next tick of each window.
    ticks: Vec<Option<DateTime<Utc>>>,
}

/// `GET /`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Response> {
    let times = visitor.times;
    let limits = api.figures.limits();
    let failed = |error| PageError::from(error).show(visitor.language);
    let store = &api.store;
    let overview = store
        .overview(&query.filter(), &limits, times.today())
        .await;
    let overview = overview.map_err(failed)?;
    let firewall = Firewall::look(&api, times).await.map_err(failed)?;
    let installation = installation::show(&api, times, &firewall).await;
    let installation = installation.map_err(failed)?;
    let list = List {
        api: &api,
        times,
        query: &query,
        firewall: &firewall,
        windows: limits.into_iter().map(|limit| limit.name).collect(),
        ticks: next_ticks(&api),
    };
    let say = |pt, en| visitor.language.say(pt, en);
    let content = html! {
        h1.spoken { (say("Visão geral", "Overview")) }
        div id="all" data-refresh="15" {
            (installation)
            section aria-label=(say("Peritos", "Examiners")) {
                (list.tools(&overview))
                (list.table(&overview))
            }
        }
    };
    let page = Page::of(&visitor, say("Visão geral", "Overview"));
    Ok(page.grows_old(false).show(&content))
}

impl List<'_> {
    fn tools(&self, overview: &Overview) -> Markup {
        let say = |pt, en| self.times.language.say(pt, en);
        let sorts = [
            ("", say("todos", "all"), overview.everybody),
            ("atrasados", say("atrasados", "late"), overview.late),
            ("pausados", say("pausados", "paused"), overview.paused),
            ("desligados", say("desligados", "off"), overview.off),
        ];
        html! {
            div.tools {
                form.search method="get" action="/" role="search" {
                    @if !self.query.filtro.is_empty() { input type="hidden" name="filtro" value=(self.query.filtro); }
                    label.spoken for="busca" { (say("Nome ou número", "Name or number")) }
                    input id="busca" type="search" name="busca" value=(self.query.busca) placeholder=(say("Nome ou número", "Name or number"));
                    button { (say("Buscar", "Search")) }
                }
                ul.chips {
                    @for (filter, name, n) in sorts {
                        li {
                            a href=(self.query.with("filtro", filter)) aria-current=[(self.query.filtro == filter).then_some("true")] {
                                (name) " " span.n { (n) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn table(&self, overview: &Overview) -> Markup {
        let say = |pt, en| self.times.language.say(pt, en);
        if overview.examiners.is_empty() {
            return self.nobody();
        }
        let of = match self.query.sort() {
            "late" => overview.late,
            "paused" => overview.paused,
            "off" => overview.off,
            _ => overview.everybody,
        };
        html! {
            table.people {
                caption.spoken { (say("Peritos e a idade do último sucesso de cada janela", "Examiners, and the age of the last success of each window")) }
                thead {
                    tr {
                        th scope="col" { (self.heading("nome", say("Perito", "Examiner"))) }
                        @for window in &self.windows {
                            th.age scope="col" {
                                (self.heading("", window))
                                span.spoken { (say(": idade do último sucesso", ": age of the last success")) }
                            }
                        }
                        th.wide scope="col" { (say("Próxima", "Next")) }
                        th.number.wide scope="col" { (say("Horários", "Slots")) }
                        th scope="col" { (say("Estado", "State")) }
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

    fn examiner(&self, examiner: &ExaminerGlance) -> Markup {
        let condition = Condition::of(examiner, self.times, self.firewall.until());
        let next = next_run(self.api, examiner, &self.windows, &self.ticks);
        let id = examiner.usuario_id;
        html! {
            tbody class=(condition.tone.class()) {
                tr {
                    th scope="row" {
                        a href=(format!("/peritos/{id}")) { (examiner.nome) }
                        " " span.id { "#" (id) }
                    }
                    @for (window, last) in self.windows.iter().zip(&examiner.last_success) {
                        td.age { (age(self.times, examiner, window, *last)) }
                    }
                    td.wide {
                        @if examiner.running.is_some() { (self.times.language.say("agora", "now")) }
                        @else if let Some(next) = next { (self.times.until(next)) }
                        @else { "–" }
                    }
                    td.number.wide { (examiner.slots) }
                    td {
                        @if let Some(run) = examiner.running {
                            a.badge.busy href=(format!("/execucoes/{run}")) { (self.times.language.say("Lendo", "Reading")) }
                            " "
                        }
                        (condition.badge())
                    }
                }
                @if !condition.advice.is_empty() {
                    tr.advice {
                        td colspan=(self.windows.len() + 4) {
                            (condition.advice())
                            @if let Some(run) = &examiner.worst_run && run.status != "success" {
                                " " a href=(format!("/execucoes/{}", run.id)) { (self.times.language.say("execução", "run")) " " (run.id) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn nobody(&self) -> Markup {
        let say = |pt, en| self.times.language.say(pt, en);
        let nothing_asked = self.query.busca.is_empty() && self.query.filtro.is_empty();
        html! {
            p.empty {
                @if nothing_asked {
                    (say("Nenhum perito ainda. Para acrescentar: ", "No examiners yet. To add one: "))
                    code { "agendad users add --name … --cpf …" }
                } @else {
                    (say("Nenhum perito assim. ", "No such examiner. "))
                    a href="/" { (say("Ver todos", "See all")) }
                }
            }
        }
    }
}
