//! `agendad sync`: what scripts rely on.

use std::time::Duration;

use agendad::simulator::{Fault, FaultKind};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Program, World, eventually, program_in};

const TOTALS: [&str; 9] = [
    "appointments_cancelled",
    "appointments_created",
    "appointments_linked",
    "held",
    "inserted",
    "removed",
    "skipped",
    "unchanged",
    "updated",
];

struct Cli {
    world: World,
    program: Program,
    user: String,
}

impl Cli {
    async fn new() -> Self {
        let world = World::new(1).await;
        let program = world.program();
        let user = world.users[0].to_string();
        Self {
            world,
            program,
            user,
        }
    }

    /// Days 0 to 14, as one JSON object, with this exit code.
    async fn sync(&self, code: i32) -> Value {
        let today = self.world.app.syncer.clock.today().to_string();
        let arguments = ["sync", "--user", &self.user, "--from", &today, "--json"];
        let said = self.program.run(&arguments).await;
        assert_eq!(said.code, Some(code), "{said:?}");
        said.json()
    }
}

#[tokio::test]
async fn a_good_sync_is_0_and_one_object_with_the_promised_fields() {
    let cli = Cli::new().await;
    let object = cli.sync(0).await;
    assert_eq!(object["status"], "success");
    assert_eq!(object["usuario_id"], json!(cli.world.users[0]));
    assert_eq!(object["session_reused"], json!(false));
    assert!(
        object["run_id"].is_i64() && object["requests"].is_i64(),
        "{object}"
    );
    assert_eq!(object.get("error"), None);
    let totals: Vec<&String> = object["totals"].as_object().unwrap().keys().collect();
    assert_eq!(totals, TOTALS);
    let truth = cli.world.truth(0);
    assert_eq!(object["totals"]["inserted"], json!(truth.len()));
    cli.world.assert_true(0).await;
    cli.world.close().await;
}

#[tokio::test]
async fn a_partial_sync_is_3() {
    let cli = Cli::new().await;
    cli.world
        .simulator
        .inject(Fault::next(FaultKind::WrongDate, 1));
    let object = cli.sync(3).await;
    assert_eq!(object["status"], "partial");
    assert_eq!(object["error"]["kind"], "layout");
    assert!(object["error"]["message"].is_string());
    assert_eq!(object["totals"]["skipped"], json!(1));
    cli.world.close().await;
}

#[tokio::test]
async fn a_failed_sync_is_1_with_the_kind_of_its_error() {
    let cli = Cli::new().await;
    let down = FaultKind::Status {
        code: 503,
        retry_after: None,
    };
    for (fault, kind) in [
        (down.clone(), "unavailable"),
        // Nothing is answered at all: so firewalls turn machines away.
        (FaultKind::Reset, "firewall"),
        (FaultKind::Firewall(200), "firewall"),
    ] {
        cli.world.simulator.inject(Fault::always(fault));
        let object = cli.sync(1).await;
        assert_eq!(
            (&object["status"], &object["error"]["kind"]),
            (&json!("failed"), &json!(kind))
        );
        cli.world.simulator.clear_faults();
    }

    // To people a sentence, and the program's English behind it.
    cli.world.simulator.inject(Fault::always(down));
    let program = cli.program.clone().env("LANG", "pt_BR.UTF-8");
    let sync = ["sync", "--user", &cli.user, "--window", "near"];
    let said = program.run(&sync).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let sentence =
        "  O portal está fora do ar ou em manutenção; a próxima leitura tenta de novo. (detalhe: ";
    assert!(said.err.contains(sentence), "{said:?}");
    cli.world.simulator.clear_faults();

    cli.world.simulator.set_password(0, "Outra-1234").unwrap();
    let object = cli.sync(1).await;
    assert_eq!(object["error"]["kind"], "auth");
    assert!(object["run_id"].is_i64());
    // Paused now: no run takes place, and the portal is not asked.
    let requests = cli.world.simulator.stats().requests;
    let object = cli.sync(1).await;
    assert_eq!(
        (&object["status"], &object["error"]["kind"]),
        (&json!("failed"), &json!("auth"))
    );
    assert_eq!(object["run_id"], Value::Null);
    assert_eq!(cli.world.simulator.stats().requests, requests);
    cli.world.close().await;
}

#[tokio::test]
async fn a_run_that_took_place_is_told_though_nobody_can_write_down_who_asked() {
    let cli = Cli::new().await;
    cli.world
        .execute("ALTER TABLE agendad_audit ADD CONSTRAINT agendad_audit_full_check CHECK (id < 0) NOT VALID")
        .await;
    let today = cli.world.app.syncer.clock.today().to_string();
    let sync = ["sync", "--user", &cli.user, "--from", &today, "--json"];
    let said = cli.program.run(&sync).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.json()["status"], "success");
    assert!(
        said.err.contains("sync not written to the audit table"),
        "{said:?}"
    );
    cli.world.assert_true(0).await;
    cli.world.close().await;
}

#[tokio::test]
async fn a_busy_lock_is_75() {
    let cli = Cli::new().await;
    let lock = cli
        .world
        .app
        .syncer
        .control
        .try_lock(cli.world.users[0])
        .await;
    let lock = lock.unwrap().unwrap();
    let object = cli.sync(75).await;
    assert_eq!(object["error"]["kind"], "busy");
    lock.release().await;
    cli.sync(0).await;
    cli.world.close().await;
}

