//! A full disk, as the server says it: refused with SQLSTATE 53100. And what is said of it.

use std::time::Duration;

use crate::app::daemon::{Daemon, server};
use crate::support::{World, simulated};

/// The server's own refusal for the daemon's signs of life, as it comes when a table cannot grow.
const FULL: &str = "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON agendad_processes FOR EACH ROW EXECUTE FUNCTION no_room()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_by_readiness_within_fifteen_seconds() {
    let (database, _place) = server().await;
    let world = World::on(database, simulated(), |_| {}).await;
    let daemon = Daemon::start(world.daemon_config()).await;
    daemon.until_ready_says("ready\n").await;
    world.database.execute(FULL).await;
    daemon.until_ready_says("database: its disk is full").await;
    world
        .database
        .execute("DROP FUNCTION no_room CASCADE")
        .await;
    let took = daemon.until_ready_says("ready\n").await;
    assert!(took < Duration::from_secs(15));
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
}

#[tokio::test]
async fn the_trial_for_room_really_writes_to_the_disk() {
    let (database, _place) = server().await;
    let written = "SELECT coalesce(sum(temp_bytes), 0)::bigint FROM pg_stat_database WHERE datname = current_database()";
    let before = database.count(written).await;
    database.store.try_for_room().await.unwrap();
    crate::support::eventually(
        "the server counts it",
        Duration::from_secs(20),
        async || {
            let after = database.count(written).await;
            (after - before >= 1_000_000).then_some(())
        },
    )
    .await;
    database.close().await;
}
