//! Days that have no slots, several in one statement.

use agendad::domain::Totals;
use agendad::store::StoreError;
use agendad::store::slots::{Units, VacantDays};
use chrono::NaiveDate;

use crate::store::bench::{Bench, CPFS, Place, Row, TOMORROW, row};

const LATER: &str = "2199-11-25";

fn dates() -> [NaiveDate; 2] {
    [TOMORROW, LATER].map(|date| date.parse().unwrap())
}

fn rows(count: usize) -> Vec<Row> {
    (0..count)
        .map(|i| {
            row(
                &format!("{:02}:00", 8 + i),
                i % CPFS.len(),
                &format!("N{i}"),
            )
        })
        .collect()
}

/// Six slots tomorrow, two later; and one later at another unit.
async fn filled(bench: &Bench) -> Place {
    let place = bench.place().await;
    bench.read(place, &rows(6)).await;
    bench.read(place.day(LATER), &rows(2)).await;
    bench.read(place.day(LATER).unit("8"), &rows(1)).await;
    place
}

fn totals(removed: i64, held: i64, appointments_cancelled: i64) -> Totals {
    Totals {
        removed,
        held,
        appointments_cancelled,
        ..Totals::default()
    }
}

#[tokio::test]
async fn each_day_is_judged_by_itself_and_other_units_are_left_alone() {
    let bench = Bench::new().await;
    let place = filled(&bench).await;
    let first = bench.vacate(place, &dates(), Units::One("7")).await;
    // The one at eight o'clock shares its appointment with unit 8.
    assert_eq!(first.totals, totals(2, 6, 1));
    assert_eq!(first.held_days, [place.date]);
    let second = bench.vacate(place, &dates(), Units::One("7")).await;
    assert_eq!(second.totals, totals(6, 0, 6));
    let slots = bench.slots(place).await;
    assert_eq!(
        slots
            .iter()
            .filter(|line| line.contains("removed gone"))
            .count(),
        8
    );
    assert_eq!(
        slots
            .iter()
            .filter(|line| line.ends_with("available current"))
            .count(),
        1
    );
    assert_eq!(bench.changes(place).await.len(), 9 + 8);
    // What comes back is revived, as after an empty reading.
    bench.read(place, &rows(6)).await;
    let revived = bench.appointments(place).await;
    assert_eq!(
        revived
            .iter()
            .filter(|line| line.ends_with("agendado"))
            .count(),
        7
    );
    bench.db.close().await;
}

#[tokio::test]
async fn it_is_the_same_as_an_empty_reading_of_each_day() {
    let bench = Bench::new().await;
    let (one, other) = (filled(&bench).await, filled(&bench).await);
    for _ in 0..3 {
        bench.vacate(one, &dates(), Units::One("7")).await;
        bench.read(other, &[]).await;
        bench.read(other.day(LATER), &[]).await;
        assert_eq!(bench.slots(one).await, bench.slots(other).await);
        assert_eq!(
            bench.appointments(one).await,
            bench.appointments(other).await
        );
    }
    bench.db.close().await;
}

#[tokio::test]
async fn days_without_current_slots_cost_no_write() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let run_id = bench.run(place).await;
    let days = VacantDays {
        run_id,
        usuario_id: place.user,
        dates: &dates(),
        units: Units::One("7"),
        doubtful: false,
        unread: &[],
    };
    let stored = bench
        .db
        .store
        .store_vacant_days(&days, &bench.rules)
        .await
        .unwrap();
    assert_eq!(stored.totals, totals(0, 0, 0));
    let unlocked: bool =
        sqlx::query_scalar("SELECT xmax::text = '0' FROM agenda_sync_runs WHERE id = $1")
            .bind(run_id)
            .fetch_one(&bench.db.pool)
            .await
            .unwrap();
    assert!(unlocked, "not even the fence was locked");
    bench.db.close().await;
}

#[tokio::test]
async fn a_closed_run_learns_it_whether_or_not_there_is_something_to_write() {
    let bench = Bench::new().await;
    let place = filled(&bench).await;
    let closed = bench.run(place).await;
    assert!(bench.finish(closed).await);
    for unit in ["7", "nowhere"] {
        let days = VacantDays {
            run_id: closed,
            usuario_id: place.user,
            dates: &dates(),
            units: Units::One(unit),
            doubtful: false,
            unread: &[],
        };
        let late = bench.db.store.store_vacant_days(&days, &bench.rules).await;
        assert!(matches!(late, Err(StoreError::RunClosed { .. })), "{unit}");
    }
    assert_eq!(bench.changes(place).await.len(), 9);
    bench.db.close().await;
}

#[tokio::test]
async fn a_unit_that_is_listed_no_more_vanishes_once_a_second_run_says_so() {
    let bench = Bench::new().await;
    let place = filled(&bench).await;
    let listed = ["7".to_owned()];
    let first = bench.vacate(place, &dates(), Units::AllBut(&listed)).await;
    assert_eq!(
        first.totals,
        totals(0, 1, 0),
        "held back although the day is small"
    );
    assert_eq!(first.held_days, [dates()[1]]);
    let second = bench.vacate(place, &dates(), Units::AllBut(&listed)).await;
    assert_eq!(
        second.totals,
        totals(1, 0, 0),
        "its appointment is shared with unit 7"
    );
    assert_eq!(
        bench
            .vacate(place, &dates(), Units::AllBut(&listed))
            .await
            .totals,
        totals(0, 0, 0)
    );
    bench.db.close().await;
}
