//! What this machine could do at most: the same pages fetched by a bare client, the same statement under
//! pgbench, with as many at once as the daemon has workers.

use std::process::Command;
use std::time::Duration;

use serde::Serialize;

use super::bare;
use super::plan::Plan;
use super::portal::Portal;
use super::server::Server;
use super::tick::Tick;

/// Of each measurement.
const TIME: Duration = Duration::from_secs(10);

/// Rates that nothing but the portal's double or the database bounds, and the daemon's beside them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Limits {
    pub(crate) users: usize,
    /// Pages of a sync fetched by a bare client, without reading them.
    pub(crate) bare_requests_per_second: f64,
    /// A plain statement that notes that the slots of a day were seen.
    pub(crate) pgbench_days_per_second: f64,
    /// If a sync were nothing but those pages and those statements, one after the other.
    pub(crate) combined_syncs_per_second: f64,
    pub(crate) syncs_per_second: f64,
    pub(crate) ratio: f64,
}

pub(crate) async fn measure(
    plan: &Plan,
    identical: &Tick,
    server: &Server,
    portal: &Portal,
) -> Limits {
    let pages = bare::pages_per_second(plan, portal, TIME).await;
    let days = pgbench(plan, server).await;
    let dates = f64::from(plan.days).min(identical.dates_per_sync);
    let combined = 1.0 / (identical.requests_per_sync / pages + dates / days);
    Limits {
        users: identical.users,
        bare_requests_per_second: pages,
        pgbench_days_per_second: days,
        combined_syncs_per_second: combined,
        syncs_per_second: identical.syncs_per_second,
        ratio: identical.syncs_per_second / combined,
    }
}

/// On the rows that the daemon has stored.
async fn pgbench(plan: &Plan, server: &Server) -> f64 {
    sqlx::raw_sql(
        "CREATE TABLE bench_days AS
             SELECT row_number() OVER () AS n, usuario_id, data, unidade_code
             FROM agenda_slots WHERE is_current GROUP BY usuario_id, data, unidade_code LIMIT 2000;
         CREATE UNIQUE INDEX ON bench_days (n); ANALYZE bench_days",
    )
    .execute(&server.pool)
    .await
    .unwrap();
    let days: f64 = server
        .number("SELECT count(*)::float8 FROM bench_days")
        .await;
    let script = server.home.path().join("touch.sql");
    std::fs::write(&script, touch_script(days)).unwrap();
    let run = Command::new(program())
        .args(["-n", "-M", "prepared", "-j", "2", "-T"])
        .arg(TIME.as_secs().to_string())
        .args(["-c", &plan.workers.min(32).to_string(), "-f"])
        .arg(&script)
        .arg(&server.url)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    let errors = String::from_utf8_lossy(&run.stderr);
    let tps = printed.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.unwrap_or_else(|| panic!("{printed}{errors}"));
    tps.split(' ').next().unwrap().parse().unwrap()
}

/// That the slots of a day were seen, and nothing else.
fn touch_script(days: f64) -> String {
    format!(
        "\\set n random(1, {days})
         UPDATE agenda_slots a SET last_seen_at = now() FROM bench_days d
         WHERE d.n = :n AND a.usuario_id = d.usuario_id AND a.data = d.data AND a.unidade_code = d.unidade_code
           AND a.is_current;
"
    )
}

fn program() -> String {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut found = debian
        .flatten()
        .map(|version| version.path().join("bin/pgbench"))
        .filter(|file| file.exists());
    found
        .next()
        .map_or("pgbench".to_owned(), |file| file.display().to_string())
}

impl Limits {
    pub(crate) fn print(&self) {
        println!(
            "  limits: {:.0} bare requests/s, {:.0} days/s under pgbench: {:.0} syncs/s at most; the daemon's {:.0} are {:.2} of that",
            self.bare_requests_per_second,
            self.pgbench_days_per_second,
            self.combined_syncs_per_second,
            self.syncs_per_second,
            self.ratio
        );
    }
}
