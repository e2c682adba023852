//! Redis that is there and of no use.

use std::time::{Duration, Instant};

use agendad::domain::RunStatus;
use nix::sys::signal::Signal;

use super::{answers, world};
use crate::support::{RedisServer, World, eventually};

const SOON: Duration = Duration::from_secs(120);

async fn goes_on_without(world: &World, why: &str) {
    let start = Instant::now();
    for _ in 0..3 {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{why}: {report:?}");
        assert_eq!(report.logins, 0, "{why}: the copy serves");
    }
    assert!(!answers(world), "{why}");
    // At most one connection and one answer were waited for, twice, and not by every run.
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{why}: {:?}",
        start.elapsed()
    );
    assert_eq!(
        world.app.syncer.sessions.shared().unwrap().losses,
        1,
        "{why}"
    );
}

async fn comes_back(world: &World) {
    eventually("Redis is used", SOON, async || {
        assert_eq!(world.sync(0).await.logins, 0);
        answers(world).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_hangs_is_not_waited_for_by_every_run() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    redis.signal(Signal::SIGSTOP);
    goes_on_without(&world, "it hangs").await;
    redis.signal(Signal::SIGCONT);
    comes_back(&world).await;
    world.close().await;
}

#[tokio::test]
async fn a_redis_that_is_full_is_one_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let () = redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    goes_on_without(&world, "it is full").await;
    let () = redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    comes_back(&world).await;
    world.close().await;
}

#[tokio::test]
async fn a_replica_that_takes_no_writes_is_one_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let () = redis.ask(&["REPLICAOF", "127.0.0.1", "9"]).await;
    goes_on_without(&world, "it is a replica").await;
    let () = redis.ask(&["REPLICAOF", "NO", "ONE"]).await;
    comes_back(&world).await;
    world.close().await;
}

#[tokio::test]
async fn a_password_that_is_set_right_later_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url_with_password("s3nha")).await;
    assert!(!answers(&world), "Redis knows no such password");
    world.sync(0).await;
    goes_on_without(&world, "wrong password").await;
    let () = redis.ask(&["ACL", "SETUSER", "default", ">s3nha"]).await;
    comes_back(&world).await;
    world.close().await;
}
