//! Into and out of a database of one's own: restored into, and moved with the address in a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::clinic::{Clinic, ask, slots};
use crate::support::{Program, TestDatabase, eventually, place, program_in};

const SOON: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_goes_into_an_empty_database_of_ones_own_and_touches_no_private_one() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let own = TestDatabase::empty().await;
    let there = clinic
        .program
        .clone()
        .env("AGENDAD_DATABASE__URL", &own.url);
    let restored = there.run(&["restore", &file]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.out.contains("next: agendad check"), "{restored:?}");
    assert_eq!(slots(&there).await, before);
    assert_eq!(clinic.slots().await, before);

    let again = there.run(&["restore", &file]).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.err.contains("not empty"), "{again:?}");
    let replaced = there.run(&["restore", &file, "--replace"]).await;
    assert_eq!(replaced.code, Some(2), "{replaced:?}");
    assert!(replaced.err.contains("createdb"), "{replaced:?}");
    assert_eq!(slots(&there).await, before, "nothing was touched");

    let synced = there
        .run(&["sync", "--user", "1", "--window", "near"])
        .await;
    assert_eq!(synced.code, Some(0), "{synced:?}");
    let doubled =
        "SELECT count(*) - count(DISTINCT (usuario_id, cpf, data_agendamento)) FROM agendamentos";
    assert_eq!(ask(&there, doubled).await, "0");
    own.close().await;
    clinic.close().await;
}

/// Nothing of the tables is missing where the daemon looks for them, and what was stored is there.
async fn assert_ready(program: &Program) {
    let migrated = program.run(&["migrate", "--dry-run", "--json"]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let migrated = migrated.json();
    assert_eq!(migrated["applied"], serde_json::json!([]));
    assert_eq!(migrated["places"]["ours"], "horarios");
    let users = program.run(&["users", "list", "--json"]).await.json();
    assert_eq!(users.as_array().unwrap().len(), 1, "{users}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_back_or_moved_is_found_in_the_schema_that_database_schema_names() {
    let (dir, _) = place();
    let program = program_in(dir.path())
        .env("AGENDAD_DATABASE__SCHEMA", "horarios")
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/");
    let good = async |program: &Program, arguments: &[&str]| {
        let said = program.run_with_input(arguments, "password").await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
    };
    let add = ["users", "add", "--name", "Ana", "--cpf", "529.982.247-25"];
    good(&program, &["migrate"]).await;
    good(&program, &add).await;
    assert_ready(&program).await;
    let write = ["database", "psql", "--", "-c", "CREATE TABLE mine ()"];
    let refused = program.run(&write).await;
    assert_ne!(refused.code, Some(0), "read-only there too: {refused:?}");
    let file = dir.path().join("agenda.backup").display().to_string();
    good(&program, &["backup", "--output", &file]).await;

    good(&program, &["restore", &file, "--replace"]).await;
    assert_ready(&program).await;

    let own = TestDatabase::empty().await;
    let there = program.clone().env("AGENDAD_DATABASE__URL", &own.url);
    good(&there, &["restore", &file]).await;
    assert_ready(&there).await;

    let back = ["database", "move", "--from", &own.url, "--replace"];
    good(&program, &back).await;
    assert_ready(&program).await;
    own.close().await;
}

/// Once whoever was killed has left it: everything is there, or nothing.
async fn is_whole_or_empty(own: &TestDatabase, rows: i64) -> bool {
    eventually("nobody is in the database", SOON, async || {
        let others = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()
                            AND (state <> 'idle' OR application_name = 'agendad pg_restore')";
        let others: i64 = sqlx::query_scalar(others)
            .fetch_one(&own.pool)
            .await
            .unwrap();
        (others == 0).then_some(())
    })
    .await;
    let is_there = "SELECT to_regclass('agenda_slots') IS NOT NULL";
    let is_there: bool = sqlx::query_scalar(is_there)
        .fetch_one(&own.pool)
        .await
        .unwrap();
    if is_there {
        let found: i64 = sqlx::query_scalar("SELECT count(*) FROM agenda_slots")
            .fetch_one(&own.pool)
            .await
            .unwrap();
        assert_eq!(found, rows);
    }
    is_there
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_in_a_file_moves_out_and_back_and_a_killed_move_loses_nothing_on_either_side() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let rows = clinic.ask("SELECT count(*) FROM agenda_slots").await;
    let rows: i64 = rows.parse().unwrap();
    let address = clinic.file("address");
    let missing = clinic
        .program
        .run(&["database", "move", "--to-file", &address])
        .await;
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.err.contains(&address), "{missing:?}");

    let mut own = TestDatabase::empty().await;
    for milliseconds in [100, 400, 700, 1000, 1500] {
        fs::write(&address, format!("{}\n", own.url)).unwrap();
        fs::set_permissions(&address, fs::Permissions::from_mode(0o600)).unwrap();
        let mut moving = clinic
            .program
            .start(&["database", "move", "--to-file", &address]);
        // The moment is what is tried here.
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        if !moving.has_ended() {
            moving.signal(Signal::SIGKILL);
        }
        moving.ended().await;
        assert_eq!(clinic.slots().await, before, "after {milliseconds} ms");
        if is_whole_or_empty(&own, rows).await {
            own.close().await;
            own = TestDatabase::empty().await;
        }
    }
    fs::write(&address, format!("{}\n", own.url)).unwrap();
    let moved = clinic
        .good(&["database", "move", "--to-file", &address])
        .await;
    println!("{}{}", moved.err, moved.out);
    assert!(moved.out.contains("set database.url"), "{moved:?}");
    let there = clinic
        .program
        .clone()
        .env("AGENDAD_DATABASE__URL", &own.url);
    assert_eq!(slots(&there).await, before);

    // And back, over the private one.
    let back = ["database", "move", "--from-file", &address, "--replace"];
    for milliseconds in [100, 600, 1200] {
        let mut moving = clinic.program.start(&back);
        // The moment is what is tried here.
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        if !moving.has_ended() {
            moving.signal(Signal::SIGKILL);
        }
        moving.ended().await;
        assert_eq!(clinic.slots().await, before, "after {milliseconds} ms");
        assert_eq!(slots(&there).await, before, "after {milliseconds} ms");
    }
    let moved = clinic.good(&back).await;
    println!("{}{}", moved.err, moved.out);
    assert!(moved.out.contains("leave database.url empty"), "{moved:?}");
    assert_eq!(clinic.slots().await, before);
    own.close().await;
    clinic.close().await;
}
