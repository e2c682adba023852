//! `agendad people`: what the page does, at the command line.

use serde_json::json;

use crate::cli::program::Place;

const WORDS: &str = "tres gatos e um cao\n";

#[tokio::test]
async fn people_are_added_changed_and_removed_by_commands() {
    let place = Place::new(1).await;
    let user = place.add_examiners().await[0];
    let examiner = user.to_string();
    let add = |login, role| {
        [
            "people",
            "add",
            "--login",
            login,
            "--name",
            "Fulana de Tal",
            "--role",
            role,
        ]
    };
    for (args, input) in [
        (add("ana", "operador").to_vec(), "curta\n"),
        (add("ana", "operador").to_vec(), "ana-ana-ana\n"),
        (add("ana", "operador").to_vec(), "senha12345\n"),
        (add("Ana Souza", "operador").to_vec(), WORDS),
        (add("operator", "operador").to_vec(), WORDS),
        (add("ana", "rei").to_vec(), WORDS),
        (add("perita", "perito").to_vec(), WORDS),
        (
            [&add("ana", "recepcao")[..], &["--examiner", &examiner]].concat(),
            WORDS,
        ),
    ] {
        let said = place.type_in(&args, input).await;
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(
            !format!("{said:?}").contains(input.trim()) || input == "curta\n",
            "{said:?}"
        );
    }
    assert_eq!(place.json(&["people", "list"]).await, json!([]));

    let said = place.type_in(&add("ana", "operador"), WORDS).await;
    assert_eq!(
        (said.code, said.out.as_str()),
        (0, "ana: added\n"),
        "{said:?}"
    );
    let args = [&add("perita", "perito")[..], &["--examiner", &examiner]].concat();
    assert_eq!(place.type_in(&args, WORDS).await.code, 0);
    let said = place.type_in(&add("ana", "recepcao"), WORDS).await;
    assert_eq!(said.code, 1, "{said:?}");
    let people = place.json(&["people", "list"]).await;
    let told: Vec<_> = people
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["login"], &one["role"], &one["usuario_id"]))
        .collect();
    assert_eq!(
        json!(told),
        json!([["ana", "operador", null], ["perita", "perito", user]])
    );
    let table = place.run(&["people", "list"]).await.out;
    assert!(table.contains("examiner"), "{table}");
    assert!(!people.to_string().contains("argon2"), "{people}");

    for (args, code) in [
        (
            vec!["people", "role", "--login", "ana", "--role", "recepcao"],
            1,
        ),
        (vec!["people", "disable", "--login", "ana"], 1),
        (vec!["people", "remove", "--login", "ana"], 1),
        (
            vec!["people", "role", "--login", "perita", "--role", "operador"],
            0,
        ),
        (vec!["people", "disable", "--login", "ana"], 0),
        (vec!["people", "enable", "--login", "ana"], 0),
        (vec!["people", "log-out", "--login", "ana"], 0),
        (vec!["people", "sessions"], 0),
        (vec!["people", "sessions", "--login", "ana"], 0),
        (vec!["people", "remove", "--login", "perita"], 0),
        (vec!["people", "remove", "--login", "perita"], 1),
        (vec!["people", "invite"], 2),
    ] {
        let said = place.run(&args).await;
        assert_eq!(said.code, code, "{args:?}: {said:?}");
    }
    let said = place
        .type_in(
            &["people", "password", "--login", "ana"],
            "chuva no telhado\n",
        )
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    let acts: Vec<String> = sqlx::query_scalar("SELECT action FROM agendad_audit WHERE actor LIKE 'cli:%' AND action LIKE 'people.%' ORDER BY id")
        .fetch_all(&place.database.pool)
        .await
        .unwrap();
    let expected = [
        "people.add",
        "people.add",
        "people.role",
        "people.disable",
        "people.enable",
        "people.remove",
        "people.password",
    ];
    assert_eq!(acts, expected);
    place.close().await;
}

#[tokio::test]
async fn check_warns_as_long_as_nobody_has_a_name() {
    let place = Place::new(1).await;
    let check = async || {
        let mut command = place.command(&["check", "--json"]);
        command.env("AGENDAD_HTTP__LISTEN", "127.0.0.1:0");
        let out = command.output().await.unwrap().stdout;
        let lines: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let lines = lines.as_array().unwrap().clone();
        let people = lines.into_iter().find(|line| line["what"] == "people");
        people.unwrap()["state"].clone()
    };
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    assert_eq!(check().await, "warn");
    let add = [
        "people", "add", "--login", "ana", "--name", "Ana", "--role", "operador",
    ];
    assert_eq!(place.type_in(&add, WORDS).await.code, 0);
    assert_eq!(check().await, "ok");
    place.close().await;
}
