//! What the runs after `migrate` find.

use agendad::domain::{Cpf, WorkingDays};
use agendad::store::StoreError;
use agendad::store::adopt::Counts;
use agendad::store::adopt::claim::UNKNOWN_UNIT;
use agendad::store::schedules::advance_ticks;
use agendad::store::slots::Units;
use sqlx::Connection;

use super::earlier::{AS_PLANNED, Slot, run};
use super::scene::{EXPECTED, bench_on, place, populate};
use crate::store::bench::{CPFS, Row, row};

#[tokio::test]
async fn the_first_sync_inserts_nothing_twice_and_makes_no_second_appointment() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    bench.db.store.migrate().await.unwrap();
    let agenda = [
        row("08:00", 0, "ANA"),
        row("09:00", 1, "BIA"),
        row("10:00", 2, "CLARA NOVA"),
        row("11:00", 3, "DORA"),
        row("12:00", 4, "ELSA"),
    ];
    let first = bench.read(place(1), &agenda).await;
    assert_eq!(
        (first.inserted, first.updated, first.unchanged),
        (0, 1, 4),
        "ELSA reappeared: {first:?}"
    );
    assert_eq!(
        (first.appointments_created, first.appointments_linked),
        (3, 0)
    );
    let twice: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT FROM agenda_slots WHERE is_current AND usuario_id = 1
         GROUP BY data, hora, payload ->> 'cpf' HAVING count(*) > 1) t",
    )
    .fetch_one(&bench.db.pool)
    .await
    .unwrap();
    assert_eq!(twice, 0);
    // What the application and the earlier system made is not the daemon's to cancel or change.
    bench.read(place(1), &[]).await;
    bench.read(place(1), &[]).await;
    assert_eq!(
        bench.appointments(place(1)).await,
        [
            "ANA 2199-11-24 08:00 agendado",
            "BIA A MÃO 2199-11-24 09:00 confirmado",
            "CLARA NOVA 2199-11-24 10:00 cancelado",
            "DORA 2199-11-24 11:00 cancelado",
            "ELSA 2199-11-24 12:00 cancelado",
        ]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_linked_appointment_can_be_deleted_by_the_application() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    bench.db.store.migrate().await.unwrap();
    assert_eq!(
        bench
            .person(place(1), "DELETE FROM agendamentos WHERE usuario_id = $1")
            .await,
        2
    );
    let read = bench
        .read(place(1), &[row("08:00", 0, "ANA"), row("09:00", 1, "BIA")])
        .await;
    assert_eq!(
        (read.appointments_created, read.appointments_linked),
        (0, 0),
        "not created again"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn slots_of_an_unknown_unit_go_to_the_unit_on_whose_page_they_stand() {
    let bench = bench_on(AS_PLANNED).await;
    for (time, candidate, nome) in [
        ("08:00", 0, "ANA"),
        ("09:00", 1, "BIA"),
        ("10:00", 2, "CLARA"),
    ] {
        Slot {
            unit: UNKNOWN_UNIT,
            ..Slot::new(1, time, candidate, nome)
        }
        .insert(&bench.db.pool)
        .await;
    }
    bench.db.store.migrate().await.unwrap();
    let names = [UNKNOWN_UNIT.to_owned()];
    for (unit, rows, claimed) in [
        (
            "7",
            vec![row("08:00", 0, "ANA"), row("08:00", 0, "ANA B")],
            1,
        ),
        ("8", vec![row("09:00", 1, "BIA"), row("08:00", 0, "ANA")], 1),
        (
            "7",
            vec![row("08:00", 0, "ANA"), row("08:00", 0, "ANA B")],
            0,
        ),
    ] {
        let place = place(1).unit(unit);
        let run_id = bench.run(place).await;
        let reading = place.reading(&rows);
        let slots = agendad::domain::slot::slots_of_day(
            1,
            &reading,
            &agendad::domain::ExamStatuses::default(),
        );
        let day = agendad::store::slots::DayToStore {
            run_id,
            usuario_id: 1,
            date: place.date,
            unit,
            unread: &[],
            slots: &slots,
            is_new: false,
        };
        assert_eq!(
            bench.db.store.claim_slots(&day, &names).await.unwrap(),
            claimed
        );
        let stored = bench.db.store.store_day(&day, &bench.rules).await.unwrap();
        assert_eq!(stored.totals.inserted, if claimed > 0 { 1 } else { 0 });
        assert!(bench.finish(run_id).await);
        assert!(
            bench.db.store.claim_slots(&day, &names).await.is_err(),
            "the fence"
        );
    }
    // What stands on no page vanishes like the slots of any unit that is not listed.
    let listed = ["7".to_owned(), "8".to_owned()];
    for _ in 0..2 {
        bench
            .vacate(place(1), &[place(1).date], Units::AllBut(&listed))
            .await;
    }
    assert_eq!(
        bench.slots(place(1)).await,
        [
            "7 08:00 ANA B available current",
            "7 08:00 ANA available current",
            "8 08:00 ANA available current",
            "8 09:00 BIA available current",
            "DEFAULT 10:00 CLARA removed gone",
        ]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn what_the_earlier_system_writes_later_is_adopted_before_the_next_run() {
    let bench = bench_on(AS_PLANNED).await;
    bench.db.store.migrate().await.unwrap();
    let agenda = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place(1), &agenda[..1]).await;
    // Both are in service: it knows neither our uids nor our slots.
    Slot::new(1, "08:00", 0, "ANA").insert(&bench.db.pool).await;
    Slot::new(1, "09:00", 1, "BIA").insert(&bench.db.pool).await;
    let read = bench.read(place(1), &agenda).await;
    assert_eq!((read.inserted, read.unchanged, read.removed), (0, 2, 0));
    assert_eq!(
        bench.slots(place(1)).await,
        [
            "7 08:00 ANA available current",
            "7 08:00 ANA removed gone",
            "7 09:00 BIA available current"
        ]
    );
    let told = "SELECT count(*) FROM agenda_slot_changes WHERE kind = 'removed'";
    assert_eq!(bench.db.count(told).await, 0, "it is listed");
    bench.db.close().await;
}

#[tokio::test]
async fn a_user_who_is_being_synchronised_is_left_to_his_next_run() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    let mut other = sqlx::PgConnection::connect(&bench.db.url).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(873251 + 1)")
        .execute(&mut other)
        .await
        .unwrap();
    let said = bench
        .db
        .store
        .migrate_into_dry_run(None)
        .await
        .unwrap()
        .adopted;
    assert_eq!(said.runs_closed, EXPECTED.runs_closed - 1);
    let done = bench.db.store.migrate().await.unwrap().adopted;
    assert_eq!(
        (done.users_busy, done.runs_closed),
        (1, 1),
        "their run is alive"
    );
    other.close().await.unwrap();
    let read = bench
        .read(place(1), &[row("08:00", 0, "ANA"), row("09:00", 1, "BIA")])
        .await;
    assert_eq!((read.inserted, read.appointments_created), (0, 0));
    assert_eq!(
        bench.db.store.migrate().await.unwrap().adopted,
        Counts::default()
    );
    bench.db.close().await;
}

#[tokio::test]
async fn who_was_never_switched_off_is_scheduled() {
    let bench = bench_on(AS_PLANNED).await;
    bench.db.store.migrate().await.unwrap();
    // The earlier system's columns may be empty, which means on, but for the automatic synchronisation.
    run(
        &bench.db.pool,
        "UPDATE usuarios SET ativo = NULL;
         UPDATE configuracoes_detran SET ativo = NULL;
         UPDATE configuracoes_detran SET sincronizacao_automatica = NULL WHERE usuario_id = 2",
    )
    .await;
    #[expect(
        clippy::disallowed_methods,
        reason = "relative to the database's clock"
    )]
    let tick = chrono::Utc::now();
    let mut tx = bench.db.store.begin().await.unwrap();
    let batch = advance_ticks(&mut tx, "near", tick, 0, 10).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(batch.due, [1]);
    let listed = bench.db.store.list_users(tick.date_naive()).await.unwrap();
    let scheduled: Vec<bool> = listed.iter().map(|user| user.scheduled).collect();
    assert_eq!(scheduled, [true, false]);
    bench.db.close().await;
}

