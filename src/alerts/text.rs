//! The messages, in Portuguese: what happened, to whom, since when, what to do.

use chrono::{DateTime, Utc};

use super::finding::{LANGUAGE, machine_of};
use super::machine::host;
use super::plan::Due;
use super::severity::Severity;
use crate::domain::{MessageKind, RecordedRule, Zone};
use crate::store::alerts::evaluation::AlertRow;
use crate::store::alerts::silences::{EndedMaintenance, MeanwhileAlert};
use crate::words::alert::{self as words, Others};
use crate::words::{rule, silence};

/// A message, whatever the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertMessage {
    /// Names it among all messages, so that a copy is recognised as one.
    pub id: String,
    /// One line.
    pub title: String,
    /// The text: lines, no markup.
    pub body: String,
    /// The rule it tells of; `None`: it tells of nothing.
    pub rule: Option<RecordedRule>,
    /// What it is for; `None`: to be a test.
    pub kind: Option<MessageKind>,
    /// How urgent it is.
    pub severity: Severity,
    /// When it was written, whenever it is sent.
    pub written_at: DateTime<Utc>,
}

impl AlertMessage {
    /// The text, cut to so many bytes.
    pub(super) fn shortened(&self, longest: usize) -> String {
        if self.body.len() <= longest {
            return self.body.clone();
        }
        let end = self.body.floor_char_boundary(longest);
        format!("{}…", &self.body[..end])
    }
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
pub fn trial(instance: &str, now: DateTime<Utc>, zone: Zone) -> AlertMessage {
    let say = |sentence| LANGUAGE.say(sentence);
    let (text, sender) = (
        words::trial(&moment(now, zone)),
        words::sender(host(instance)),
    );
    AlertMessage {
        id: format!("test-{}", now.timestamp_millis()),
        title: format!("[agendad] {}", LANGUAGE.say(words::TRIAL_TITLE)),
        body: format!(
            "{}

{}",
            say(text),
            say(sender)
        ),
        rule: None,
        kind: None,
        severity: Severity::Info,
        written_at: now,
    }
}

/// Title and body of a message that is due.
pub(super) fn write(due: &Due<'_>, style: Style<'_>) -> (String, String) {
    (title(due), body(due, style))
}

fn title(due: &Due<'_>) -> String {
    let examiners = due.alerts.iter().filter(|alert| is_of_examiner(alert));
    let about = match (due.alerts.as_slice(), examiners.count()) {
        ([alert], 1) => format!(": {}", alert.label),
        ([alert], _) => {
            let machine = machine_of(&alert.subject);
            machine.map_or_else(String::new, |machine| format!(": {machine}"))
        }
        (_, 0) => String::new(),
        (_, examiners) => {
            let count = i64::try_from(examiners).unwrap_or(i64::MAX);
            format!(": {}", LANGUAGE.say(words::examiners(count)))
        }
    };
    let title = rule::title(due.rule);
    let title = LANGUAGE.say(match due.kind {
        MessageKind::Opened => title.owned(),
        MessageKind::Reminder => words::reminder(title),
        MessageKind::Cleared => words::cleared(title),
    });
    format!("[agendad] {title}{about}")
}

fn body(due: &Due<'_>, style: Style<'_>) -> String {
    let end = end(due, style);
    let is_over = due.kind == MessageKind::Cleared;
    let mut lines = vec![LANGUAGE.say(if is_over {
        words::over_at(&moment(end, style.zone))
    } else {
        words::what_happened(rule::what(due.rule))
    })];
    lines.push(String::new());
    lines.extend(subjects(due, style));
    if let Some(first) = due.alerts.iter().map(|alert| alert.since).min() {
        let (at, length) = (moment(first, style.zone), end - first);
        lines.push(String::new());
        lines.push(LANGUAGE.say(if is_over {
            words::lasted(&at, length)
        } else {
            words::since(&at, length)
        }));
    }
    if !is_over {
        lines.push(LANGUAGE.say(words::what_to_do(rule::cure(due.rule))));
    }
    lines.push(String::new());
    lines.push(LANGUAGE.say(words::sender(style.host)));
    lines.join(
        "
",
    )
}

/// When the last of them was over; now, as long as they are not.
fn end(due: &Due<'_>, style: Style<'_>) -> DateTime<Utc> {
    let last = due.alerts.iter().filter_map(|alert| alert.cleared_at).max();
    last.unwrap_or(style.now)
}

/// Not of the installation, nor of a machine of it.
fn is_of_examiner(alert: &AlertRow) -> bool {
    alert.usuario_id.is_some()
}

/// What is the matter with whom: the first names, and how many more.
fn subjects(due: &Due<'_>, style: Style<'_>) -> Vec<String> {
    let (examiners, general): (Vec<&AlertRow>, Vec<&AlertRow>) = due
        .alerts
        .iter()
        .copied()
        .partition(|alert| is_of_examiner(alert));
    let say = |sentence| LANGUAGE.say(sentence);
    let details = general.iter().map(|alert| say(words::detail(&alert.note)));
    let mut lines: Vec<String> = details.collect();
    if examiners.is_empty() {
        return lines;
    }
    let others = match due.kind {
        MessageKind::Opened if due.open > due.alerts.len() => Others::InAll(due.open),
        MessageKind::Cleared if due.open > 0 => Others::Left(due.open),
        MessageKind::Opened | MessageKind::Reminder | MessageKind::Cleared => Others::None,
    };
    lines.push(say(words::heading(examiners.len(), others)));
    for alert in examiners.iter().take(style.max_names) {
        let (name, id) = (&alert.label, alert.usuario_id.unwrap_or_default());
        lines.push(say(match due.kind {
            MessageKind::Cleared => words::examiner(name, id),
            MessageKind::Opened | MessageKind::Reminder => {
                let since = moment(alert.since, style.zone);
                words::examiner_with_note(name, id, &alert.note, &since)
            }
        }));
    }
    let more = examiners.len().saturating_sub(style.max_names);
    if more > 0 {
        lines.push(say(words::and_more(more)));
    }
    lines
}

/// Title and body of the message after a maintenance.
pub(super) fn summary(
    ended: &EndedMaintenance,
    meanwhile: &[MeanwhileAlert],
    style: Style<'_>,
) -> (String, String) {
    let say = |sentence| LANGUAGE.say(sentence);
    let (from, until) = (
        moment(ended.from, style.zone),
        moment(ended.until, style.zone),
    );
    let mut lines = vec![
        say(silence::summary(&from, &until, &ended.reason)),
        say(silence::meanwhile(meanwhile.len())),
    ];
    let noticed = meanwhile.iter().take(style.max_names);
    lines.extend(noticed.map(|a| say(silence::noticed(&a.rule, &a.label, a.is_over))));
    let more = meanwhile.len().saturating_sub(style.max_names);
    if more > 0 {
        lines.push(say(words::and_more(more)));
    }
    lines.extend([String::new(), say(words::sender(style.host))]);
    let title = format!("[agendad] {}", LANGUAGE.say(silence::SUMMARY_TITLE));
    (title, lines.join("\n"))
}

/// A time on the wall of the configured zone, as people write it.
pub(super) fn moment(time: DateTime<Utc>, zone: Zone) -> String {
    time.with_timezone(&zone)
        .format("%d/%m/%Y %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::finding::GENERAL;
    use crate::domain::Rule;

    fn now() -> DateTime<Utc> {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    fn alert(subject: &str, usuario_id: Option<i32>, label: &str) -> AlertRow {
        AlertRow {
            id: 1,
            rule: RecordedRule::Known(Rule::Clock),
            subject: subject.to_owned(),
            usuario_id,
            label: label.to_owned(),
            note: format!("nota de {subject}"),
            note_en: None,
            since: now(),
            opened_at: now(),
            last_sent_at: None,
            cleared_at: None,
        }
    }

    fn written(kind: MessageKind, alerts: &[&AlertRow]) -> (String, String) {
        let due = Due {
            rule: Rule::Clock,
            kind,
            alerts: alerts.to_vec(),
            open: alerts.len(),
        };
        let style = Style {
            zone: chrono_tz::America::Sao_Paulo.into(),
            max_names: 10,
            host: "maquina",
            now: now(),
        };
        write(&due, style)
    }

    #[test]
    fn only_who_is_an_examiner_is_counted_and_named_as_one() {
        let general = alert(GENERAL, None, "");
        let machine = alert("clock:maquina2", None, "");
        let [ana, bia] = [(3, "Ana"), (4, "Bia")].map(|(id, name)| {
            let subject = format!("perito:{id}");
            alert(&subject, Some(id), name)
        });
        for (alerts, about, examiners) in [
            (&[&general][..], "", None),
            (&[&machine], ": maquina2", None),
            (&[&machine, &general], "", None),
            (&[&ana], ": Ana", Some("Perito:")),
            (&[&machine, &ana], ": 1 perito", Some("Perito:")),
            (&[&general, &ana, &bia], ": 2 peritos", Some("Peritos (2):")),
        ] {
            let (title, body) = written(MessageKind::Reminder, alerts);
            let expected = format!("[agendad] Continua: Relógio errado{about}");
            assert_eq!(title, expected);
            for alert in alerts {
                assert!(body.contains(&alert.note), "{body}");
            }
            let heading = body.lines().find(|line| line.starts_with("Perito"));
            assert_eq!(heading, examiners, "{body}");
            assert!(!body.contains("nº 0"), "{body}");
        }
        let (title, body) = written(MessageKind::Cleared, &[&machine]);
        assert_eq!(title, "[agendad] Resolvido: Relógio errado: maquina2");
        assert!(body.contains("nota de clock:maquina2"), "{body}");
    }
}
