//! A page that is asked for in bad times.

use std::time::{Duration, Instant};

use agendad::simulator::{Fault, FaultKind};
use sqlx::Connection;

use crate::support::{World, eventually};
use crate::telemetry::scraped::{Scraped, WINDOWS};

#[tokio::test]
async fn a_database_that_does_not_answer_neither_holds_up_nor_breaks_the_page() {
    let world = World::new(1).await;
    let daemon = Scraped::start(&world, "", &["run", "--no-schedule", "--no-work"]).await;
    let mut other = sqlx::PgConnection::connect(&world.database.url)
        .await
        .unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE configuracoes_detran")
        .execute(&mut other)
        .await
        .unwrap();

    let start = Instant::now();
    let page = daemon.page().await;
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(2), "it was given its time");
    assert!(waited < Duration::from_secs(8), "and no more: {waited:?}");
    assert_eq!(page.sum("agendad_database_up", &[]), 0.0);
    assert!(page.sum("agendad_queue_jobs", &[]).is_nan());
    assert!(page.sum("agendad_accounts", &[]).is_nan());
    assert!(page.sum("agendad_examiners_overdue", &[]).is_nan());
    assert_eq!(page.sum("agendad_portal_breaker_state", &[]), 1.0);
    assert_eq!(page.sum("agendad_runs_total", &[]), 0.0);
    // Whoever asks again is not made to wait again: where the database were asked again, each would wait its two seconds.
    // On a busy machine one may take as long without.
    let mut at_once = false;
    for _ in 0..3 {
        let start = Instant::now();
        daemon.page().await;
        at_once |= start.elapsed() < Duration::from_secs(2);
    }
    assert!(at_once);

    // The connection of what was given up is closed, and no other for it.
    let closed = "a connection to the database was lost";
    eventually(closed, Duration::from_secs(60), async || {
        daemon.log().contains(closed).then_some(())
    })
    .await;
    other.close().await.unwrap();
    let page = daemon
        .page_with("the database is back", |page| {
            page.sum("agendad_database_up", &[]) == 1.0
                && page.sum("agendad_accounts", &[r#"state="scheduled""#]) == 1.0
        })
        .await;
    assert_eq!(page.sum("agendad_database_renewed_total", &[]), 0.0);
    daemon.stop().await;
    world.close().await;
}

#[tokio::test]
async fn a_firewall_that_turns_the_process_away_is_shown_until_it_lets_it_through() {
    let world = World::new(1).await;
    let turned_away = Fault::always(FaultKind::Firewall(200));
    world.simulator.inject(turned_away);
    let config = format!("{WINDOWS}[portal]\nfirewall_pause = \"1s\"\n");
    let daemon = Scraped::start(&world, &config, &["run"]).await;
    let resting = "agendad_portal_firewall_resting";
    daemon
        .page_with("a rest", |page| page.sum(resting, &[]) == 1.0)
        .await;
    world.simulator.clear_faults();
    let page = daemon
        .page_with("an answer", |page| page.sum(resting, &[]) == 0.0)
        .await;
    assert!(page.sum("agendad_portal_firewall_total", &[]) > 0.0);
    daemon.stop().await;
    world.close().await;
}
