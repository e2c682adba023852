//! When an examiner was last read, and when they are read next.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::time::Times;
use crate::domain::ticks::next_tick;
use crate::domain::window::parse_cron;
use crate::scheduler::offset::offset;
use crate::store::figures::WindowLimit;
use crate::store::overview::ExaminerSummary;
use crate::web::state::Api;
use crate::words::pages::freshness as words;
use crate::words::window;

/// The next nominal firing of each window.
pub(super) fn next_ticks(api: &Api) -> Vec<Option<DateTime<Utc>>> {
    let (now, zone) = (api.syncer.clock.now(), api.syncer.clock.zone());
    let config = api.config();
    let windows = config.windows.iter();
    windows
        .map(|window| next_tick(&parse_cron(&window.cron).ok()?, now, zone))
        .collect()
}

/// What people call the windows.
pub(super) fn labels(api: &Api, times: Times, windows: &[WindowLimit]) -> Vec<String> {
    let config = api.config();
    let named = |window: &WindowLimit| window::named(&config.windows, &window.name);
    let labels = windows.iter().map(named);
    labels.map(|label| times.language.say(label)).collect()
}

/// When an examiner is read next; `None` while nothing is planned.
pub(super) fn next_run(
    api: &Api,
    examiner: &ExaminerSummary,
    windows: &[String],
    ticks: &[Option<DateTime<Utc>>],
) -> Option<DateTime<Utc>> {
    // One that rests is not read either, and when it will be again nobody knows.
    let rests = examiner.pause_reason.is_some() || !examiner.has_password;
    if !examiner.active || !examiner.automatic || rests {
        return None;
    }
    let splay = api.config().scheduler.splay;
    let planned = windows.iter().zip(ticks).enumerate();
    let planned = planned
        .filter(|(_, (name, _))| examiner.has_window(name))
        .filter_map(|(index, (_, tick))| {
            Some((*tick)? + offset(examiner.usuario_id, index, splay))
        });
    planned.min()
}

/// The age of a window's last success.
pub(super) fn age(
    times: Times,
    examiner: &ExaminerSummary,
    window: &str,
    last: Option<DateTime<Utc>>,
) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        @if !examiner.has_window(window) { span.off title=(say(words::WINDOW_DOES_NOT_APPLY)) { "–" } }
        @else if let Some(at) = last { (times.age(at)) }
        @else { span.never { (say(words::NEVER)) } }
    }
}
