//! Connections that a failover leaves behind: on a server that only reads, or on one that is no longer ours.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::app::daemon::{Daemon, READINESS, server};
use crate::support::{Proxy, TestDatabase, World, eventually, simulated};

const SOON: Duration = Duration::from_secs(120);
const SUCCESSES: &str = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
/// Connections of daemons, those of the test aside.
const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE application_name LIKE 'agendad%' AND client_addr IS NOT NULL OR application_name = 'agendad control'";

async fn at_least(database: &TestDatabase, least: i64, sql: &str) {
    eventually(sql, SOON, async || {
        (database.count(sql).await >= least).then_some(())
    })
    .await;
}

/// Its signs of life, those of the pool and those of the control connection.
fn signs(instance: &str) -> String {
    format!(
        "SELECT count(*) FROM agendad_processes WHERE instance = '{instance}'
           AND beat_at > now() - interval '10 seconds' AND locks_at > now() - interval '10 seconds'"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_writes_is_said_within_seconds_and_so_is_its_recovery() {
    let (database, _place) = server().await;
    let world = World::on(database, simulated(), |_| {}).await;
    let daemon = Daemon::start(world.daemon_config()).await;
    at_least(&world.database, 2, SUCCESSES).await;
    assert_eq!(daemon.get("/readyz").await.0, 200);

    // Its own wish to write is the test's alone.
    let read_only = "ALTER SYSTEM SET default_transaction_read_only = on";
    world.database.execute(read_only).await;
    world.database.execute("SELECT pg_reload_conf()").await;
    daemon.until_ready_says("takes no writes").await;
    let (_, page) = daemon.get("/metrics").await;
    if page.contains("agendad_database_trouble") {
        assert!(
            page.contains("agendad_database_trouble{trouble=\"read_only\"} 1"),
            "{page}"
        );
    }
    let said = world.program().run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out
            .contains("takes no writes: it is a standby, or set to read-only"),
        "{said:?}"
    );

    take_writes(&world).await;
    daemon.until_ready_says("ready\n").await;
    let before = world.database.count(SUCCESSES).await;
    at_least(&world.database, before + 2, SUCCESSES).await;
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
}

async fn take_writes(world: &World) {
    let mut owner = world.database.pool.acquire().await.unwrap();
    for statement in [
        "SET default_transaction_read_only = off",
        "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()",
    ] {
        sqlx::query(statement).execute(&mut *owner).await.unwrap();
    }
    drop(owner.detach());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_server_takes_no_writes_the_log_says_once_that_ticks_are_not_handed_out() {
    let (database, _place) = server().await;
    let world = World::on(database, simulated(), |_| {}).await;
    let program = world
        .program()
        .env("AGENDAD_LOG__LEVEL", "info,agendad::scheduler=debug")
        .file("[[windows]]\nname = \"fast\"\nfrom_day = 0\nto_day = 3\ncron = \"* * * * * *\"\n");
    let mut daemon = program.start(&["run"]);
    at_least(&world.database, 2, SUCCESSES).await;
    program.forget_log();
    let read_only = "ALTER SYSTEM SET default_transaction_read_only = on";
    world.database.execute(read_only).await;
    world.database.execute("SELECT pg_reload_conf()").await;
    let says = async |what: &str, times: usize| {
        let look = async || (program.log().matches(what).count() >= times).then_some(());
        eventually(what, SOON, look).await;
    };
    says("still trying", 3).await;
    let log = program.log();
    assert_eq!(
        log.matches("tick not handed out, trying again").count(),
        1,
        "{log}"
    );
    assert!(!log.contains("River job fetch failed"), "{log}");
    take_writes(&world).await;
    says("ticks are handed out again", 1).await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_moves_with_its_address_pool_and_locks_together() {
    let (old, _old_place) = server().await;
    let (new, _new_place) = server().await;
    let proxy = Proxy::before(&old.url).await;
    let url = proxy.url(&old.url);
    let world = World::on(old, simulated(), |_| {}).await;
    let mut config = world.daemon_config();
    config.secrets.database_url = Some(url.into());
    let daemon = Daemon::start(config).await;
    let instance = daemon.app.syncer.control.instance().to_owned();
    at_least(&world.database, 2, SUCCESSES).await;
    at_least(&world.database, 1, &signs(&instance)).await;
    let lock = daemon
        .app
        .syncer
        .control
        .try_lock(4711)
        .await
        .unwrap()
        .unwrap();

    // Living connections stay where they are, and the old server still takes their writes.
    proxy.switch_to(&new.url);
    tokio::time::timeout(READINESS, lock.lost().cancelled())
        .await
        .expect("what was locked on the old server must end");
    at_least(&new, 1, &signs(&instance)).await;
    eventually("nothing is left on the old server", SOON, async || {
        // The world's own process, which goes without the proxy, stays.
        (world.database.count(CONNECTIONS).await <= 1).then_some(())
    })
    .await;
    daemon.until_ready_says("ready\n").await;
    let mark =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted";
    at_least(&new, 1, mark).await;
    assert!(
        daemon
            .app
            .syncer
            .control
            .try_lock(4711)
            .await
            .unwrap()
            .is_some()
    );
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
    new.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_hosts_the_one_that_takes_writes_is_used() {
    let (standby, _standby_place) = server().await;
    let (primary, _primary_place) = server().await;
    let (first, second) = (
        Proxy::before(&standby.url).await,
        Proxy::before(&primary.url).await,
    );
    let (first, second) = (first.url(&standby.url), second.url(&primary.url));
    let port = |url: &str| {
        url.rsplit_once(':')
            .unwrap()
            .1
            .split('/')
            .next()
            .unwrap()
            .to_owned()
    };
    let both = format!(
        "postgres://agendad@127.0.0.1:{},127.0.0.1:{}/alone?sslmode=disable&target_session_attrs=read-write",
        port(&first),
        port(&second)
    );
    standby
        .execute("ALTER DATABASE alone SET default_transaction_read_only = on")
        .await;
    let mut primary = primary;
    let direct = std::mem::replace(&mut primary.url, both);
    let world = World::on(primary, simulated(), |_| {}).await;
    let daemon = Daemon::start(world.daemon_config()).await;
    at_least(&world.database, 2, SUCCESSES).await;
    let nobody = standby
        .count("SELECT count(*) FROM agendad_processes")
        .await;
    assert_eq!(nobody, 0);
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    drop(direct);
    world.close().await;
    standby.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locks_on_another_server_than_the_data_are_refused_at_the_start() {
    let (data, _data_place) = server().await;
    let (locks, _locks_place) = server().await;
    let world = World::on(data, simulated(), |_| {}).await;
    let program = world
        .program()
        .env("AGENDAD_DATABASE__LOCK_URL", &locks.url);
    let said = program.run(&["run"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err
            .contains("is another server than database.url leads to"),
        "{said:?}"
    );
    let said = program.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  locks"), "{said:?}");
    world.close().await;
    locks.close().await;
}
