//! A clock that was ahead, and was put right: what it wrote lies in the future, and stops nothing.

use std::time::Duration;

use agendad::store::clock::FutureLimits;

use crate::app::daemon::Daemon;
use crate::support::{TestDatabase, World, eventually, simulated};

const LIMITS: FutureLimits = FutureLimits {
    message: Duration::from_secs(7200),
    captcha: Duration::from_secs(6 * 3600),
};
/// "Nothing is stopped for longer than a minute."
const A_MINUTE: Duration = Duration::from_secs(60);

/// One row of each kind whose times are three hours, or a year, ahead; and beside it what lies in the future rightly.
const AHEAD: &str = "
    INSERT INTO usuarios (id, nome) VALUES (1, 'Perito'), (2, 'Outro'), (3, 'Terceiro');
    INSERT INTO configuracoes_detran (usuario_id, cpf, pausa_motivo, pausa_desde, pausa_ate) VALUES
        (1, '52998224725', 'captcha', now() + interval '1 year', now() + interval '1 year 6 hours'),
        (2, '11144477735', 'captcha', now(), now() + interval '6 hours'),
        (3, '39053344705', 'captcha', now(), now() + interval '1 year');
    INSERT INTO sync_schedules (usuario_id, window_name, last_tick, last_success) VALUES
        (1, 'near', now() + interval '3 hours', now() + interval '3 hours'),
        (2, 'near', now(), now());
    INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, window_name, status, tick, started_at, finished_at)
    VALUES (1, CURRENT_DATE, CURRENT_DATE, 'near', 'success', now() + interval '1 year', now() + interval '1 year',
            now() + interval '1 year'),
           (2, CURRENT_DATE, CURRENT_DATE, 'near', 'success', now(), now(), now());
    INSERT INTO agendad_alerts (rule, subject, label, note, since, opened_at, last_sent_at) VALUES
        ('stale', 'perito:1', '', '', now() + interval '3 hours', now() + interval '3 hours', now() + interval '3 hours');
    INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body, created_at, next_attempt_at) VALUES
        ('slack', 'stale', 'opened', '', '', now() + interval '3 hours', now() + interval '3 hours'),
        ('slack', 'layout', 'opened', '', '', now(), now() + interval '1 year'),
        ('slack', 'captcha', 'opened', '', '', now(), now() + interval '1 hour');
    UPDATE agendad_alert_evaluation SET evaluated_at = now() + interval '1 year';
    INSERT INTO agendad_alert_reports (instance, portal_resting_since, reported_at)
    VALUES ('gone/1', now() + interval '3 hours', now() + interval '3 hours');
    INSERT INTO agendad_calendars (usuario_id, token_hash, created_at, last_read_at)
    VALUES (1, '\\x00', now() + interval '3 hours', now() + interval '3 hours')";

#[tokio::test]
async fn whatever_lies_in_the_future_is_taken_back_to_now_once() {
    let database = TestDatabase::new().await;
    database.execute(AHEAD).await;
    let mut corrected: Vec<(String, i64)> = database
        .store
        .take_back_future_times(LIMITS, 2)
        .await
        .unwrap()
        .into_iter()
        .map(|correction| (correction.what.to_string(), correction.rows))
        .collect();
    corrected.sort();
    let right = [
        ("alerts", 5),
        ("calendars", 1),
        ("jobs", 2),
        ("pauses", 2),
        ("runs", 1),
        ("schedules", 1),
    ];
    let right: Vec<(String, i64)> = right.map(|(what, rows)| (what.to_owned(), rows)).into();
    assert_eq!(corrected, right);
    for (what, sql) in [
        (
            "schedules",
            "SELECT count(*) FROM sync_schedules WHERE last_tick > now() OR last_success > now()",
        ),
        (
            "runs",
            "SELECT count(*) FROM agenda_sync_runs WHERE greatest(tick, started_at, finished_at) > now()",
        ),
        (
            "alerts",
            "SELECT count(*) FROM agendad_alerts WHERE greatest(since, opened_at, last_sent_at) > now()",
        ),
        (
            "messages",
            "SELECT count(*) FROM agendad_alert_outbox WHERE created_at > now()
               OR next_attempt_at > now() AND rule <> 'captcha'",
        ),
        (
            "evaluation",
            "SELECT count(*) FROM agendad_alert_evaluation WHERE evaluated_at > now() - interval '50 seconds'",
        ),
        (
            "reports",
            "SELECT count(*) FROM agendad_alert_reports WHERE reported_at > now()",
        ),
        (
            "calendars",
            "SELECT count(*) FROM agendad_calendars WHERE greatest(created_at, last_read_at) > now()",
        ),
        (
            "rests longer than they may be",
            "SELECT count(*) FROM configuracoes_detran WHERE pausa_ate > now() + interval '6 hours'",
        ),
    ] {
        assert_eq!(database.count(sql).await, 0, "{what}");
    }
    // A rest keeps its length, a message its delay.
    let kept = "SELECT count(*) FROM configuracoes_detran WHERE pausa_ate > now() + interval '5 hours 59 minutes'";
    assert_eq!(database.count(kept).await, 3);
    let kept = "SELECT count(*) FROM agendad_alert_outbox WHERE next_attempt_at > now() + interval '59 minutes'";
    assert_eq!(database.count(kept).await, 1);

    let again = database.store.take_back_future_times(LIMITS, 0).await;
    assert_eq!(again.unwrap(), []);
    let noted = "SELECT count(*) FROM agendad_clock_corrections WHERE ahead > 31000000";
    assert_eq!(database.count(noted).await, 6);
    database.close().await;
}

