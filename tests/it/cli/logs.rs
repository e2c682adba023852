//! What a daemon says of one run, on a terminal and as JSON: the whole of it, as snapshots.

use std::time::Duration;

use agendad::simulator::parse_faults;
use nix::sys::signal::Signal;

use crate::support::{World, eventually, simulated};

/// One window that fires once, at the start: its last tick was missed.
const ONCE: &str = r#"
windows = [{ name = "near", from_day = 0, to_day = 0, cron = "0 0 0 1 1 *" }]
[retry]
max_retries = 1
jitter = false
"#;

/// One examiner with three appointments today.
async fn world() -> World {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    settings.slots_per_day = (3, 3);
    World::with(settings, |_| {}).await
}

/// What the daemon says of one run, in both formats.
async fn snapshot(name: &str, prepare: impl AsyncFn(&World)) {
    let mut said = String::new();
    for format in ["pretty", "json"] {
        let world = world().await;
        prepare(&world).await;
        let program = world
            .program()
            .env("AGENDAD_LOG__FORMAT", format)
            .env("AGENDAD_LOG__LEVEL", "info,agendad::sync=debug")
            .file(ONCE);
        let mut daemon = program.start(&["run"]);
        eventually("the run is over", Duration::from_secs(30), async || {
            let over = "SELECT count(*) FROM agenda_sync_runs WHERE finished_at IS NOT NULL";
            (world.count(over).await == 1).then_some(())
        })
        .await;
        // The record is written first, the line about it a moment later.
        eventually("it is told", Duration::from_secs(60), async || {
            program.log().contains("run finished").then_some(())
        })
        .await;
        daemon.signal(Signal::SIGTERM);
        assert_eq!(daemon.ended().await, Some(0));
        said.push_str(&format!("--- {format}\n"));
        for line in program
            .log()
            .lines()
            .filter(|line| line.contains("usuario_id"))
        {
            said.push_str(line);
            said.push('\n');
        }
        world.close().await;
    }
    assert_eq!(said.matches("run finished").count(), 2);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"/(?:tmp|dev/shm)/[^\s,:;)\x22]*", "/TMP");
    settings.add_filter(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z", "TIME");
    settings.add_filter(r"\d{4}-\d{2}-\d{2} [\d:]+ UTC", "TICK");
    settings.add_filter(r"\d{4}-\d{2}-\d{2}", "DATE");
    settings.add_filter(r#"(instance"?[=:])"[^"]*""#, "${1}\"NAME/START\"");
    settings.add_filter(r#"(duration_ms"?[=:])\d+"#, "${1}N");
    settings.bind(|| insta::assert_snapshot!(name, said));
}

#[tokio::test]
async fn a_good_run() {
    snapshot("log_good", async |_| {}).await;
}

#[tokio::test]
async fn a_run_whose_password_is_refused() {
    let another = async |world: &World| {
        world.simulator.set_password(0, "another").unwrap();
    };
    snapshot("log_refused", another).await;
}

#[tokio::test]
async fn a_run_that_finds_the_portal_down() {
    let down = async |world: &World| {
        for fault in parse_faults("503@result").unwrap() {
            world.simulator.inject(fault);
        }
    };
    snapshot("log_portal_down", down).await;
}

#[tokio::test]
async fn a_run_that_the_database_fails() {
    let broken = async |world: &World| {
        world
            .execute("ALTER TABLE agenda_slot_changes RENAME TO elsewhere")
            .await;
    };
    snapshot("log_database_fails", broken).await;
}
