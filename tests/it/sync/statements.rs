//! What a run asks of the database, counted by the database.

use std::fs;
use std::path::Path;

use agendad::domain::RunStatus;

use crate::support::{TestDatabase, World, place, simulated};

/// Lock, account, person, standing, start, end, unlock. The queue asks twice more, when it hands a job out and when it
/// takes it back.
const MOST: usize = 7;

#[tokio::test]
async fn an_unchanged_run_with_a_kept_session_asks_seven_things_however_many_dates() {
    for (days, empty) in [(4, 0.0), (15, 0.0), (15, 0.5)] {
        let (_dir, cluster) = place();
        let world = world(&cluster, days, empty).await;
        world.sync(0).await;
        let before = statements(&cluster).len();
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert!(
            report.session_reused && report.totals.unchanged > 0,
            "{report:?}"
        );
        let asked = statements(&cluster).split_off(before);
        assert!(asked.len() <= MOST, "{days} days: {asked:#?}");
        world.assert_true(0).await;
        world.close().await;
    }
}

async fn world(dir: &Path, days: u64, empty: f64) -> World {
    let database = TestDatabase::alone(dir).await;
    // For sessions that begin from now on: the program's.
    sqlx::query("ALTER DATABASE alone SET log_statement = 'all'")
        .execute(&database.pool)
        .await
        .unwrap();
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = empty;
    let mut world = World::on(database, settings, |_| {}).await;
    world.last_day = days - 1;
    world
}

/// The statements in the server's log, a line each.
fn statements(dir: &Path) -> Vec<String> {
    let log = fs::read_to_string(dir.join("log/postgres.log")).unwrap();
    let first_line = |line: &str| {
        let (_, said) = line.split_once(" LOG:  ")?;
        let is_statement = said.starts_with("execute ") || said.starts_with("statement: ");
        // A new connection of the pool is told its settings, whoever asks for it.
        let is_settings = said.starts_with("statement: SELECT set_config(ours.name");
        (is_statement && !is_settings).then(|| said.to_owned())
    };
    log.lines().filter_map(first_line).collect()
}
