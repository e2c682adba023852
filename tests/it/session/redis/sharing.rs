//! Several processes, one login.

use std::time::Duration;

use agendad::app::App;
use agendad::domain::{Cpf, RunStatus};
use chrono::{DateTime, Utc};

use super::{answers, key, run_in, world};
use crate::support::{RedisServer, World};

#[tokio::test]
async fn two_processes_share_one_login_of_a_user() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(2, redis.url()).await;
    let second = world.second_app().await;
    assert_eq!(world.sync(0).await.logins, 1);
    for app in [&second, &world.app, &second] {
        let report = run_in(&world, app).await;
        assert_eq!((report.logins, report.session_reused), (0, true));
    }
    assert_eq!(
        world.sync(1).await.logins,
        1,
        "another examiner has their own"
    );
    assert_eq!(world.simulator.stats().logins, 2);
    second.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn redis_holds_sealed_values_that_expire_by_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let key = key(world.users[0]);
    let value: String = redis.ask(&["GET", &key]).await;
    assert!(value.starts_with("v1."), "{value}");
    let examiner = &world.simulator.examiners()[0];
    assert!(!value.contains(&examiner.cpf) && !value.to_lowercase().contains("session"));
    let millis: i64 = redis.ask(&["PTTL", &key]).await;
    // `session.ttl`, and then as long as the portal may still know it: to log out.
    let lives = (45 + 30) * 60 * 1000;
    assert!((lives - 60_000..=lives).contains(&millis), "{millis}");
    let keys: Vec<String> = redis.ask(&["KEYS", "*"]).await;
    assert!(
        keys.iter().all(|key| key.starts_with("agendad:")),
        "{keys:?}"
    );

    // It is gone when its time is over, the process's own copy too.
    let mut session = world.app.config().session.clone();
    session.ttl = Duration::from_millis(1);
    world.app.syncer.sessions.set(&session);
    world.sync(0).await;
    assert_eq!(world.sync(0).await.logins, 1);
    world.close().await;
}

#[tokio::test]
async fn what_is_not_the_users_own_session_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(2, redis.url()).await;
    world.sync(0).await;
    world.sync(1).await;
    let (mine, others) = (key(world.users[0]), key(world.users[1]));
    let sealed: String = redis.ask(&["GET", &others]).await;
    let damaged = format!("{}AAAA", &sealed[..sealed.len() - 4]);
    let foreign = sealed.replacen(sealed.split('.').nth(1).unwrap(), "00000000", 1);
    for value in [
        "",
        "garbage",
        "v1.",
        "\u{0}\u{1}",
        &sealed,
        &damaged,
        &foreign,
    ] {
        // A process without a copy of its own.
        let fresh = world.second_app().await;
        let () = redis.ask(&["SET", &mine, value]).await;
        assert_one_login(&world, &fresh, value).await;
        fresh.close().await.unwrap();
    }
    let fresh = world.second_app().await;
    let () = redis.ask(&["DEL", &mine]).await;
    let () = redis.ask(&["RPUSH", &mine, "no text at all"]).await;
    assert_one_login(&world, &fresh, "a list").await;
    fresh.close().await.unwrap();
    assert!(answers(&world), "a wrong value is not an ill Redis");
    world.close().await;
}

async fn assert_one_login(world: &World, app: &App, value: &str) {
    let report = run_in(world, app).await;
    assert_eq!(report.status, RunStatus::Success, "{value:?}: {report:?}");
    assert_eq!(report.logins, 1, "{value:?}");
    let report = run_in(world, app).await;
    assert_eq!(report.logins, 0, "{value:?} is replaced");
}

#[tokio::test]
async fn an_account_that_gets_another_cpf_does_not_get_the_sessions_of_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let cpf = Cpf::parse("52998224725").unwrap();
    let sessions = &world.app.syncer.sessions;
    let since = DateTime::<Utc>::MIN_UTC;
    assert!(sessions.get(world.users[0], &cpf, since).await.is_none());
    world.close().await;
}

#[tokio::test]
async fn what_redis_has_lost_costs_no_login_where_it_was_kept() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(1, redis.url()).await;
    world.sync(0).await;
    let () = redis.ask(&["FLUSHALL"]).await;
    assert_eq!(world.sync(0).await.logins, 0);
    let there: i64 = redis.ask(&["EXISTS", &key(world.users[0])]).await;
    assert_eq!(there, 1, "and it is shared again");
    world.close().await;
}
