//! A cluster whose version's programs are gone. Only one version is at hand here, so the cluster says of itself that it is of
//! an older one; `tests/upgrade` has the programs of two.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;

use super::clinic::Clinic;
use crate::support::eventually;

/// No machine has its programs, and its successors take over from it.
const GONE: &str = "12";

fn cluster(clinic: &Clinic) -> PathBuf {
    clinic.state().join("postgres/data")
}

fn version(cluster: &Path) -> String {
    let text = fs::read_to_string(cluster.join("PG_VERSION")).unwrap();
    text.trim().to_owned()
}

fn say_version(cluster: &Path, version: &str) {
    fs::write(cluster.join("PG_VERSION"), format!("{version}\n")).unwrap();
}

fn kept(clinic: &Clinic) -> Vec<String> {
    let entries = fs::read_dir(clinic.state().join("postgres")).unwrap();
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with("data.kept-"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_old_programs_the_newest_backup_is_named_and_taken_and_the_way_back_is_whole() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let here = version(&cluster(&clinic));
    say_version(&cluster(&clinic), GONE);
    let nothing = clinic.program.run(&["database", "upgrade"]).await;
    assert_eq!(nothing.code, Some(1), "{nothing:?}");
    assert!(nothing.err.contains("there is no backup"), "{nothing:?}");
    say_version(&cluster(&clinic), &here);
    let made = clinic.good(&["backup", "--json"]).await.json();
    let file = made["file"].as_str().unwrap().to_owned();
    say_version(&cluster(&clinic), GONE);

    // What stands there is said, and what to do.
    let refused = clinic.program.run(&["database", "upgrade"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let advice = format!("agendad database upgrade --from-backup {file}");
    for part in [
        format!("apt-get install postgresql-{GONE}"),
        advice,
        "what was stored after it is lost".to_owned(),
    ] {
        assert!(
            refused.err.contains(&part),
            "{part} is not in {}",
            refused.err
        );
    }
    let checked = clinic.program.run(&["check", "--offline"]).await;
    let line = checked
        .out
        .lines()
        .find(|line| line.contains("postgresql "));
    assert!(line.is_some_and(|line| line.contains(GONE)), "{checked:?}");

    // Killed at any moment the old one stays, until the new one is whole.
    let take = ["database", "upgrade", "--from-backup", &file];
    for milliseconds in [100, 500, 900, 1300, 1700] {
        let mut upgrade = clinic.program.start(&take);
        // The moment is what is tried here.
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        if !upgrade.has_ended() {
            upgrade.signal(Signal::SIGKILL);
        }
        upgrade.ended().await;
        if version(&cluster(&clinic)) != GONE {
            assert_eq!(clinic.slots().await, before, "after {milliseconds} ms");
            clinic.good(&["database", "upgrade", "--undo"]).await;
            assert_eq!(version(&cluster(&clinic)), GONE);
        }
    }

    let upgraded = clinic.good(&take).await;
    println!("{}{}", upgraded.err, upgraded.out);
    for part in [
        format!("of PostgreSQL {here} now"),
        "the old one is kept in".to_owned(),
        "next: agendad check".to_owned(),
    ] {
        assert!(upgraded.out.contains(&part), "{part}: {upgraded:?}");
    }
    assert_eq!(clinic.slots().await, before);
    clinic.sync().await;
    let checked = clinic.program.run(&["check", "--offline"]).await;
    for part in [" of before take", "upgrade --finish"] {
        assert!(checked.out.contains(part), "{part}: {checked:?}");
    }

    let back = clinic.good(&["database", "upgrade", "--undo"]).await;
    println!("{}", back.out);
    assert_eq!(version(&cluster(&clinic)), GONE);
    let warned = format!("no programs of PostgreSQL {GONE}");
    assert!(back.out.contains(&warned), "{back:?}");
    say_version(&cluster(&clinic), &here);
    assert_eq!(clinic.slots().await, before, "the old one is as it was");
    let runs = "SELECT count(*) FROM agenda_sync_runs";
    assert_eq!(clinic.ask(runs).await, "1", "without what came after it");
    say_version(&cluster(&clinic), GONE);

    // Undone once more, and finished.
    let again = clinic.good(&["database", "upgrade", "--undo"]).await;
    assert!(
        again.out.contains("as it was when it made way"),
        "{again:?}"
    );
    assert_eq!(clinic.ask(runs).await, "2");
    // By now the service runs, and may go on.
    let mut daemon = clinic.program.start(&["run"]);
    eventually("it is in use", Duration::from_secs(30), async || {
        let said = clinic.program.run(&["database", "upgrade", "--dry-run"]);
        said.await.err.contains("to itself").then_some(())
    })
    .await;
    let finished = clinic.good(&["database", "upgrade", "--finish"]).await;
    assert!(finished.out.contains("deleted"), "{finished:?}");
    assert_eq!(kept(&clinic), [""; 0]);
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", clinic.program.log());
    let no_way = clinic.program.run(&["database", "upgrade", "--undo"]).await;
    assert_eq!(no_way.code, Some(1), "{no_way:?}");
    assert!(no_way.err.contains("agendad restore"), "{no_way:?}");
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_damaged_upgrades_nothing() {
    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let here = version(&cluster(&clinic));
    say_version(&cluster(&clinic), GONE);
    let refused = clinic
        .program
        .run(&["database", "upgrade", "--from-backup", &file])
        .await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("damaged"), "{refused:?}");
    assert_eq!(version(&cluster(&clinic)), GONE);
    assert_eq!(kept(&clinic), [""; 0]);
    assert!(!clinic.state().join("postgres/next").exists());
    say_version(&cluster(&clinic), &here);
    assert_eq!(clinic.slots().await, before);
    clinic.close().await;
}
