//! Redis that goes, and comes back.

use std::time::Duration;

use agendad::domain::RunStatus;
use nix::sys::signal::Signal;

use super::{answers, key, run_in, world};
use crate::support::{Program, RedisServer, World, eventually};

const SOON: Duration = Duration::from_secs(60);
const WINDOWS: &str = r#"
[[windows]]
name = "near"
from_day = 0
to_day = 1
cron = "* * * * * *"
"#;
/// The words of the log.
const LOST: &str = "Redis cannot be used";
const BACK: &str = "Redis answers again";

#[tokio::test]
async fn a_daemon_that_starts_without_redis_uses_it_when_it_comes() {
    let dir = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::stopped(dir.path());
    let world = world(1, redis.url()).await;
    assert!(!answers(&world));
    assert_eq!(world.sync(0).await.logins, 1);
    let report = world.sync(0).await;
    assert_eq!(
        (report.logins, report.session_reused),
        (0, true),
        "memory serves"
    );
    redis.start().await;
    eventually("Redis is used", SOON, async || {
        assert_eq!(world.sync(0).await.logins, 0);
        answers(&world).then_some(())
    })
    .await;
    let there: i64 = redis.ask(&["EXISTS", &key(world.users[0])]).await;
    assert_eq!(there, 1, "what memory held is shared");
    world.close().await;
}

/// Two daemons on one database and one Redis, as in production; Redis is killed in the middle of the
/// load, stays away for a while, and comes back empty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_run_fails_for_a_redis_that_is_killed_and_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::started(dir.path()).await;
    let examiners = 8;
    let world = World::new(examiners).await;
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let programs = homes.each_ref().map(|home| {
        world
            .program()
            .at(home.path())
            .env("AGENDAD_SESSION__STORE", "redis")
            .env("AGENDAD_REDIS__URL", redis.url())
            .file(WINDOWS)
    });
    let mut daemons = programs.each_ref().map(|program| program.start(&["run"]));
    further_runs(&world, 30).await;
    assert_eq!(
        logins(&world),
        examiners as u64,
        "one login each, across both"
    );

    redis.kill().await;
    all_say(&programs, LOST).await;
    further_runs(&world, 60).await;
    let during = logins(&world) - examiners as u64;
    redis.start().await;
    all_say(&programs, BACK).await;
    further_runs(&world, 30).await;
    for daemon in &mut daemons {
        daemon.signal(Signal::SIGTERM);
        assert_eq!(daemon.ended().await, Some(0));
    }
    let after = logins(&world) - examiners as u64 - during;
    eprintln!(
        "{examiners} examiners, 2 daemons: {during} logins while Redis was away, {after} after"
    );

    // Each daemon may meet an examiner whose session only the other has a copy of: once.
    assert!(during + after <= examiners as u64, "{during} + {after}");
    let bad = "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'success'";
    assert_eq!(world.count(bad).await, 0, "no run fails");
    for program in &programs {
        let said = |words: &str| program.log().matches(words).count();
        assert_eq!((said(LOST), said(BACK)), (1, 1), "{}", program.log());
    }
    world.close().await;
}

async fn all_say(programs: &[Program], words: &str) {
    for program in programs {
        eventually(words, SOON, async || {
            program.log().contains(words).then_some(())
        })
        .await;
    }
}

fn logins(world: &World) -> u64 {
    world.simulator.stats().logins
}

async fn further_runs(world: &World, many: i64) {
    let done = "SELECT count(*) FROM agenda_sync_runs WHERE finished_at IS NOT NULL";
    let before = world.count(done).await;
    eventually("further runs", SOON, async || {
        (world.count(done).await >= before + many).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_process_alone_loses_no_login_to_an_outage() {
    let dir = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::started(dir.path()).await;
    let world = world(3, redis.url()).await;
    for index in 0..3 {
        world.sync(index).await;
    }
    redis.kill().await;
    for index in 0..3 {
        let report = world.sync(index).await;
        assert_eq!((report.status, report.logins), (RunStatus::Success, 0));
    }
    assert!(!answers(&world));
    redis.start().await;
    eventually("Redis is used", SOON, async || {
        assert_eq!(world.sync(0).await.logins, 0);
        answers(&world).then_some(())
    })
    .await;
    assert_eq!(world.app.syncer.sessions.shared().unwrap().losses, 1);
    world.close().await;
}

#[tokio::test]
async fn a_login_that_redis_has_missed_is_not_hidden_by_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    assert_eq!(world.sync(0).await.logins, 1);
    redis.signal(Signal::SIGSTOP);
    world.simulator.expire_sessions(None);
    assert_eq!(world.sync(0).await.logins, 1, "kept in PostgreSQL");
    redis.signal(Signal::SIGCONT);
    let there: i64 = redis.ask(&["EXISTS", &key(world.users[0])]).await;
    assert_eq!(there, 1, "the session before");
    // A process without a copy of its own.
    let other = world.second_app().await;
    let report = run_in(&world, &other).await;
    assert_eq!((report.logins, report.session_reused), (0, true));
    other.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_connection_that_was_cut_is_replaced_without_a_word() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let killed: i64 = redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
    assert!(killed > 0);
    assert_eq!(world.sync(0).await.logins, 0);
    let health = world.app.syncer.sessions.shared().unwrap();
    assert!(health.answers && health.losses == 0, "{health:?}");
    world.close().await;
}
