//! Only a running run may write.

use agendad::store::StoreError;
use sqlx::Connection;

use crate::store::bench::{Bench, row};

#[tokio::test]
async fn a_run_that_was_closed_writes_nothing() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let paused = bench.run(place).await;
    // Whoever takes over closes it.
    let next = bench.run(place).await;
    let reading = place.reading(&[row("08:00", 0, "ANA")]);
    let late = bench.store(paused, place, &reading).await;
    assert!(matches!(late, Err(StoreError::RunClosed { run_id }) if run_id == paused));
    assert_eq!(bench.slots(place).await, [""; 0]);
    assert_eq!(bench.appointments(place).await, [""; 0]);
    assert!(!bench.finish(paused).await, "nor does it record itself");
    bench.store(next, place, &reading).await.unwrap();
    assert!(bench.finish(next).await);
    assert!(bench.store(next, place, &reading).await.is_err());
    bench.db.close().await;
}

#[tokio::test]
async fn a_run_writes_for_its_own_user_only() {
    let bench = Bench::new().await;
    let (mine, other) = (bench.place().await, bench.place().await);
    let run_id = bench.run(mine).await;
    let reading = other.reading(&[row("08:00", 0, "ANA")]);
    assert!(matches!(
        bench.store(run_id, other, &reading).await,
        Err(StoreError::RunClosed { .. })
    ));
    assert_eq!(bench.slots(other).await, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn a_statement_that_waits_while_its_run_is_closed_writes_nothing() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let run_id = bench.run(place).await;
    let reading = place.reading(&[row("08:00", 0, "ANA")]);

    let mut other = sqlx::PgConnection::connect(&bench.db.url).await.unwrap();
    let mut closing = other.begin().await.unwrap();
    sqlx::query("UPDATE agenda_sync_runs SET status = 'failed' WHERE id = $1")
        .bind(run_id)
        .execute(&mut *closing)
        .await
        .unwrap();
    let (late, ()) = tokio::join!(bench.store(run_id, place, &reading), async {
        bench.until_somebody_waits().await;
        closing.commit().await.unwrap();
    });
    assert!(
        matches!(late, Err(StoreError::RunClosed { .. })),
        "{late:?}"
    );
    assert_eq!(bench.slots(place).await, [""; 0]);
    assert_eq!(bench.changes(place).await, [""; 0]);
    assert_eq!(bench.appointments(place).await, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn whoever_closes_a_run_waits_for_the_statement_that_is_being_executed() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let run_id = bench.run(place).await;
    // A person holds the appointment, so the statement stands in the middle of its work.
    let mut person = sqlx::PgConnection::connect(&bench.db.url).await.unwrap();
    let mut editing = person.begin().await.unwrap();
    sqlx::query("UPDATE agendamentos SET observacoes = 'ligar antes' WHERE usuario_id = $1")
        .bind(place.user)
        .execute(&mut *editing)
        .await
        .unwrap();
    let reading = place.reading(&[row("08:00", 0, "ANA MARIA")]);
    let (stored, next, ()) = tokio::join!(
        bench.store(run_id, place, &reading),
        async {
            bench.until_somebody_waits().await;
            let next = bench.run(place).await;
            assert_eq!(
                bench.slots(place).await,
                ["7 08:00 ANA MARIA available current"],
                "the next run begins after the statement of the last one"
            );
            next
        },
        async {
            bench.until_so_many_wait(2).await;
            editing.commit().await.unwrap();
        }
    );
    assert_eq!(stored.unwrap().totals.updated, 1);
    assert!(next > run_id);
    bench.db.close().await;
}

impl Bench {
    async fn until_somebody_waits(&self) {
        self.until_so_many_wait(1).await;
    }

    /// Until so many connections of this database wait for a lock.
    async fn until_so_many_wait(&self, many: i64) {
        let mut watcher = sqlx::PgConnection::connect(&self.db.url).await.unwrap();
        loop {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(&mut watcher)
            .await
            .unwrap();
            if waiting >= many {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}
