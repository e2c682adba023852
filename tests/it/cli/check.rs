//! `agendad check` and `agendad config show`.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{World, eventually, free_port, program_in};

#[tokio::test]
async fn check_says_of_each_part_whether_it_is_right() {
    let world = World::new(1).await;
    let program = world.program();
    let said = program.run(&["check", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let states = |said: &serde_json::Value| -> Vec<(String, String)> {
        let lines = said.as_array().unwrap().iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        lines
            .map(|line| (text(&line["what"]), text(&line["state"])))
            .collect()
    };
    let parts = [
        "configuration",
        "windows",
        "state_dir",
        "key",
        "time zone",
        "backups",
        "database",
        "tables",
        "migrations",
        "rights",
        "passwords",
        "daemon",
        "portal",
        "http",
        "sessions",
        "alerts",
    ];
    // What is not set up is worth a look, and no failure.
    let state = |part| match part {
        "alerts" | "backups" => "warn",
        _ => "ok",
    };
    let good = parts.map(|part| (part.to_owned(), state(part).to_owned()));
    assert_eq!(states(&said.json()), good);
    assert!(!said.out.contains(&world.simulator.examiners()[0].senha));

    // Whom nothing reads is named.
    let limit = |janelas: &str| format!("UPDATE configuracoes_detran SET janelas = {janelas}");
    world.execute(&limit("'{manha}'")).await;
    let said = program.run(&["check", "--json"]).await;
    let warned = ("accounts".to_owned(), "warn".to_owned());
    assert!(states(&said.json()).contains(&warned), "{said:?}");
    assert!(said.out.contains("manha"), "{said:?}");
    world.execute(&limit("NULL")).await;

    world.simulator.stop().await;
    let said = program.run(&["check", "--json"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let failed = ("portal".to_owned(), "fail".to_owned());
    assert!(states(&said.json()).contains(&failed), "{said:?}");
    let lines = program.run(&["check"]).await;
    assert_eq!(
        lines
            .out
            .lines()
            .filter(|line| line.starts_with("FAIL"))
            .count(),
        1
    );
    world.close().await;
}

#[tokio::test]
async fn the_effective_settings_hide_their_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let key = "c2VncmVkby1zZWdyZWRvLXNlZ3JlZG8tc2VncmVkby0=";
    let program = program_in(dir.path())
        .env(
            "AGENDAD_DATABASE__URL",
            "postgres://agenda:s3gredo@db.example.com/agenda",
        )
        .env(
            "AGENDAD_DATABASE__LOCK_URL",
            "postgres://agenda:s3gredo@db.example.com/agenda",
        )
        .env("AGENDAD_VAULT__KEY", key)
        .env("AGENDAD_HTTP__OPERATOR_TOKEN", "s3gredo-do-operador")
        .env("AGENDAD_HTTP__JWT_SECRET", "s3gredo-da-aplicacao")
        .env("AGENDAD_REDIS__URL", "redis://:s3gredo@cache.example.com/0")
        .env("AGENDAD_RETRY__MAX_RETRIES", "7");
    for arguments in [["config", "show"].as_slice(), &["config", "show", "--json"]] {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(
            !said.out.contains("s3gredo") && !said.out.contains(key),
            "{said:?}"
        );
        assert!(said.out.contains("retry.max_retries"), "{said:?}");
    }
    let json = program.run(&["config", "show", "--json"]).await.json();
    assert_eq!(json["retry.max_retries"]["value"], "7");
    assert_eq!(json["retry.max_retries"]["from"], "environment");
    assert_eq!(json["database.url"]["value"], "(hidden)");
    let said = program.env("LANG", "pt_BR.UTF-8");
    let said = said.run(&["config", "show"]).await;
    for part in ["(oculto)", "(não definido)"] {
        assert!(said.out.contains(part), "{part}: {said:?}");
    }
}

#[tokio::test]
async fn a_daemon_whose_address_is_taken_says_so_and_begins_nothing() {
    let world = World::new(1).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = world.program().env("AGENDAD_HTTP__LISTEN", &address);
    let said = program.run(&["run"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let sentence = format!("cannot listen on http.listen = {address}");
    assert!(said.err.contains(&sentence), "{said:?}");
    assert_eq!(world.count("SELECT count(*) FROM river.river_job").await, 0);
    world.close().await;
}

#[tokio::test]
async fn the_daemon_is_asked_whether_it_is_ready() {
    let world = World::new(1).await;
    let address = format!("127.0.0.1:{}", free_port());
    let program = world.program().env("AGENDAD_HTTP__LISTEN", &address);
    let said = program.run(&["health"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(&address), "{said:?}");

    let mut daemon = program.start(&["run"]);
    eventually("it is ready", Duration::from_secs(30), async || {
        let said = program.run(&["health"]).await;
        (said.code == Some(0)).then_some(())
    })
    .await;
    let alive = program.run(&["health", "--alive", "--json"]).await.json();
    assert_eq!(alive["healthy"], true);
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    let off = program
        .env("AGENDAD_HTTP__LISTEN", "")
        .run(&["health"])
        .await;
    assert_eq!(off.code, Some(2), "{off:?}");
    world.close().await;
}

/// A table of the IANA database's format that says nothing but a rule.
fn table(rule: &str) -> Vec<u8> {
    let block = |counts: [u32; 6]| {
        let mut block = b"TZif2".to_vec();
        block.extend([0; 15]);
        block.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        block.extend((-10_800_i32).to_be_bytes());
        block.extend([0, 0]);
        block.extend(b"-03\0");
        block
    };
    let counts = [0, 0, 0, 0, 1, 4];
    [
        block(counts),
        block(counts),
        format!("\n{rule}\n").into_bytes(),
    ]
    .concat()
}

#[tokio::test]
async fn check_says_which_time_zone_table_counts_and_warns_where_two_differ() {
    let (dir, tables) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let zone = tables.path().join("America/Sao_Paulo");
    let program = program_in(dir.path()).env("TZDIR", tables.path().display());
    let said = async || {
        let lines = program.run(&["check", "--offline", "--json"]).await.json();
        let lines = lines.as_array().unwrap().clone();
        let line = lines.into_iter().find(|line| line["what"] == "time zone");
        let line = line.unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        (text("state"), text("found"))
    };
    let (state, found) = said().await;
    assert_eq!(state, "ok");
    assert!(found.contains("the system has none"), "{found}");
    std::fs::create_dir_all(zone.parent().unwrap()).unwrap();
    for (bytes, expected, says) in [
        (table("<-03>3"), "ok", "says the same"),
        // Summer time comes back: whatever day it is, the two differ within a year.
        (
            table("<-03>3<-02>,M11.1.0/0,M2.3.0/0"),
            "warn",
            "The system's counts",
        ),
        (b"no table".to_vec(), "warn", "cannot be used"),
    ] {
        std::fs::write(&zone, bytes).unwrap();
        let (state, found) = said().await;
        assert_eq!(state, expected, "{found}");
        assert!(found.contains(says), "{found}");
    }
}

#[tokio::test]
async fn check_warns_of_a_key_that_others_may_read() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path());
    assert_eq!(program.run(&["vault", "init"]).await.code, Some(0));
    let key = agendad::vault::key_file(&dir.path().join("state"));
    let offline = ["check", "--offline"];
    let good = program.run(&offline).await;
    assert!(good.out.contains("ok    key"), "{good:?}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = program.run(&offline).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("warn  key"), "{said:?}");
    assert!(
        said.out.contains(&format!("chmod 600 {}", key.display())),
        "{said:?}"
    );
}

#[tokio::test]
async fn check_names_a_credential_that_nobody_reads() {
    let dir = tempfile::tempdir().unwrap();
    let credentials = dir.path().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    // The last is of another program.
    for name in [
        "agendad_http.operator_token",
        "agendad_vault.kye",
        "tls.key",
    ] {
        std::fs::write(credentials.join(name), "x").unwrap();
    }
    let program = program_in(dir.path()).env("CREDENTIALS_DIRECTORY", credentials.display());
    let said = program.run(&["check", "--offline"]).await;
    let told = format!(
        "nobody reads in {}: agendad_vault.kye\n",
        credentials.display()
    );
    assert!(said.out.contains("warn  configuration"), "{said:?}");
    assert!(said.out.contains(&told), "{said:?}");
}
