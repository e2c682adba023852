//! Somebody holds a row of the application's for as long as a form is open: slots and runs do not wait for it.

use agendad::store::slots::{StoreDayOutcome, Units};
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use crate::store::bench::{Bench, Place, row};

/// An open form: the rows that `sql` selects are locked until it is closed.
async fn form<'c>(
    connection: &'c mut PgConnection,
    sql: &'static str,
    place: Place,
) -> Transaction<'c, Postgres> {
    let mut form = connection.begin().await.unwrap();
    sqlx::query(sql)
        .bind(place.user)
        .execute(&mut *form)
        .await
        .unwrap();
    form
}

const APPOINTMENTS: &str = "SELECT FROM agendamentos WHERE usuario_id = $1 FOR UPDATE";

fn assert_waited(stored: &StoreDayOutcome) {
    assert!(stored.appointments_refused > 0, "{stored:?}");
    let notes: Vec<String> = stored.notes.iter().map(ToString::to_string).collect();
    let notes = notes.join("\n");
    assert!(notes.contains("waiting for too long"), "{notes}");
}

#[tokio::test]
async fn slots_are_stored_although_somebody_holds_an_appointment_of_their_day() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let mut person = PgConnection::connect(&bench.db.url).await.unwrap();
    let form = form(&mut person, APPOINTMENTS, place).await;

    let rows = [row("08:00", 0, "ANA MARIA"), row("09:00", 1, "BIA")];
    let run = bench.run(place).await;
    let stored = bench.store(run, place, &place.reading(&rows)).await;
    let stored = stored.unwrap();
    assert!(bench.finish(run).await, "nothing holds the run's row");
    assert_eq!((stored.totals.inserted, stored.totals.updated), (1, 1));
    assert_eq!(
        bench.slots(place).await,
        [
            "7 08:00 ANA MARIA available current",
            "7 09:00 BIA available current"
        ]
    );
    assert_waited(&stored);

    form.rollback().await.unwrap();
    let totals = bench.read(place, &rows).await;
    assert_eq!((totals.updated, totals.appointments_created), (0, 1));
    assert_eq!(
        bench.appointments(place).await,
        [
            "ANA MARIA 2199-11-24 08:00 agendado",
            "BIA 2199-11-24 09:00 agendado"
        ]
    );
    person.close().await.unwrap();
    bench.db.close().await;
}

#[tokio::test]
async fn slots_vanish_although_somebody_holds_their_appointment_which_is_cancelled_later() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let mut person = PgConnection::connect(&bench.db.url).await.unwrap();
    let form = form(&mut person, APPOINTMENTS, place).await;

    let stored = bench
        .vacate(place, &[place.date], Units::One(place.unit))
        .await;
    assert_eq!(stored.totals.removed, 1);
    assert_waited(&stored);
    let run = bench.run(place).await;
    let left_over = async || {
        let left_over = bench.db.store.cancel_left_over(run, place.user);
        left_over.await.unwrap()
    };
    assert_waited(&left_over().await);

    form.rollback().await.unwrap();
    assert_eq!(left_over().await.totals.appointments_cancelled, 1);
    assert!(bench.finish(run).await);
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 cancelado"]
    );
    person.close().await.unwrap();
    bench.db.close().await;
}

#[tokio::test]
async fn a_run_ends_although_somebody_holds_the_account_of_its_examiner() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench
        .person(
            place,
            "INSERT INTO configuracoes_detran (usuario_id, cpf) VALUES ($1, '52998224725')",
        )
        .await;
    let mut person = PgConnection::connect(&bench.db.url).await.unwrap();
    let account = "SELECT FROM configuracoes_detran WHERE usuario_id = $1 FOR UPDATE";
    let form = form(&mut person, account, place).await;
    let synced = async || -> bool {
        sqlx::query_scalar(
            "SELECT ultima_sincronizacao IS NOT NULL FROM configuracoes_detran WHERE usuario_id = $1",
        )
        .bind(place.user)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap()
    };
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert!(!synced().await);

    form.rollback().await.unwrap();
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert!(synced().await);
    person.close().await.unwrap();
    bench.db.close().await;
}