#[tokio::test]
async fn a_cpf_that_lost_its_zeros_is_the_candidates_all_the_same() {
    let bench = bench_on(AS_PLANNED).await;
    Slot::new(1, "08:00", 0, "ANA").insert(&bench.db.pool).await;
    run(
        &bench.db.pool,
        "UPDATE agenda_slots SET payload = jsonb_set(payload, '{cpf}', '\"1234567890\"');
         INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento, contexto)
         VALUES (1, 'ANA', '1234567890', '2199-11-24 08:00', 'Trânsito')",
    )
    .await;
    let store = &bench.db.store;
    let said = store.migrate_into_dry_run(None).await.unwrap().adopted;
    assert_eq!((said.unidentified, said.appointments_linked), (0, 1));
    assert_eq!(store.migrate().await.unwrap().adopted, said);
    let listed = Row {
        cpf: "012.345.678-90".to_owned(),
        ..row("08:00", 0, "ANA")
    };
    let read = bench.read(place(1), &[listed]).await;
    assert_eq!((read.inserted, read.updated, read.removed), (0, 1, 0));
    assert_eq!(
        (read.appointments_created, read.appointments_linked),
        (0, 0)
    );
    bench.db.close().await;
}

#[tokio::test]
async fn whoever_the_applications_table_of_users_does_not_take_is_made_there_first() {
    let bench = bench_on(AS_PLANNED).await;
    let (store, pool) = (&bench.db.store, &bench.db.pool);
    store.migrate().await.unwrap();
    let cpf = Cpf::parse(CPFS[0]).unwrap();
    let add = async |user: Option<i32>, email: &str| {
        store
            .add_user(user, "TRÊS", Some(email), &cpf, WorkingDays::ALL)
            .await
    };
    let refused = add(None, "tres@example.com").await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::UserRefused { by } if by == "senha_hash"),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("users add --user N"));
    run(
        pool,
        "ALTER TABLE usuarios ALTER COLUMN senha_hash SET DEFAULT 'x'",
    )
    .await;
    let refused = add(None, "um@example.com").await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::UserRefused { by } if by == "usuarios_email_key"),
        "{refused:?}"
    );
    let made: i32 = sqlx::query_scalar(
        "INSERT INTO usuarios (nome, email) VALUES ('TRÊS', 'tres@example.com') RETURNING id",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(add(Some(made), "tres@example.com").await.unwrap(), made);
    bench.db.close().await;
}
