//! The record of runs: the questions that people ask of it, and its retention.

use std::time::Duration;

use agendad::domain::{ErrorDetails, FailureKind, Origin, RunStatus, Totals};
use agendad::store::runs::{FinishedRun, NewRun, Started};
use sqlx::{Connection, Row as _};

use crate::store::bench::{Bench, Place, new_run, row, succeeded};

use crate::support::{World, simulated};

fn finished(status: RunStatus, totals: Totals) -> FinishedRun {
    FinishedRun {
        status,
        totals,
        error: (status == RunStatus::Failed).then(|| "the portal is down".to_owned()),
        error_details: (status == RunStatus::Failed).then(|| ErrorDetails {
            kind: Some(FailureKind::Unavailable),
            ..ErrorDetails::default()
        }),
        requests: 7,
        retries: 2,
        logins: 1,
        ..succeeded()
    }
}

/// A success with an agenda of three, one of which then vanishes; and a failed run.
async fn story(bench: &Bench) -> Place {
    let place = bench.place().await;
    let rows = [
        row("08:00", 0, "ANA"),
        row("09:00", 1, "BIA").done(),
        row("10:00", 2, "CLARA"),
    ];
    for rows in [&rows[..], &rows[..2]] {
        let run_id = bench.run(place).await;
        let stored = bench
            .store(run_id, place, &place.reading(rows))
            .await
            .unwrap();
        let done = finished(RunStatus::Success, stored.totals);
        assert!(
            bench
                .db
                .store
                .finish_run(run_id, &done)
                .await
                .unwrap()
                .is_some()
        );
    }
    let run_id = bench.run(place).await;
    let done = finished(
        RunStatus::Failed,
        Totals {
            skipped: 1,
            ..Totals::default()
        },
    );
    assert!(
        bench
            .db
            .store
            .finish_run(run_id, &done)
            .await
            .unwrap()
            .is_some()
    );
    place
}

#[tokio::test]
async fn the_four_statements_of_the_plan_work_verbatim() {
    let bench = Bench::new().await;
    let place = story(&bench).await;
    let last_runs =
        "SELECT id, status, window_start, window_end, totals, error, started_at, finished_at,
            EXTRACT(EPOCH FROM (finished_at - started_at)) AS duration_seconds
        FROM agenda_sync_runs WHERE usuario_id = $1 ORDER BY started_at DESC LIMIT 10";
    let runs = sqlx::query(last_runs)
        .bind(place.user)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    let statuses: Vec<String> = runs.iter().map(|run| run.get("status")).collect();
    assert_eq!(statuses, ["failed", "success", "success"]);

    let available = "SELECT data, hora, payload->>'nome' AS nome, payload->>'cpf' AS cpf, status
        FROM agenda_slots WHERE usuario_id = $1 AND is_current = TRUE AND status = 'available' ORDER BY data, hora";
    let slots = sqlx::query(available)
        .bind(place.user)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(slots.len(), 1);
    assert_eq!(slots[0].get::<String, _>("nome"), "ANA");
    assert_eq!(slots[0].get::<String, _>("cpf"), "529.982.247-25");

    let removed = "SELECT data, hora, payload->>'nome' AS nome, last_seen_at
        FROM agenda_slots WHERE usuario_id = $1 AND status = 'removed' AND is_current = FALSE
        ORDER BY last_seen_at DESC";
    let slots = sqlx::query(removed)
        .bind(place.user)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(slots.len(), 1);
    assert_eq!(slots[0].get::<String, _>("nome"), "CLARA");

    let per_day = "SELECT DATE(started_at) AS dia, COUNT(*) AS total_runs,
            SUM((totals->>'inserted')::int) AS inseridos, SUM((totals->>'updated')::int) AS atualizados,
            SUM((totals->>'removed')::int) AS removidos,
            COUNT(*) FILTER (WHERE status = 'success') AS sucessos, COUNT(*) FILTER (WHERE status = 'failed') AS falhas
        FROM agenda_sync_runs WHERE usuario_id = $1 GROUP BY DATE(started_at) ORDER BY dia DESC";
    let days = sqlx::query(per_day)
        .bind(place.user)
        .fetch_all(&bench.db.pool)
        .await
        .unwrap();
    let counts: Vec<i64> = [
        "total_runs",
        "inseridos",
        "atualizados",
        "removidos",
        "sucessos",
        "falhas",
    ]
    .map(|name| days[0].get(name))
    .into();
    assert_eq!(counts, [3, 3, 0, 1, 2, 1]);
    bench.db.close().await;
}

