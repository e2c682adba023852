//! Identity, content and history of slots.

use agendad::domain::{Totals, UnreadRow};
use chrono::NaiveTime;

use crate::store::bench::{Bench, Row, row, with_row_error, with_unread_row};

fn totals(inserted: i64, updated: i64, unchanged: i64, removed: i64) -> Totals {
    Totals {
        inserted,
        updated,
        unchanged,
        removed,
        ..Totals::default()
    }
}

/// Without what happened to appointments.
fn slots_only(totals: Totals) -> Totals {
    Totals {
        appointments_created: 0,
        appointments_linked: 0,
        appointments_cancelled: 0,
        ..totals
    }
}

#[tokio::test]
async fn a_second_reading_of_the_same_page_touches_only_last_seen_at() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    assert_eq!(
        slots_only(bench.read(place, &rows).await),
        totals(2, 0, 0, 0)
    );
    let all = "SELECT md5(string_agg((to_jsonb(s) - 'last_seen_at')::text, ',' ORDER BY id)) FROM agenda_slots s";
    let before: String = sqlx::query_scalar(all)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(bench.read(place, &rows).await, totals(0, 0, 2, 0));
    let after: String = sqlx::query_scalar(all)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(before, after);
    let seen_later: bool =
        sqlx::query_scalar("SELECT bool_and(last_seen_at > first_seen_at) FROM agenda_slots")
            .fetch_one(&bench.db.pool)
            .await
            .unwrap();
    assert!(seen_later);
    assert_eq!(
        bench.changes(place).await,
        ["inserted ANA", "inserted BIA"],
        "no line for what did not change"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_change_is_logged_with_old_and_new_values_of_the_fields_that_differ() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let changed = [row("08:00", 0, "ANA MARIA").telefone("(11) 2345-6789")];
    assert_eq!(
        slots_only(bench.read(place, &changed).await),
        totals(0, 1, 0, 0)
    );
    let fields: serde_json::Value =
        sqlx::query_scalar("SELECT fields FROM agenda_slot_changes WHERE kind = 'changed'")
            .fetch_one(&bench.db.pool)
            .await
            .unwrap();
    assert_eq!(
        fields,
        serde_json::json!({
            "nome": { "old": "ANA", "new": "ANA MARIA" },
            "telefone": { "old": "", "new": "(11) 2345-6789" },
        })
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_closed_exam_books_the_slot_and_a_reopened_one_frees_it() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    bench.read(place, &[row("08:00", 0, "ANA").done()]).await;
    assert_eq!(bench.slots(place).await, ["7 08:00 ANA booked current"]);
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert_eq!(bench.slots(place).await, ["7 08:00 ANA available current"]);
    assert_eq!(bench.changes(place).await.len(), 3);
    bench.db.close().await;
}

#[tokio::test]
async fn a_status_that_changes_without_the_content_is_logged_as_such() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let reading = place.reading(&[row("08:00", 0, "ANA").done()]);
    bench.read_with(place, &reading).await;
    // The configuration learned that this exam status does not close a slot.
    let run_id = bench.run(place).await;
    let slots = agendad::domain::slot::slots_of_day(
        place.user,
        &reading,
        &agendad::domain::ExamStatuses::default(),
    );
    let day = agendad::store::slots::DayToStore {
        run_id,
        usuario_id: place.user,
        date: place.date,
        unit: place.unit,
        unread: &[],
        slots: &slots,
        is_new: false,
    };
    let stored = bench.db.store.store_day(&day, &bench.rules).await.unwrap();
    assert_eq!(stored.totals.updated, 1);
    assert_eq!(
        bench.changes(place).await[1],
        r#"changed ANA {"slot_status": {"new": "available", "old": "booked"}}"#
    );
    bench.db.close().await;
}

