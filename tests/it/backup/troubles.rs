//! Disks that fail: each a sentence and a cure.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::stat::Mode;

use super::clinic::Clinic;
use crate::support::program_in;

async fn file_of(clinic: &Clinic, table: &str) -> PathBuf {
    let path = clinic
        .ask(&format!("SELECT pg_relation_filepath('{table}')"))
        .await;
    clinic.state().join("postgres/data").join(path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_page_is_found_by_the_backup_and_the_last_good_one_puts_it_right() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let table = file_of(&clinic, "agenda_slots").await;
    let torn = OpenOptions::new().write(true).open(table).unwrap();
    torn.write_all_at(&[0x5a; 512], 4096).unwrap();
    let refused = clinic.program.run(&["backup"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.err.contains("a page of the database is damaged"),
        "{refused:?}"
    );
    assert!(
        refused.err.contains("agendad restore FILE --replace"),
        "{refused:?}"
    );
    let kept = clinic.good(&["backup", "list", "--json"]).await.json();
    assert_eq!(kept, serde_json::json!([]), "half a backup is none");
    clinic.good(&["restore", &file, "--replace"]).await;
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_journal_is_said_with_its_cure_and_the_cure_works() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let wal = clinic.state().join("postgres/data/pg_wal");
    for entry in fs::read_dir(&wal).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let refused = clinic.program.run(&["runs"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for said in [
        "pg_wal",
        "do not use pg_resetwal",
        "agendad restore FILE --replace",
    ] {
        assert!(refused.err.contains(said), "{said}: {refused:?}");
    }
    clinic.good(&["restore", &file, "--replace"]).await;
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_another_users_are_said_with_the_command_that_gives_them_back() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let data = clinic.state().join("postgres/data");
    let file = data.join("global/pg_control");
    let mode = fs::metadata(&file).unwrap().mode();
    if nix::unistd::Uid::effective().is_root() {
        // The server runs as another user.
        let (uid, gid) = (
            fs::metadata(&file).unwrap().uid(),
            fs::metadata(&file).unwrap().gid(),
        );
        std::os::unix::fs::chown(&file, Some(0), Some(0)).unwrap();
        let refused = clinic.program.run(&["runs"]).await;
        assert!(refused.err.contains("chown -R"), "{refused:?}");
        std::os::unix::fs::chown(&file, Some(uid), Some(gid)).unwrap();
    }
    fs::set_permissions(&data, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let refused = clinic.program.run(&["runs"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("chmod 700"), "{refused:?}");
    fs::set_permissions(&data, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().mode(), mode);
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_put_back_that_would_fill_the_disk_of_the_database_in_use() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--clear", "--output", &file]).await;
    let bytes = fs::read(&file).unwrap();
    let mark = b"\"database_bytes\":";
    let at = bytes.windows(mark.len()).position(|part| part == mark);
    let (head, rest) = bytes.split_at(at.unwrap() + mark.len());
    // No disk has so much.
    let claimed = [head, b"77777777777", rest].concat();
    fs::write(&file, claimed).unwrap();
    for arguments in [
        vec!["backup", "verify", &file],
        vec!["restore", &file, "--replace"],
    ] {
        let refused = clinic.program.run(&arguments).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains("MB are needed"), "{refused:?}");
        assert!(refused.err.contains("make room"), "{refused:?}");
    }
    assert!(!clinic.state().join("verify").exists());
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_backup_is_begun_that_would_fill_the_disk_if_it_is_as_long_as_the_last_one() {
    let clinic = Clinic::open().await;
    let last = clinic
        .state()
        .join("backups/agendad-20260101-000000Z.backup");
    fs::create_dir(last.parent().unwrap()).unwrap();
    let length = 1 << 43;
    // Nothing but a hole. No disk has so much.
    fs::File::create(&last).unwrap().set_len(length).unwrap();
    let file = clinic.file("agenda.backup");
    for arguments in [&["backup"][..], &["backup", "--output", &file]] {
        let refused = clinic.program.run(arguments).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains("MB are needed"), "{refused:?}");
    }
    assert!(!Path::new(&file).exists());
    let kept = clinic.good(&["backup", "list", "--json"]).await.json();
    assert_eq!(kept.as_array().unwrap().len(), 1, "{kept}");
    clinic.close().await;
}

#[tokio::test]
async fn a_backup_takes_the_place_of_nothing_but_a_file_and_is_shown_to_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path());
    // A pipe stands for a device.
    let pipe = dir.path().join("pipe");
    nix::unistd::mkfifo(&pipe, Mode::S_IRWXU).unwrap();
    let link = dir.path().join("link");
    std::os::unix::fs::symlink("file", &link).unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for path in [&pipe, &link, &dir.path().to_owned()] {
        let before = path.symlink_metadata().unwrap().file_type();
        let path_text = path.display().to_string();
        let refused = program.run(&["backup", "--output", &path_text]).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains("- for standard output"), "{refused:?}");
        assert_eq!(path.symlink_metadata().unwrap().file_type(), before);
    }
    let line = format!("{} backup --output -", env!("CARGO_BIN_EXE_agendad"));
    let shown = Command::new("script")
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(shown.status.code(), Some(2), "{shown:?}");
    let said = String::from_utf8_lossy(&shown.stdout);
    assert!(said.contains("ssh nas"), "{said}");
}
