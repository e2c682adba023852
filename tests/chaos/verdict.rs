//! What must hold at the end, asked of the database and of the simulator.

use std::collections::BTreeSet;
use std::time::Duration;

use agendad::clock::Clock;
use agendad::domain::text::fold_space;
use agendad::simulator::Simulator;
use agendad_test_support::eventually;
use sqlx::PgPool;

/// A daemon was killed.
pub(crate) struct Kill {
    /// When, by the database's clock.
    pub(crate) at: String,
    /// Whether it stayed dead for a while.
    pub(crate) for_good: bool,
}

/// Accounts whose password the portal has accepted.
pub(crate) async fn proven(pool: &PgPool) -> i64 {
    number(
        pool,
        "SELECT count(*) FROM configuracoes_detran WHERE credencial_aceita_em IS NOT NULL",
    )
    .await
}

async fn number(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

pub(crate) async fn runs(pool: &PgPool) -> i64 {
    number(
        pool,
        "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'running'",
    )
    .await
}

/// Accounts with a run that began and succeeded since then.
pub(crate) async fn clean_since(pool: &PgPool, since: &str) -> i64 {
    sqlx::query_scalar(
        "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs
         WHERE status = 'success' AND started_at > $1::timestamptz",
    )
    .bind(since)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Of each account without a good run since then: how its last run ended, whether it is paused, its job.
pub(crate) async fn not_clean_since(pool: &PgPool, since: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', c.usuario_id, c.pausa_motivo, '| run:', r.id, r.status, r.started_at, r.error, r.error_details ->> 'kind',
                '| job:', j.id, j.state, j.scheduled_at, j.attempt, '| now:', now())
         FROM configuracoes_detran c
         LEFT JOIN LATERAL (SELECT * FROM agenda_sync_runs r WHERE r.usuario_id = c.usuario_id ORDER BY id DESC LIMIT 1) r
             ON TRUE
         LEFT JOIN LATERAL (SELECT * FROM river.river_job j WHERE (j.args ->> 'usuario_id')::int = c.usuario_id
             ORDER BY id DESC LIMIT 1) j ON TRUE
         WHERE NOT EXISTS (SELECT FROM agenda_sync_runs r WHERE r.usuario_id = c.usuario_id AND r.status = 'success'
             AND r.started_at > $1::timestamptz)",
    )
    .bind(since)
    .fetch_all(pool)
    .await
    .unwrap()
}

/// A run that its process did not live to finish was handed out again: that is not twice.
const CUT_SHORT: &str =
    "coalesce(error_details->>'kind', '') IN ('orphaned', 'cancelled', 'lock_lost')";

pub(crate) async fn nothing_ran_twice_or_at_once(pool: &PgPool) {
    let twice = format!(
        "SELECT count(*) FROM (SELECT FROM agenda_sync_runs WHERE tick IS NOT NULL AND NOT {CUT_SHORT}
         GROUP BY usuario_id, window_name, tick HAVING count(*) > 1) t"
    );
    let twice: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(twice))
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(twice, 0, "ticks that ran twice");
    let overlaps = number(
        pool,
        "SELECT count(*) FROM (
             SELECT started_at, lag(finished_at) OVER (PARTITION BY usuario_id ORDER BY started_at, id) AS before
             FROM agenda_sync_runs) r
         WHERE before > started_at",
    )
    .await;
    assert_eq!(overlaps, 0, "runs of one examiner at the same time");
}

pub(crate) async fn nothing_is_left_behind(pool: &PgPool) {
    let running = number(
        pool,
        "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'",
    )
    .await;
    assert_eq!(running, 0, "runs left running");
    // The server gives them back when it notices that their connection has ended, which is soon after.
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    eventually(
        "all locks are given back",
        Duration::from_secs(20),
        async || (number(pool, locks).await == 0).then_some(()),
    )
    .await;
    no_appointment_is_doubled(pool).await;
}

pub(crate) async fn no_appointment_is_doubled(pool: &PgPool) {
    let doubled = number(
        pool,
        "SELECT count(*) FROM (SELECT FROM agendamentos GROUP BY usuario_id, cpf, data_agendamento
         HAVING count(*) > 1) d",
    )
    .await;
    assert_eq!(doubled, 0, "appointments doubled");
}

