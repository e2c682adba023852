//! A change that an address is told of late says how the slot was when it changed, whatever has become of it since.

use std::time::Duration;

use agendad::store::webhooks::NewWebhook;

use crate::store::bench::{Bench, row};

#[tokio::test]
async fn each_change_has_the_slot_as_it_was_right_after_it() {
    for appointments in [true, false] {
        let mut bench = Bench::new().await;
        bench.rules.appointments = appointments;
        let place = bench.place().await;
        let store = &bench.db.store;
        let id = store.next_webhook_id().await.unwrap();
        let webhook = NewWebhook {
            id,
            url: "https://example.com/",
            label: "sistema",
            usuario_ids: None,
            kinds: None,
            allow_private: false,
            secret: "sealed",
        };
        store.add_webhook(&webhook, "test").await.unwrap();
        let listed = [row("08:00", 0, "ANA")];
        let done = [row("08:00", 0, "ANA").done()];
        for rows in [&listed[..], &done, &listed, &[], &done, &[]] {
            bench.read(place, rows).await;
        }
        store.note_changes(id).await.unwrap();
        let claim = store.claim_changes(id, Duration::from_secs(60)).await;
        let due = store.due_changes(&claim.unwrap().unwrap(), 20).await;
        let told: Vec<String> = due
            .unwrap()
            .into_iter()
            .map(|due| format!("{} {}", due.change.kind, due.slot.status.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                "inserted available",
                "changed booked",
                "changed available",
                "removed removed",
                "reappeared booked",
                "removed removed",
            ],
            "appointments: {appointments}"
        );
        bench.db.close().await;
    }
}
