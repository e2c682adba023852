//! No false removals: the guard against mass removals.

use crate::store::bench::{Bench, CPFS, Place, Row, row, with_row_error};

/// Ten rows of a day.
fn ten() -> Vec<Row> {
    (0..10)
        .map(|i| {
            row(
                &format!("{:02}:00", 8 + i),
                i % CPFS.len(),
                &format!("N{i}"),
            )
        })
        .collect()
}

async fn counts(bench: &Bench, place: Place) -> (usize, usize, usize) {
    let lines = bench.slots(place).await;
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    (count("current"), count("missing"), count("removed"))
}

#[tokio::test]
async fn half_of_a_day_may_vanish_at_once_but_not_more() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    let half = bench.read(place, &ten()[..5]).await;
    assert_eq!((half.removed, half.held), (5, 0));
    let more = bench.read(place, &ten()[..2]).await;
    assert_eq!((more.removed, more.held), (0, 3));
    assert_eq!(counts(&bench, place).await, (5, 3, 5));
    bench.db.close().await;
}

#[tokio::test]
async fn a_small_day_is_not_guarded() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()[..4]).await;
    assert_eq!(bench.read(place, &[]).await.removed, 4);
    bench.db.close().await;
}

#[tokio::test]
async fn the_next_run_that_still_misses_them_confirms_the_removal() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    let first = bench.read(place, &[]).await;
    assert_eq!(
        (first.removed, first.held, first.appointments_cancelled),
        (0, 10, 0)
    );
    assert_eq!(counts(&bench, place).await, (10, 10, 0));
    let second = bench.read(place, &[]).await;
    assert_eq!(
        (second.removed, second.held, second.appointments_cancelled),
        (10, 0, 10)
    );
    assert_eq!(counts(&bench, place).await, (0, 0, 10));
    let third = bench.read(place, &[]).await;
    assert_eq!((third.removed, third.held), (0, 0));
    assert_eq!(
        bench.changes(place).await.len(),
        20,
        "held removals are no history"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn the_run_that_held_a_removal_back_cannot_confirm_it_itself() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    let run_id = bench.run(place).await;
    for _ in 0..3 {
        // A search form that lists a unit twice.
        let stored = bench
            .store(run_id, place, &place.reading(&[]))
            .await
            .unwrap();
        assert_eq!((stored.totals.removed, stored.totals.held), (0, 10));
    }
    assert!(bench.finish(run_id).await);
    assert_eq!(bench.read(place, &[]).await.removed, 10);
    bench.db.close().await;
}

#[tokio::test]
async fn what_comes_back_while_held_is_as_if_it_had_never_been_missed() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    bench.read(place, &ten()[..1]).await;
    assert_eq!(counts(&bench, place).await, (10, 9, 0));
    let back = bench.read(place, &ten()).await;
    assert_eq!(
        (back.unchanged, back.updated, back.removed, back.held),
        (10, 0, 0, 0)
    );
    assert_eq!(counts(&bench, place).await, (10, 0, 0));
    assert_eq!(bench.changes(place).await.len(), 10);
    // And the next time counts anew.
    assert_eq!(bench.read(place, &[]).await.held, 10);
    bench.db.close().await;
}

#[tokio::test]
async fn those_that_vanish_while_others_are_held_are_judged_by_themselves() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    assert_eq!(bench.read(place, &ten()[..4]).await.held, 6);
    let second = bench.read(place, &ten()[..3]).await;
    assert_eq!(
        (second.removed, second.held),
        (6, 1),
        "six confirmed, one for the first time"
    );
    let third = bench.read(place, &ten()[..3]).await;
    assert_eq!((third.removed, third.held), (1, 0));
    bench.db.close().await;
}

#[tokio::test]
async fn a_reading_with_row_errors_confirms_nothing_but_what_it_sees_is_seen() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    bench.read(place, &ten()[..1]).await;
    let partly = with_row_error(place.reading(&ten()[..2]));
    let stored = bench.read_with(place, &partly).await;
    assert_eq!((stored.removed, stored.held), (0, 0));
    assert_eq!(counts(&bench, place).await, (10, 8, 0));
    assert_eq!(bench.read(place, &ten()[..2]).await.removed, 8);
    bench.db.close().await;
}

#[tokio::test]
async fn ratio_minimum_and_confirmations_are_configuration() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    bench.rules.min_slots = 2;
    bench.rules.max_removed_ratio = 0.0;
    bench.rules.confirmations = 2;
    bench.read(place, &ten()[..2]).await;
    for expected in [(0, 1), (0, 1), (1, 0)] {
        let totals = bench.read(place, &ten()[..1]).await;
        assert_eq!((totals.removed, totals.held), expected);
    }
    bench.rules.confirmations = 0;
    bench.rules.min_slots = 0;
    assert_eq!(
        bench.read(place, &[]).await.removed,
        1,
        "no confirmation wanted"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_when_slots_were_missed_does_not_keep_them_for_ever() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &ten()).await;
    assert_eq!(bench.read(place, &[]).await.held, 10);
    sqlx::query("UPDATE agenda_slots SET missing_since = now() + interval '1 year'")
        .execute(&bench.db.pool)
        .await
        .unwrap();
    let noticed = bench.read(place, &[]).await;
    assert_eq!((noticed.removed, noticed.held), (0, 10));
    let confirmed = bench.read(place, &[]).await;
    assert_eq!((confirmed.removed, confirmed.held), (10, 0));
    bench.db.close().await;
}
