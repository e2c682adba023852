//! What is counted is what happened: the page agrees with the records.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::BTreeSet;
use std::time::Duration;

use agendad::simulator::parse_faults;

use crate::support::{World, eventually};
use crate::telemetry::scraped::{Page, Scraped, WINDOWS};

const BREAKER: &str = "\n[portal.breaker]\nfailures = 4\ncool_down = \"1s\"\n";

#[tokio::test]
async fn counters_start_at_zero_stay_few_and_agree_with_the_records() {
    let world = World::new(3).await;
    let daemon = Scraped::start(&world, &format!("{WINDOWS}{BREAKER}"), &["run"]).await;
    let first = daemon.page().await;
    daemon
        .page_with("runs of both windows", |page| {
            [r#"window="near""#, r#"window="far""#]
                .iter()
                .all(|window| page.sum("agendad_runs_total", &[window]) >= 6.0)
        })
        .await;
    a_bad_day(&world, &daemon).await;
    let page = daemon
        .page_with("what the database says of it", |page| {
            page.sum("agendad_accounts_paused", &[r#"reason="refused""#]) == 1.0
                && page.sum("agendad_last_success_timestamp_seconds", &[]) > 0.0
        })
        .await;
    assert_eq!(
        page.sum("agendad_logins_total", &[r#"result="refused""#]),
        1.0
    );
    assert!(page.sum("agendad_sessions_opened_total", &[r#"how="reused""#]) > 0.0);
    assert!(page.sum("agendad_portal_breaker_opened_total", &[]) > 0.0);
    assert!(page.sum("agendad_portal_retries_total", &[r#"kind="unavailable""#]) > 0.0);
    assert!(page.sum("agendad_portal_requests_total", &[r#"status="503""#]) > 0.0);

    let rested = rest(&world, &daemon).await;
    agrees_with_the_records(&world, &rested).await;
    no_series_came_that_could_not_be_foreseen(&first, &rested);
    daemon.stop().await;
    world.close().await;
}

/// The portal fails until the breaker opens, and then refuses an examiner's password.
async fn a_bad_day(world: &World, daemon: &Scraped) {
    for fault in parse_faults("503").unwrap() {
        world.simulator.inject(fault);
    }
    daemon
        .page_with("an open breaker", |page| {
            page.sum("agendad_portal_breaker_opened_total", &[]) > 0.0
                && page.sum("agendad_ticks_put_off_total", &[r#"reason="breaker""#]) > 0.0
        })
        .await;
    world.simulator.clear_faults();
    world.simulator.set_password(0, "another").unwrap();
    world.simulator.expire_sessions(None);
    daemon
        .page_with("a closed breaker and a refusal", |page| {
            page.sum("agendad_portal_breaker_state", &[r#"state="closed""#]) == 1.0
                && page.sum("agendad_logins_total", &[r#"result="refused""#]) > 0.0
        })
        .await;
}

/// No tick is fired and no run goes on any more.
async fn rest(world: &World, daemon: &Scraped) -> Page {
    world
        .execute("UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE")
        .await;
    eventually("all is done", Duration::from_secs(90), async || {
        let waiting = "SELECT count(*) FROM river.river_job WHERE finalized_at IS NULL";
        (world.count(waiting).await == 0).then_some(())
    })
    .await;
    let page = daemon.page().await;
    assert_eq!(page.sum("agendad_runs_in_progress", &[]), 0.0);
    let ended =
        page.sum("agendad_ticks_run_total", &[]) + page.sum("agendad_ticks_refused_total", &[]);
    assert_eq!(page.sum("agendad_ticks_queued_total", &[]), ended);
    page
}

async fn agrees_with_the_records(world: &World, page: &Page) {
    for window in ["near", "far"] {
        for result in ["success", "partial", "failed"] {
            let labels = [
                format!("window=\"{window}\""),
                format!("result=\"{result}\""),
            ];
            let labels = [labels[0].as_str(), &labels[1]];
            let rows = format!(
                "SELECT count(*) FROM agenda_sync_runs WHERE window_name = '{window}' AND status = '{result}'"
            );
            let rows = world.count(&rows).await as f64;
            assert_eq!(page.sum("agendad_runs_total", &labels), rows, "{labels:?}");
            let durations = page.sum("agendad_run_duration_seconds_count", &labels);
            assert_eq!(durations, rows, "{labels:?}");
        }
    }
    for (metric, labels, recorded) in [
        ("agendad_portal_requests_total", "", "requests"),
        ("agendad_portal_retries_total", "", "retries"),
        ("agendad_logins_total", "", "logins"),
        (
            "agendad_sessions_opened_total",
            "how=\"reused\"",
            "session_reused::int",
        ),
        (
            "agendad_slots_total",
            "change=\"inserted\"",
            "(totals ->> 'inserted')::int",
        ),
        (
            "agendad_slots_total",
            "change=\"unchanged\"",
            "(totals ->> 'unchanged')::int",
        ),
        (
            "agendad_appointments_total",
            "change=\"created\"",
            "(totals ->> 'appointments_created')::int",
        ),
        (
            "agendad_readings_total",
            "result=\"failed\"",
            "(totals ->> 'skipped')::int",
        ),
    ] {
        let sum = format!("SELECT sum({recorded})::bigint FROM agenda_sync_runs");
        let recorded = world.count(&sum).await as f64;
        assert_eq!(page.sum(metric, &[labels]), recorded, "{metric} {labels}");
    }
}

/// All but statuses are foreseen, and so are there from the start.
fn no_series_came_that_could_not_be_foreseen(first: &Page, last: &Page) {
    let names = |page: &Page| -> BTreeSet<String> { page.series.keys().cloned().collect() };
    let foreseen = names(first);
    let new: Vec<String> = names(last)
        .into_iter()
        .filter(|series| !foreseen.contains(series))
        .filter(|series| !series.starts_with("agendad_portal_requests_total"))
        .filter(|series| !series.starts_with("agendad_last_success_timestamp_seconds"))
        .collect();
    assert!(new.is_empty(), "{new:#?}");
    let zeros = first
        .series
        .iter()
        .filter(|(series, _)| series.starts_with("agendad_") && series.contains("_total"));
    assert!(zeros.count() > 150);
}
