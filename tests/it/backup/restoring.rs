//! A backup put back where life has gone on.

use std::time::Duration;

use agendad::private_postgres::{Hold, PrivatePostgres};
use agendad::simulator::BookingRequest;
use nix::sys::signal::Signal;

use super::clinic::Clinic;
use crate::support::{clock, eventually};

const SOON: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_refuses_while_a_daemon_runs_and_over_a_database_that_nobody_gave_up() {
    let clinic = Clinic::open().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let refused = clinic.program.run(&["restore", &file]).await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("--replace"), "{refused:?}");
    let mut daemon = clinic.program.start(&["run"]);
    eventually("the daemon is up", SOON, async || {
        clinic
            .program
            .log()
            .contains("agendad is running")
            .then_some(())
    })
    .await;
    for arguments in [
        vec!["restore", file.as_str(), "--replace"],
        vec!["database", "upgrade"],
    ] {
        let refused = clinic.program.run(&arguments).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains("stop it first"), "{refused:?}");
    }
    // A backup goes on beside it.
    clinic.good(&["backup", "--output", &file]).await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", clinic.program.log());
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_portal_that_has_moved_on_the_first_sync_makes_it_true_and_doubles_nothing() {
    let clinic = Clinic::open().await;
    // A run under way when the backup is made.
    let under_way =
        "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
                     VALUES (1, current_date, current_date, 'running', now())";
    clinic
        .good(&["database", "psql", "--write", "--", "-c", under_way])
        .await;
    let read_only = clinic
        .program
        .run(&["database", "psql", "--", "-c", under_way])
        .await;
    assert_ne!(
        read_only.code,
        Some(0),
        "read-only unless told otherwise: {read_only:?}"
    );
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;

    // Life goes on: the portal changes, and all of it is stored, appointments too.
    let today = clock().today();
    let tomorrow = today + chrono::Days::new(1);
    let portal = &clinic.simulator;
    let listed = portal.agenda_between(0, tomorrow, today + chrono::Days::new(6));
    portal.cancel(0, &listed[0].key()).unwrap();
    portal
        .reschedule(0, &listed[1].key(), tomorrow, None)
        .unwrap();
    portal.book(0, BookingRequest::on(tomorrow)).unwrap();
    clinic.sync().await;
    let true_slots = clinic.slots().await;
    let logins = portal.stats().logins;

    let restored = clinic
        .good(&["restore", &file, "--replace", "--json"])
        .await
        .json();
    let kept = restored["kept"].as_str().unwrap();
    assert!(std::path::Path::new(kept).join("PG_VERSION").exists());
    assert_ne!(clinic.slots().await, true_slots, "it is of before");
    let cookies = "SELECT count(*) FROM portal_sessions WHERE sealed IS NOT NULL";
    assert_eq!(clinic.ask(cookies).await, "0");
    // What was told meanwhile of changes and slots is known to others by their numbers.
    for table in [
        "agenda_slot_changes",
        "agenda_slots",
        "agenda_sync_runs",
        "agendad_alert_outbox",
    ] {
        let gap = format!("SELECT last_value > 10000000 FROM {table}_id_seq");
        assert_eq!(clinic.ask(&gap).await, "t", "{table}");
    }

    let mut daemon = clinic.program.start(&["run"]);
    eventually("the portal's agenda again", SOON, async || {
        (clinic.slots().await == true_slots).then_some(())
    })
    .await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", clinic.program.log());
    let orphaned =
        "SELECT count(*) FROM agenda_sync_runs WHERE error_details->>'kind' = 'orphaned'";
    assert_eq!(clinic.ask(orphaned).await, "1");
    let doubled =
        "SELECT count(*) - count(DISTINCT (usuario_id, cpf, data_agendamento)) FROM agendamentos
                   WHERE status <> 'cancelado'";
    assert_eq!(clinic.ask(doubled).await, "0");
    let ticks = "SELECT count(*) FROM (SELECT tick FROM agenda_sync_runs WHERE tick IS NOT NULL
                 GROUP BY usuario_id, window_name, tick HAVING count(*) > 1) d";
    assert_eq!(clinic.ask(ticks).await, "0");
    assert!(portal.stats().logins > logins, "a session of its own");
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_a_restore_is_killed_one_database_starts_and_the_next_restore_succeeds() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    for milliseconds in [50, 300, 700, 1000, 1300, 1700, 2200] {
        let mut restore = clinic.program.start(&["restore", &file, "--replace"]);
        // The moment is what is tried here.
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        if !restore.has_ended() {
            restore.signal(Signal::SIGKILL);
        }
        restore.ended().await;
        assert_eq!(clinic.slots().await, before, "after {milliseconds} ms");
    }
    clinic.good(&["restore", &file, "--replace"]).await;
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

/// The programs that a killed restore has left running (`initdb`, a server) are still at work when the next one begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_begun_at_once_after_a_killed_one_succeeds_whatever_that_one_was_at() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let next = clinic.state().join("postgres/next");
    for stage in [
        "data.new.0",                 // initdb has begun
        "data.new.0/postgresql.conf", // and is filling its tables
        "data",                       // the server is being started
        "data/postmaster.pid",
        "socket/.s.PGSQL.5432", // it takes connections
    ] {
        let mut restore = clinic.program.start(&["restore", &file, "--replace"]);
        eventually(stage, SOON, async || {
            assert!(!restore.has_ended(), "{stage}: {}", clinic.program.log());
            next.join(stage).exists().then_some(())
        })
        .await;
        restore.signal(Signal::SIGKILL);
        restore.ended().await;
        clinic.good(&["restore", &file, "--replace"]).await;
    }
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

#[tokio::test]
async fn what_was_begun_in_the_place_of_a_cluster_is_finished_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("postgres");
    std::fs::set_permissions(
        dir.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o711),
    )
    .unwrap();
    PrivatePostgres::start(&place)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    // As after a death between the last two steps.
    std::fs::rename(place.join("data"), place.join("data.next")).unwrap();
    assert!(PrivatePostgres::exists(&place).unwrap());
    let hold = Hold::take(&place).await.unwrap();
    assert!(place.join("data/PG_VERSION").exists());
    drop(hold);
    PrivatePostgres::start(&place)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
}
