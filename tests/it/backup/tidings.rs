//! Who hears that there is no recent backup: a daemon's alert, its metric, the dashboard in both languages, `check`.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use agendad::backup::Manifest;
use agendad::backup::backup_dir::BackupDir;
use agendad::config::backup::BackupOf;
use chrono::TimeDelta;
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;

use super::clinic::Clinic;
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world_with};
use crate::support::{clock, eventually, program_in};
use crate::telemetry::scraped::scrape;

const SOON: Duration = Duration::from_secs(120);
const LAST: &str = "agendad_backup_last_timestamp_seconds";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_too_old_is_told_by_alert_metric_and_check_and_its_end_too() {
    let clinic = Clinic::open().await;
    let made = clock().now() - TimeDelta::days(3);
    let backup_dir = BackupDir::new(clinic.state().join("backups"));
    backup_dir.prepare().unwrap();
    fs::write(backup_dir.path(made), "old").unwrap();
    let program = clinic
        .program
        .clone()
        .env("AGENDAD_ALERTS__INTERVAL", "1s")
        .env("AGENDAD_HTTP__LISTEN", "127.0.0.1:0");
    let mut daemon = program.start(&["run"]);
    let alerts = async || program.run(&["alerts", "list", "--json"]).await.json();
    let alert = eventually("the alert", SOON, async || {
        let alerts = alerts().await;
        let mut open = alerts["alerts"].as_array()?.clone().into_iter();
        open.find(|alert| alert["rule"] == "backup_old")
    })
    .await;
    let text = alert.to_string();
    assert!(text.contains("o último backup bom tem 3 d"), "{text}");
    let log = program.log();
    let (_, rest) = log.split_once("http listens").unwrap();
    let (_, rest) = rest.split_once("address=").unwrap();
    let address = rest.split_whitespace().next().unwrap();
    // The loop of the backups says it, that of the alerts the alert.
    eventually("the metric", SOON, async || {
        let page = scrape(address).await;
        let last = page.series.get(LAST).copied();
        (last == Some(made.timestamp() as f64)).then_some(())
    })
    .await;
    let checked = program.run(&["check"]).await;
    let line = checked.out.lines().find(|line| line.contains("backups"));
    assert!(line.is_some_and(|l| l.starts_with("FAIL")), "{checked:?}");
    assert!(checked.out.contains("now: agendad backup"), "{checked:?}");

    clinic.good(&["backup"]).await;
    eventually("the all-clear", SOON, async || {
        let alerts = alerts().await;
        let mut open = alerts["alerts"].as_array()?.iter();
        open.all(|alert| alert["rule"] != "backup_old")
            .then_some(())
    })
    .await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_cannot_be_written_is_told_at_once() {
    let clinic = Clinic::open().await;
    let letter = clinic.file("letter");
    fs::write(&letter, "x").unwrap();
    let program = clinic
        .program
        .clone()
        .env("AGENDAD_BACKUP__DIRECTORY", format!("{letter}/backups"))
        .env("AGENDAD_ALERTS__INTERVAL", "1s");
    let mut daemon = program.start(&["run"]);
    eventually("the alert", SOON, async || {
        let said = program.run(&["alerts", "list", "--json"]).await;
        said.out.contains("não pode ser gravado").then_some(())
    })
    .await;
    let checked = program.run(&["check"]).await;
    let line = checked.out.lines().find(|line| line.contains("backups"));
    assert!(
        line.is_some_and(|l| l.starts_with("FAIL") && l.contains("cannot be written")),
        "{checked:?}"
    );
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    clinic.close().await;
}

/// To root, who asks, every directory can be written.
#[tokio::test]
async fn a_directory_in_which_the_daemons_user_may_not_write_is_told_to_root_too() {
    const DAEMON: u32 = 61_200;
    if !nix::unistd::Uid::effective().is_root() {
        return; // who is not root is told above
    }
    let dir = tempfile::tempdir().unwrap();
    let (state, disk) = (dir.path().join("state"), dir.path().join("disk"));
    fs::create_dir(&state).unwrap();
    fs::create_dir(&disk).unwrap();
    std::os::unix::fs::chown(&state, Some(DAEMON), Some(DAEMON)).unwrap();
    let program = program_in(dir.path()).env("AGENDAD_BACKUP__DIRECTORY", disk.display());
    let line = async || {
        let checked = program.run(&["check", "--offline", "--wide"]).await;
        let mut lines = checked.out.lines().map(str::to_owned);
        let line = lines.find(|line| line.contains("backups")).unwrap();
        (line, lines.next().unwrap())
    };
    let (found, cure) = line().await;
    assert!(
        found.starts_with("FAIL") && found.contains("daemon's user"),
        "{found}"
    );
    assert!(cure.contains("chown -R --reference="), "{cure}");
    std::os::unix::fs::chown(&disk, Some(DAEMON), Some(DAEMON)).unwrap();
    let (found, _) = line().await;
    assert!(!found.starts_with("FAIL"), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_whose_disk_is_away_is_told_and_not_made_on_the_systems_disk() {
    let clinic = Clinic::open().await;
    let disk = clinic.file("disk");
    let program = clinic
        .program
        .clone()
        .env("AGENDAD_BACKUP__DIRECTORY", format!("{disk}/backups"))
        .env("AGENDAD_ALERTS__INTERVAL", "1s");
    for command in [&["backup"][..], &["backup", "list"]] {
        let refused = program.run(command).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        for part in ["is its disk mounted?", "mkdir -m 700"] {
            assert!(refused.err.contains(part), "{part}: {refused:?}");
        }
    }
    let checked = program.run(&["check", "--wide"]).await;
    let line = checked.out.lines().find(|line| line.contains("backups"));
    assert!(
        line.is_some_and(|l| l.starts_with("FAIL") && l.contains("is not there")),
        "{checked:?}"
    );
    let mut daemon = program.start(&["run"]);
    eventually("the alert", SOON, async || {
        let said = program.run(&["alerts", "list", "--json"]).await;
        said.out
            .contains("o disco dela está montado?")
            .then_some(())
    })
    .await;
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    assert!(!std::path::Path::new(&disk).exists(), "nothing was made");

    fs::create_dir_all(format!("{disk}/backups")).unwrap();
    let made = program.run(&["backup"]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    clinic.close().await;
}

#[tokio::test]
async fn the_dashboard_says_in_both_languages_when_the_last_backup_was_made_and_if_it_is_too_old() {
    let world = world_with(1, |config| config.backup.of = BackupOf::Any).await;
    let now = clock().now();
    let backup_dir = BackupDir::new(world.state.path().join("backups"));
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let mut said = async |portuguese: &str, english: &str| {
            for (language, words) in [("pt", portuguese), ("en", english)] {
                browser
                    .cookies
                    .insert("agendad_lang".to_owned(), language.to_owned());
                let html = browser.get("/").await.html;
                let (_, line) = html.split_once("<dt>Backup</dt>").unwrap();
                let (line, _) = line.split_once("</div>").unwrap();
                assert!(line.contains(words), "{language}: {words}: {line}");
            }
        };
        said("ainda nenhum", "none yet").await;
        backup_dir.prepare().unwrap();
        fs::write(backup_dir.path(now - TimeDelta::days(3)), "old").unwrap();
        said("antigo demais", "too old").await;
        said("há 3 d", "3 d ago").await;
        fs::write(backup_dir.path(now + TimeDelta::days(300)), "ahead").unwrap();
        said("antigo demais", "too old").await;
        fs::write(backup_dir.path(now - TimeDelta::hours(5)), "new").unwrap();
        said("feito", "made").await;
        said("(3 guardados)", "(3 kept)").await;
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_dashboard_says_that_the_directory_of_the_backups_is_not_there() {
    let world = world_with(1, |config| {
        config.backup.of = BackupOf::Any;
        config.backup.directory = "/nowhere/backups".into();
    })
    .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for page in ["/", "/comecar", "/ajustes"] {
            let html = browser.get(page).await.html;
            for words in ["pasta fora de alcance", "/nowhere/backups, não existe"] {
                assert!(html.contains(words), "{page}: {words}: {html}");
            }
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_dashboard_answers_though_the_directory_of_the_backups_does_not() {
    let world = world_with(1, |config| config.backup.of = BackupOf::Any).await;
    let backup_dir = BackupDir::new(world.state.path().join("backups"));
    backup_dir.prepare().unwrap();
    let backup = backup_dir.path(clock().now());
    fs::write(&backup, "one").unwrap();
    // A pipe that nobody writes into stands for a disk that stands still.
    let note = PathBuf::from(format!("{}.verified", backup.display()));
    nix::unistd::mkfifo(&note, Mode::S_IRWXU).unwrap();
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for page in ["/", "/", "/comecar", "/ajustes"] {
            let html = browser.get(page).await.html;
            for words in ["pasta fora de alcance", "/backups, não responde"] {
                assert!(html.contains(words), "{page}: {words}: {html}");
            }
        }
    })
    .await;
    // Whoever reads it still goes home.
    let mut writer = fs::OpenOptions::new();
    writer.write(true).custom_flags(nix::libc::O_NONBLOCK);
    drop(writer.open(&note).unwrap());
    world.close().await;
}

/// What a backup of so many days ago says of itself.
fn manifest(days: i64, database_bytes: i64) -> (chrono::DateTime<chrono::Utc>, String) {
    let made_at = clock().now() - TimeDelta::days(days);
    let manifest = Manifest {
        program: "0".to_owned(),
        made_at,
        server: 150_000,
        private: true,
        database_bytes,
        sealed: None,
        settings: None,
        tables: Vec::new(),
    };
    let line = serde_json::to_string(&manifest).unwrap();
    (made_at, format!("agendad backup 1\n{line}\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_sees_free_space_against_the_growth_of_the_last_weeks() {
    let clinic = Clinic::open().await;
    let backup_dir = BackupDir::new(clinic.state().join("backups"));
    backup_dir.prepare().unwrap();
    let keep = |days, bytes| {
        let (made_at, text) = manifest(days, bytes);
        fs::write(backup_dir.path(made_at), text).unwrap();
    };
    let room = async || {
        let checked = clinic.program.run(&["check", "--offline", "--json"]).await;
        let lines = checked.json();
        let mut lines = lines.as_array().unwrap().iter();
        lines.find(|line| line["what"] == "room").unwrap().clone()
    };
    keep(0, 150_000_000);
    let line = room().await;
    assert!(
        line["found"].as_str().unwrap().contains("known after"),
        "{line}"
    );
    // Longer ago than growth is measured.
    keep(70, 1);
    keep(20, 100_000_000);
    let line = room().await;
    let found = line["found"].as_str().unwrap();
    assert!(found.contains("grew by 50.0 MB in 20 days"), "{line}");
    assert_eq!(line["state"], "ok", "{line}");
    // No disk has so much.
    keep(0, 1_000_000_000_000_000_000);
    let line = room().await;
    assert_eq!(line["state"], "warn", "{line}");
    assert!(
        line["found"].as_str().unwrap().contains("room for 0 days"),
        "{line}"
    );
    assert!(
        line["cure"].as_str().unwrap().contains("a larger disk"),
        "{line}"
    );
    clinic.close().await;
}
