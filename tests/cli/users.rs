//! `agendad users`: accounts, and passwords that are never seen again.

use agendad::simulator::Examiner;

use crate::support::{Program, World};

/// A world whose examiner has no account yet.
async fn stranger() -> (World, Program, Examiner) {
    let world = World::new(1).await;
    world.execute("DELETE FROM configuracoes_detran").await;
    world.execute("DELETE FROM usuarios").await;
    let examiner = world.simulator.examiners()[0].clone();
    let program = Program::of(&world);
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
    let program = Program::of(&world);
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
    let program = Program::of(&world);
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
