//! `agendad agenda`: the clinic's day on the terminal, as a file, at an address; and `agendad slots --days`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use agendad::simulator::{Fault, FaultKind, Place};

use crate::support::World;

#[tokio::test]
async fn the_clinics_day_comes_as_a_table_as_files_and_as_json() {
    let world = World::new(2).await;
    let program = world.program();
    world.sync(0).await;
    world.sync(1).await;
    let booking = world.simulator.agenda(1)[0].clone();
    let day = booking.date.format("%d/%m/%Y").to_string();
    let user = world.users[1].to_string();

    let csv = program
        .run(&["agenda", &day, "--csv", "--user", &user, "--cpf"])
        .await;
    assert_eq!(csv.code, Some(0), "{csv:?}");
    let hour = booking.hour.format("%H:%M");
    let begins = format!("\n{day};{hour};");
    assert!(
        csv.out.starts_with("\u{feff}Data;Hora;Candidato;") && csv.out.contains(&begins),
        "{csv:?}"
    );
    assert!(csv.out.contains(&booking.cpf), "{csv:?}");
    let rows = csv.out.matches(&format!("\n{day};")).count();
    let listed = world
        .simulator
        .agenda_between(1, booking.date, booking.date)
        .len();
    assert_eq!(rows, listed);

    let file = world.state.path().join("dia.xlsx");
    let path = file.to_str().unwrap();
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    for (before, after) in [(None, 0o600), (Some(0o644), 0o640)] {
        if let Some(before) = before {
            std::fs::set_permissions(&file, Permissions::from_mode(before)).unwrap();
        }
        let said = program.run(&["agenda", &day, "--xlsx", path]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(std::fs::read(&file).unwrap().starts_with(b"PK"));
        assert_eq!(mode(), after, "it holds personal data");
    }

    let all = program.run(&["agenda", &day, "--json"]).await.json();
    let all = all.as_array().unwrap();
    assert!(
        all.len() >= listed && all[0]["data"] == booking.date.to_string(),
        "{all:?}"
    );
    let name: Vec<&str> = booking.nome.split(' ').rev().collect();
    let search = name.join(" ").to_lowercase();
    let found = program
        .run(&["agenda", "--search", &search, "--json"])
        .await
        .json();
    assert!(!found.as_array().unwrap().is_empty(), "{search}");
    let changes = program.run(&["agenda", "--changes", "--json"]).await.json();
    let stored = world.truth(0).len() + world.truth(1).len();
    assert_eq!(changes.as_array().unwrap().len(), stored);
    let table = program.run(&["agenda", &day]).await;
    assert!(
        table.code == Some(0) && table.out.contains("Candidate"),
        "{table:?}"
    );
    let audited =
        "SELECT count(*) FROM agendad_audit WHERE action = 'agenda.export' AND actor LIKE 'cli:%'";
    assert_eq!(world.count(audited).await, 7);

    for (args, code, words) in [
        (["agenda", "32/13"], 2, "is no day"),
        (["agenda", "--search=a"], 2, "at least two letters"),
        (
            ["agenda", "--user=nobody at all"],
            1,
            "there is no examiner",
        ),
    ] {
        let said = program.run(&args).await;
        assert_eq!(said.code, Some(code), "{said:?}");
        assert!(said.err.contains(words), "{said:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn on_eighty_columns_a_day_says_in_whole_why_it_is_empty_or_was_not_read() {
    let world = World::new(2).await;
    let program = world
        .program()
        .env("AGENDAD_LANG", "pt")
        .env("COLUMNS", "80");
    world.sync(0).await;
    world.sync(1).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Layout).at(Place::Result));
    world.sync(1).await;
    let far = world.app.syncer.clock.today() + chrono::Days::new(40);
    let far = far.format("%d/%m/%Y").to_string();
    let said = program.run(&["agenda", "hoje", &far]).await;
    let whole = said.out.replace("\n   ", " ");
    for part in [
        "Dias sem horários ou não lidos",
        ": vazio, lido às ",
        ": o portal mudou, e a página não foi entendida",
        &format!(" a {far} · "),
        ": fora dos dias que são lidos",
    ] {
        assert!(whole.contains(part), "{part}: {}", said.out);
    }
    let wide = said.out.lines().filter(|line| line.chars().count() > 80);
    assert_eq!(wide.collect::<Vec<_>>(), [""; 0]);
    // The same days, each once, stay in files.
    let csv = program.run(&["agenda", "hoje", &far, "--csv"]).await;
    let days = csv.out.matches(";fora dos dias que são lidos;").count();
    assert!(days > 2, "{csv:?}");

    let user = world.users[1].to_string();
    let known = program.run(&["slots", "--user", &user, "--days"]).await;
    assert!(
        known.out.contains(" dia") && known.out.contains("o que se sabe"),
        "{known:?}"
    );
    let first = world
        .app
        .syncer
        .clock
        .today()
        .format("%d/%m/%Y")
        .to_string();
    assert!(known.out.contains(&first), "{known:?}");
    let slots = program.run(&["slots", "--user", &user]).await;
    let unread = known.out.matches("não lido desde").count();
    assert!(unread > 0);
    assert_eq!(
        slots.err.matches("não lido desde").count(),
        unread,
        "{slots:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn an_address_is_made_shown_once_listed_and_revoked() {
    let world = World::new(1).await;
    let program = world
        .program()
        .env("AGENDAD_HTTP__PUBLIC_URL", "https://agenda.example.org/");
    let made = program
        .run(&["agenda", "share", "--label", "recepção", "--days", "7"])
        .await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let address = made.out.trim();
    let token = address
        .strip_prefix("https://agenda.example.org/planilha/")
        .and_then(|file| file.strip_suffix(".csv"));
    assert_eq!(token.map(str::len), Some(43), "{address}");
    let listed = program.run(&["agenda", "addresses"]).await;
    assert!(
        listed.out.contains("recepção") && !listed.out.contains(token.unwrap()),
        "{listed:?}"
    );
    let listed = program.run(&["agenda", "addresses", "--json"]).await.json();
    assert_eq!(
        (&listed[0]["telephones"], &listed[0]["cpfs"]),
        (&false.into(), &false.into())
    );
    let id = listed[0]["id"].to_string();
    let revoked = program.run(&["agenda", "revoke", &id]).await;
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    let again = program.run(&["agenda", "revoke", &id]).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    let audited =
        "SELECT count(*) FROM agendad_audit WHERE action IN ('sheet.make', 'sheet.revoke')";
    assert_eq!(world.count(audited).await, 2);
    world.close().await;
}

#[tokio::test]
async fn slots_say_which_days_are_empty_and_which_were_not_read() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    let before = program
        .run(&["slots", "--user", &user, "--days", "--json"])
        .await
        .json();
    let before = before.as_array().unwrap();
    assert_eq!(before.len(), 15);
    assert!(
        before.iter().all(|day| day["estado"] == "nao_lido"),
        "{before:?}"
    );
    world.sync(0).await;
    let after = program
        .run(&["slots", "--user", &user, "--days", "--json"])
        .await
        .json();
    let empty = after
        .as_array()
        .unwrap()
        .iter()
        .filter(|day| day["estado"] == "vazio")
        .count();
    let listed = after
        .as_array()
        .unwrap()
        .iter()
        .filter(|day| day["estado"] == "lido")
        .count();
    assert_eq!(empty + listed, 15, "{after}");
    let said = program.run(&["slots", "--user", &user]).await;
    assert_eq!(
        said.err.matches(": empty, read at ").count(),
        empty,
        "{said:?}"
    );
    world.close().await;
}
