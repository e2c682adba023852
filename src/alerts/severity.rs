//! How urgent a message is, for ways that can tell: a phone that rings at night, or does not.

use serde::Serialize;

use crate::domain::{MessageKind, RecordedRule, Rule};

/// How urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// To know: the end of something, a test.
    Info,
    /// For the next working hour.
    Normal,
    /// Some examiners are not read, or soon will not be.
    High,
    /// Nobody is read.
    Urgent,
}

/// Of a message about a rule.
pub(super) fn severity(rule: &RecordedRule, kind: MessageKind) -> Severity {
    match (kind, rule) {
        (MessageKind::Cleared, _) => Severity::Info,
        (MessageKind::Opened | MessageKind::Reminder, RecordedRule::Known(rule)) => of(*rule),
        (MessageKind::Opened | MessageKind::Reminder, RecordedRule::Other(_)) => Severity::Normal,
    }
}

fn of(rule: Rule) -> Severity {
    match rule {
        Rule::Database | Rule::Access | Rule::PortalDown | Rule::Firewall => Severity::Urgent,
        Rule::Credentials
        | Rule::Captcha
        | Rule::Layout
        | Rule::Stale
        | Rule::FailureRate
        | Rule::Appointments
        | Rule::BackupOld => Severity::High,
        Rule::DuplicateCpf
        | Rule::UnreadRows
        | Rule::HeldRemovals
        | Rule::ManyRemoved
        | Rule::Clock
        | Rule::Webhooks => Severity::Normal,
    }
}
