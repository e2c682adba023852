//! What is kept as runs end agrees with the runs, whatever happens to them and whoever writes them.

use std::time::Duration;

use agendad::domain::{Origin, RunStatus, Totals};
use agendad::store::figures::WindowLimit;
use agendad::store::overview::{Order, OverviewFilter, StatusFilter};
use agendad::store::runs::{FinishedRun, NewRun, Started};
use agendad::store::statistics::DayStatistics;
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::bench::{new_run, succeeded};
use crate::support::{TestDatabase, clock};

const ZONE: &str = "America/Sao_Paulo";

const EXAMINERS: &str = "
    INSERT INTO usuarios (nome) SELECT 'PERITO ' || n FROM generate_series(1, 8) n;
    INSERT INTO configuracoes_detran (usuario_id, cpf, senha, sincronizacao_automatica, janelas)
    SELECT id, lpad(id::text, 11, '0'), 'x', TRUE, CASE WHEN id % 4 = 0 THEN ARRAY['near'] END FROM usuarios;
    INSERT INTO sync_schedules (usuario_id, window_name, last_success)
    SELECT id, w, now() FROM usuarios, unnest(ARRAY['near', 'far']) w";

/// Runs begin and end in every way, several in one statement; whole ones are written by the earlier system, with and
/// without a start; the newest and any others are deleted; a clock is put right.
const CHURN: &str = r#"
DO $$
DECLARE what int;
BEGIN
  FOR n IN 1..400 LOOP
    what := floor(random() * 12);
    IF what <= 3 THEN
      INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, window_name, tick, status, started_at)
      SELECT 1 + floor(random() * 8), current_date + x.first, current_date + x.first + 3, x.w,
             CASE WHEN random() < 0.8 AND x.w IS NOT NULL THEN now() - interval '1 min' * floor(random() * 9000) END,
             'running', now() - interval '1 min' * random() * 9000
      FROM (VALUES ('near', 0), ('far', 4), (NULL, floor(random() * 3)::int - 1)) x (w, first) ORDER BY random() LIMIT 1;
    ELSIF what <= 7 THEN
      UPDATE agenda_sync_runs
      SET status = (ARRAY['success', 'partial', 'failed'])[1 + floor(random() * 3)::int], finished_at = now(),
          requests = floor(random() * 9)::int,
          totals = CASE WHEN random() < 0.8 THEN jsonb_build_object('inserted', floor(random() * 5), 'updated', 2, 'removed', 'x') END
      WHERE id IN (SELECT id FROM agenda_sync_runs WHERE status = 'running' ORDER BY random() LIMIT 2);
    ELSIF what = 8 THEN
      INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
      SELECT nullif(floor(random() * 9), 0), current_date, current_date + 5,
             (ARRAY['success', 'failed'])[1 + floor(random() * 2)::int],
             CASE WHEN random() < 0.9 THEN now() - interval '1 min' * random() * 9000 END
      FROM generate_series(1, 3);
    ELSIF what = 9 THEN
      DELETE FROM agenda_sync_runs
      WHERE id IN (SELECT id FROM agenda_sync_runs WHERE status <> 'running' ORDER BY random() LIMIT 3);
    ELSIF what = 10 THEN
      DELETE FROM agenda_sync_runs
      WHERE id IN (SELECT id FROM agenda_sync_runs WHERE status <> 'running' ORDER BY started_at DESC LIMIT 1);
    ELSE
      UPDATE agenda_sync_runs SET started_at = started_at - interval '7 hours', tick = tick - interval '2 hours'
      WHERE id IN (SELECT id FROM agenda_sync_runs ORDER BY started_at DESC LIMIT 2);
    END IF;
  END LOOP;
END $$"#;

/// The days, counted anew.
const DAYS: &str = "
    SELECT concat_ws(' ', (started_at AT TIME ZONE $1)::date, count(*), count(*) FILTER (WHERE status = 'success'),
        count(*) FILTER (WHERE status = 'partial'), count(*) FILTER (WHERE status = 'failed'),
        coalesce(sum((totals ->> 'inserted')::int), 0), coalesce(sum((totals ->> 'updated')::int), 0),
        coalesce(sum(requests), 0))
    FROM agenda_sync_runs WHERE status <> 'running' AND started_at IS NOT NULL
    GROUP BY (started_at AT TIME ZONE $1)::date ORDER BY (started_at AT TIME ZONE $1)::date DESC";

