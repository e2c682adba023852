//! From the clock to the record, with the daemon running as in production and fast windows.

mod accounts;
mod breaker;
mod chaos;
mod clock;
mod firewall;
mod kill;
mod lost_lock;
mod queue;
mod restart;
mod stop;
mod ticks;
mod worker;

use std::time::Duration;

use agendad::simulator::SimulatorConfig;

use crate::support::{World, eventually, simulated};

/// How long something that happens at the next tick may take on a busy machine.
const SOON: Duration = Duration::from_secs(120);

fn examiners(count: usize) -> SimulatorConfig {
    let mut settings = simulated();
    settings.examiners = count;
    settings.days_ahead = 4;
    settings.slots_per_day = (4, 6);
    settings
}

/// Waits until a statement counts at least so many.
async fn at_least(world: &World, many: i64, sql: &str) {
    eventually(&format!("{many} of: {sql}"), SOON, async || {
        (world.count_if_any(sql).await >= Some(many)).then_some(())
    })
    .await;
}

const RUNNING: &str = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";

/// Users and ticks that had two runs.
const TWICE: &str = "SELECT count(*) FROM (
    SELECT FROM agenda_sync_runs WHERE tick IS NOT NULL
    GROUP BY usuario_id, window_name, tick HAVING count(*) > 1) twice";

/// Pairs of runs of one user at one time.
const OVERLAPS: &str = "SELECT count(*) FROM agenda_sync_runs a JOIN agenda_sync_runs b
    ON a.usuario_id = b.usuario_id AND a.id < b.id
    AND a.started_at < coalesce(b.finished_at, 'infinity')
    AND b.started_at < coalesce(a.finished_at, 'infinity')";

/// The server gives locks back when it notices that their connection has ended, which is soon after.
async fn only_the_worlds_own_mark_is_locked(world: &World) {
    eventually(
        "all other locks are given back",
        Duration::from_secs(20),
        async || (world.count(LOCKS).await == 1).then_some(()),
    )
    .await;
}

/// Advisory locks on this database, of users and marks of processes.
const LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Most runs at one time in one process.
const AT_ONCE: &str = "SELECT max(many) FROM (
    SELECT (SELECT count(*) FROM agenda_sync_runs o WHERE o.instance = r.instance
            AND o.started_at <= r.started_at AND coalesce(o.finished_at, 'infinity') > r.started_at) AS many
    FROM agenda_sync_runs r) gauge";

/// Jobs that are done although their tick never ran.
const LOST: &str = "SELECT count(*) FROM river.river_job j
    WHERE j.state NOT IN ('available', 'scheduled', 'running', 'retryable') AND NOT EXISTS (
        SELECT FROM agenda_sync_runs r
        WHERE r.usuario_id = (j.args ->> 'usuario_id')::int AND r.window_name = j.args ->> 'window'
          AND r.tick = (j.args ->> 'tick')::timestamptz)";