#[tokio::test]
async fn a_time_without_end_is_taken_back_as_any_other() {
    let database = TestDatabase::new().await;
    database
        .execute(
            "INSERT INTO usuarios (id, nome) VALUES (1, 'Perito');
             INSERT INTO sync_schedules (usuario_id, window_name, last_tick, last_success) VALUES
                 (1, 'near', 'infinity', '294276-12-31'), (1, 'far', '-infinity', NULL);
             INSERT INTO agendad_alerts (rule, subject, label, note, since, opened_at) VALUES
                 ('stale', 'perito:1', '', '', 'infinity', 'infinity');
             INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body, created_at, next_attempt_at) VALUES
                 ('slack', 'stale', 'opened', '', '', 'infinity', 'infinity');
             UPDATE agendad_alert_evaluation SET evaluated_at = 'infinity'",
        )
        .await;
    let corrected = database.store.take_back_future_times(LIMITS, 0).await;
    let corrected = corrected.unwrap();
    assert_eq!(corrected.len(), 2, "{corrected:?}");
    let century = 36_525.0 * 86_400.0;
    for correction in corrected {
        assert!(
            (century - 86_400.0..=century + 86_400.0).contains(&correction.ahead),
            "{correction:?}"
        );
    }
    let again = database.store.take_back_future_times(LIMITS, 0).await;
    assert_eq!(again.unwrap(), []);
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ticks_and_jobs_go_on_within_a_minute_and_an_alert_says_why_they_stood_still() {
    let world = World::with(simulated(), |_| {}).await;
    let mut config = world.daemon_config();
    config.alerts.interval = Duration::from_secs(1);
    let daemon = Daemon::start(config).await;
    let runs =
        "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success' AND started_at <= now()";
    eventually("runs", A_MINUTE, async || {
        (world.count(runs).await >= 2).then_some(())
    })
    .await;
    // Three hours, and with them all that waits in the queue.
    let ahead = "WITH jobs AS (UPDATE river.river_job SET scheduled_at = now() + interval '3 hours'
                               WHERE state = 'available' RETURNING 1),
                      leader AS (UPDATE river.river_leader SET elected_at = now() + interval '3 hours',
                                 expires_at = now() + interval '3 hours 10 seconds' RETURNING 1)
                 UPDATE sync_schedules SET last_tick = now() + interval '3 hours', last_success = now() + interval '3 hours'";
    world.execute(ahead).await;
    let before = world.count(runs).await;
    eventually("ticks go on", A_MINUTE, async || {
        (world.count(runs).await >= before + 3).then_some(())
    })
    .await;
    let alert = "SELECT count(*) FROM agendad_alerts WHERE rule = 'clock' AND note LIKE '%no futuro (até %2 h 59 min%'";
    eventually("the alert", A_MINUTE, async || {
        (world.count(alert).await == 1).then_some(())
    })
    .await;
    let (_, page) = daemon.get("/metrics").await;
    if page.contains("agendad_future_times") {
        assert!(
            !page.contains("agendad_future_times_taken_back_total{what=\"schedules\"} 0"),
            "{page}"
        );
    }
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_has_nothing_to_do_looks_for_such_times_twice_a_minute() {
    let world = World::new(1).await;
    world
        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    let daemon = Daemon::start(world.daemon_config()).await;
    let write = "INSERT INTO sync_schedules (usuario_id, window_name, last_success)
                 SELECT usuario_id, 'fast', now() + interval '3 hours' FROM configuracoes_detran
                 ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_success = excluded.last_success";
    let ahead = "SELECT count(*) FROM sync_schedules WHERE last_success > now()";
    // The first look comes at once or after a while, the next one in step with it.
    for within in [A_MINUTE, A_MINUTE * 3 / 4] {
        world.execute(write).await;
        let look = async || (world.count(ahead).await == 0).then_some(());
        eventually("it is taken back", within, look).await;
    }
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_whose_clock_differs_from_the_databases_is_told_of() {
    let world = World::new(1).await;
    let mut config = world.daemon_config();
    config.alerts.interval = Duration::from_secs(1);
    let daemon = Daemon::start(config).await;
    // As another machine says it of itself; it is dead within a minute.
    world
        .execute(
            "INSERT INTO agendad_processes (instance, server_started_at, clock_ahead)
             VALUES ('adiantada/1', now(), 45), ('certa/1', now(), 5)",
        )
        .await;
    let alert = "SELECT count(*) FROM agendad_alerts WHERE rule = 'clock' AND subject = 'clock:adiantada'
                   AND note = 'o relógio de adiantada está 45 s adiantado em relação ao do banco de dados'";
    eventually("the alert", A_MINUTE, async || {
        (world.count(alert).await == 1).then_some(())
    })
    .await;
    assert_eq!(
        world
            .count("SELECT count(*) FROM agendad_alerts WHERE rule = 'clock'")
            .await,
        1
    );
    let said = world.program().run(&["check"]).await;
    assert!(!said.out.contains("this machine's clock"), "{said:?}");
    let (_, ended) = daemon.stop().await;
    ended.unwrap();
    world.close().await;
}
