//! The yardstick: a plain upsert of a day in one statement, by `pgbench`, on the same server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::SECONDS;
use super::measure::{Bench, Way};
use super::rate::Rate;
use super::server::Server;
use agendad_test_support::procfs;

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

/// The same for rows that are not there yet: new identities each time.
const FILL: &str = "
\\set u random(1, 20)
\\set d random(0, 14)
\\set k random(1, 2000000000)
INSERT INTO plain_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
    external_uid, payload, content_hash, first_seen_at, last_seen_at)
SELECT 'DETRAN', usuario_id, '7', 'PERITO', data, hora, 'available', TRUE, left(external_uid, 30) || :k, payload,
    content_hash, now(), now()
FROM plain_pages WHERE usuario_id = :u AND data = date '2199-11-24' + :d::int
ON CONFLICT (source, external_uid) DO UPDATE SET status = excluded.status, is_current = TRUE,
    payload = excluded.payload, content_hash = excluded.content_hash, last_seen_at = now();
";

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
    let fill = dir.path().join("fill.sql");
    std::fs::write(&fill, FILL).unwrap();
    let mut table = comfy_table::Table::new();
    table.set_header([
        "dates of 40 slots",
        "plain: a second",
        "CPU ms (server + client)",
        "WAL kB",
        "agendad: a second",
        "CPU ms (server + client)",
        "WAL kB",
        "ratio",
        "ratio by CPU",
        "ratio of WAL",
    ]);
    for (what, script, way) in [
        ("as stored", &script, Way::Again),
        ("new", &fill, Way::Fill),
    ] {
        for clients in [1, 4] {
            let (seconds, count) = (SECONDS.to_string(), clients.to_string());
            let arguments = ["-T", &seconds, "-c", &count, "-j", "1"];
            let plain = rate(bench, || start(&program, server, script, &arguments)).await;
            let time = Duration::from_secs(SECONDS);
            let ours = bench
                .dates_per_second(&server.url, clients, time, way)
                .await;
            table.add_row([
                format!("{what}, {clients} connections"),
                format!("{:.0}", plain.per_second),
                format!("{:.2} + {:.2}", plain.server, plain.client),
                format!("{:.1}", plain.wal),
                format!("{:.0}", ours.per_second),
                format!("{:.2} + {:.2}", ours.server, ours.client),
                format!("{:.1}", ours.wal),
                format!("{:.2}", ours.per_second / plain.per_second),
                format!(
                    "{:.2}",
                    (plain.server + plain.client) / (ours.server + ours.client)
                ),
                format!("{:.2}", ours.wal / plain.wal),
            ]);
        }
    }
    println!("{table}");
}

/// The rate of a run of pgbench; the CPU is that of the time between its first and its last second.
async fn rate(bench: &Bench, start: impl FnOnce() -> Child) -> Rate {
    let wal = bench.wal().await;
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
    let all = per_second * SECONDS as f64;
    let dates = per_second * (SECONDS - 2) as f64;
    Rate {
        per_second,
        server: (after.0 - before.0) / dates,
        client: (after.1 - before.1) / dates,
        wal: (bench.wal().await - wal) as f64 / all / 1000.0,
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
