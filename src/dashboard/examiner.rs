//! `GET /peritos/{id}`: one examiner. What is shown of candidates is what tells them apart; their CPFs are
//! masked until somebody asks for them.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Days;
use maud::{Markup, html};
use serde::Deserialize;

use super::condition::Condition;
use super::days::LastDays;
use super::firewall::Firewall;
use super::lenient_query::LenientQuery;
use super::notice::Notice;
use super::page::{Page, button, token};
use super::problem::{Id, Problem};
use super::time::Times;
use super::visitor::Visitor;
use super::{agenda, calendar, changes, enrol, freshness, mails, progress, runs, units};
use crate::clinic::day_windows;
use crate::domain::Role;
use crate::domain::text::title_case;
use crate::store::calendars::CalendarState;
use crate::store::days::{DaysQuery, ExaminerDay};
use crate::store::listing::{ChangeFilter, ChangeView, RunView, SlotView};
use crate::store::mail_preferences::MailPreferences;
use crate::store::overview::{ExaminerSummary, Order, OverviewFilter, StatusFilter};
use crate::store::settings::Settings;
use crate::store::units::UnitRecord;
use crate::web::state::Api;
use crate::words::pages::{examiner as words, past};

const SLOTS: i64 = 600;
const CHANGES: i64 = 30;
const RUNS: i64 = 15;

/// The query string.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ExaminerQuery {
    /// The sync that has just been started.
    #[serde(default)]
    execucao: String,
    /// What became of what was asked for: a code of [`super::notice`].
    #[serde(default)]
    aviso: String,
}

/// All that the page shows.
pub(super) struct Examiner {
    pub(super) glance: ExaminerSummary,
    windows: Vec<String>,
    /// What people call them.
    labels: Vec<String>,
    last_days: LastDays,
    slots: Vec<SlotView>,
    days: Vec<ExaminerDay>,
    changes: Vec<ChangeView>,
    runs: Vec<RunView>,
    calendar: Option<CalendarState>,
    units: Vec<UnitRecord>,
    firewall: Firewall,
    settings: Option<Settings>,
    mails: Option<MailPreferences>,
    /// What was sent of them, if it was refused.
    pub(super) wishes: Option<mails::Wishes>,
    whole_cpf: bool,
}

/// `GET /peritos/{id}`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    id: Id,
    LenientQuery(query): LenientQuery<ExaminerQuery>,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let panel = async |run| progress::panel(&api, &visitor, run, id).await;
    // First: what is known of them is then no older than how their run stands.
    let watched = query.execucao.parse().ok();
    let mut progress = match watched {
        Some(run) => panel(run).await?,
        None => html! {},
    };
    let examiner = Examiner::load(&api, &visitor, id, false).await?;
    if let (None, Some(run)) = (watched, examiner.glance.running) {
        progress = panel(run).await?;
    }
    // What is told of a run that goes on is true as long as it does; the panel says how it ended.
    let is_over = Notice::PasswordTried.is(&query.aviso) && examiner.glance.running.is_none();
    let notice = if is_over { "" } else { &query.aviso };
    let notice = super::notice::show(notice, visitor.language, visitor.role());
    let above = html! { div id="told" { (notice) } (progress) };
    Ok(examiner.page(&api, &visitor, &above))
}

impl Examiner {
    /// Everything about one examiner.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; or the database's.
    pub(super) async fn load(
        api: &Api,
        visitor: &Visitor,
        id: i32,
        whole_cpf: bool,
    ) -> Result<Self, Problem> {
        let times = visitor.times;
        let today = times.today();
        let limits = api.figures.limits();
        let one = OverviewFilter {
            search: None,
            status: StatusFilter::All,
            order: Order::Id,
            limit: 1,
            offset: 0,
            usuario_id: Some(id),
        };
        let found = api.store.overview(&one, &limits, today).await?;
        let glance = found.examiners.into_iter().next();
        let glance = glance.ok_or(Problem::NotFound)?;
        let filter = ChangeFilter {
            usuario_ids: Some(vec![id]),
            ..ChangeFilter::default()
        };
        let day_windows = day_windows(&api.config(), times.now);
        let last = day_windows.iter().map(|window| window.to_day).max();
        let last = u64::try_from(last.unwrap_or_default()).unwrap_or_default();
        let days = DaysQuery {
            usuario_ids: &[id],
            from: today,
            to: today + Days::new(last),
            today,
            windows: &day_windows,
        };
        let (days, slots, changes, runs, calendar, units, firewall, settings, last_days, mails) = tokio::try_join!(
            api.store.day_states(&days),
            api.store.agenda(id, today, whole_cpf, SLOTS),
            api.store.list_changes(&filter, CHANGES),
            api.store.list_runs(Some(id), None, None, RUNS),
            api.store.calendar(id),
            api.store.units(id, ""),
            Firewall::look(api, times),
            api.store.settings(id),
            LastDays::load(api, times, id),
            api.store.mail_preferences(id),
        )?;
        Ok(Self {
            glance,
            labels: freshness::labels(api, times, &limits),
            last_days,
            windows: limits.into_iter().map(|limit| limit.name).collect(),
            slots,
            days,
            changes,
            runs,
            calendar,
            units,
            firewall,
            settings,
            mails,
            wishes: None,
            whole_cpf,
        })
    }

