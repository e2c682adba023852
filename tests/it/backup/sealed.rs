//! What is in a backup, for whom, and whether it is one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::clinic::{Clinic, ask, slots};
use crate::support::program_in;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_machine_with_only_the_file_and_the_key_has_the_database_again() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    assert!(before.lines().count() > 10, "{before}");
    let file = clinic.file("agenda.backup");
    let made = clinic.good(&["backup", "--output", &file, "--json"]).await;
    assert!(made.json()["rows"].as_i64().unwrap() > 20, "{made:?}");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let good = clinic.good(&["backup", "verify", &file]).await;
    assert!(good.out.contains("good"), "{good:?}");

    // Another machine.
    let other = clinic.dir.path().join("other");
    fs::create_dir(&other).unwrap();
    let bare = Clinic::program(&clinic.simulator, &other, &other.join("state"));
    let refused = bare.run(&["restore", &file]).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("put the copy of the key into"),
        "{refused:?}"
    );
    assert!(
        !other.join("state/postgres/data").exists(),
        "nothing was begun"
    );
    fs::create_dir_all(other.join("state")).unwrap();
    fs::copy(
        clinic.state().join("vault.key"),
        other.join("state/vault.key"),
    )
    .unwrap();
    let restored = bare.run(&["restore", &file]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert_eq!(slots(&bare).await, before);
    // The password opens, and the portal takes it.
    let synced = bare
        .run(&["sync", "--user", "1", "--window", "near", "--json"])
        .await;
    assert_eq!(synced.code, Some(0), "{synced:?}");
    let doubled =
        "SELECT count(*) - count(DISTINCT (usuario_id, cpf, data_agendamento)) FROM agendamentos";
    assert_eq!(ask(&bare, doubled).await, "0");
    assert_eq!(slots(&bare).await, before);
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_person_can_be_read_in_it_without_the_key_nor_changed_unnoticed() {
    let clinic = Clinic::open().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let bytes = fs::read(&file).unwrap();
    let name = clinic
        .ask("SELECT payload->>'nome' FROM agenda_slots LIMIT 1")
        .await;
    let examiner = clinic.examiner();
    for secret in [&name, &examiner.cpf, &examiner.nome, &examiner.senha] {
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "{secret}");
    }
    let try_with = async |bytes: &[u8], said: &str| {
        let path = clinic.file("changed.backup");
        fs::write(&path, bytes).unwrap();
        let verified = clinic.program.run(&["backup", "verify", &path]).await;
        assert_eq!(verified.code, Some(1), "{verified:?}");
        assert!(verified.err.contains(said), "{said}: {verified:?}");
    };
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    try_with(&changed, "damaged").await;
    try_with(&bytes[..bytes.len() - 100], "not whole").await;
    try_with(b"something else", "no backup of agendad").await;
    // Rows that are claimed and not there, in a file that nobody sealed.
    clinic.good(&["backup", "--clear", "--output", &file]).await;
    let text = fs::read(&file).unwrap();
    let at = text
        .windows(8)
        .position(|part| part == b"\"rows\":1")
        .unwrap();
    let mut claimed = text.clone();
    claimed[at + 7] = b'7';
    try_with(&claimed, "damaged").await;

    let other = program_in(clinic.dir.path()).env("AGENDAD_STATE_DIR", clinic.state().display());
    let key = other.run(&["vault", "init", "--print"]).await.out;
    let other = other.env("AGENDAD_VAULT__KEY", key.trim());
    clinic.good(&["backup", "--output", &file]).await;
    let refused = other.run(&["backup", "verify", &file]).await;
    assert!(
        refused.err.contains("configure that key beside it"),
        "{refused:?}"
    );
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_fails_leaves_no_file_and_another_one_comes_out_of_standard_output() {
    let clinic = Clinic::open().await;
    let nowhere = clinic.file("no/such/directory/agenda.backup");
    let refused = clinic.program.run(&["backup", "--output", &nowhere]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let piped = clinic.file("piped.backup");
    let program = env!("CARGO_BIN_EXE_agendad");
    let status = tokio::process::Command::new("sh")
        .args(["-c", &format!("{program} backup --output - > {piped}")])
        .env("AGENDAD_STATE_DIR", clinic.state())
        .status();
    assert!(status.await.unwrap().success());
    clinic.good(&["backup", "verify", &piped]).await;
    let open = format!("{program} backup open {piped} | pg_restore --list");
    let listed = tokio::process::Command::new("sh")
        .args(["-c", &open])
        .env("AGENDAD_STATE_DIR", clinic.state())
        .output();
    let listed = String::from_utf8(listed.await.unwrap().stdout).unwrap();
    assert!(listed.contains("agenda_slots"), "{listed}");
    // Whoever reads the dump may have enough of it; a backup that nobody takes is none.
    for (arguments, code) in [
        (&["backup", "open", piped.as_str()][..], 0),
        (&["backup", "--output", "-"], 1),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said = clinic.program.run_into(arguments, writer.into()).await;
        assert_eq!(said.code, Some(code), "{said:?}");
    }
    assert_eq!(
        clinic.good(&["backup", "list", "--json"]).await.json(),
        serde_json::json!([])
    );
    clinic.good(&["backup"]).await;
    let kept = clinic.good(&["backup", "list", "--json"]).await.json();
    assert_eq!(kept.as_array().unwrap().len(), 1);
    clinic.close().await;
}