#[tokio::test]
async fn the_views_answer_the_same_questions() {
    let bench = Bench::new().await;
    let place = story(&bench).await;
    for (sql, expected) in [
        (
            "SELECT string_agg(concat_ws(' ', status, inserted, removed, error_kind, requests, retries, duration >= '0'), ', ' ORDER BY id)
             FROM v_agenda_last_runs WHERE usuario_id = $1",
            "success 3 0 7 2 t, success 0 1 7 2 t, failed 0 0 unavailable 7 2 t",
        ),
        ("SELECT string_agg(concat_ws(' ', nome, hora, cpf), ', ') FROM v_agenda_available_slots WHERE usuario_id = $1", "ANA 08:00:00 529.982.247-25"),
        (
            "SELECT string_agg(concat_ws(' ', nome, agendamento_state, removed_at > first_seen_at), ', ')
             FROM v_agenda_removed_slots WHERE usuario_id = $1",
            "CLARA cancelled t",
        ),
        (
            "SELECT concat_ws(' ', runs, success, partial, failed, inserted, updated, removed) FROM v_agenda_daily_stats
             WHERE usuario_id = $1",
            "3 2 0 1 3 0 1",
        ),
    ] {
        let answer: String = sqlx::query_scalar(sql).bind(place.user).fetch_one(&bench.db.pool).await.unwrap();
        assert_eq!(answer, expected, "{sql}");
    }
    bench.db.close().await;
}

#[tokio::test]
async fn a_tick_has_one_run_unless_its_process_died() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let tick = "2025-11-24T10:00:00Z".parse().unwrap();
    let run = NewRun {
        window_name: Some("near"),
        tick: Some(tick),
        origin: Origin::Schedule,
        ..new_run(place.user, place.date, place.date)
    };
    let Started::Run { id: dead, .. } = bench.db.store.start_run(&run).await.unwrap() else {
        panic!("first")
    };
    let Started::Run { id: second, .. } = bench.db.store.start_run(&run).await.unwrap() else {
        panic!("second")
    };
    let closed: (String, String) = sqlx::query_as(
        "SELECT status, error_details ->> 'kind' FROM agenda_sync_runs WHERE id = $1",
    )
    .bind(dead)
    .fetch_one(&bench.db.pool)
    .await
    .unwrap();
    assert_eq!(closed, ("failed".into(), "orphaned".into()));
    let done = finished(RunStatus::Failed, Totals::default());
    assert!(
        bench
            .db
            .store
            .finish_run(second, &done)
            .await
            .unwrap()
            .is_some()
    );
    let again = async || {
        let started = bench.db.store.start_run(&run).await.unwrap();
        started != Started::TickDone
    };
    assert!(!again().await);
    // What came of the password before says nothing of a new one, which has the tick once as well.
    let account = "INSERT INTO configuracoes_detran (usuario_id, cpf, senha, credencial_mudada_em)
                   VALUES ($1, '52998224725', 'x', now() - interval '1 hour')";
    bench.person(place, account).await;
    assert!(!again().await);
    // Stored by a clock that was ahead, and then by one that was right.
    for (at, is_new) in [("now() + interval '1 year'", false), ("now()", true)] {
        let stored = format!(
            "UPDATE configuracoes_detran SET credencial_mudada_em = {at} WHERE usuario_id = $1"
        );
        bench.person(place, &stored).await;
        assert_eq!(again().await, is_new, "{at}");
    }
    assert!(again().await, "its process died");
    let running = "UPDATE agenda_sync_runs SET status = 'success' WHERE usuario_id = $1 AND status = 'running'";
    bench.person(place, running).await;
    assert!(!again().await);
    // And so for the next one; but no two runs have one tick.
    let stored =
        "UPDATE configuracoes_detran SET credencial_mudada_em = now() WHERE usuario_id = $1";
    bench.person(place, stored).await;
    assert!(again().await);
    bench.person(place, running).await;
    assert!(!again().await);
    let ticks = "SELECT count(DISTINCT tick) FROM agenda_sync_runs
                 WHERE error_details ->> 'kind' IS DISTINCT FROM 'orphaned'";
    assert_eq!(bench.db.count(ticks).await, 3);
    let runs = "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' IS DISTINCT FROM 'orphaned'";
    assert_eq!(bench.db.count(runs).await, 3);
    bench.db.close().await;
}

