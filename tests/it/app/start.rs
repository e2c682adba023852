//! A start that has to wait: for a connection to spare, for work on the schema.

use std::time::Duration;

use agendad::app::Roles;
use agendad::store::connect;
use nix::sys::signal::Signal;
use tokio::net::UnixDatagram;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::{TestDatabase, World, eventually};

const SOON: Duration = Duration::from_secs(150);

/// A role that owns the database and may not connect.
async fn role(database: &TestDatabase, name: &str) -> String {
    let options = connect::options(&database.url, "test").unwrap();
    let database_name = options.get_database().unwrap().to_owned();
    database.execute(&format!(
            "CREATE ROLE {name} LOGIN CONNECTION LIMIT 0; ALTER DATABASE \"{database_name}\" OWNER TO {name}"
        ),
    )
    .await;
    let (_, rest) = database.url.split_once('@').unwrap();
    format!("postgres://{name}@{rest}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_connections_are_named_with_their_cure_and_the_start_is_tried_again() {
    let world = World::new(1).await;
    let database = TestDatabase::empty().await;
    let name = format!("crowded_{}", std::process::id());
    let url = role(&database, &name).await;
    let program = world.program().env("AGENDAD_DATABASE__URL", &url);
    let said = program.run(&["run"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("it has no connection to spare"),
        "{said:?}"
    );
    assert!(!said.err.contains("earlier system"), "{said:?}");

    let patient = program.env("AGENDAD_DATABASE__START_PATIENCE", "5m");
    let mut daemon = patient.start(&["run"]);
    eventually("it says that it waits", SOON, async || {
        patient
            .log()
            .contains("not started yet, trying again")
            .then_some(())
    })
    .await;
    database
        .execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 50"))
        .await;
    // Also although the server has just said many things about the new tables that nobody wants to read.
    eventually("it starts", SOON, async || {
        patient.log().contains("agendad is running").then_some(())
    })
    .await;
    let lines = patient.log().matches("not started yet").count();
    assert_eq!(lines, 1, "one line a minute");
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0));
    database.execute("SELECT 1").await;
    let leave =
        format!("REASSIGN OWNED BY {name} TO agendad; DROP OWNED BY {name}; DROP ROLE {name}");
    database.execute(&leave).await;
    database.close().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_schema_and_an_address_for_the_locks_it_starts() {
    let world = World::new(1).await;
    let database = TestDatabase::empty().await;
    let program = world
        .program()
        .env("AGENDAD_DATABASE__URL", &database.url)
        .env("AGENDAD_DATABASE__SCHEMA", "horarios")
        .env("AGENDAD_DATABASE__LOCK_URL", &database.url);
    let mut daemon = program.start(&["run"]);
    eventually("it starts", SOON, async || {
        assert!(!daemon.has_ended(), "{}", program.log());
        program.log().contains("agendad is running").then_some(())
    })
    .await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0));
    database.close().await;
    world.close().await;
}

#[tokio::test]
async fn what_does_not_pass_by_itself_is_not_waited_for() {
    let world = World::new(1).await;
    let other = world.database.url.replace("/t%5F", "/u%5F");
    let program = world
        .program()
        .env("AGENDAD_DATABASE__URL", other)
        .env("AGENDAD_DATABASE__START_PATIENCE", "1h");
    let said = program.run(&["run"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("does not exist"), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn while_the_schema_is_worked_on_systemd_hears_that_the_start_goes_on() {
    let world = World::new(1).await;
    let place = tempfile::tempdir().unwrap();
    let socket = place.path().join("notify");
    let systemd = UnixDatagram::bind(&socket).unwrap();
    let hear = async |wanted: &str| {
        let mut said = [0; 4096];
        loop {
            let size = systemd.recv(&mut said).await.unwrap();
            let said = String::from_utf8_lossy(&said[..size]);
            if said.lines().any(|line| line.starts_with(wanted)) {
                return said.into_owned();
            }
            assert!(!said.contains("READY=1"), "{said}");
        }
    };
    // Whoever works on the schema has this lock.
    let mut other = world.database.pool.acquire().await.unwrap();
    let lock = "SELECT pg_advisory_lock(873250, 0)";
    sqlx::query(lock).execute(&mut *other).await.unwrap();
    let program = world.program().env("NOTIFY_SOCKET", socket.display());
    let daemon = program.start(&["run"]);
    let within = Duration::from_secs(60);
    let said = timeout(within, hear("EXTEND_TIMEOUT_USEC=60000000")).await;
    let said = said.unwrap();
    assert!(
        said.contains("STATUS=working on the database's schema"),
        "{said}"
    );
    other.close().await.unwrap();
    timeout(within, hear("READY=1")).await.unwrap();
    drop(daemon);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_heard_before_the_daemon_is_ready() {
    let world = World::new(1).await;
    let mut other = world.database.pool.begin().await.unwrap();
    let lock = "LOCK TABLE configuracoes_detran";
    sqlx::query(lock).execute(&mut *other).await.unwrap();
    let stop = CancellationToken::new();
    let script = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%senha_cifrada%'";
        let look = async || (world.count(waiting).await > 0).then_some(());
        eventually("it looks at the passwords", SOON, look).await;
        stop.cancel();
    };
    let run = timeout(SOON, Box::pin(world.app.run(Roles::ALL, &stop)));
    let (ran, ()) = tokio::join!(run, script);
    ran.expect("it does not stop").unwrap();
    other.rollback().await.unwrap();
    world.close().await;
}