/// How each examiner stands, looked up among the runs: the worst of the last run of each of their windows, if no run
/// asked for by hand has read its days since, and of the very last run.
const STANDING: &str = "
    SELECT c.usuario_id, (
        SELECT word.id FROM (
            SELECT o.* FROM unnest(ARRAY['near', 'far']) w CROSS JOIN LATERAL (
                SELECT id, status, started_at, window_start, window_end FROM agenda_sync_runs
                WHERE usuario_id = c.usuario_id AND window_name = w AND tick IS NOT NULL AND status <> 'running'
                  AND started_at IS NOT NULL
                ORDER BY tick DESC, started_at DESC LIMIT 1) o
            WHERE (c.janelas IS NULL OR w = ANY (c.janelas)) AND NOT EXISTS (
                SELECT FROM agenda_sync_runs later
                WHERE later.usuario_id = c.usuario_id AND later.started_at > o.started_at AND later.tick IS NULL
                  AND later.status <> 'running'
                  AND later.window_start <= greatest(o.window_start, $1) AND later.window_end >= o.window_end)
            UNION ALL
            (SELECT id, status, started_at, window_start, window_end FROM agenda_sync_runs
             WHERE usuario_id = c.usuario_id AND status <> 'running' AND started_at IS NOT NULL
             ORDER BY started_at DESC LIMIT 1)) word
        ORDER BY array_position(ARRAY['failed', 'partial', 'success'], word.status), word.started_at DESC LIMIT 1)
    FROM configuracoes_detran c ORDER BY c.usuario_id";

async fn sql(db: &TestDatabase, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&db.pool).await.unwrap();
}

fn now() -> DateTime<Utc> {
    clock().now()
}

/// What the pages say agrees with the runs.
async fn agrees(db: &TestDatabase, when: &str) {
    let expected: Vec<String> = sqlx::query_scalar(DAYS)
        .bind(ZONE)
        .fetch_all(&db.pool)
        .await
        .unwrap();
    let line = |day: &DayStatistics| {
        let counts = [
            day.runs,
            day.success,
            day.partial,
            day.failed,
            day.inserted,
            day.updated,
            day.requests,
        ];
        let counts = counts.map(|n| n.to_string()).join(" ");
        format!("{} {counts}", day.day)
    };
    let found = db.store.statistics(None, 90, ZONE).await.unwrap();
    let found: Vec<String> = found.iter().map(line).collect();
    assert_eq!(found, expected, "{when}");

    let today = now().date_naive();
    let expected: Vec<(i32, Option<i64>)> = sqlx::query_as(STANDING)
        .bind(today)
        .fetch_all(&db.pool)
        .await
        .unwrap();
    let windows = ["near", "far"].map(|name| WindowLimit {
        name: name.to_owned(),
        late_before: now() - TimeDelta::hours(8),
    });
    let filter = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Id,
        limit: 50,
        offset: 0,
        usuario_id: None,
    };
    let found = db.store.overview(&filter, &windows, today).await.unwrap();
    let standing = found.examiners.iter();
    let runs: Vec<(i32, Option<i64>)> = standing
        .map(|e| (e.usuario_id, e.worst_run.as_ref().map(|run| run.id)))
        .collect();
    assert_eq!(runs, expected, "{when}");
    let standing = found.examiners.iter();
    let worst = standing.filter_map(|e| e.worst_run.as_ref());
    let in_trouble = worst.filter(|run| run.status != RunStatus::Success).count();
    assert_eq!(usize::try_from(found.problem), Ok(in_trouble), "{when}");
}

