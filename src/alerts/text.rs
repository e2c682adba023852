//! The messages, in Portuguese: what happened, to whom, since when, what to do.

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::GENERAL;
use super::plan::{Due, Kind};
use crate::domain::Zone;
use crate::store::alerts::evaluation::AlertRow;

/// A message, whatever the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Names it among all messages, so that a copy is recognised as one.
    pub id: String,
    /// One line.
    pub title: String,
    /// The text: lines, no markup.
    pub body: String,
}

/// How messages are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) zone: Zone,
    pub(super) max_names: usize,
    /// Who writes.
    pub(super) host: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// A message that only proves that messages arrive.
#[must_use]
pub fn trial(instance: &str, now: DateTime<Utc>, zone: Zone) -> Letter {
    let host = super::rules::host(instance);
    Letter {
        id: format!("test-{}", now.timestamp_millis()),
        title: "[agendad] Mensagem de teste".to_owned(),
        body: format!(
            "Este é um teste dos alertas do agendad, pedido por uma pessoa em {}. Está tudo bem: não é preciso fazer \
             nada.\n\nagendad em {host}",
            moment(now, zone)
        ),
    }
}

/// Title and body of a message that is due.
pub(super) fn write(due: &Due<'_>, style: Style<'_>) -> (String, String) {
    (title(due), body(due, style))
}

fn title(due: &Due<'_>) -> String {
    let about = match due.alerts.as_slice() {
        [alert] if alert.subject == GENERAL => String::new(),
        [alert] => format!(": {}", alert.label),
        alerts => format!(": {}", plural(count(alerts), "perito", "peritos")),
    };
    let mark = match due.kind {
        Kind::Opened => "",
        Kind::Reminder => "Continua: ",
        Kind::Cleared => "Resolvido: ",
    };
    format!("[agendad] {mark}{}{about}", due.rule.title())
}

fn body(due: &Due<'_>, style: Style<'_>) -> String {
    let mut lines = Vec::new();
    if due.kind == Kind::Cleared {
        lines.push(format!(
            "Acabou em {}.",
            moment(end(due, style), style.zone)
        ));
    } else {
        lines.push(format!("O que houve: {}", due.rule.what()));
    }
    lines.push(String::new());
    lines.extend(subjects(due, style));
    if let Some(first) = due.alerts.iter().map(|alert| alert.since).min() {
        let lasted = length(end(due, style) - first);
        let first = moment(first, style.zone);
        lines.push(String::new());
        lines.push(match due.kind {
            Kind::Cleared => format!("Desde: {first} (durou {lasted})"),
            Kind::Opened | Kind::Reminder => format!("Desde: {first} (há {lasted})"),
        });
    }
    if due.kind != Kind::Cleared {
        lines.push(format!("O que fazer: {}", due.rule.cure()));
    }
    lines.push(String::new());
    lines.push(format!("agendad em {}", style.host));
    lines.join("\n")
}

/// When the last of them was over; now, as long as they are not.
fn end(due: &Due<'_>, style: Style<'_>) -> DateTime<Utc> {
    let last = due.alerts.iter().filter_map(|alert| alert.cleared_at).max();
    last.unwrap_or(style.now)
}

/// What is the matter with whom: the first names, and how many more.
fn subjects(due: &Due<'_>, style: Style<'_>) -> Vec<String> {
    let (general, examiners): (Vec<&AlertRow>, Vec<&AlertRow>) = due
        .alerts
        .iter()
        .copied()
        .partition(|alert| alert.subject == GENERAL);
    let mut lines: Vec<String> = general
        .iter()
        .map(|alert| format!("Detalhe: {}", alert.note))
        .collect();
    if examiners.is_empty() {
        return lines;
    }
    lines.push(heading(due, examiners.len()));
    for alert in examiners.iter().take(style.max_names) {
        let id = alert.usuario_id.unwrap_or_default();
        let note = match due.kind {
            Kind::Cleared => String::new(),
            Kind::Opened | Kind::Reminder => format!(
                ": {}, desde {}",
                alert.note,
                moment(alert.since, style.zone)
            ),
        };
        lines.push(format!("• {} (nº {id}){note}", alert.label));
    }
    let more = examiners.len().saturating_sub(style.max_names);
    if more > 0 {
        lines.push(format!("• e mais {more}"));
    }
    lines
}

/// Of how many examiners it tells, and of how many it does not, because they were told of before.
fn heading(due: &Due<'_>, examiners: usize) -> String {
    let others = match due.kind {
        Kind::Opened if due.open > examiners => format!("no total em aberto {}", due.open),
        Kind::Cleared if due.open > 0 => format!("ainda em aberto {}", due.open),
        Kind::Opened | Kind::Reminder | Kind::Cleared => String::new(),
    };
    match (examiners, others.is_empty()) {
        (1, true) => "Perito:".to_owned(),
        (1, false) => format!("Perito ({others}):"),
        (_, true) => format!("Peritos ({examiners}):"),
        (_, false) => format!("Peritos ({examiners}, {others}):"),
    }
}

fn count(alerts: &[&AlertRow]) -> i64 {
    i64::try_from(alerts.len()).unwrap_or(i64::MAX)
}

/// `1 perito`, `3 peritos`.
pub(super) fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A time on the wall of the configured zone, as people write it.
pub(super) fn moment(time: DateTime<Utc>, zone: Zone) -> String {
    time.with_timezone(&zone)
        .format("%d/%m/%Y %H:%M")
        .to_string()
}

/// `3 d 4 h`, `2 h 5 min`, `7 min`, `menos de um minuto`.
pub(super) fn length(length: TimeDelta) -> String {
    let minutes = length.num_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => "menos de um minuto".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
