//! How the installation stands: daemons, portal, queue, and what the alerts say.

use maud::{Markup, html};
use tokio::time::Instant;

use super::firewall::Firewall;
use super::language::Language;
use super::time::{Times, count};
use super::words::Tone;
use crate::portal::BreakerState;
use crate::store::StoreError;
use crate::store::alerts::AlertListed;
use crate::store::figures::QueueFigures;
use crate::web::state::Api;

/// Alerts that are shown; the others are counted.
const ALERTS: usize = 6;
/// More than that are not even counted.
const COUNTED: i64 = 1000;

pub(super) async fn show(
    api: &Api,
    times: Times,
    firewall: &Firewall,
) -> Result<Markup, StoreError> {
    let (daemons, queue, alerts, ills) = tokio::join!(
        api.store.living(),
        api.store.queue_figures(),
        api.store.list_alerts(false, COUNTED),
        api.readiness.ills(),
    );
    let (daemons, queue, alerts) = (daemons?, queue?, alerts?);
    let language = times.language;
    Ok(html! {
        dl.state {
            div { dt { (language.say("Daemon", "Daemon")) } dd { (daemon(daemons, &ills, language)) } }
            div { dt { (language.say("Portal", "Portal")) } dd { (portal(api, times, firewall)) } }
            div { dt { (language.say("Fila", "Queue")) } dd { (waiting(&queue, language)) } }
        }
        (open_alerts(&alerts, times))
    })
}

fn daemon(daemons: i64, ills: &[String], language: Language) -> Markup {
    html! {
        @if ills.is_empty() {
            (Tone::Good.badge(language.say("pronto", "ready")))
            " " (match language {
                Language::Portuguese => count(daemons, "processo", "processos"),
                Language::English => count(daemons, "process", "processes"),
            })
        } @else {
            (Tone::Bad.badge(language.say("com problema", "in trouble")))
            @for ill in ills { " " span lang="en" { (ill) } }
        }
    }
}

/// The breaker is of this process: the others have their own.
fn portal(api: &Api, times: Times, firewall: &Firewall) -> Markup {
    let language = times.language;
    let config = api.config();
    let host = config.portal.base_url.host_str().unwrap_or_default();
    let state = api.syncer.live.get().portal.breaker().state();
    if firewall.is_own() {
        return html! { (turned_away(language)) " " (firewall.show(times)) };
    }
    html! {
        @match state {
            BreakerState::Closed => { (Tone::Good.badge(language.say("disjuntor fechado", "breaker closed"))) " " (host) }
            BreakerState::HalfOpen => (Tone::Warn.badge(language.say("disjuntor em teste", "breaker on trial"))),
            BreakerState::Open { until } => {
                (Tone::Bad.badge(language.say("disjuntor aberto", "breaker open"))) " "
                (language.say("muitas falhas seguidas; nova tentativa em ", "too many failures in a row; next try in "))
                (until.saturating_duration_since(Instant::now()).as_secs()) " s"
            }
        }
        @if firewall.until().is_some() { " " (turned_away(language)) (firewall.show(times)) }
    }
}

fn turned_away(language: Language) -> Markup {
    Tone::Bad.badge(language.say("recusado pelo firewall", "turned away by the firewall"))
}

fn waiting(queue: &QueueFigures, language: Language) -> Markup {
    let waited = queue.oldest_due.unwrap_or(0.0);
    let (tone, word) = if queue.available == 0 {
        (Tone::Good, language.say("livre", "free"))
    } else if waited > 60.0 {
        (Tone::Warn, language.say("atrasada", "behind"))
    } else {
        (Tone::Good, language.say("anda", "moving"))
    };
    html! {
        (tone.badge(word)) " "
        (queue.running) " " (language.say("em execução", "running")) ", "
        (queue.available) " " (language.say("à espera", "waiting")) ", "
        (queue.scheduled + queue.retryable) " " (language.say("marcadas", "planned"))
    }
}

fn open_alerts(alerts: &[AlertListed], times: Times) -> Markup {
    if alerts.is_empty() {
        return html! {};
    }
    let say = |pt, en| times.language.say(pt, en);
    html! {
        section.alerts aria-label=(say("Alertas", "Alerts")) {
            h2 { (say("Alertas abertos", "Open alerts")) " " span.n { (alerts.len()) } }
            ul {
                @for alert in alerts.iter().take(ALERTS) {
                    li {
                        @if let Some(id) = alert.usuario_id {
                            a href=(format!("/peritos/{id}")) { (alert.label) } ": "
                        }
                        span lang="pt-BR" { (alert.note) } " " span.dim { (times.ago(alert.since)) }
                    }
                }
                @if alerts.len() > ALERTS {
                    li.dim { (say("e mais ", "and ")) (alerts.len() - ALERTS) (say("", " more")) ": " code { "agendad alerts list" } }
                }
            }
        }
    }
}
