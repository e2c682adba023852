//! What is posted: a change of a slot, with the slot as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::domain::ChangeKind;
use crate::slot_body::SlotBody;
use crate::store::webhooks::deliveries::Due;

/// The types of events, each with the kind of change that it tells of.
pub const EVENTS: [(&str, ChangeKind); 4] = [
    ("slot.created", ChangeKind::Inserted),
    ("slot.changed", ChangeKind::Changed),
    ("slot.removed", ChangeKind::Removed),
    ("slot.reappeared", ChangeKind::Reappeared),
];

/// The type of an event that only proves that events arrive.
const TEST: &str = "agendad.test";

#[derive(Serialize)]
struct Event<T> {
    r#type: &'static str,
    /// When it happened, not when it was sent.
    timestamp: DateTime<Utc>,
    data: T,
}

/// A change; of a candidate only what tells them apart.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeBody {
    id: i64,
    kind: ChangeKind,
    at: DateTime<Utc>,
    run_id: Option<i64>,
    fields: Option<Value>,
    /// As it was right after the change.
    slot: SlotBody,
}

/// A message as it goes out: the same id however often it is sent.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: Vec<u8>,
}

/// The message about a change.
pub(super) fn message(due: &Due) -> Result<Message, serde_json::Error> {
    let change = &due.change;
    let event = Event {
        r#type: event(change.kind),
        timestamp: change.at,
        data: ChangeBody {
            id: change.id,
            kind: change.kind,
            at: change.at,
            run_id: change.run_id,
            fields: change.fields.clone(),
            slot: due.slot.clone().into(),
        },
    };
    Ok(Message {
        id: format!("chg_{}", change.id),
        body: serde_json::to_vec(&event)?,
    })
}

/// The message that tells of nothing.
pub(super) fn trial(now: DateTime<Utc>) -> Result<Message, serde_json::Error> {
    let event = Event {
        r#type: TEST,
        timestamp: now,
        data: serde_json::json!({}),
    };
    Ok(Message {
        id: format!("test_{}", now.timestamp_millis()),
        body: serde_json::to_vec(&event)?,
    })
}

fn event(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Inserted => "slot.created",
        ChangeKind::Changed => "slot.changed",
        ChangeKind::Removed => "slot.removed",
        ChangeKind::Reappeared => "slot.reappeared",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_has_its_event() {
        for (name, kind) in EVENTS {
            assert_eq!(event(kind), name);
        }
    }
}
