//! Everything at once: a lively portal that misbehaves, two daemons, connections that die. Then peace,
//! and the database is the truth.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{AgendaChange, AgendaEvent, parse_faults};
use chrono::{NaiveDate, NaiveTime};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{OVERLAPS, RUNNING, SOON, at_least, examiners};
use crate::store::control::kill_control_connections;
use crate::support::{Daemon, World, eventually};

const FAULTS: &str = "500:3%,reset:2%,truncated:2%,cut:3%,maintenance:1%,expired:3%,wrong-date:3%,\
                      empty-table:3%,malformed-rows:3%,duplicate-rows:10%,layout@result:2%,latency=5ms";

/// A job that was lost with its connection is given up after 30 s, and its account has its two runs only then.
const SETTLED: Duration = Duration::from_secs(30).saturating_add(SOON);

/// A place in an agenda: whose, unit, day, hour.
type Place = (usize, String, NaiveDate, NaiveTime);

/// Where something was cancelled or moved away: only there may a slot be removed.
fn left(event: &AgendaEvent) -> Option<Place> {
    let (date, hour) = match event.what {
        AgendaChange::Cancelled => (event.date, event.hour),
        AgendaChange::Rescheduled {
            from_date,
            from_hour,
        } => (from_date, from_hour),
        AgendaChange::Booked | AgendaChange::Changed => return None,
    };
    Some((event.examiner, event.unit.clone(), date, hour))
}

async fn removed(world: &World) -> Vec<Place> {
    let rows: Vec<(i32, String, NaiveDate, NaiveTime)> = sqlx::query_as(
        "SELECT s.usuario_id, s.unidade_code, s.data, s.hora
         FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id WHERE c.kind = 'removed'",
    )
    .fetch_all(&world.database.pool)
    .await
    .unwrap();
    let index = |user| world.users.iter().position(|known| *known == user).unwrap();
    rows.into_iter()
        .map(|(user, unit, date, hour)| (index(user), unit, date, hour))
        .collect()
}

/// Of each account without two good runs after this one (the second believes what the first held back): its newest
/// runs, and its newest job.
async fn waiting_since(world: &World, last: i64) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', 'user', s.usuario_id, 'job', j.id, j.state, j.attempt, j.attempted_at, 'now', now(), r.runs)
         FROM sync_schedules s
         LEFT JOIN LATERAL (
             SELECT string_agg(concat_ws(' ', '| run', id, status, started_at, finished_at, error), ' ' ORDER BY id DESC) AS runs
             FROM (SELECT * FROM agenda_sync_runs r WHERE r.usuario_id = s.usuario_id ORDER BY id DESC LIMIT 6) newest) r
             ON TRUE
         LEFT JOIN LATERAL (SELECT * FROM river.river_job j WHERE (j.args ->> 'usuario_id')::int = s.usuario_id
             ORDER BY id DESC LIMIT 1) j ON TRUE
         WHERE (SELECT count(*) FROM agenda_sync_runs good WHERE good.usuario_id = s.usuario_id
             AND good.id > $1 AND good.status = 'success') < 2",
    )
    .bind(last)
    .fetch_all(&world.database.pool)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_everything_at_once_the_database_is_the_truth() {
    let mut world = World::with(examiners(8), |config| {
        config.scheduler.workers = 3;
        config.portal.breaker.cool_down = Duration::from_secs(1);
    })
    .await;
    world.last_day = 3;
    let vacated: Arc<Mutex<HashSet<Place>>> = Arc::default();
    let mut listening = JoinSet::new();
    let (mut events, places) = (world.simulator.subscribe(), Arc::clone(&vacated));
    listening.spawn(async move {
        while let Ok(event) = events.recv().await {
            places.lock().unwrap().extend(left(&event));
        }
    });
    world.simulator.set_churn(Duration::from_millis(10));
    let first = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let second = Daemon::start(world.daemon_config(), Roles::ALL).await;
    // A password that was never accepted is given up once two answers to it were lost, rightly so.
    let proven = "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success'";
    at_least(&world, 8, proven).await;
    for fault in parse_faults(FAULTS).unwrap() {
        world.simulator.inject(fault);
    }
    let before = world.count("SELECT count(*) FROM agenda_sync_runs").await;
    let runs = "SELECT count(*) FROM agenda_sync_runs";
    for round in 1..=4 {
        at_least(&world, before + round * 20, runs).await;
        kill_control_connections(&world.database).await;
    }

    world.simulator.quiesce();
    world.simulator.clear_faults();
    // A session of ours that ended early, and then a login whose answer was lost: it may be the examiner's, and is left
    // alone until it is over.
    world.simulator.expire_sessions(None);
    let last = world.count("SELECT max(id) FROM agenda_sync_runs").await;
    let settled = eventually("everybody had two good runs", SETTLED * 2, async || {
        waiting_since(&world, last).await.is_empty().then_some(())
    });
    if timeout(SETTLED, settled).await.is_err() {
        let others = waiting_since(&world, last).await;
        panic!("not everybody had two good runs:\n{}", others.join("\n"));
    }
    first.stop().await;
    second.stop().await;

    for index in 0..world.users.len() {
        world.assert_true(index).await;
    }
    assert_eq!(world.count(RUNNING).await, 0);
    assert_eq!(world.count(OVERLAPS).await, 0);
    let again = "SELECT count(*) FROM agenda_sync_runs a JOIN agenda_sync_runs b
                 USING (usuario_id, window_name, tick)
                 WHERE a.id < b.id AND coalesce(a.error_details ->> 'kind', '')
                     NOT IN ('orphaned', 'cancelled', 'lock_lost')";
    assert_eq!(
        world.count(again).await,
        0,
        "a tick that had its run ran again"
    );
    let doubled = "SELECT count(*) FROM (SELECT FROM agendamentos
                   GROUP BY usuario_id, cpf, data_agendamento HAVING count(*) > 1) twice";
    assert_eq!(world.count(doubled).await, 0, "an appointment is doubled");
    let vacated = vacated.lock().unwrap().clone();
    let false_removals: Vec<Place> = removed(&world)
        .await
        .into_iter()
        .filter(|place| !vacated.contains(place))
        .collect();
    assert!(
        false_removals.is_empty(),
        "removed, but always listed: {false_removals:?}"
    );
    listening.abort_all();
    world.close().await;
}