#[tokio::test]
async fn what_is_added_up_as_runs_end_is_what_the_runs_say() {
    let db = TestDatabase::new().await;
    sql(&db, EXAMINERS).await;
    agrees(&db, "before any run").await;
    for seed in 1..=8 {
        let mut conn = db.pool.acquire().await.unwrap();
        sqlx::query("SELECT setseed($1)")
            .bind(f64::from(seed) / 10.0)
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::raw_sql(CHURN).execute(&mut *conn).await.unwrap();
        agrees(&db, &format!("after the churn of seed {seed}")).await;
    }
    db.close().await;
}

async fn start(db: &TestDatabase, usuario_id: i32, is_scheduled: bool) -> i64 {
    let today = now().date_naive();
    let run = NewRun {
        window_name: is_scheduled.then_some("near"),
        tick: is_scheduled.then(now),
        origin: Origin::Schedule,
        ..new_run(usuario_id, today, today + TimeDelta::days(3))
    };
    match db.store.start_run(&run).await.unwrap() {
        Started::Run { id, .. } => id,
        Started::TickDone => panic!("the tick has had its run"),
    }
}

async fn finish(db: &TestDatabase, run: i64, status: RunStatus) {
    let finished = FinishedRun {
        status,
        totals: Totals {
            inserted: 3,
            ..Totals::default()
        },
        requests: 7,
        session_reused: true,
        windows: vec!["near".to_owned()],
        ..succeeded()
    };
    assert!(db.store.finish_run(run, &finished).await.unwrap().is_some());
}

#[tokio::test]
async fn runs_of_every_outcome_are_added_up_by_the_statement_that_records_them() {
    let db = TestDatabase::new().await;
    sql(&db, EXAMINERS).await;
    for user in 1..=3 {
        for status in [RunStatus::Success, RunStatus::Partial, RunStatus::Failed] {
            for is_scheduled in [true, false] {
                let run = start(&db, user, is_scheduled).await;
                agrees(&db, "while a run goes on").await;
                finish(&db, run, status).await;
                agrees(&db, "after a run").await;
            }
        }
        // One that died is closed by the next.
        start(&db, user, true).await;
        let next = start(&db, user, false).await;
        agrees(&db, "after a run that died").await;
        finish(&db, next, RunStatus::Success).await;
    }
    agrees(&db, "in the end").await;
    sql(
        &db,
        "UPDATE agenda_sync_runs SET started_at = started_at - interval '40 days' WHERE usuario_id = 1",
    )
    .await;
    agrees(&db, "after a clock was put right").await;
    let a_month = Duration::from_secs(30 * 24 * 3600);
    db.store.prune_runs(a_month, 1000).await.unwrap();
    agrees(&db, "after those of one examiner are deleted").await;
    db.store.prune_runs(Duration::ZERO, 5).await.unwrap();
    agrees(&db, "after the first are deleted").await;
    sql(
        &db,
        "UPDATE agenda_sync_runs SET started_at = started_at - interval '40 days'",
    )
    .await;
    db.store.prune_runs(a_month, 1000).await.unwrap();
    agrees(&db, "after all are deleted").await;
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM agendad_run_sums WHERE quarter < now() - interval '30 days')
              + (SELECT count(*) FROM agendad_last_runs)",
    )
    .fetch_one(&db.pool)
    .await
    .unwrap();
    assert_eq!(left, 0, "nothing is kept of runs that are gone");
    db.close().await;
}

#[tokio::test]
async fn an_odd_record_of_the_earlier_system_is_stored_and_counts_as_nothing() {
    let db = TestDatabase::new().await;
    sql(&db, EXAMINERS).await;
    sql(
        &db,
        r#"INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at, totals)
           VALUES (1, now(), now(), 'success', now(), '{"inserted": "many", "updated": -1, "removed": 1e300}'),
                  (1, now(), now(), 'success', now(), '[]'), (1, now(), now(), 'success', now(), '{"inserted": 2}')"#,
    )
    .await;
    let found = db.store.statistics(None, 2, ZONE).await.unwrap();
    let [day] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(
        (day.runs, day.inserted, day.updated, day.removed),
        (3, 2, 0, 0)
    );
    let of_one = db.store.statistics(Some(1), 2, ZONE).await.unwrap();
    assert_eq!(of_one, found);
    db.close().await;
}
