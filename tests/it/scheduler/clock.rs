//! Ticks go by the database's clock.

use std::sync::Arc;
use std::time::Duration;

use agendad::clock::Clock;
use agendad::scheduler::liveness::LoopHeartbeats;
use agendad::scheduler::river::QueueSettings;
use agendad::scheduler::{Queue, Ticker};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{at_least, examiners};
use crate::support::{World, clock, fast_window};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_clock_is_ahead_does_not_use_up_the_ticks_of_the_others() {
    let world = World::with(examiners(2), |_| {}).await;
    let store = world.database.store.clone();
    let settings = QueueSettings {
        instance: "ahead/1".to_owned(),
        workers: 1,
        run_timeout: Duration::from_secs(60),
        soft_stop: Duration::from_secs(1),
    };
    let mut config = (*world.app.config()).clone();
    config.windows = vec![fast_window("fast")];
    let windows = watch::Sender::new(Arc::new(config));
    let tomorrow = Clock::fixed(clock().zone(), clock().now() + chrono::TimeDelta::days(1));
    let ticker = Ticker::new(
        &world.app.syncer,
        Queue::new(store.pool(), &settings, None).unwrap(),
        tomorrow,
        windows.subscribe(),
        LoopHeartbeats::default().register("ticker"),
    );
    let stop = CancellationToken::new();
    let told = stop.clone();
    let mut running = JoinSet::new();
    running.spawn(async move { ticker.run(&told).await });
    at_least(&world, 2, "SELECT count(*) FROM river.river_job").await;
    stop.cancel();
    running.join_next().await.unwrap().unwrap().unwrap();
    let ahead = "SELECT count(*) FROM sync_schedules WHERE last_tick > now() + interval '1 second'";
    assert_eq!(world.count(ahead).await, 0);
    world.close().await;
}
