//! Backups by themselves.

use std::time::Duration;

use agendad::backup::backup_dir::BackupDir;
use agendad::backup::make::Source;
use agendad::backup::nightly::{Done, Plan};
use agendad::vault::Vault;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use nix::sys::signal::Signal;

use super::clinic::Clinic;
use crate::support::{TestDatabase, clock, eventually};

/// Files that are neither notes nor locks.
fn files(plan: &Plan) -> usize {
    let entries = std::fs::read_dir(plan.backup_dir.dir()).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| !name.starts_with('.') && !name.ends_with(".verified"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_fortnight_there_is_one_backup_a_night_fourteen_stay_and_one_a_week_is_put_back() {
    let database = TestDatabase::new().await;
    let state = tempfile::tempdir().unwrap();
    std::fs::set_permissions(
        state.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o711),
    )
    .unwrap();
    let vault = Vault::open(None, state.path()).unwrap();
    let plan = Plan {
        backup_dir: BackupDir::new(state.path().join("backups")),
        at: "03:30:00".parse().unwrap(),
        zone: chrono_tz::America::Sao_Paulo.into(),
        keep: 14,
        verify_every: Duration::from_secs(7 * 86_400),
        state_dir: state.path().to_owned(),
    };
    let source = Source {
        url: &database.url,
        private: true,
        vault: Some(&vault),
        settings: None,
    };
    // Looks every six hours, a machine that is off when the third night's is due, and a night on which the database is away.
    let away = Source {
        url: "postgres://agendad@127.0.0.1:1/none",
        ..source.clone()
    };
    let start: DateTime<Utc> = "2026-11-02T12:00:00Z".parse().unwrap();
    let (mut made, mut verified, mut failures) = (Vec::new(), Vec::new(), 0);
    for look in 0..(17 * 4) {
        let now = start + TimeDelta::hours(6 * look);
        if look == 8 {
            continue;
        }
        if plan.is_due(now).unwrap() {
            if look == 32 {
                let failed = plan.make(&away, now).await;
                assert!(failed.is_err(), "{failed:?}");
                assert_eq!(files(&plan), made.len(), "no half a file");
                assert_eq!(plan.to_verify(now).unwrap(), None);
                failures += 1;
                continue;
            }
            let Done::Made { rows, .. } = plan.make(&source, now).await.unwrap() else {
                panic!("nothing was made");
            };
            assert!(rows > 0);
            made.push(now);
        }
        if let Some(path) = plan.to_verify(now).unwrap() {
            plan.verify(&path, &source, now).await.unwrap();
            verified.push(now);
        }
    }
    let mut days: Vec<_> = made.iter().map(DateTime::date_naive).collect();
    days.dedup();
    assert_eq!(days.len(), made.len(), "one a day: {made:?}");
    assert_eq!(
        made.len(),
        17,
        "the nights that were missed are made up for: {made:?}"
    );
    assert_eq!(failures, 1, "it was due at that look");
    assert_eq!(files(&plan), 14);
    assert_eq!(verified.len(), 3, "{verified:?}");
    let kept = plan.backup_dir.list().unwrap();
    assert_eq!(kept.len(), 14);
    assert_eq!(kept[0].made_at, *made.last().unwrap());

    // One that cannot be put back no longer counts, and another is due.
    let now = start + TimeDelta::days(17);
    std::fs::write(&kept[0].path, "rust").unwrap();
    assert!(plan.verify(&kept[0].path, &source, now).await.is_err());
    assert_eq!(plan.backup_dir.list().unwrap()[0].made_at, kept[1].made_at);
    assert!(plan.is_due(now).unwrap());
    assert!(
        !state.path().join("verify").exists(),
        "the throw-away server is gone"
    );
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_makes_and_verifies_the_nights_backup_and_tells_of_the_key() {
    let clinic = Clinic::open().await;
    // The time of day comes while it is up: half a minute is enough to start.
    let now = clock().local_now();
    let soon = now + TimeDelta::seconds(90);
    let wait = 90 - u64::from(soon.second());
    let program = clinic
        .program
        .clone()
        .env("AGENDAD_BACKUP__AT", soon.format("%H:%M"));
    let mut daemon = program.start(&["run"]);
    let patience = Duration::from_secs(wait + 240);
    eventually("a verified backup", patience, async || {
        program.log().contains("verified a backup").then_some(())
    })
    .await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    assert!(
        program.log().contains("keep a copy of"),
        "{}",
        program.log()
    );
    let kept = clinic.good(&["backup", "list", "--json"]).await.json();
    assert_eq!(kept.as_array().unwrap().len(), 1, "{kept}");
    assert!(kept[0]["verified_at"].is_string(), "{kept}");
    let said = clinic.program.run(&["check"]).await;
    let line = said
        .out
        .lines()
        .find(|line| line.contains("backups"))
        .unwrap();
    assert!(
        line.starts_with("ok") && line.contains("put back and compared"),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("keep a copy of it, and of a backup, on another machine"),
        "{}",
        said.out
    );
    assert!(said.out.contains("MB are free"), "{}", said.out);
    clinic.close().await;
}