#[tokio::test]
async fn what_vanishes_is_marked_and_what_comes_back_keeps_its_first_sight() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let both = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &both).await;
    let times = "SELECT first_seen_at::text || ' ' || id FROM agenda_slots ORDER BY hora";
    let before: Vec<String> = sqlx::query_scalar(times)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    let seen = "SELECT last_seen_at::text FROM agenda_slots WHERE hora = '08:00'";
    let last_seen: String = sqlx::query_scalar(seen)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();

    assert_eq!(
        slots_only(bench.read(place, &both[1..]).await),
        totals(0, 0, 1, 1)
    );
    let removed = "SELECT last_seen_at::text FROM agenda_slots
                   WHERE hora = '08:00' AND status = 'removed' AND NOT is_current AND removed_at > last_seen_at";
    let still: String = sqlx::query_scalar(removed)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(still, last_seen, "removal is no sight");

    let mut back = both.clone();
    back[0].nome = "ANA MARIA".to_owned();
    assert_eq!(
        slots_only(bench.read(place, &back).await),
        totals(0, 1, 1, 0)
    );
    let after: Vec<String> = sqlx::query_scalar(times)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(before, after);
    assert_eq!(
        bench.slots(place).await,
        [
            "7 08:00 ANA MARIA available current",
            "7 09:00 BIA available current"
        ]
    );
    let unmarked = "SELECT count(*) FROM agenda_slots WHERE removed_at IS NULL";
    let unmarked: i64 = sqlx::query_scalar(unmarked)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(unmarked, 2);
    assert_eq!(
        bench.changes(place).await[2..],
        [
            "removed ANA MARIA".to_owned(),
            r#"reappeared ANA MARIA {"nome": {"new": "ANA MARIA", "old": "ANA"}}"#.to_owned()
        ]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn rows_that_could_not_be_read_never_remove_anything() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let both = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &both).await;
    let partly = with_row_error(place.reading(&[row("10:00", 2, "CLARA")]));
    let stored = bench.read_with(place, &partly).await;
    assert_eq!(
        slots_only(stored),
        totals(1, 0, 0, 0),
        "the good rows are stored"
    );
    assert_eq!(bench.slots(place).await.len(), 3);
    assert!(
        bench
            .slots(place)
            .await
            .iter()
            .all(|line| line.ends_with("available current"))
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_row_that_could_not_be_read_protects_only_the_slots_that_it_could_be() {
    let bench = Bench::new().await;
    let eight = NaiveTime::from_hms_opt(8, 0, 0);
    let noon = NaiveTime::from_hms_opt(12, 0, 0);
    let unread = UnreadRow::unknown;
    for (read, stays) in [
        (unread().with_time(eight), "ANA"),
        (unread().with_time(noon).with_name("bia"), "BIA"),
        (unread().with_time(noon).with_cpf("123.456.789-0"), "CLARA"),
        (unread().with_time(noon).with_name("DORA"), ""),
    ] {
        let place = bench.place().await;
        let all = [
            row("08:00", 0, "ANA"),
            row("09:00", 1, "BIA"),
            row("10:00", 2, "CLARA"),
        ];
        bench.read(place, &all).await;
        let partly = with_unread_row(place.reading(&[]), read);
        let stored = bench.read_with(place, &partly).await;
        let current: Vec<String> = bench.slots(place).await;
        let current = current
            .iter()
            .filter(|line| line.ends_with("available current"));
        let current: Vec<&str> = current.filter_map(|line| line.split(' ').nth(2)).collect();
        let expected: Vec<&str> = Some(stays).filter(|s| !s.is_empty()).into_iter().collect();
        assert_eq!(current, expected);
        let removed = 3 - expected.len() as i64;
        assert_eq!(
            (stored.removed, stored.appointments_cancelled),
            (removed, removed)
        );
    }
    bench.db.close().await;
}

#[tokio::test]
async fn a_protected_slot_does_not_count_for_the_guard() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let all: Vec<Row> = (8..16)
        .map(|h| row(&format!("{h:02}:00"), h % 5, &format!("N{h}")))
        .collect();
    bench.read(place, &all).await;
    // Four of eight are missing besides the protected one: not more than half.
    let read = UnreadRow::unknown().with_time(NaiveTime::from_hms_opt(8, 0, 0));
    let stored = bench
        .read_with(place, &with_unread_row(place.reading(&all[5..]), read))
        .await;
    assert_eq!((stored.removed, stored.held), (4, 0));
    bench.db.close().await;
}

#[tokio::test]
async fn an_appointment_whose_cpf_lost_its_zeros_is_linked_and_not_doubled() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench
        .person(
            place,
            "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento)
         VALUES ($1, 'ANA', '1234567890', '2199-11-24 08:00')",
        )
        .await;
    let ana = Row {
        cpf: "012.345.678-90".to_owned(),
        ..row("08:00", 0, "ANA")
    };
    let stored = bench.read(place, &[ana]).await;
    assert_eq!(
        (stored.appointments_created, stored.appointments_linked),
        (0, 1)
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_reading_concerns_its_own_user_day_and_unit_only() {
    let bench = Bench::new().await;
    let (mine, other) = (bench.place().await, bench.place().await);
    let rows = [row("08:00", 0, "ANA")];
    for place in [mine, mine.unit("8"), mine.day("2199-11-25"), other] {
        bench.read(place, &rows).await;
    }
    // The same candidate at the same hour with two examiners: two slots.
    bench.read(mine, &[]).await;
    assert_eq!(
        bench.slots(mine).await,
        [
            "7 08:00 ANA removed gone",
            "7 08:00 ANA available current",
            "8 08:00 ANA available current"
        ]
    );
    assert_eq!(bench.slots(other).await, ["7 08:00 ANA available current"]);
    bench.db.close().await;
}

#[tokio::test]
async fn no_sequence_value_is_burnt_by_rows_that_are_there_already() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let mut rows = vec![row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &rows).await;
    rows[0].nome = "ANA MARIA".to_owned();
    bench.read(place, &rows).await;
    bench.read(place, &rows).await;
    rows.push(row("10:00", 2, "CLARA"));
    bench.read(place, &rows).await;
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM agenda_slots ORDER BY id")
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(ids, [1, 2, 3]);
    let last: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT last_value FROM agendamentos_id_seq), (SELECT last_value FROM agenda_slot_changes_id_seq)",
    )
    .fetch_one(&bench.db.pool)
    .await
    .unwrap();
    assert_eq!(last, (3, 4));
    bench.db.close().await;
}
