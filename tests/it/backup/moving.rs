//! Between the private database and one of one's own.

use super::clinic::{Clinic, slots};
use crate::support::TestDatabase;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_moves_out_and_back_row_by_row_and_leaves_what_was_there() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    clinic.good(&["backup"]).await;
    let own = TestDatabase::empty().await;
    let moved = clinic.good(&["database", "move", "--to", &own.url]).await;
    assert!(moved.out.contains("each compared"), "{moved:?}");
    assert!(moved.out.contains("backup.of = \"any\""), "{moved:?}");
    let there = clinic
        .program
        .clone()
        .env("AGENDAD_DATABASE__URL", &own.url);
    assert_eq!(slots(&there).await, before);
    assert_eq!(clinic.slots().await, before, "nothing is deleted");
    let checked = there.run(&["check", "--json"]).await.json();
    let line = |checked: &serde_json::Value, what: &str| {
        let mut lines = checked.as_array().unwrap().iter();
        lines.find(|line| line["what"] == what).cloned()
    };
    let passwords = line(&checked, "passwords").unwrap();
    assert_eq!(passwords["state"], "ok", "{checked}");
    // The one that is kept is of the private database.
    let backups = line(&checked, "backups").unwrap();
    assert_eq!(backups["state"], "warn", "{checked}");
    for (of, state) in [("any", Some("ok")), ("none", None)] {
        let program = there.clone().env("AGENDAD_BACKUP__OF", of);
        let checked = program.run(&["check", "--offline", "--json"]).await.json();
        let backups = line(&checked, "backups");
        let state_of = backups.as_ref().map(|line| line["state"].as_str().unwrap());
        assert_eq!(state_of, state, "{of}: {checked}");
    }
    let again = clinic
        .program
        .run(&["database", "move", "--to", &own.url])
        .await;
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("not empty"), "{again:?}");

    // Life goes on there, it is backed up there, and comes back.
    let synced = there
        .run(&["sync", "--user", "1", "--window", "near"])
        .await;
    assert_eq!(synced.code, Some(0), "{synced:?}");
    let file = clinic.file("own.backup");
    for arguments in [
        vec!["backup", "--output", &file],
        vec!["backup", "verify", &file],
    ] {
        let said = there.run(&arguments).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let refused = clinic
        .program
        .run(&["database", "move", "--from", &own.url])
        .await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    clinic
        .good(&["database", "move", "--from", &own.url, "--replace"])
        .await;
    assert_eq!(clinic.slots().await, before);
    let runs = "SELECT count(*) FROM agenda_sync_runs";
    assert_eq!(clinic.ask(runs).await, "2");
    own.close().await;
    clinic.close().await;
}
