//! A slot as it was right after a change, as far as the change log knows: what later changes have overwritten stands in
//! them as the old value.

use agendad_domain::{ChangeKind, SlotStatus};
use serde_json::Value;

use crate::listing::{ChangeView, SlotView};

/// The slot of a change; `later`: the changes of that slot after it, in their order.
pub(super) fn slot<'a>(
    mut slot: SlotView,
    change: &ChangeView,
    later: impl Iterator<Item = &'a ChangeView>,
) -> SlotView {
    let later: Vec<&ChangeView> = later.collect();
    // The first change that overwrote it.
    let before = |field: &str| {
        let mut fields = later
            .iter()
            .filter_map(|one| one.fields.as_ref()?.get(field));
        fields.next().and_then(|values| values.get("old").cloned())
    };
    let text = |value: Value| value.as_str().map(ToOwned::to_owned);
    if let Some(old) = before("nome") {
        slot.nome = text(old);
    }
    if let Some(old) = before("tipo_processo") {
        slot.processo = text(old);
    }
    if let Some(old) = before("categoria") {
        slot.categoria = text(old);
    }
    slot.status = status(&slot, change, &later, before("slot_status"));
    slot.removed_at = match (slot.status, later.is_empty()) {
        (SlotStatus::Removed, true) => slot.removed_at,
        (SlotStatus::Removed, false) => Some(change.at),
        (SlotStatus::Available | SlotStatus::Booked, _) => None,
    };
    slot
}

fn status(
    slot: &SlotView,
    change: &ChangeView,
    later: &[&ChangeView],
    before: Option<Value>,
) -> SlotStatus {
    if change.kind == ChangeKind::Removed {
        return SlotStatus::Removed;
    }
    if let Some(status) = change.slot_status {
        return status;
    }
    // An earlier release has written it: as far as its fields and later ones tell.
    let written = before.or_else(|| {
        let fields = change.fields.as_ref()?.get("slot_status")?;
        fields.get("new").cloned()
    });
    let written = written.and_then(|value| value.as_str()?.parse().ok());
    match (written, slot.status) {
        (Some(SlotStatus::Available | SlotStatus::Booked), _) => {
            written.unwrap_or(SlotStatus::Available)
        }
        // It has vanished since; what it was before is not written down.
        (_, SlotStatus::Removed) if !later.is_empty() => SlotStatus::Available,
        (_, status) => status,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
    use serde_json::json;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + minute * 60, 0).unwrap()
    }

    fn change(id: i64, kind: ChangeKind, fields: Value) -> ChangeView {
        ChangeView {
            id,
            at: at(id),
            kind,
            slot_id: 1,
            run_id: None,
            usuario_id: Some(1),
            data: NaiveDate::default(),
            hora: NaiveTime::MIN,
            nome: None,
            cpf: None,
            fields: (!fields.is_null()).then_some(fields),
            slot_status: None,
        }
    }

    #[test]
    fn each_event_has_the_slot_as_it_was_then() {
        let now = SlotView {
            id: 1,
            usuario_id: Some(1),
            unidade_code: "18".to_owned(),
            data: NaiveDate::default(),
            hora: NaiveTime::MIN,
            status: SlotStatus::Removed,
            nome: Some("C".to_owned()),
            cpf: None,
            processo: None,
            first_seen_at: None,
            last_seen_at: None,
            removed_at: Some(at(5)),
            agendamento_id: None,
            categoria: Some("AB".to_owned()),
            missing_since: None,
        };
        let log = [
            change(1, ChangeKind::Inserted, Value::Null),
            change(
                2,
                ChangeKind::Changed,
                json!({ "nome": { "old": "A", "new": "B" } }),
            ),
            change(3, ChangeKind::Removed, Value::Null),
            change(
                4,
                ChangeKind::Reappeared,
                json!({ "nome": { "old": "B", "new": "C" }, "categoria": { "old": "B", "new": "AB" },
                        "slot_status": { "old": "removed", "new": "booked" } }),
            ),
            change(5, ChangeKind::Removed, Value::Null),
        ];
        let seen: Vec<_> = (0..log.len())
            .map(|at| {
                let slot = slot(now.clone(), &log[at], log[at + 1..].iter());
                let nome = slot.nome.unwrap();
                let categoria = slot.categoria.unwrap();
                (slot.status.as_str(), nome, categoria, slot.removed_at)
            })
            .collect();
        let row = |status, nome: &str, categoria: &str, removed| {
            (status, nome.to_owned(), categoria.to_owned(), removed)
        };
        assert_eq!(
            seen,
            [
                row("available", "A", "B", None),
                row("available", "B", "B", None),
                row("removed", "B", "B", Some(at(3))),
                row("booked", "C", "AB", None),
                row("removed", "C", "AB", Some(at(5))),
            ]
        );
    }
}
