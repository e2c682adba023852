//! New settings in force without a restart; those that need one are named, wrong ones change nothing.

use std::time::Duration;

use agendad::app::Roles;
use tokio_util::sync::CancellationToken;

use crate::support::{World, eventually, fast_window};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_is_added_at_a_reload_fires_without_a_restart() {
    let world = World::new(2).await;
    let stop = CancellationToken::new();
    let script = async {
        let mut config = (*world.app.config()).clone();
        config.windows = vec![fast_window("added")];
        config.scheduler.workers += 1;
        let waiting = world.app.apply(config).unwrap();
        assert_eq!(
            waiting,
            ["scheduler.workers"],
            "what needs a restart is named"
        );
        let done = "SELECT count(*) FROM agenda_sync_runs WHERE window_name = 'added' AND status = 'success'";
        let look = || async { (world.count(done).await >= 4).then_some(()) };
        eventually("runs of the added window", Duration::from_secs(30), look).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_configuration_that_is_refused_leaves_the_old_one_in_force() {
    let world = World::new(1).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[scheduler]\nworkers = 0\n").unwrap();
    let before = world.app.config();
    world.app.reload(Some(file.path()));
    assert_eq!(world.app.config().windows, before.windows);
    assert_eq!(
        world.app.config().scheduler.workers,
        before.scheduler.workers
    );
    world.close().await;
}
