//! What people do and look at by command line, and the one command that says a secret.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use serde_json::Value;

use crate::cli::program::{Place, say};
use crate::leaks::canaries::{Canaries, Hoard};
use crate::leaks::secrets::leaky;

/// Runs a command and keeps what it says; its errors may show nothing of a candidate.
pub(crate) async fn tell(place: &Place, args: &[&str], input: &str, hoard: &mut Hoard) -> String {
    let said = say(leaky(place, args), input).await;
    hoard.list(format!("output of {args:?}"), &said.out);
    hoard.trace(format!("errors and log of {args:?}"), &said.err);
    said.out
}

pub(crate) async fn add(place: &Place, hoard: &mut Hoard) -> Vec<i32> {
    let mut users = Vec::new();
    for examiner in place.simulator.examiners() {
        let args = [
            "users",
            "add",
            "--name",
            &examiner.nome,
            "--cpf",
            &examiner.cpf,
            "--json",
        ];
        let said = tell(place, &args, &examiner.senha, hoard).await;
        let added: Value = serde_json::from_str(&said).unwrap();
        users.push(added["usuario_id"].as_i64().unwrap().try_into().unwrap());
    }
    users
}

/// The one word of the program that says it.
pub(crate) async fn calendar_address(
    place: &Place,
    user: i32,
    canaries: &mut Canaries,
    hoard: &mut Hoard,
) -> String {
    let user = user.to_string();
    let made = say(
        leaky(place, &["users", "calendar", "--user", &user, "--json"]),
        "",
    )
    .await;
    hoard.trace("log of users calendar", &made.err);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let address = made["address"].as_str().unwrap();
    let path = &address[address.find("/calendar/").unwrap()..];
    let token = path
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics");
    canaries.secret("a calendar address", token);
    path.to_owned()
}

/// What operators look at while and after all this.
pub(crate) async fn commands(place: &Place, users: &[i32], hoard: &mut Hoard) {
    let user = users[2].to_string();
    for args in [
        &["check"][..],
        &["check", "--json"],
        &["config", "show"],
        &["users", "list"],
        &["users", "list", "--json"],
        &["runs", "--limit", "1000"],
        &["runs", "--json", "--limit", "1000"],
        &["slots"],
        &["slots", "--json"],
        &["slots", "--removed"],
        &["changes"],
        &["changes", "--json"],
        &["stats"],
        &["jobs"],
        &["jobs", "--state", "completed", "--json"],
        &["locks"],
        &["locks", "--json"],
        &["alerts", "list", "--all"],
        &["alerts", "list", "--json"],
        &["alerts", "test"],
        &["sessions", "list"],
        &["vault", "rotate"],
        &["vault", "seal"],
        &["sync", "--user", &user],
        &["sync", "--user", &user, "--json"],
        &["sync", "--user", "999"],
        &["users", "pause", "--user", &user],
        &["sync", "--user", &user],
        &["users", "resume", "--user", &user],
    ] {
        tell(place, args, "", hoard).await;
    }
    let mut text = "nome;cpf;senha;dias\r\n".to_owned();
    for examiner in place.simulator.examiners() {
        text += &format!(
            "{};{};{};trabalha {}\r\n",
            examiner.nome, examiner.cpf, examiner.senha, examiner.senha
        );
    }
    for (name, text) in [
        ("wrong.csv", text.clone()),
        ("right.csv", text.replace(";trabalha ", ";;")),
    ] {
        let file = place.state.path().join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        for args in [
            &["users", "import", file, "--dry-run"][..],
            &["users", "import", file, "--dry-run", "--json"],
        ] {
            tell(place, args, "", hoard).await;
        }
        // What the person has written is theirs; what the program writes is looked at.
        std::fs::remove_file(file).unwrap();
    }
    tell(
        place,
        &["users", "edit", "--user", &user, "--days", "terca"],
        "",
        hoard,
    )
    .await;
    let examiner = place.simulator.examiners()[2].clone();
    let edit = ["users", "edit", "--user", &user, "--cpf", &examiner.cpf];
    tell(place, &edit, &examiner.senha, hoard).await;
    tell(place, &["verify", "--all"], "", hoard).await;
    tell(
        place,
        &["users", "set-password", "--user", &user],
        "canary senha/2&ç=%+\"'",
        hoard,
    )
    .await;
    tell(
        place,
        &["users", "set-password", "--user", "999"],
        "canary senha/2&ç=%+\"'",
        hoard,
    )
    .await;
}
