//! The daemon's first sync in an adopted database, against the simulated portal.

use std::sync::Arc;
use std::time::Duration;

use agendad::app::App;
use agendad::domain::{FailureKind, Origin, RunStatus};
use agendad::simulator::Simulator;
use agendad::store::adopt::claim::UNKNOWN_UNIT;
use agendad::sync::{SyncOutcome, SyncRequest};
use tokio_util::sync::CancellationToken;

use super::earlier::{AS_PLANNED, run};
use crate::support::{ANY_PORT, TestDatabase, World, clock, config, simulated};

#[tokio::test]
async fn the_first_sync_of_an_adopted_database_finds_every_slot_again() {
    finds_every_slot_again(|_| UNKNOWN_UNIT.to_owned()).await;
}

#[tokio::test]
async fn slots_under_the_name_of_their_unit_are_found_again_however_it_is_spelt() {
    finds_every_slot_again(str::to_owned).await;
    finds_every_slot_again(|name| {
        let name = name.to_lowercase();
        name.replace("sao", "São").replace(' ', "  ")
    })
    .await;
}

#[tokio::test]
async fn a_slot_of_the_earlier_system_that_somebody_holds_fails_the_run_and_is_adopted_by_the_next()
{
    let world = World::new(1).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world
        .execute(
            "UPDATE agenda_slots SET uid_version = 0 WHERE id = (SELECT min(id) FROM agenda_slots)",
        )
        .await;
    let mut person = world.database.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM agenda_slots WHERE uid_version = 0 FOR UPDATE")
        .execute(&mut *person)
        .await
        .unwrap();
    let held = tokio::time::timeout(Duration::from_secs(60), world.sync(0));
    let report = held.await.expect("it does not wait for them");
    assert_eq!(report.status, RunStatus::Failed, "{report:?}");
    assert_eq!(report.error.unwrap().kind, FailureKind::Database);
    person.rollback().await.unwrap();

    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    let left = "SELECT count(*) FROM agenda_slots WHERE uid_version = 0";
    assert_eq!(world.count(left).await, 0);
    let dead = "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'orphaned'";
    assert_eq!(world.count(dead).await, 0);
    world.close().await;
}

/// `stored_under`: where the earlier system has stored the slots of a unit of this name.
async fn finds_every_slot_again(stored_under: impl Fn(&str) -> String) {
    let mut settings = simulated();
    settings.examiners = 1;
    let simulator = Simulator::start(settings, ANY_PORT, ANY_PORT)
        .await
        .unwrap();
    let simulator = Arc::new(simulator);
    let database = TestDatabase::empty().await;
    run(&database.pool, AS_PLANNED).await;
    let examiner = &simulator.examiners()[0];
    sqlx::query("INSERT INTO usuarios (nome, email, senha_hash) VALUES ($1, 'p@example.com', '')")
        .bind(&examiner.nome)
        .execute(&database.pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO configuracoes_detran (usuario_id, cpf, senha) VALUES (1, $1, $2)")
        .bind(&examiner.cpf)
        .bind(&examiner.senha)
        .execute(&database.pool)
        .await
        .unwrap();
    let today = clock().today();
    let agenda = simulator.agenda_between(0, today, today + chrono::Days::new(14));
    let units = simulator.units(0);
    let [unit] = units.as_slice() else {
        panic!("{units:?}");
    };
    let stored_under = stored_under(unit.name);
    for (i, booking) in agenda.iter().enumerate() {
        // Neither the unit nor the way of counting was the daemon's.
        sqlx::query(
            "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, external_uid, payload, content_hash,
                 first_seen_at, last_seen_at)
             VALUES (1, $1, $2, $3, md5($4::text), jsonb_build_object('nome', $5::text, 'cpf', $6::text), 'old', now(), now())",
        )
        .bind(&stored_under)
        .bind(booking.date)
        .bind(booking.hour)
        .bind(i as i32)
        .bind(&booking.nome)
        .bind(&booking.cpf)
        .execute(&database.pool)
        .await
        .unwrap();
    }
    assert!(!agenda.is_empty());

    let state = tempfile::tempdir().unwrap();
    let app = App::start(config(&simulator, &database.url, state.path()))
        .await
        .unwrap();
    let request = SyncRequest {
        usuario_id: 1,
        window: None,
        from: today,
        to: today + chrono::Days::new(14),
        tick: None,
        origin: Origin::Cli,
    };
    let stop = CancellationToken::new();
    for first in [true, false] {
        let outcome = app.syncer.sync(&request, &stop, &|_| {}).await.unwrap();
        let SyncOutcome::Ran(report) = outcome else {
            panic!("no run: {outcome:?}")
        };
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        let seen = if first {
            report.totals.updated
        } else {
            report.totals.unchanged
        };
        let expected = agenda.len() as i64;
        assert_eq!(
            (report.totals.inserted, report.totals.removed, seen),
            (0, 0, expected),
            "{report:?}"
        );
    }
    app.close().await.unwrap();
    simulator.stop().await;
    database.close().await;
}
