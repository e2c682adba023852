//! `GET /auditoria`: what people did by hand, found by who, what, examiner and day.

use axum::extract::State;
use axum::response::Response;
use chrono::Days;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::language::Language;
use super::lenient_query::{self, LenientQuery, Number};
use super::page::Page;
use super::paging;
use super::problem::Problem;
use super::time::Times;
use super::visitor::Visitor;
use crate::domain::text::title_case;
use crate::domain::{ActionGroup, Detail, RecordedAction};
use crate::store::audit::{ActionFilter, ActionFound};
use crate::web::state::Api;
use crate::words::pages::{audit as words, past};
use crate::words::setting;

/// Actions on a page.
const PAGE: u32 = 50;
/// So many characters of what else is known are shown.
const DETAILS: usize = 160;

/// Which actions, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct AuditQuery {
    #[serde(default)]
    quem: String,
    #[serde(default)]
    tipo: String,
    #[serde(default)]
    perito: String,
    #[serde(default)]
    dia: String,
    #[serde(default)]
    pagina: String,
}

impl AuditQuery {
    fn page(&self) -> u32 {
        self.pagina.parse().unwrap_or(1).clamp(1, 100_000)
    }

    fn filter(&self, times: Times) -> ActionFilter {
        let some = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let day = lenient_query::day(&self.dia);
        let next = day.and_then(|day| day.checked_add_days(Days::new(1)));
        ActionFilter {
            actor: some(&self.quem),
            action: some(&self.tipo),
            usuario_id: Number::read(&self.perito).filter(),
            from: day.map(|day| times.begin_of(day)),
            before: next.map(|day| times.begin_of(day)),
        }
    }

    /// The address of another page of the same list.
    fn at(&self, page: u32) -> String {
        let page = page.to_string();
        let pairs = [
            ("quem", self.quem.as_str()),
            ("tipo", &self.tipo),
            ("perito", &self.perito),
            ("dia", &self.dia),
            ("pagina", &page),
        ];
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()))
            .finish();
        format!("/auditoria?{query}")
    }
}

/// `GET /auditoria`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    LenientQuery(query): LenientQuery<AuditQuery>,
) -> Result<Response, Problem> {
    let times = visitor.times;
    let before = i64::from(query.page() - 1) * i64::from(PAGE);
    // One more tells whether there is a further page.
    let filter = query.filter(times);
    let is_unread = Number::read(&query.perito) == Number::Unread;
    let mut found = if is_unread {
        Vec::new()
    } else {
        let found = api.store.find_actions(&filter, i64::from(PAGE) + 1, before);
        found.await?
    };
    let known = before + i64::try_from(found.len()).unwrap_or_default();
    let is_cut = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        h1 { (say(words::AUDIT)) }
        (tools(times, &query))
        @if is_unread { p.notice.bad role="alert" { (visitor.language.say(past::no_number(&query.perito))) } }
        @if found.is_empty() {
            p.empty { (say(words::NOTHING)) a href="/auditoria" { (say(words::SHOW_ALL)) } }
        } @else {
            (table(times, &found))
            @if is_cut { p.dim { (visitor.language.say(words::cut(PAGE.into()))) } }
            (paging::show(visitor.language, query.page(), PAGE, known, |page| query.at(page)))
        }
    };
    Ok(Page::of(&visitor, say(words::AUDIT))
        .section("/auditoria")
        .show(&content))
}

fn tools(times: Times, query: &AuditQuery) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        form.filters method="get" action="/auditoria" role="search" {
            label { (say(words::WHO)) input type="text" name="quem" value=(query.quem) title=(say(words::WHO_HINT)) autocapitalize="none"; }
            label {
                (say(words::KIND))
                select name="tipo" {
                    option value="" { (say(words::ALL)) }
                    @for group in ActionGroup::ALL { option value=(group.as_str()) selected[query.tipo == group.as_str()] { (say(words::group(*group))) } }
                }
            }
            label { (say(words::EXAMINER_NUMBER)) input type="text" inputmode="numeric" name="perito" size="6" value=(query.perito); }
            label { (say(words::DAY)) input type="date" name="dia" value=(query.dia); }
            button { (say(words::FILTER)) }
        }
    }
}

fn table(times: Times, found: &[ActionFound]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        // At some widths it is wider than the screen: the keyboard must reach it.
        table.numbers tabindex="0" {
            thead {
                tr {
                    th scope="col" { (say(words::WHEN)) }
                    th scope="col" { (say(words::WHO)) }
                    th scope="col" { (say(words::WHAT)) }
                    th scope="col" { (say(words::EXAMINER)) }
                    th scope="col" { (say(words::DETAILS)) }
                }
            }
            tbody {
                @for action in found {
                    tr {
                        td { (times.moment(action.at)) }
                        td { (action.actor) }
                        td { @match &action.action { RecordedAction::Known(kind) => (say(words::action(*kind))), RecordedAction::Other(key) => (key) } }
                        td {
                            @if let Some(id) = action.usuario_id {
                                a href=(format!("/peritos/{id}")) { @if let Some(nome) = &action.nome { (title_case(nome)) } @else { "#" (id) } }
                            }
                        }
                        td.dim { (details(action.details.as_ref(), times.language)) }
                    }
                }
            }
        }
    }
}

/// What else was worth knowing, in a line.
fn details(details: Option<&Value>, language: Language) -> String {
    let Some(Value::Object(details)) = details else {
        return String::new();
    };
    let known = details.iter().filter(|(_, value)| !value.is_null());
    let pairs: Vec<String> = known
        .map(|(name, value)| {
            let known: Option<Detail> = name.parse().ok();
            let named = known.map(|known| language.say(words::detail(known)));
            format!(
                "{}: {}",
                named.unwrap_or(name),
                detail(known, value, language)
            )
        })
        .collect();
    let line = pairs.join(", ");
    if line.chars().count() <= DETAILS {
        return line;
    }
    let cut: String = line.chars().take(DETAILS).collect();
    format!("{cut}…")
}

fn detail(known: Option<Detail>, value: &Value, language: Language) -> String {
    match value {
        Value::Bool(is) => language
            .say(if *is { words::YES } else { words::NO })
            .to_owned(),
        Value::String(text) => {
            let said = match known {
                Some(Detail::Form) => text.parse().ok().map(words::form),
                Some(Detail::What) => text.parse().ok().map(words::list),
                Some(_) => None,
                // A setting.
                None => text.parse().ok().map(setting::concealed),
            };
            said.map_or(text.as_str(), |said| language.say(said))
                .to_owned()
        }
        Value::Array(values) => {
            let each = values.iter().map(|value| detail(known, value, language));
            each.collect::<Vec<_>>().join(" ")
        }
        Value::Null | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
