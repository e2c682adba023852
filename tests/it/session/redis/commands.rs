//! What an operator does with the sessions of all daemons.

use super::{key, run_in, world};
use crate::support::{Program, RedisServer, World};

fn program(world: &World, url: &str) -> Program {
    world
        .program()
        .env("AGENDAD_SESSION__STORE", "redis")
        .env("AGENDAD_REDIS__URL", url)
}

#[tokio::test]
async fn the_sessions_of_all_daemons_can_be_seen_and_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let redis = RedisServer::started(dir.path()).await;
    let world = world(2, redis.url()).await;
    let second = world.second_app().await;
    let program = program(&world, &redis.url());
    let empty = program.run(&["sessions", "list"]).await;
    assert!(empty.err.contains("no sessions are open"), "{empty:?}");

    world.sync(0).await;
    world.sync(1).await;
    run_in(&world, &second).await;
    let () = redis.ask(&["SET", "agendad:session:stranger", "x"]).await;
    let listed = program.run(&["sessions", "list", "--json"]).await.json();
    let users: Vec<i64> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["usuario_id"].as_i64().unwrap())
        .collect();
    assert_eq!(
        users,
        world
            .users
            .iter()
            .map(|&user| i64::from(user))
            .collect::<Vec<_>>()
    );
    assert!(listed[0]["dies_at"].is_string());
    let () = redis.ask(&["DEL", "agendad:session:stranger"]).await;

    let cleared = program.run(&["sessions", "clear", "--json"]).await.json();
    assert_eq!(cleared["cleared"], 2);
    let there: i64 = redis.ask(&["EXISTS", &key(world.users[0])]).await;
    assert_eq!(there, 0);
    assert_eq!(
        world.sync(0).await.logins,
        1,
        "the copies are forgotten too"
    );
    assert_eq!(
        run_in(&world, &second).await.logins,
        0,
        "the new one is shared"
    );
    second.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn commands_and_check_say_that_redis_is_away_and_tell_no_password() {
    let dir = tempfile::tempdir().unwrap();
    let mut redis = RedisServer::stopped(dir.path()).option(&["--requirepass", "s3nha"]);
    let world = World::new(1).await;
    let program = program(&world, &redis.url_with_password("s3nha"));
    let said = program.run(&["sessions", "clear"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("Redis at 127.0.0.1:"), "{said:?}");
    assert!(!said.err.contains("s3nha"), "{said:?}");
    // Whose they are is written in the database.
    let said = program.run(&["sessions", "list"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = program.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  redis"), "{said:?}");
    assert!(!said.out.contains("s3nha"), "{said:?}");
    let offline = program.run(&["check", "--offline"]).await;
    assert_eq!(offline.code, Some(0), "{offline:?}");

    redis.start().await;
    let said = program.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("takes writes"), "{said:?}");
    let wrong = program.env("AGENDAD_REDIS__URL", redis.url_with_password("falsa"));
    let said = wrong.run(&["check"]).await;
    assert!(
        said.out.contains("FAIL  redis") && !said.out.contains("falsa"),
        "{said:?}"
    );
    world.close().await;
}
