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
    world
        .execute(
            "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
             SELECT id, 'old', CURRENT_DATE, CURRENT_DATE, 'success', now() - interval '91 days' FROM usuarios",
        )
        .await;
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}
