//! What a process that dies leaves behind is counted by the one that finds it.

use std::time::Duration;

use agendad::simulator::{Fault, FaultKind, Place};
use nix::sys::signal::Signal;

use crate::support::{World, eventually};
use crate::telemetry::scraped::{Page, Scraped, WINDOWS};

const ORPHANED: &str = r#"kind="orphaned""#;

/// Two examiners, each with a run under way in a daemon.
async fn two_runs() -> (World, Scraped) {
    let world = World::new(2).await;
    // Until the kill, however slow the machine is.
    let slow = FaultKind::Latency(Duration::from_secs(20));
    world
        .simulator
        .inject(Fault::always(slow).at(Place::Result));
    let daemon = Scraped::start(&world, WINDOWS, &["run"]).await;
    let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
    eventually("two runs", Duration::from_secs(30), async || {
        (world.count(running).await == 2).then_some(())
    })
    .await;
    (world, daemon)
}

async fn counts_the_dead(daemon: &Scraped, world: &World) -> Page {
    let page = daemon
        .page_with("the dead runs", |page| {
            page.sum("agendad_runs_total", &[ORPHANED]) >= 2.0
        })
        .await;
    let dead = "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'orphaned'";
    let dead = world.count(dead).await as f64;
    assert_eq!(page.sum("agendad_runs_total", &[ORPHANED]), dead);
    let failed = [ORPHANED, r#"result="failed""#];
    assert_eq!(page.sum("agendad_runs_total", &failed), dead);
    page
}

#[tokio::test]
async fn the_next_start_counts_the_runs_of_a_killed_process() {
    let (world, killed) = two_runs().await;
    killed.end_by(Signal::SIGKILL).await;
    world.simulator.clear_faults();
    let next = Scraped::start(&world, WINDOWS, &["run"]).await;
    counts_the_dead(&next, &world).await;
    next.stop().await;
    world.close().await;
}

#[tokio::test]
async fn another_process_counts_them_when_it_runs_their_ticks() {
    let (world, killed) = two_runs().await;
    let other = Scraped::start(&world, WINDOWS, &["run"]).await;
    killed.end_by(Signal::SIGKILL).await;
    world.simulator.clear_faults();
    let page = counts_the_dead(&other, &world).await;
    let unknown = [ORPHANED, r#"window="unknown""#];
    assert_eq!(page.sum("agendad_runs_total", &unknown), 0.0);
    other.stop().await;
    world.close().await;
}
