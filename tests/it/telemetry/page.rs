//! The page as Prometheus's own tool sees it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::io::Write;
use std::process::{Command, Stdio};

use agendad::backup::backup_dir::BackupDir;
use agendad::telemetry::metrics::names;

use crate::support::{World, clock};
use crate::telemetry::scraped::{Scraped, WINDOWS};

#[tokio::test]
async fn promtool_finds_nothing_to_complain_of() {
    let world = World::new(1).await;
    let daemon = Scraped::start(&world, WINDOWS, &["run"]).await;
    let page = daemon
        .page_with("a run", |page| {
            page.sum("agendad_runs_total", &[r#"result="success""#]) > 0.0
        })
        .await;
    daemon.stop().await;
    world.close().await;
    for metric in names::ALL {
        let told = format!("# TYPE {} {}\n", metric.name, metric.kind.as_str());
        let is_shown = page.text.contains(&told);
        let may_be_absent =
            [names::LAST_SUCCESS.name(), names::BACKUP_LAST.name()].contains(&metric.name);
        assert!(is_shown || may_be_absent, "{}", metric.name);
    }
    for line in page.text.lines().filter(|line| line.starts_with("# TYPE")) {
        let name = line.split(' ').nth(2).unwrap();
        let help = format!("# HELP {name} ");
        assert!(page.text.contains(&help), "{name} is not described");
    }
    match check(&page.text) {
        Some(complaints) => assert_eq!(complaints, ""),
        None => println!("promtool is not installed (Debian: prometheus): not asked"),
    }
}

#[tokio::test]
async fn what_is_switched_off_has_no_last_backup_any_more_and_no_backlog() {
    let world = World::new(1).await;
    let backup_dir = BackupDir::new(world.state.path().join("backups"));
    backup_dir.prepare().unwrap();
    let made_at = clock().now();
    std::fs::write(backup_dir.path(made_at), "one").unwrap();
    let of = |which: &str| format!("[backup]\nof = \"{which}\"\n[webhooks]\nenabled = false\n");
    let arguments = ["run", "--no-schedule", "--no-work"];
    let daemon = Scraped::start(&world, &of("any"), &arguments).await;
    let last = names::BACKUP_LAST.name();
    let backlog = names::WEBHOOK_BACKLOG.name();
    daemon
        .page_with("the last backup, and no backlog", |page| {
            page.sum(last, &[]) == made_at.timestamp() as f64
                && page.matching(backlog, &[]).eq([0.0])
        })
        .await;
    daemon.reload(&of("none"));
    daemon
        .page_with("no backups", |page| page.sum(last, &[]).is_nan())
        .await;
    daemon.stop().await;
    world.close().await;
}

/// What `promtool check metrics` says; `None` where it is not installed.
fn check(page: &str) -> Option<String> {
    let child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        child => child.unwrap(),
    };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(page.as_bytes())
        .unwrap();
    let said = child.wait_with_output().unwrap();
    let complaints = [said.stdout, said.stderr].concat();
    assert!(said.status.success() || !complaints.is_empty());
    Some(String::from_utf8(complaints).unwrap())
}