    /// How many slots show a candidate.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn page(&self, api: &Api, visitor: &Visitor, above: &Markup) -> Response {
        let times = visitor.times;
        let say = |sentence| visitor.language.say(sentence);
        let refresh = (!visitor.is_answer).then_some("15");
        let has_forms = visitor.role() != Role::Reception;
        let content = html! {
            @if visitor.is_operator() { p.crumbs { a href="/" { "‹ " (say(words::OVERVIEW)) } } }
            (self.head(visitor, times))
            (above)
            @if has_forms && !visitor.is_answer { noscript { p.dim { a href=(visitor.address) { (say(words::LOAD_ANEW)) } } } }
            div id="ages" data-refresh=[refresh] { (self.ages(api, times)) }
            div.columns {
                section id="slots" data-refresh=[refresh] data-until=(times.today()) {
                    div.title {
                        h2 { (say(words::AGENDA)) " " span.dim { (times.language.say(words::slots_ahead(self.glance.slots))) } }
                        (self.cpf_button(visitor))
                    }
                    (agenda::show(times, &self.slots, &self.days))
                }
                div {
                    div id="known" data-refresh=[refresh] {
                        (units::section(times, &self.units))
                        @if visitor.is_operator() { section { h2 { (say(past::LAST_DAYS)) } (self.last_days.show(times)) } }
                        section { h2 { (say(words::WHAT_CHANGED)) } (changes::show(times, &self.changes)) }
                        @if visitor.is_operator() { section { h2 { (say(words::RUNS)) } (runs::show(times, &self.runs, &api.config().windows)) p { a href=(format!("/leituras?perito={}", self.glance.usuario_id)) { (say(past::ALL_RUNS)) } } } }
                    }
                    // Of what somebody types here, nothing else that grows old is held up.
                    div id="account" data-refresh=[refresh] {
                        @if visitor.is_operator() && let Some(settings) = &self.settings { (enrol::section(visitor, self.glance.usuario_id, settings, &self.named_windows())) }
                        @if visitor.role() != Role::Reception && let Some(mails) = &self.mails { (mails::section(visitor, &api.config(), self.glance.usuario_id, mails, self.wishes.as_ref())) }
                        @if visitor.role() != Role::Reception { section { h2 { (say(words::CALENDAR)) } (calendar::section(visitor, times, self.glance.usuario_id, self.calendar.as_ref())) } }
                    }
                }
            }
        };
        let title = title_case(&self.glance.nome);
        let page = Page::of(visitor, &title);
        // A browser without scripts would throw away what somebody types.
        if has_forms {
            return page.show(&content);
        }
        page.grows_old(self.glance.running.is_some()).show(&content)
    }

    /// The windows, and what people call them.
    fn named_windows(&self) -> Vec<(&str, &str)> {
        let labels = self.labels.iter().map(String::as_str);
        let names = self.windows.iter().map(String::as_str);
        names.zip(labels).collect()
    }

    fn head(&self, visitor: &Visitor, times: Times) -> Markup {
        let condition = Condition::of(&self.glance, times, self.firewall.until());
        let id = self.glance.usuario_id;
        let say = |sentence| times.language.say(sentence);
        let act = |act: &str| format!("/peritos/{id}/{act}");
        let refresh = (!visitor.is_answer).then_some("15");
        let advice = match visitor.role() {
            Role::Operator => condition.advice(),
            Role::Reception | Role::Examiner => condition.plain_advice(),
        };
        html! {
            div.head id="head" data-refresh=[refresh] {
                div {
                    h1 { (title_case(&self.glance.nome)) " " span.id { "#" (id) } }
                    p.condition { (condition.badge()) " " @if let Some(advice) = advice { (advice) } }
                }
                div.acts {
                    // Where it would be refused, the condition says why, and what helps.
                    @if self.can_be_read() {
                        form method="post" action=(act("sincronizar")) {
                            (token(visitor))
                            button.primary disabled[self.glance.running.is_some()] { (say(words::SYNCHRONISE_NOW)) }
                        }
                    }
                    @if !visitor.is_operator() {
                    } @else if self.glance.pause_reason.is_some() {
                        (button(visitor, &act("retomar"), words::RESUME))
                    } @else {
                        (button(visitor, &act("pausar"), words::PAUSE))
                    }
                }
            }
        }
    }

    /// Whether a sync that somebody asks for would begin.
    fn can_be_read(&self) -> bool {
        let glance = &self.glance;
        glance.active && glance.has_password && glance.pause_reason.is_none()
    }

    fn ages(&self, api: &Api, times: Times) -> Markup {
        let next = freshness::next_run(
            api,
            &self.glance,
            &self.windows,
            &freshness::next_ticks(api),
        );
        let say = |sentence| times.language.say(sentence);
        html! {
            dl.state {
                @for ((window, label), last) in self.windows.iter().zip(&self.labels).zip(&self.glance.last_success) {
                    div {
                        dt { (say(words::LAST_SUCCESS)) (label) }
                        dd.age { (freshness::age(times, &self.glance, window, *last)) }
                    }
                }
                div {
                    dt { (say(words::NEXT_RUN)) }
                    dd { @if let Some(next) = next { (times.until(next)) } @else { (say(words::NONE_PLANNED)) } }
                }
            }
        }
    }

    fn cpf_button(&self, visitor: &Visitor) -> Markup {
        let id = self.glance.usuario_id;
        let say = |sentence| visitor.language.say(sentence);
        html! {
            @if self.whole_cpf {
                a.button href=(format!("/peritos/{id}")) { (say(words::HIDE_CPFS)) }
            } @else if !self.slots.is_empty() {
                form method="post" action=(format!("/peritos/{id}/cpf")) {
                    (token(visitor))
                    button.quiet title=(say(words::CPFS_ARE_RECORDED)) { (say(words::SHOW_CPFS)) }
                }
            }
        }
    }
}
