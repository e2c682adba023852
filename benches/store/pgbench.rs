//! The yardstick: a plain upsert of a day in one statement, by `pgbench`, on the same server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::fixture::Shape;
use super::measure::Bench;
use super::server::Server;
use super::{SECONDS, procfs};

const SHAPE: Shape = Shape {
    days: 15,
    slots: 40,
};
/// Examiners of the plain table.
const USERS: u32 = 20;

/// Rows are at hand in the server: nothing but the upsert itself is measured.
const SET_UP: &str = "
    CREATE TABLE plain_slots (LIKE agenda_slots INCLUDING ALL);
    CREATE TABLE plain_pages AS
        SELECT u AS usuario_id, date '2199-11-24' + d AS data, time '08:00' + make_interval(mins => 15 * i) AS hora,
            md5(concat_ws('|', u, d, i)) || '12345678' AS external_uid, md5(concat_ws('|', i, d, u)) || '12345678' AS content_hash,
            jsonb_build_object('hora', '08:00', 'cpf', '529.982.247-25', 'nome', 'MARIA APARECIDA DE SOUZA ' || i,
                'telefone', '(11) 2345-6789 / (11) 98765-4321', 'email', 'maria.aparecida' || i || '@example.com',
                'tipo_processo', 'Segunda Via', 'categoria', 'B', 'status_exame_medico', '',
                'status_exame_psicologico', 'Não Realizado') AS payload
        FROM generate_series(1, 20) u, generate_series(0, 14) d, generate_series(0, 39) i;
    CREATE INDEX ON plain_pages (usuario_id, data);
    ANALYZE plain_pages";

const UPSERT: &str = "
\\set u random(1, 20)
\\set d random(0, 14)
INSERT INTO plain_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
    external_uid, payload, content_hash, first_seen_at, last_seen_at)
SELECT 'DETRAN', usuario_id, '7', 'PERITO', data, hora, 'available', TRUE, external_uid, payload, content_hash, now(), now()
FROM plain_pages WHERE usuario_id = :u AND data = date '2199-11-24' + :d::int
ON CONFLICT (source, external_uid) DO UPDATE SET status = excluded.status, is_current = TRUE,
    payload = excluded.payload, content_hash = excluded.content_hash, last_seen_at = now();
";

const TOUCH: &str = include_str!("../../src/store/sql/touch_day.sql");

/// Our own statement, with its parameters at hand in the server: what of its cost is not the driver's.
async fn touch_script(server: &Server, bench: &Bench) -> String {
    let (usuario_id, run_id) = bench.open_run(SHAPE).await;
    let pages = "CREATE TABLE touch_pages AS
        SELECT data, array_agg(external_uid || content_hash || status ORDER BY external_uid COLLATE \"C\") AS read
        FROM agenda_slots WHERE usuario_id = $1 GROUP BY data";
    let pages = pages.replace("$1", &usuario_id.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(pages))
        .execute(&server.pool)
        .await
        .unwrap();
    let mut sql = TOUCH.replace("!\"", "\"");
    let day = format!("(date '{}' + :d::int)", super::fixture::first_day());
    let read = format!("(SELECT read FROM touch_pages WHERE data = {day})");
    let values = [
        ("$6::text[]", read),
        ("$5", "TRUE".to_owned()),
        ("$4", format!("'{}'", super::fixture::UNIT)),
        ("$3", day),
        ("$2", usuario_id.to_string()),
        ("$1", run_id.to_string()),
    ];
    for (parameter, value) in values {
        sql = sql.replace(parameter, &value);
    }
    let lines = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"));
    let lines: Vec<&str> = lines.collect();
    format!("\\set d random(0, 14)\n{};\n", lines.join("\n"))
}

pub(crate) async fn compare(server: &Server, bench: &Bench) {
    let Some(program) = program() else {
        println!("pgbench is not installed: no comparison");
        return;
    };
    sqlx::raw_sql(SET_UP).execute(&server.pool).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("upsert.sql");
    std::fs::write(&script, UPSERT).unwrap();
    // All rows are there, and the pages have found their shape.
    let rounds = (USERS * 15 * 8).to_string();
    transactions_a_second(start(&program, server, &script, &["-t", &rounds]));
    sqlx::query("ANALYZE plain_slots")
        .execute(&server.pool)
        .await
        .unwrap();
    let touch = dir.path().join("touch.sql");
    std::fs::write(&touch, touch_script(server, bench).await).unwrap();
    let mut table = comfy_table::Table::new();
    table.set_header([
        "dates of 40 slots",
        "plain: a second",
        "CPU ms (server + client)",
        "our statement: a second",
        "CPU ms (server + client)",
        "agendad: a second",
        "CPU ms (server + client)",
        "ratio",
        "ratio by CPU",
    ]);
    for clients in [1, 4] {
        let (seconds, count) = (SECONDS.to_string(), clients.to_string());
        let arguments = ["-T", &seconds, "-c", &count, "-j", "1"];
        let plain = Rate::of(|| start(&program, server, &script, &arguments)).await;
        let raw = Rate::of(|| start(&program, server, &touch, &arguments)).await;
        let time = Duration::from_secs(SECONDS);
        let ours = bench.dates_per_second(&server.url, clients, time).await;
        table.add_row([
            format!("{clients} connections"),
            format!("{:.0}", plain.per_second),
            format!("{:.2} + {:.2}", plain.server, plain.client),
            format!("{:.0}", raw.per_second),
            format!("{:.2} + {:.2}", raw.server, raw.client),
            format!("{:.0}", ours.per_second),
            format!("{:.2} + {:.2}", ours.server, ours.client),
            format!("{:.2}", ours.per_second / plain.per_second),
            format!(
                "{:.2}",
                (plain.server + plain.client) / (ours.server + ours.client)
            ),
        ]);
    }
    println!("{table}");
}

/// How fast, and CPU milliseconds a date.
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) server: f64,
    pub(crate) client: f64,
}

impl Rate {
    /// Of a run of pgbench; the CPU is that of the time between its first and its last second.
    async fn of(start: impl FnOnce() -> Child) -> Self {
        let child = start();
        let pid = child.id().to_string();
        let sample = || {
            (
                procfs::of_the_server(),
                procfs::ticks(&pid).unwrap_or_default(),
            )
        };
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = sample();
        tokio::time::sleep(Duration::from_secs(SECONDS - 2)).await;
        let after = sample();
        let per_second = transactions_a_second(child);
        let dates = per_second * (SECONDS - 2) as f64;
        Self {
            per_second,
            server: (after.0 - before.0) / dates,
            client: (after.1 - before.1) / dates,
        }
    }
}

fn start(program: &Path, server: &Server, script: &Path, arguments: &[&str]) -> Child {
    Command::new(program)
        .args(["-n", "-M", "prepared", "-f"])
        .arg(script)
        .args(arguments)
        .arg(&server.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn transactions_a_second(child: Child) -> f64 {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = "));
    tps.unwrap().split(' ').next().unwrap().parse().unwrap()
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    dirs.extend(debian.map(|version| version.path().join("bin")));
    dirs.into_iter()
        .map(|dir| dir.join("pgbench"))
        .find(|file| file.exists())
}