#[tokio::test]
async fn without_dates_every_window_is_one_object_a_line() {
    let cli = Cli::new().await;
    let said = cli
        .program
        .run(&["sync", "--user", &cli.user, "--json"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let objects: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&Value> = objects.iter().map(|o| &o["window"]["name"]).collect();
    assert_eq!(names, ["near", "far"]);
    assert_eq!(
        objects[1]["session_reused"],
        json!(true),
        "one login for both"
    );
    cli.world.assert_true(0).await;
    cli.world.close().await;
}

#[tokio::test]
async fn that_an_account_is_paused_is_said_once_and_to_programs_of_each_window() {
    let cli = Cli::new().await;
    let program = cli.program.clone().env("LANG", "pt_BR.UTF-8");
    cli.world
        .execute(
            "UPDATE configuracoes_detran SET pausa_motivo = 'change_password', pausa_desde = now()",
        )
        .await;
    let said = program.run(&["sync", "--user", &cli.user]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.err.matches("está pausada").count(), 1, "{said:?}");
    for way in [
        "na página do perito no painel, em Conta no portal",
        "agendad users set-password",
    ] {
        assert!(said.err.contains(way), "{way}: {said:?}");
    }
    let said = program.run(&["sync", "--user", &cli.user, "--json"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    for promised in [
        "\"kind\":\"auth\"",
        "\"inserted\":0",
        "\"requests\":0",
        "\"session_reused\":false",
    ] {
        assert_eq!(
            said.out.matches(promised).count(),
            2,
            "{promised}: {said:?}"
        );
    }
    cli.world.close().await;
}

#[tokio::test]
async fn who_reads_portuguese_learns_which_other_account_has_the_cpf() {
    let cli = Cli::new().await;
    let second: i32 = sqlx::query_scalar(
        "WITH u AS (INSERT INTO usuarios (nome) VALUES ('Outra conta') RETURNING id)
         INSERT INTO configuracoes_detran (usuario_id, cpf, senha)
         SELECT u.id, first.cpf, first.senha FROM u, configuracoes_detran first RETURNING usuario_id",
    )
    .fetch_one(&cli.world.database.pool)
    .await
    .unwrap();
    let program = cli.program.clone().env("LANG", "pt_BR.UTF-8");
    let said = program.run(&["sync", "--user", &second.to_string()]).await;
    let whose = format!("o perito nº {} tem o mesmo CPF", cli.user);
    assert!(said.err.contains(&whose), "{said:?}");
    cli.world.close().await;
}

#[tokio::test]
async fn wrong_usage_is_2_and_asks_nothing_of_anybody() {
    let dir = tempfile::tempdir().unwrap();
    // Neither database nor portal are there.
    let program = program_in(dir.path()).env("AGENDAD_DATABASE__URL", "postgres:///nowhere");
    for arguments in [
        ["sync", "--user", "1", "--window", "middle"].as_slice(),
        &[
            "sync",
            "--user",
            "1",
            "--from",
            "2026-11-25",
            "--to",
            "2026-11-24",
        ],
        &[
            "sync",
            "--user",
            "1",
            "--window",
            "near",
            "--from",
            "2026-11-25",
        ],
        &["sync", "--user", ""],
        &["sync"],
        &["sink"],
        &[],
    ] {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(2), "{arguments:?} {said:?}");
        assert_eq!(said.out, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn an_interrupted_sync_is_recorded_and_leaves_no_lock() {
    let cli = Cli::new().await;
    let latency = FaultKind::Latency(Duration::from_secs(1));
    cli.world.simulator.inject(Fault::always(latency));
    let mut running = cli.program.start(&["sync", "--user", &cli.user]);
    let begun = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
    eventually("it runs", Duration::from_secs(20), async || {
        (cli.world.count(begun).await == 1).then_some(())
    })
    .await;
    running.signal(Signal::SIGINT);
    assert_eq!(running.ended().await, Some(1));
    let recorded =
        "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'cancelled'";
    assert_eq!(cli.world.count(recorded).await, 1);
    cli.world.simulator.clear_faults();
    cli.sync(0).await;
    cli.world.close().await;
}

#[tokio::test]
async fn a_sync_that_is_stopped_between_two_windows_is_3_and_says_what_was_left() {
    let cli = Cli::new().await;
    // The first window is stored; that somebody asked for it cannot be written down yet.
    let mut held = cli.world.database.pool.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE agendad_audit IN EXCLUSIVE MODE")
        .execute(&mut *held)
        .await
        .unwrap();
    let program = cli.program.clone().env("AGENDAD_LOG__LEVEL", "info");
    let mut running = program.start(&["sync", "--user", &cli.user]);
    let soon = Duration::from_secs(60);
    let stored = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
    eventually("it is stored", soon, async || {
        (cli.world.count(stored).await == 1).then_some(())
    })
    .await;
    running.signal(Signal::SIGINT);
    eventually("it is told to stop", soon, async || {
        program.log().contains("a second signal").then_some(())
    })
    .await;
    held.rollback().await.unwrap();
    assert_eq!(running.ended().await, Some(3), "{}", program.log());
    let left = "stopped: 1 window was not read";
    assert!(program.log().contains(left), "{}", program.log());
    assert_eq!(cli.world.count(stored).await, 1);
    cli.world.close().await;
}
