//! What must be written and told, given what is open and what was found. Pure: no database, no clock.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::finding::{Finding, Seen};
use crate::domain::{MessageKind, RecordedRule, Rule};
use crate::store::alerts::evaluation::{AlertRow, NewAlert, Note};
use crate::words::Sentence;

/// How the open alerts of one rule change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) open: Vec<NewAlert>,
    /// Id, note, since.
    pub(super) update: Vec<(i64, Note, DateTime<Utc>)>,
    pub(super) clear: Vec<i64>,
    /// Those that were over, and are not after all, before anybody was told that they were.
    pub(super) reopen: Vec<i64>,
}

/// Compares what is open with what was found.
pub(super) fn changes(rule: Rule, alerts: &[AlertRow], seen: Seen) -> Changes {
    let (found, others) = match seen {
        Seen::Exactly(found) => (found, Vec::new()),
        Seen::Here { found, others } => (found, others),
        Seen::Nothing => return Changes::default(),
    };
    let mut open: HashMap<&str, &AlertRow> = alerts
        .iter()
        .filter(|alert| alert.rule == rule && alert.cleared_at.is_none())
        .filter(|alert| !others.contains(&alert.subject))
        .map(|alert| (alert.subject.as_str(), alert))
        .collect();
    let over = |subject: &str| {
        let mut over = alerts.iter().filter(|alert| {
            alert.rule == rule && alert.subject == subject && alert.cleared_at.is_some()
        });
        over.next_back().map(|alert| alert.id)
    };
    let mut changes = Changes::default();
    for finding in found {
        match open.remove(finding.subject.as_str()) {
            None => match over(&finding.subject) {
                Some(id) => changes.reopen.push(id),
                None => changes.open.push(new(rule, finding)),
            },
            Some(known) => {
                // What was noticed first counts, even if the rows that told it are gone meanwhile.
                let since = known.since.min(finding.since);
                let note = note(finding.note);
                let is_said = known.note == note.pt && known.note_en.as_ref() == Some(&note.en);
                if !is_said || known.since != since {
                    changes.update.push((known.id, note, since));
                }
            }
        }
    }
    changes.clear = open.values().map(|alert| alert.id).collect();
    changes.clear.sort_unstable();
    changes
}

fn new(rule: Rule, finding: Finding) -> NewAlert {
    NewAlert {
        rule,
        subject: finding.subject,
        usuario_id: finding.usuario_id,
        label: finding.label,
        note: note(finding.note),
        since: finding.since,
    }
}

fn note(sentence: Sentence<String>) -> Note {
    let Sentence { pt, en } = sentence;
    Note { pt, en }
}

/// When and how often things are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) now: DateTime<Utc>,
    pub(super) cool_down: Duration,
    pub(super) repeat_after: Duration,
}

/// What was told before.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Rule and subject of what was over, and when it was last told.
    pub(super) last_sent: HashMap<(RecordedRule, String), DateTime<Utc>>,
    /// Rules and kinds of messages within the last group interval.
    pub(super) written: HashSet<(RecordedRule, MessageKind)>,
}

/// A message that is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due<'a> {
    pub(super) rule: Rule,
    pub(super) kind: MessageKind,
    pub(super) alerts: Vec<&'a AlertRow>,
    /// How many alerts of the rule are open.
    pub(super) open: usize,
}

/// The messages about one rule that are due now. What began less than `hold` ago is not told yet.
pub(super) fn due<'a>(
    rule: Rule,
    alerts: &'a [AlertRow],
    memory: &Memory,
    pace: Pace,
    hold: Duration,
) -> Vec<Due<'a>> {
    let mine = || alerts.iter().filter(|alert| alert.rule == rule);
    let open: Vec<&AlertRow> = mine().filter(|a| a.cleared_at.is_none()).collect();
    let opened = open
        .iter()
        .copied()
        .filter(|a| a.last_sent_at.is_none() && a.opened_at + hold <= pace.now)
        .filter(|a| !is_cooling_down(a, memory, pace));
    let cleared = mine().filter(|a| a.cleared_at.is_some());
    let all = [
        (MessageKind::Opened, opened.collect()),
        (MessageKind::Reminder, reminders(&open, pace)),
        (MessageKind::Cleared, cleared.collect::<Vec<_>>()),
    ];
    all.into_iter()
        .filter(|(kind, alerts)| !alerts.is_empty() && !was_written(rule, *kind, memory))
        .map(|(kind, alerts)| Due {
            rule,
            kind,
            alerts,
            open: open.len(),
        })
        .collect()
}

fn was_written(rule: Rule, kind: MessageKind, memory: &Memory) -> bool {
    memory.written.contains(&(RecordedRule::Known(rule), kind))
}

fn is_cooling_down(alert: &AlertRow, memory: &Memory, pace: Pace) -> bool {
    let key = (alert.rule.clone(), alert.subject.clone());
    memory
        .last_sent
        .get(&key)
        .is_some_and(|sent| *sent + pace.cool_down > pace.now)
}

/// As soon as one is to be repeated, all that were told are: one reminder instead of many.
fn reminders<'a>(open: &[&'a AlertRow], pace: Pace) -> Vec<&'a AlertRow> {
    let sent: Vec<&AlertRow> = open
        .iter()
        .copied()
        .filter(|a| a.last_sent_at.is_some())
        .collect();
    let is_due = |alert: &&AlertRow| {
        alert
            .last_sent_at
            .is_some_and(|sent| sent + pace.repeat_after <= pace.now)
    };
    if pace.repeat_after.is_zero() || !sent.iter().any(is_due) {
        return Vec::new();
    }
    sent
}
