//! How the installation stands: daemons, portal, queue, and what the alerts say.

use maud::{Markup, html};
use tokio::time::Instant;

use super::firewall::Firewall;
use super::language::Language;
use super::time::Times;
use super::tone::Tone;
use crate::backup::nightly::Plan;
use crate::backup::patience::look_into;
use crate::portal::BreakerState;
use crate::store::StoreError;
use crate::store::alerts::AlertListed;
use crate::store::figures::QueueFigures;
use crate::web::state::Api;
use crate::words::Sentence;
use crate::words::alert as alert_words;
use crate::words::command::here;
use crate::words::finding;
use crate::words::pages::installation as words;

/// Alerts that are shown; the others are counted.
const ALERTS: usize = 6;
/// More than that are not even counted.
const COUNTED: i64 = 1000;

pub(super) async fn show(
    api: &Api,
    times: Times,
    firewall: &Firewall,
) -> Result<Markup, StoreError> {
    let (daemons, queue, alerts, problems, backups) = tokio::join!(
        api.store.living(),
        api.store.queue_figures(),
        api.store.list_alerts(false, COUNTED, 0),
        api.readiness.problems(),
        backups(api, times),
    );
    let (daemons, queue, alerts) = (daemons?, queue?, alerts?);
    let language = times.language;
    Ok(html! {
        dl.state {
            div { dt { (language.say(words::DAEMON)) } dd { (daemon(daemons, &problems, language)) } }
            div { dt { (language.say(words::PORTAL)) } dd { (portal(api, times, firewall)) } }
            div { dt { (language.say(words::QUEUE)) } dd { (waiting(&queue, language)) } }
            @if let Some(backups) = backups { div { dt { (language.say(words::BACKUPS)) } dd { (backups) } } }
        }
        (open_alerts(&alerts, times))
    })
}

fn daemon(daemons: i64, problems: &[String], language: Language) -> Markup {
    html! {
        @if problems.is_empty() {
            (Tone::Good.badge(language.say(words::READY)))
            " " (language.say(words::processes(daemons)))
        } @else {
            (Tone::Bad.badge(language.say(words::IN_TROUBLE)))
            @for problem in problems { " " span lang="en" { (problem) } }
        }
    }
}

/// The breaker is of this process: the others have their own.
fn portal(api: &Api, times: Times, firewall: &Firewall) -> Markup {
    let language = times.language;
    let config = api.config();
    let host = config.portal.base_url.host_str().unwrap_or_default();
    let state = api.syncer.settings.get().portal.breaker().state();
    if firewall.is_own() {
        return html! { (turned_away(language)) " " (firewall.show(times)) };
    }
    html! {
        @match state {
            BreakerState::Closed => { (Tone::Good.badge(language.say(words::BREAKER_CLOSED))) " " (host) }
            BreakerState::HalfOpen => (Tone::Warn.badge(language.say(words::BREAKER_ON_TRIAL))),
            BreakerState::Open { until } => {
                (Tone::Bad.badge(language.say(words::BREAKER_OPEN))) " "
                (language.say(words::next_try_in(until.saturating_duration_since(Instant::now()).as_secs())))
            }
        }
        @if firewall.until().is_some() { " " (turned_away(language)) (firewall.show(times)) }
    }
}

fn turned_away(language: Language) -> Markup {
    Tone::Bad.badge(language.say(words::TURNED_AWAY))
}

/// Nothing where this process makes none.
async fn backups(api: &Api, times: Times) -> Option<Markup> {
    let config = api.config();
    let plan = Plan::of(&config)?;
    let language = times.language;
    let now = api.syncer.clock.now();
    let dir = plan.backup_dir.dir().to_owned();
    let look = move || {
        let is_there = !plan.backup_dir.is_missing();
        is_there.then(|| plan.backup_dir.list().unwrap_or_default())
    };
    let kept = match look_into(&dir, look).await {
        Some(Some(kept)) => kept,
        Some(None) => return Some(away(finding::no_backup_directory(&dir), language)),
        None => return Some(away(finding::silent_backup_directory(&dir), language)),
    };
    let Some(newest) = kept.iter().find(|kept| kept.is_dated(now)) else {
        return Some(html! { (Tone::Warn.badge(language.say(words::NO_BACKUP))) });
    };
    let most = chrono::TimeDelta::from_std(config.alerts.backup_old.max_age);
    let is_old = most.is_ok_and(|most| now - newest.made_at >= most);
    let badge = if is_old {
        Tone::Bad.badge(language.say(words::BACKUP_OLD))
    } else {
        Tone::Good.badge(language.say(words::BACKUP_GOOD))
    };
    Some(
        html! { (badge) " " (times.ago(newest.made_at)) " " span.dim { (language.say(words::kept(kept.len()))) } },
    )
}

fn away(said: Sentence<String>, language: Language) -> Markup {
    html! { (Tone::Bad.badge(language.say(words::NO_DIRECTORY))) " " (language.say(said)) }
}

fn waiting(queue: &QueueFigures, language: Language) -> Markup {
    let waited = queue.oldest_due.unwrap_or(0.0);
    let (tone, word) = if queue.available == 0 {
        (Tone::Good, words::FREE)
    } else if waited > 60.0 {
        (Tone::Warn, words::BEHIND)
    } else {
        (Tone::Good, words::MOVING)
    };
    html! {
        (tone.badge(language.say(word))) " " (language.say(words::queue(queue)))
    }
}

fn open_alerts(alerts: &[AlertListed], times: Times) -> Markup {
    if alerts.is_empty() {
        return html! {};
    }
    let say = |sentence| times.language.say(sentence);
    html! {
        section.alerts aria-label=(say(words::ALERTS)) {
            h2 { (say(words::OPEN_ALERTS)) " " span.n { (alerts.len()) } }
            ul {
                @for alert in alerts.iter().take(ALERTS) {
                    li {
                        @if let Some(id) = alert.usuario_id {
                            a href=(format!("/peritos/{id}")) { (alert.label) } ": "
                        }
                        (times.language.say(alert_words::note(alert))) " " span.dim { (times.ago(alert.since)) }
                    }
                }
                @if alerts.len() > ALERTS {
                    li.dim { (times.language.say(words::and_more(alerts.len() - ALERTS))) ": " code { (here("agendad alerts list")) } }
                }
            }
        }
    }
}
