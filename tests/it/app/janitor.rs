//! What is over is cleared away.

use std::time::Duration;

use agendad::app::Roles;
use tokio_util::sync::CancellationToken;

use crate::support::{World, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_nobody_took_and_runs_that_are_old_go_while_a_daemon_runs() {
    let world = World::new(1).await;
    let stop = CancellationToken::new();
    let script = async {
        let given_up = "SELECT count(*) FROM agendad_alert_outbox WHERE given_up_at IS NOT NULL";
        let runs = "SELECT count(*) FROM agenda_sync_runs WHERE window_name = 'old'";
        let look = || async {
            let done = world.count(given_up).await == 1 && world.count(runs).await == 0;
            done.then_some(())
        };
        eventually("what is over is gone", Duration::from_secs(30), look).await;
        stop.cancel();
    };
    world
        .execute(
            "INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body, created_at)
             VALUES ('slack', 'layout', 'opened', 'x', 'x', now() - interval '25 hours')",
        )
        .await;
    // A process was at work yesterday, so the clock is not ahead.
    for (window, ago) in [("old", "91 days"), ("new", "20 hours")] {
        world.execute(&old_run(window, ago)).await;
    }
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_back_keeps_nothing_else_from_being_looked_after() {
    let world = World::new(1).await;
    let stop = CancellationToken::new();
    // Nothing can be noted, and so nothing can be taken back.
    world
        .database
        .execute("DROP TABLE agendad_clock_corrections; ALTER TABLE agenda_sync_runs SET (autovacuum_enabled = off)")
        .await;
    world
        .database
        .execute(
            "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
             SELECT id, 'old', CURRENT_DATE, CURRENT_DATE, 'success', now() FROM usuarios, generate_series(1, 600);
             SELECT pg_stat_force_next_flush()",
        )
        .await;
    let has = async |what: &str| {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'agenda_sync_runs' AND {what}"
        );
        (world.count(&sql).await == 1).then_some(())
    };
    let filled = async || has("n_live_tup >= 500").await;
    eventually("counted rows", Duration::from_secs(20), filled).await;
    let script = async {
        let analyzed = async || has("last_analyze IS NOT NULL").await;
        eventually("its statistics", Duration::from_secs(60), analyzed).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_the_dead_are_freed_while_many_old_runs_are_cleared_away() {
    let world = World::new(1).await;
    let stop = CancellationToken::new();
    // A batch of a thousand takes more than a second: half a minute in all.
    for sql in [
        "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
         SELECT id, 'old', CURRENT_DATE, CURRENT_DATE, 'success', now() - interval '91 days'
         FROM usuarios, generate_series(1, 25000)",
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.2); RETURN NULL; END $$",
        "CREATE TRIGGER slow AFTER DELETE ON agenda_sync_runs FOR EACH STATEMENT EXECUTE FUNCTION slow()",
        // Nobody works on it: while it waits, the janitor looks every few seconds.
        "INSERT INTO river.river_job (state, kind, queue, args, max_attempts, priority)
         VALUES ('available', 'sync', 'sync', '{\"usuario_id\": 0, \"window\": \"waits\"}', 5, 1)",
    ] {
        world.execute(sql).await;
    }
    world.execute(&old_run("new", "20 hours")).await;
    let old = "SELECT count(*) FROM agenda_sync_runs WHERE window_name = 'old'";
    let script = async {
        let has_begun = async || (world.count(old).await < 25_000).then_some(());
        eventually("clearing begins", Duration::from_secs(60), has_begun).await;
        let dead = "INSERT INTO river.river_job (state, kind, queue, args, attempt, max_attempts, priority, attempted_at,
                        attempted_by)
                    VALUES ('running', 'sync', 'sync', '{\"usuario_id\": 0, \"window\": \"dead\"}', 1, 5, 1, now(),
                        ARRAY['dead/1'])";
        world.execute(dead).await;
        let freed = "SELECT count(*) FROM river.river_job WHERE args ->> 'window' = 'dead' AND state = 'available'";
        let is_freed = async || (world.count(freed).await == 1).then_some(());
        eventually("the job is free", Duration::from_secs(120), is_freed).await;
        assert!(
            world.count(old).await > 0,
            "only after all was cleared away"
        );
        stop.cancel();
    };
    let roles = Roles {
        schedule: true,
        work: false,
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(roles, &stop)), script);
    ran.unwrap();
    world.close().await;
}

fn old_run(window: &str, ago: &str) -> String {
    format!(
        "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
         SELECT id, '{window}', CURRENT_DATE, CURRENT_DATE, 'success', now() - interval '{ago}' FROM usuarios"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_stands_far_ahead_at_the_start_takes_no_history_along() {
    let world = World::new(1).await;
    let stop = CancellationToken::new();
    // By a clock that is ahead, the last run was a hundred days ago.
    world.execute(&old_run("old", "100 days")).await;
    world
        .execute(
            "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
             SELECT id, 'dead', CURRENT_DATE, CURRENT_DATE, 'running', now() - interval '100 days' FROM usuarios",
        )
        .await;
    let script = async {
        let look = |what: &'static str, count: &'static str| {
            let look = async || (world.count(count).await == 1).then_some(());
            eventually(what, Duration::from_secs(90), look)
        };
        let orphaned =
            "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'orphaned'";
        look("it clears away", orphaned).await;
        // One thing is done after the other, so that the rest of the clearing, which may still go on, is over once this is
        // done. Of another instance, such a run would be the sign of life that makes the clock right.
        let ours = world.app.syncer.control.instance();
        let ahead = format!(
            "UPDATE agenda_sync_runs SET started_at = now() + interval '1 hour', instance = '{ours}' WHERE window_name = 'dead'"
        );
        world.execute(&ahead).await;
        let taken_back = "SELECT count(*) FROM agenda_sync_runs WHERE window_name = 'dead' AND started_at <= now()";
        look("it looks at the clock", taken_back).await;
        let old = "SELECT count(*) FROM agenda_sync_runs WHERE window_name = 'old'";
        assert_eq!(world.count(old).await, 1);
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_the_dead_is_closed_although_no_further_one_of_its_examiner_comes() {
    let world = World::new(3).await;
    let stop = CancellationToken::new();
    for (index, ago) in [(0, "1 day"), (1, "1 day"), (2, "1 minute")] {
        world
            .execute(&format!(
                "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
                 VALUES ({}, 'near', CURRENT_DATE, CURRENT_DATE, 'running', now() - interval '{ago}')",
                world.users[index]
            ))
            .await;
    }
    // Removed for good, but for the one whose run goes on, by its lock.
    world
        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    let control = &world.app.syncer.control;
    let lock = control.try_lock(world.users[1]).await.unwrap().unwrap();
    let script = async {
        let look = || async { (world.count(RUNNING).await == 2).then_some(()) };
        eventually("it is closed", Duration::from_secs(30), look).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    let closed = format!(
        "SELECT count(*) FROM agenda_sync_runs WHERE usuario_id = {} AND error_details ->> 'kind' = 'orphaned'",
        world.users[0]
    );
    assert_eq!(world.count(&closed).await, 1);
    lock.release().await;
    world.close().await;
}

const RUNNING: &str = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
