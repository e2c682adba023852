//! Commands that show something: tables for people, JSON for programs, help for everybody.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use agendad::simulator::{Fault, FaultKind, Place as Page};

use crate::cli::program::{Place, say};
use crate::cli::progress::at_a_terminal;

#[tokio::test]
async fn after_a_sync_every_list_has_something_to_show() {
    let place = Place::new(2).await;
    let users = place.add_examiners().await;
    let user = users[0].to_string();
    let synced = place.run(&["sync", "--user", &user]).await;
    assert_eq!(synced.code, 0, "{synced:?}");
    let cancelled = place.simulator.agenda(0)[0].clone();
    place.simulator.cancel(0, &cancelled.key()).unwrap();
    place
        .run(&["sync", "--user", &user, "--window", "near"])
        .await;
    place
        .run(&["sync", "--user", &user, "--window", "far"])
        .await;

    let removed = place.json(&["changes", "--kind", "removed"]).await;
    assert_eq!(removed.as_array().unwrap().len(), 1);
    assert_eq!(removed[0]["nome"], cancelled.nome);
    let slot = removed[0]["slot_id"].to_string();
    let history = place.json(&["changes", "--slot", &slot]).await;
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(
        place.json(&["changes", "--user", "999"]).await,
        serde_json::json!([])
    );

    let stats = place.json(&["stats", "--user", &user]).await;
    assert_eq!(stats[0]["runs"], 4);
    assert_eq!(stats[0]["removed"], 1);
    for args in [
        &["changes"][..],
        &["stats"],
        &["runs"],
        &["slots"],
        &["slots", "--removed"],
        &["users", "list"],
        &["config", "show"],
    ] {
        let said = place.run(args).await;
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        assert!(said.out.lines().count() >= 2, "{args:?}: {said:?}");
        assert!(!said.out.contains('\x1b'), "no colours in a pipe: {args:?}");
        let whole = &cancelled.cpf;
        assert!(!said.out.contains(whole), "{args:?}");
    }
    for args in [&["jobs"][..], &["locks"]] {
        assert_eq!(place.json(args).await, serde_json::json!([]));
        assert_eq!(place.run(args).await.code, 0);
    }
    let audited = place.sql_count(
        "SELECT count(*) FROM agendad_audit WHERE action = 'sync' AND actor LIKE 'cli:%'",
    );
    assert_eq!(audited.await, 4);
    place.close().await;
}

#[tokio::test]
async fn the_queue_can_be_looked_at() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    // A daemon that fires ticks and works none of them.
    let mut command = place.command(&["run", "--no-work"]);
    command.kill_on_drop(true);
    let mut daemon = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let jobs = loop {
        let jobs = place.json(&["jobs"]).await;
        if jobs.as_array().unwrap().len() == 2 {
            break jobs;
        }
    };
    assert_eq!(jobs[0]["attempt"], 0);
    assert!(["near", "far"].contains(&jobs[0]["window"].as_str().unwrap()));
    assert!(jobs[0]["tick"].is_string(), "{jobs}");
    assert_eq!(
        place.json(&["jobs", "--state", "completed"]).await,
        serde_json::json!([])
    );
    // What is not due yet is not shown as if it were.
    let put_off = place.sql_count(
        "WITH u AS (UPDATE river.river_job SET scheduled_at = now() + interval '1 minute' RETURNING 1)
         SELECT count(*) FROM u",
    );
    assert_eq!(put_off.await, 2);
    for (state, count) in [("scheduled", 2), ("available", 0)] {
        let jobs = place.json(&["jobs", "--state", state]).await;
        assert_eq!(jobs.as_array().unwrap().len(), count, "{jobs}");
    }
    daemon.kill().await.unwrap();
    place.close().await;
}