#[tokio::test]
async fn old_runs_go_in_batches_that_wait_for_nobody() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.person(
        place,
        "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
         SELECT $1, CURRENT_DATE, CURRENT_DATE, CASE WHEN i = 1 THEN 'running' ELSE 'success' END,
             now() - CASE WHEN i <= 8 THEN interval '91 days' ELSE interval '89 days' END
         FROM generate_series(1, 10) i",
    )
    .await;
    let mut reader = sqlx::PgConnection::connect(&bench.db.url).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    sqlx::query("SELECT FROM agenda_sync_runs WHERE id = 2 FOR SHARE")
        .execute(&mut *reading)
        .await
        .unwrap();
    let ninety_days = Duration::from_secs(90 * 24 * 3600);
    let mut deleted = Vec::new();
    for _ in 0..3 {
        deleted.push(bench.db.store.prune_runs(ninety_days, 4).await.unwrap());
    }
    assert_eq!(
        deleted,
        [4, 2, 0],
        "neither the running one nor the one that is held"
    );
    reading.rollback().await.unwrap();
    assert_eq!(bench.db.store.prune_runs(ninety_days, 4).await.unwrap(), 1);

    // While a batch is not committed, the store goes on.
    let mut deleting = reader.begin().await.unwrap();
    sqlx::query("DELETE FROM agenda_sync_runs WHERE status <> 'running'")
        .execute(&mut *deleting)
        .await
        .unwrap();
    let rows = [row("08:00", 0, "ANA")];
    let read = tokio::time::timeout(Duration::from_secs(10), bench.read(place, &rows));
    assert_eq!(read.await.unwrap().inserted, 1);
    deleting.rollback().await.unwrap();
    bench.db.close().await;
}

#[tokio::test]
async fn a_database_that_fails_is_recorded_with_the_place_in_our_code() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    let world = World::with(settings, |_| {}).await;
    sqlx::query("ALTER TABLE agenda_slot_changes RENAME TO elsewhere")
        .execute(&world.database.pool)
        .await
        .unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed);
    let (status, error, details): (String, String, serde_json::Value) =
        sqlx::query_as("SELECT status, error, error_details FROM agenda_sync_runs")
            .fetch_one(&world.database.pool)
            .await
            .unwrap();
    assert_eq!(
        (status.as_str(), details["kind"].as_str()),
        ("failed", Some("database"))
    );
    assert!(
        error.starts_with("the day could not be stored: the database failed: "),
        "{error}"
    );
    assert_eq!(
        details["chain"].as_array().map(Vec::len),
        Some(3),
        "{details}"
    );
    let backtrace = details["backtrace"].as_str().unwrap();
    assert!(backtrace.contains("agendad::sync::upsert"), "{backtrace}");
    assert!(!backtrace.contains("tokio::runtime"), "{backtrace}");
    world.close().await;
}

#[tokio::test]
async fn what_a_run_recorded_by_itself_is_told_from_what_was_recorded_of_a_dead_one() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let store = &bench.db.store;
    let totals = Totals {
        inserted: 3,
        ..Totals::default()
    };
    let run = bench.run(place).await;
    let of = async |status| store.totals_of(run, status).await.unwrap();
    assert_eq!(of(RunStatus::Running).await, None);
    let done = finished(RunStatus::Success, totals);
    assert!(store.finish_run(run, &done).await.unwrap().is_some());
    // As where the answer was lost, so that it is written again.
    assert_eq!(store.finish_run(run, &done).await.unwrap(), None);
    assert_eq!(of(RunStatus::Success).await, Some(totals));
    assert_eq!(of(RunStatus::Failed).await, None);

    let dead = bench.run(place).await;
    bench.run(place).await;
    let of_dead = store.totals_of(dead, RunStatus::Failed).await.unwrap();
    assert_eq!(of_dead, None);
    bench.db.close().await;
}
