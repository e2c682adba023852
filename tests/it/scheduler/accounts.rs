//! Accounts that come, go, rest and wake up while the daemon runs.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind, Place};

use super::{RUNNING, SOON, TWICE, at_least, examiners};
use crate::support::{Daemon, World, eventually};

const WITHIN: Duration = Duration::from_secs(25);

fn runs_of(user: i32) -> String {
    format!(
        "SELECT count(*) FROM agenda_sync_runs WHERE usuario_id = {user} AND status = 'success'"
    )
}

async fn runs_soon(world: &World, user: i32, many: i64) {
    let waited = tokio::time::timeout(WITHIN, at_least(world, many, &runs_of(user))).await;
    waited.unwrap_or_else(|_| panic!("user {user} has not run {many} times within {WITHIN:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_an_account_takes_effect_within_seconds() {
    let world = World::with(examiners(3), |_| {}).await;
    let [stays, rests, comes] = [world.users[0], world.users[1], world.users[2]];
    // The third is not there yet, the second rests.
    world
        .execute(&format!(
            "DELETE FROM configuracoes_detran WHERE usuario_id = {comes}"
        ))
        .await;
    world
        .database
        .store
        .pause_account(rests, "test")
        .await
        .unwrap();

    let mut config = world.daemon_config();
    // Only what was missed fires during the test.
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let daemon = Daemon::start(config, Roles::ALL).await;
    runs_soon(&world, stays, 1).await;

    // As the earlier system adds it, with a clear-text password.
    let comer = world.simulator.examiners()[2].clone();
    world
        .execute(&format!(
            "INSERT INTO configuracoes_detran (usuario_id, cpf, senha, dias_trabalho)
             VALUES ({comes}, '{}', '{}', '[]')",
            comer.cpf, comer.senha
        ))
        .await;
    runs_soon(&world, comes, 1).await;

    assert_eq!(
        world.portal_saw(1).requests,
        0,
        "a paused account is left alone"
    );
    world
        .database
        .store
        .resume_account(rests, "test")
        .await
        .unwrap();
    runs_soon(&world, rests, 1).await;
    assert_eq!(
        world.count(&runs_of(stays)).await,
        1,
        "nobody else was disturbed"
    );
    daemon.stop().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_account_is_tried_once_however_many_ticks_and_processes_there_are() {
    let world = World::with(examiners(2), |_| {}).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let first = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let second = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 3, &runs_of(world.users[1])).await;
    first.stop().await;
    second.stop().await;
    let third = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 5, &runs_of(world.users[1])).await;
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    let runs = format!(
        "SELECT count(*) FROM agenda_sync_runs WHERE usuario_id = {}",
        world.users[0]
    );
    assert_eq!(world.count(&runs).await, 1);

    world.set_password(0, "Outra-1234").await;
    runs_soon(&world, world.users[0], 1).await;
    third.stop().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_stored_during_a_run_is_tried_once_that_run_is_over() {
    let world = World::with(examiners(1), |_| {}).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let slowly = FaultKind::Latency(Duration::from_secs(3));
    world
        .simulator
        .inject(Fault::always(slowly).at(Place::Login));
    let mut config = world.daemon_config();
    // Only what was missed, or is due for the password, fires during the test.
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let daemon = Daemon::start(config, Roles::ALL).await;
    at_least(&world, 1, RUNNING).await;
    eventually("the old one is posted", SOON, async || {
        (world.portal_saw(0).passwords == 1).then_some(())
    })
    .await;
    world.set_password(0, "Outra-1234").await;
    let user = world.users[0];
    world.database.store.make_due(user).await.unwrap();
    eventually("a run with the new one", SOON, async || {
        // As the next look would, half a minute later.
        world.execute("NOTIFY agendad_accounts").await;
        (world.count(&runs_of(user)).await == 1).then_some(())
    })
    .await;
    daemon.stop().await;
    assert_eq!(
        world.portal_saw(0).login_refusals,
        1,
        "the old one was tried"
    );
    assert_eq!(world.count(TWICE).await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_cannot_be_read_ends_its_tick_and_harms_nobody() {
    let world = World::with(examiners(2), |_| {}).await;
    let broken = world.users[0];
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET cpf = '123' WHERE usuario_id = {broken}"
        ))
        .await;
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 2, &runs_of(world.users[1])).await;
    let done = format!(
        "SELECT count(*) FROM river.river_job WHERE state = 'completed' AND (args ->> 'usuario_id')::int = {broken}"
    );
    at_least(&world, 1, &done).await;
    daemon.stop().await;
    world.close().await;
}