#[tokio::test]
async fn exit_codes_tell_what_happened() {
    let place = Place::new(2).await;
    let users = place.add_examiners().await;
    let (user, other) = (users[0].to_string(), users[1].to_string());
    for (args, code, word) in [
        (&["sync"][..], 2, "--user"),
        (&["sync", "--user", &user, "--from", "someday"], 2, "--from"),
        (
            &["sync", "--user", &user, "--window", "never"],
            2,
            "near, far",
        ),
        (&["sync", "--user", "999"], 1, "no account"),
        (&["users", "resume", "--user", "999"], 1, "users list"),
        (
            &["users", "add", "--name", "x", "--cpf", "52998224726"],
            2,
            "check digits",
        ),
        (
            &[
                "users",
                "add",
                "--name",
                "x",
                "--cpf",
                "52998224725",
                "--password",
                "x",
            ],
            2,
            "--password",
        ),
        (&["sessions", "list"], 0, "no sessions"),
        (&["sessions", "clear", "--user", "x"], 2, "x"),
        (
            &["--config", "/nonexistent.toml", "runs"],
            2,
            "/nonexistent.toml",
        ),
        (&["nonsense"], 2, "nonsense"),
    ] {
        let said = place.run(args).await;
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        assert!(said.err.contains(word), "{args:?}: {said:?}");
    }
    place
        .simulator
        .inject(Fault::next(FaultKind::Layout, 1).at(Page::Result));
    assert_eq!(place.run(&["sync", "--user", &user]).await.code, 3);
    place.simulator.set_password(1, "another").unwrap();
    let refused = place.run(&["sync", "--user", &other, "--json"]).await;
    assert_eq!(refused.code, 1);
    assert!(
        refused
            .out
            .lines()
            .next()
            .unwrap()
            .contains("\"kind\":\"auth\""),
        "{refused:?}"
    );
    place.close().await;
}

#[tokio::test]
async fn check_says_what_was_tried_what_came_back_and_what_to_do() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let good = place.json(&["check"]).await;
    let states: Vec<&str> = good
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    // Nobody is told of alerts, no daemon runs, and nobody makes backups: worth a look, and no failure.
    let of_state = |wanted: &str| states.iter().filter(|state| **state == wanted).count();
    assert_eq!((of_state("warn"), of_state("fail")), (3, 0), "{good}");

    place
        .sql("UPDATE configuracoes_detran SET senha = 'clear'")
        .await;
    let mut command = place.command(&["check", "--wide"]);
    command
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/")
        .env("AGENDAD_HTTP__LISTEN", "0.0.0.0:8787")
        .env("AGENDAD_HTTP__OPERATOR_TOKEN", "short")
        .env("AGENDAD_SCHEDULER__SPLAY", "20m");
    let said = say(command, "").await;
    assert_eq!(said.code, 1, "{said:?}");
    for line in [
        "FAIL  portal",
        "scheduler.splay (1200s) is longer than the shortest time between two ticks of near (900s)",
        "warn  passwords",
        "→ once it no longer needs them: agendad vault seal",
        "warn  http",
        "is shorter than 24 characters",
        "the dashboard, for people with a name",
        "programs, by http.operator_token",
        "0.0.0.0:8787 can be reached",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert!(!said.out.contains("short\n") && !said.out.contains('\x1b'));

    let mut command = place.command(&["check", "--wide"]);
    command.env("AGENDAD_DATABASE__URL", "postgres://u:canary@127.0.0.1:9/x");
    let said = say(command, "").await;
    assert!(
        said.out.contains("FAIL  database") && said.out.contains("is it running"),
        "{said:?}"
    );
    assert!(!said.out.contains("canary"), "{said:?}");
    place.close().await;
}

#[tokio::test]
async fn nobody_is_asked_for_a_yes_to_a_list_that_was_not_shown() {
    let place = Place::new(1).await;
    let file = place.state.path().join("peritos.csv");
    std::fs::write(&file, "cpf;nome\n52998224725;Ana\n").unwrap();
    let import = format!("users import {} --json", file.display());
    let said = at_a_terminal(&place, 200, &import).await;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.out.contains("--yes writes"), "{said:?}");
    place.close().await;
}

#[tokio::test]
async fn completions_and_manual_need_no_settings() {
    let place = Place::new(1).await;
    for shell in ["bash", "zsh", "fish"] {
        let mut command = place.command(&["completions", shell]);
        command.env("AGENDAD_SCHEDULER__WORKERS", "none");
        let said = say(command, "").await;
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("set-password"), "{shell}");
    }
    let page = place.run(&["man"]).await;
    assert!(
        page.out.contains(".SH") && page.out.contains("simulate\\-portal"),
        "{page:?}"
    );
    let dir = place.state.path().join("man");
    let made = place.run(&["man", "--dir", dir.to_str().unwrap()]).await;
    assert_eq!(made.code, 0, "{made:?}");
    assert!(dir.join("agendad.1").exists() && dir.join("agendad-vault-rotate.1").exists());
    place.close().await;
}

impl Place {
    pub(crate) async fn sql_count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }
}
