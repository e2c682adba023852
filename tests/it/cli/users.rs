//! `agendad users`: accounts, and passwords that are never seen again.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::Examiner;
use tokio_util::sync::CancellationToken;

use crate::support::{Program, World, eventually};

/// A world whose examiner has no account yet.
async fn stranger() -> (World, Program, Examiner) {
    let world = World::new(1).await;
    world.execute("DELETE FROM configuracoes_detran").await;
    world.execute("DELETE FROM usuarios").await;
    let examiner = world.simulator.examiners()[0].clone();
    let program = world.program();
    (world, program, examiner)
}

#[tokio::test]
async fn an_examiner_is_added_with_the_password_on_standard_input_and_synchronised() {
    let (world, program, examiner) = stranger().await;
    let add = [
        "users",
        "add",
        "--name",
        "Ana Souza",
        "--cpf",
        &examiner.cpf,
        "--json",
    ];
    let said = program
        .run_with_input(&add, &format!("{}\n", examiner.senha))
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let user = said.json()["usuario_id"].to_string();
    assert_eq!(said.json()["paused"], serde_json::Value::Null, "{said:?}");

    let said = program.run(&["sync", "--user", &user, "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");

    let list = program.run(&["users", "list"]).await;
    let json = program.run(&["users", "list", "--json"]).await;
    assert_eq!((list.code, json.code), (Some(0), Some(0)));
    for text in [&list.out, &json.out] {
        assert!(text.contains("Ana Souza"), "{text}");
        assert!(
            !text.contains(&examiner.cpf) && !text.contains(&examiner.senha),
            "{text}"
        );
    }
    let clear = "SELECT count(*) FROM configuracoes_detran WHERE senha IS NOT NULL";
    assert_eq!(world.count(clear).await, 0);
    let sealed: String = sqlx::query_scalar("SELECT senha_cifrada FROM configuracoes_detran")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    assert!(!sealed.contains(&examiner.senha));
    world.close().await;
}

#[tokio::test]
async fn what_the_dashboard_refuses_of_a_new_examiner_is_refused_here_too() {
    let (world, program, examiner) = stranger().await;
    let long = "a".repeat(300);
    let add = ["users", "add", "--cpf", &examiner.cpf, "--name"];
    for more in [
        &[""][..],
        &["  "],
        &[long.as_str()],
        &["Ana", "--email", "ana"],
        &["Ana", "--email", "ana@example.com, b@example.com"],
    ] {
        let said = program
            .run_with_input(&[&add[..], more].concat(), &examiner.senha)
            .await;
        assert_eq!(said.code, Some(2), "{more:?}: {said:?}");
        assert_eq!(said.err.lines().count(), 1, "one sentence: {said:?}");
    }
    assert_eq!(
        world
            .count("SELECT count(*) FROM configuracoes_detran")
            .await,
        0
    );
    let more = [" Ana ", "--email", ""];
    let said = program
        .run_with_input(&[&add[..], &more].concat(), &examiner.senha)
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let named = "SELECT count(*) FROM usuarios WHERE nome = 'Ana' AND email IS NULL";
    assert_eq!(world.count(named).await, 1);

    // As an earlier version, or the application, has left it.
    sqlx::query("UPDATE usuarios SET nome = ''")
        .execute(&world.database.pool)
        .await
        .unwrap();
    let user: i32 = sqlx::query_scalar("SELECT usuario_id FROM configuracoes_detran")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    let user = user.to_string();
    let remove = ["users", "remove", "--user", &user];
    for answer in ["", "\n"] {
        let said = program.run_with_input(&remove, answer).await;
        assert_eq!(said.code, Some(2), "nothing was typed: {said:?}");
    }
    assert_eq!(
        world
            .count("SELECT count(*) FROM configuracoes_detran")
            .await,
        1
    );
    world.close().await;
}

#[tokio::test]
async fn a_password_is_no_argument_and_must_not_be_empty() {
    let (world, program, examiner) = stranger().await;
    let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
    for option in ["--password", "--senha"] {
        let with_password = [add.as_slice(), &[option, "s3nha-secreta"]].concat();
        let said = program.run_with_input(&with_password, "").await;
        assert_eq!(said.code, Some(2), "{said:?}");
    }
    for nothing in ["", "\n", "\r\n"] {
        let said = program.run_with_input(&add, nothing).await;
        assert_eq!(said.code, Some(2), "{said:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM usuarios").await, 0);
    world.close().await;
}

#[tokio::test]
async fn an_account_made_by_plain_sql_works_and_its_clear_password_wins() {
    let (world, program, examiner) = stranger().await;
    world
        .execute(&format!(
            "WITH u AS (INSERT INTO usuarios (nome, email) VALUES ('Ana', 'ana@example.com') RETURNING id)
             INSERT INTO configuracoes_detran (usuario_id, cpf, senha, dias_trabalho)
             SELECT id, '{}', '{}', '[\"segunda\",\"terca\",\"quarta\",\"quinta\",\"sexta\",\"sabado\",\"domingo\"]' FROM u",
            examiner.cpf, examiner.senha
        ))
        .await;
    let user = world
        .count("SELECT usuario_id::bigint FROM configuracoes_detran")
        .await
        .to_string();
    let sync = ["sync", "--user", &user];
    let said = program.run(&sync).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    // A wrong sealed one beside it is not even looked at.
    world
        .execute("UPDATE configuracoes_detran SET senha_cifrada = 'v1.nonsense'")
        .await;
    let said = program.run(&sync).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn accounts_are_paused_resumed_switched_off_and_on() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    for (verb, scheduled) in [
        ("pause", false),
        ("resume", true),
        ("disable", false),
        ("enable", true),
    ] {
        let said = program.run(&["users", verb, "--user", &user]).await;
        assert_eq!(said.code, Some(0), "{verb}: {said:?}");
        let list = program.run(&["users", "list", "--json"]).await.json();
        assert_eq!(list[0]["scheduled"], serde_json::json!(scheduled), "{verb}");
        let sync = program.run(&["sync", "--user", &user]).await;
        assert_eq!(sync.code, Some(i32::from(!scheduled)), "{verb}: {sync:?}");
    }
    for verb in ["pause", "resume", "disable", "enable"] {
        let said = program.run(&["users", verb, "--user", "99999"]).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains("user 99999 has no account"), "{said:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_new_password_ends_the_pause_after_a_refusal() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let sync = ["sync", "--user", &user];
    assert_eq!(program.run(&sync).await.code, Some(1));
    let set = ["users", "set-password", "--user", &user];
    let said = program.run_with_input(&set, "Outra-1234").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(program.run(&sync).await.code, Some(0));
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_tried_at_once_by_the_daemon_that_is_running() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    world.simulator.set_password(0, "Outra-1234").unwrap();
    // One window, whose tick has had its run when the password is refused.
    world
        .execute("UPDATE configuracoes_detran SET janelas = '{near}'")
        .await;
    let stop = CancellationToken::new();
    let script = async {
        let refused = "SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo = 'refused'";
        let look = async || (world.count(refused).await == 1).then_some(());
        eventually("the refusal", Duration::from_secs(30), look).await;
        let check = program.run(&["check"]).await.out;
        let cure = format!("agendad users set-password --user {user}");
        assert!(check.contains(&cure), "{check}");
        let set = ["users", "set-password", "--user", &user];
        let said = program.run_with_input(&set, "Outra-1234").await;
        assert!(said.err.contains("tries it presently"), "{said:?}");
        let done = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
        let look = async || (world.count(done).await > 0).then_some(());
        eventually("a success with it", Duration::from_secs(30), look).await;
        let doubled = "SELECT count(*) FROM (SELECT FROM agenda_sync_runs WHERE tick IS NOT NULL
                       GROUP BY usuario_id, window_name, tick HAVING count(*) > 1) d";
        assert_eq!(world.count(doubled).await, 0);
        // What the schedule does not read, nobody tries.
        world
            .execute("UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE")
            .await;
        let said = program.run_with_input(&set, "Terceira-1234").await;
        assert!(said.err.contains("to try it at once"), "{said:?}");
        let fires = "SELECT count(*) FROM sync_schedules WHERE last_tick IS NULL";
        assert_eq!(world.count(fires).await, 0);
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_second_account_of_a_cpf_is_refused_naming_the_first() {
    let (world, program, examiner) = stranger().await;
    let password = format!("{}\n", examiner.senha);
    let add = |cpf: String| {
        ["users", "add", "--name", "Ana", "--json", "--cpf"]
            .map(str::to_owned)
            .into_iter()
            .chain([cpf])
            .collect::<Vec<_>>()
    };
    let run = async |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program.run_with_input(&arguments, &password).await
    };
    let first = run(add(examiner.cpf.clone())).await.json()["usuario_id"].to_string();
    let spelt = format!(
        "{}.{}.{}-{}",
        &examiner.cpf[..3],
        &examiner.cpf[3..6],
        &examiner.cpf[6..9],
        &examiner.cpf[9..]
    );
    for cpf in [examiner.cpf.clone(), spelt] {
        let said = run(add(cpf)).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(&format!("user {first} ")), "{said:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM usuarios").await, 1);

    // While it is off another one may be there; then it cannot come back.
    assert_eq!(
        program
            .run(&["users", "disable", "--user", &first])
            .await
            .code,
        Some(0)
    );
    let second = run(add(examiner.cpf.clone())).await.json()["usuario_id"].to_string();
    let said = program.run(&["users", "enable", "--user", &first]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(&format!("user {second} ")), "{said:?}");

    // By plain SQL: not synchronised, and everybody says so.
    world
        .execute("UPDATE configuracoes_detran SET ativo = TRUE")
        .await;
    let list = program.run(&["users", "list", "--json"]).await.json();
    assert_eq!(list[1]["pause_reason"], "duplicate_cpf");
    assert_eq!(list[1]["duplicate_of"].to_string(), first);
    assert_eq!(
        (&list[0]["scheduled"], &list[1]["scheduled"]),
        (&true.into(), &false.into())
    );
    let check = program.run(&["check"]).await;
    assert!(
        check
            .out
            .contains(&format!("user {second} has the same CPF as user {first}")),
        "{check:?}"
    );
    let resume = program.run(&["users", "resume", "--user", &second]).await;
    assert_eq!(resume.code, Some(1), "{resume:?}");
    assert!(resume.err.contains(&format!("user {first} ")), "{resume:?}");
    let near = ["sync", "--user", &second, "--window", "near", "--json"];
    let sync = program.run(&near).await;
    assert_eq!(sync.json()["error"]["kind"], "duplicate_cpf", "{sync:?}");
    assert_eq!(
        world.simulator.stats().requests,
        1,
        "check has asked, nobody else"
    );
    world.close().await;
}

#[tokio::test]
async fn a_refused_account_goes_on_only_with_a_new_password_or_by_naming_the_danger() {
    let (world, program, examiner) = stranger().await;
    let add = [
        "users",
        "add",
        "--name",
        "Ana",
        "--json",
        "--cpf",
        &examiner.cpf,
    ];
    let user = program.run_with_input(&add, "errada").await.json()["usuario_id"].to_string();
    let sync = ["sync", "--user", &user, "--window", "near", "--json"];
    assert_eq!(program.run(&sync).await.json()["error"]["kind"], "auth");

    let said = program.run(&["users", "resume", "--user", &user]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    for part in ["block the account", "set-password", "--same-password"] {
        assert!(said.err.contains(part), "{said:?}");
    }
    let set = ["users", "set-password", "--user", &user];
    let said = program.run_with_input(&set, "errada").await;
    assert!(
        said.out.contains("has this very password already"),
        "{said:?}"
    );
    let said = program.run(&sync).await;
    assert_eq!(said.json()["error"]["kind"], "auth", "{said:?}");
    assert_eq!(world.simulator.stats().login_refusals, 1);

    let same = ["users", "resume", "--user", &user, "--same-password"];
    assert_eq!(program.run(&same).await.code, Some(0));
    assert_eq!(program.run(&sync).await.json()["error"]["kind"], "auth");
    assert_eq!(
        world.simulator.stats().login_refusals,
        2,
        "as was asked for"
    );

    program.run_with_input(&set, &examiner.senha).await;
    assert_eq!(program.run(&sync).await.code, Some(0));
    let said = program.run_with_input(&set, "errada").await;
    assert!(said.out.contains("stays paused"), "{said:?}");
    let said = program.run(&sync).await;
    assert_eq!(said.json()["error"]["kind"], "auth", "{said:?}");
    assert_eq!(world.simulator.stats().login_refusals, 2);

    // Taken away and added again, which would otherwise be said to be read within seconds.
    world.execute("DELETE FROM configuracoes_detran").await;
    let again = program.run_with_input(&add, "errada").await.json();
    assert_eq!(again["paused"], "refused");
    let user = again["usuario_id"].to_string();
    let set = ["users", "set-password", "--user", &user, "--json"];
    let said = program.run_with_input(&set, "errada").await.json();
    assert_eq!(said["paused"], "refused");
    let edit = ["users", "edit", "--user", &user, "--name", "Bia", "--json"];
    assert_eq!(program.run(&edit).await.json()["paused"], "refused");
    world.execute("DELETE FROM configuracoes_detran").await;
    let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
    let said = program.run_with_input(&add, "errada").await;
    assert!(said.out.contains("the account is paused"), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn the_list_shows_the_units_of_an_examiner_and_when_each_was_read() {
    let world = World::new(1).await;
    let store = &world.database.store;
    let unit = |code: &str, name: &str| agendad::store::units::UnitOffered {
        code: code.to_owned(),
        name: name.to_owned(),
        choice: Some(code.to_owned()),
    };
    let both = [
        unit("18", "CIR-SAO PAULO"),
        unit("781", "POUPATEMPO CANINDE"),
    ];
    let user = world.users[0];
    assert!(store.units_offered(user, &both).await.is_ok());
    world
        .execute("UPDATE portal_units SET last_read_at = now() WHERE code = '18'")
        .await;
    let program = world.program();
    let table = program.run(&["users", "list"]).await.out;
    assert!(table.contains("POUPATEMPO CANINDE"), "{table}");
    let list = program.run(&["users", "list", "--json"]).await.json();
    let units = &list[0]["units"];
    assert_eq!(units[0]["code"], "18");
    assert!(units[0]["last_read_at"].is_string() && units[1]["last_read_at"].is_null());
    assert_eq!(units[1]["name"], "POUPATEMPO CANINDE");
    world.close().await;
}

/// Where the application's columns may be null.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_name_or_a_cpf_is_in_nobodys_way() {
    let world = World::new(3).await;
    let program = world.program();
    world.sync(0).await;
    let [nameless, without_cpf] = [world.users[0], world.users[1]];
    for sql in [
        "ALTER TABLE usuarios ALTER nome DROP NOT NULL".to_owned(),
        "ALTER TABLE configuracoes_detran ALTER cpf DROP NOT NULL".to_owned(),
        format!("UPDATE usuarios SET nome = NULL WHERE id = {nameless}"),
        format!("UPDATE configuracoes_detran SET cpf = NULL WHERE usuario_id = {without_cpf}"),
    ] {
        world.execute(&sql).await;
    }
    let today = world.app.syncer.clock.today().to_string();
    for arguments in [
        &["users", "list", "--json"][..],
        &["agenda", "--json"],
        &["slots", "--from", &today, "--json"],
        &["runs", "--json"],
        &["stats", "--json"],
        &["alerts", "list", "--json"],
    ] {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
    }
    let listed = program.run(&["users", "list", "--json"]).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 3, "{listed}");
    for (user, code) in [(nameless, 0), (without_cpf, 1), (world.users[2], 0)] {
        let said = program.run(&["sync", "--user", &user.to_string()]).await;
        assert_eq!(said.code, Some(code), "{user}: {said:?}");
    }
    let user = without_cpf.to_string();
    for change in [
        &["users", "disable", "--user", &user][..],
        &["users", "enable", "--user", &user],
        &["users", "edit", "--user", &user, "--days", "terca"],
    ] {
        let said = program.run(change).await;
        assert_eq!(said.code, Some(0), "{change:?}: {said:?}");
    }
    // Who is found by an alert and has no name does not keep the others' from being found.
    world
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()")
        .await;
    let store = &world.app.syncer.store;
    let evaluation = store.begin_evaluation(Duration::ZERO).await.unwrap();
    let found = evaluation.unwrap().paused_accounts().await.unwrap();
    assert_eq!(found.len(), 3);
    world.close().await;
}