/// Field by field, for every examiner, days 0 to 3.
pub(crate) async fn the_truth_is_stored(pool: &PgPool, simulator: &Simulator) {
    let today = Clock::system(chrono_tz::America::Sao_Paulo).today();
    let last = today + chrono::Days::new(3);
    let mut slots = 0;
    for examiner in simulator.examiners() {
        let stored: Vec<String> = sqlx::query_scalar(
            "SELECT concat_ws('|', s.unidade_code, s.data, to_char(s.hora, 'HH24:MI'), s.payload->>'cpf', s.payload->>'nome',
                 s.payload->>'telefone', s.payload->>'email', s.payload->>'tipo_processo', s.payload->>'categoria',
                 s.payload->>'status_exame_medico', s.payload->>'status_exame_psicologico')
             FROM agenda_slots s JOIN configuracoes_detran c USING (usuario_id)
             WHERE regexp_replace(c.cpf, '\\D', '', 'g') = $1 AND s.is_current AND s.data BETWEEN $2 AND $3",
        )
        .bind(&examiner.cpf)
        .bind(today)
        .bind(last)
        .fetch_all(pool)
        .await
        .unwrap();
        let truth = simulator
            .agenda_between(examiner.index, today, last)
            .into_iter()
            .map(|b| {
                let (date, hour) = (b.date.to_string(), b.hour.format("%H:%M").to_string());
                let texts = [
                    b.unit,
                    date,
                    hour,
                    b.cpf,
                    b.nome,
                    b.telefone,
                    b.email,
                    b.tipo_processo,
                    b.categoria,
                    b.status_medico,
                    b.status_psicologico,
                ];
                // What the portal says in words that there is not, is stored as nothing.
                let text = |text: String| match fold_space(&text).as_str() {
                    "NÃO INFORMADO" => String::new(),
                    text => text.to_owned(),
                };
                texts.map(text).join("|")
            });
        let (stored, truth): (BTreeSet<String>, BTreeSet<String>) =
            (stored.into_iter().collect(), truth.collect());
        assert_eq!(stored, truth, "examiner {}", examiner.index);
        slots += truth.len();
    }
    println!(
        "{} examiners, {slots} slots: the database says what the portal says",
        simulator.examiners().len()
    );
}

/// Prints what happened, recovery times included.
pub(crate) async fn report(pool: &PgPool, kills: &[Kill]) {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT status, coalesce(error_details->>'kind', '-'), count(*) FROM agenda_sync_runs GROUP BY 1, 2 ORDER BY 3 DESC",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for (status, kind, count) in rows {
        println!("  {count:>6} runs {status:<8} {kind}");
    }
    println!(
        "  ticks merged: {}",
        number(pool, "SELECT sum(merged_ticks)::bigint FROM sync_schedules").await
    );
    for for_good in [false, true] {
        let mut waits: Vec<f64> = Vec::new();
        for kill in kills.iter().filter(|kill| kill.for_good == for_good) {
            waits.extend(recovery(pool, &kill.at).await);
        }
        waits.sort_by(f64::total_cmp);
        let name = if for_good {
            "process dead for good"
        } else {
            "process killed and restarted"
        };
        match waits.last() {
            Some(worst) => println!(
                "  {name}: {} runs cut short ran again after {:.1} s (median), {worst:.1} s (worst)",
                waits.len(),
                waits[waits.len() / 2]
            ),
            None => println!("  {name}: no run was cut short"),
        }
    }
}

/// For the runs that were cut short by a kill: seconds until their tick ran again.
async fn recovery(pool: &PgPool, at: &str) -> Vec<f64> {
    sqlx::query_scalar(
        "SELECT extract(epoch FROM min(again.started_at) - $1::timestamptz)::float8
         FROM agenda_sync_runs dead JOIN agenda_sync_runs again USING (usuario_id, window_name)
         WHERE dead.error_details->>'kind' = 'orphaned'
           AND dead.started_at BETWEEN $1::timestamptz - interval '60 s' AND $1::timestamptz
           AND dead.finished_at >= $1::timestamptz AND again.started_at > $1::timestamptz
         GROUP BY dead.id",
    )
    .bind(at)
    .fetch_all(pool)
    .await
    .unwrap()
}
