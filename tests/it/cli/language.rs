//! The command line as people use it: in their language, on 80 columns, with days and names as they write them.

use std::os::unix::fs::PermissionsExt;

use crate::support::{Program, World};

/// In Portuguese, as on the terminal of a clinic.
fn portuguese(world: &World) -> Program {
    Program::of(world).env("LANG", "pt_BR.UTF-8")
}

#[tokio::test]
async fn the_locale_chooses_the_language_and_agendad_lang_before_it() {
    let world = World::new(1).await;
    world.sync(0).await;
    let pt = portuguese(&world);
    let en = Program::of(&world).env("LANG", "C");
    for (args, portuguese, english) in [
        (&["runs"][..], "situação", "status"),
        (&["slots"], "nome", "name"),
        (&["users", "list"], "horários", "slots ahead"),
        (&["stats"], "completas", "partly"),
        (&["jobs"], "nenhuma tarefa", "no such jobs"),
        (&["alerts", "list"], "nenhum alerta", "nothing is wrong"),
        (&["agenda", "hoje"], "Candidato", "Candidate"),
        (&["check"], "ninguém é avisado", "nobody is told"),
        (
            &["users", "pause", "--user", "99999"],
            "não tem conta",
            "has no account",
        ),
        (&["slots", "--from", "31/02"], "não é um dia", "is no day"),
    ] {
        for (program, said, other) in [(&pt, portuguese, english), (&en, english, portuguese)] {
            let shown = program.run(args).await;
            let text = format!("{}{}", shown.out, shown.err);
            assert!(text.contains(said), "{args:?}: {shown:?}");
            assert!(!text.contains(other), "{args:?}: {shown:?}");
        }
        let asked = pt.clone().env("AGENDAD_LANG", "en").run(args).await;
        let text = format!("{}{}", asked.out, asked.err);
        assert!(text.contains(english), "{args:?}: {asked:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn what_programs_read_is_the_same_in_every_language() {
    let world = World::new(1).await;
    world.sync(0).await;
    let (pt, en) = (portuguese(&world), Program::of(&world));
    for args in [
        &["runs", "--json"][..],
        &["slots", "--json"],
        &["changes", "--json"],
        &["users", "list", "--json"],
        &["check", "--json"],
        &["sessions", "list", "--json"],
    ] {
        let (a, b) = (pt.run(args).await, en.run(args).await);
        assert_eq!((a.code, &a.out), (b.code, &b.out), "{args:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn tables_fit_on_80_columns_and_wide_shows_all() {
    let world = World::new(2).await;
    world.sync(0).await;
    world.sync(1).await;
    for sql in [
        "UPDATE usuarios SET nome = 'Maria Aparecida da Conceição dos Santos Nascimento e Silva Júnior ' || id",
        "UPDATE agenda_sync_runs SET error = repeat('the portal took too long; ', 20), error_details = '{\"kind\": \"timeout\"}'",
        "UPDATE agenda_slots SET payload = payload || '{\"nome\": \"JOÃO ANTÔNIO DA SILVA SAURO PEREIRA DE ALBUQUERQUE E MELLO\"}'",
        "INSERT INTO agendad_alerts (rule, subject, usuario_id, label, note, since, opened_at)
             SELECT 'layout', 'user:' || id, id, nome, repeat('páginas não reconhecidas, ', 9), now(), now() FROM usuarios",
    ] {
        world.execute(sql).await;
    }
    for program in [portuguese(&world), Program::of(&world)] {
        for args in [
            &["runs"][..],
            &["slots"],
            &["changes"],
            &["users", "list"],
            &["stats"],
            &["sessions", "list"],
            &["alerts", "list"],
            &["agenda", "ontem", "amanhã"],
            &["agenda", "--search", "antonio mello"],
            &["agenda", "--changes"],
        ] {
            let said = program.run(args).await;
            assert_eq!(said.code, Some(0), "{args:?}: {said:?}");
            let lines: Vec<&str> = said.out.lines().collect();
            assert!(lines.len() > 1, "{args:?}: {said:?}");
            let width = lines.iter().map(|line| line.chars().count()).max();
            assert!(
                width <= Some(80),
                "{args:?} is {width:?} wide:\n{}",
                said.out
            );
            let wide = program.run(&[args, &["--wide"]].concat()).await;
            let (narrow, wide) = (lines[0], wide.out);
            assert!(wide.lines().next().unwrap().len() >= narrow.len());
            assert!(!wide.contains('…'), "{args:?}: {wide}");
        }
    }
    let narrow = Program::of(&world)
        .env("COLUMNS", "60")
        .run(&["runs"])
        .await;
    assert!(
        narrow.out.lines().all(|line| line.chars().count() <= 60),
        "{narrow:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn days_are_understood_as_people_write_them_and_lists_begin_today() {
    let world = World::new(1).await;
    world.sync(0).await;
    let today = world.app.syncer.clock.today();
    let user = world.users[0];
    // A slot of last week that is still current, as all that has been read is.
    world
        .execute(&format!(
            "INSERT INTO agenda_slots (data, hora, external_uid, usuario_id, payload)
             VALUES (DATE '{today}' - 7, '08:00', 'old', {user}, '{{\"nome\": \"Quem Já Veio\"}}')"
        ))
        .await;
    let program = portuguese(&world);
    let said = program.run(&["slots"]).await;
    assert!(!said.out.contains("Quem Já Veio"), "{said:?}");
    let week_ago = (today - chrono::Days::new(7)).format("%d/%m").to_string();
    for args in [
        &["slots", "--from", &week_ago, "--to", &week_ago][..],
        &["slots", "--to", "ontem"],
    ] {
        let said = program.run(args).await;
        assert!(said.out.contains("Quem Já Veio"), "{args:?}: {said:?}");
        assert_eq!(said.out.lines().count(), 2, "{args:?}: {said:?}");
    }
    for day in [
        "hoje",
        "amanhã",
        "tomorrow",
        "seg",
        "28/11/2026",
        "2026-11-28",
    ] {
        let said = program.run(&["slots", "--from", day]).await;
        assert_eq!(said.code, Some(0), "{day}: {said:?}");
        let said = program.run(&["changes", "--since", day]).await;
        assert_eq!(said.code, Some(0), "{day}: {said:?}");
    }
    let user = user.to_string();
    let sync = ["sync", "--user", &user, "--from", "hoje", "--to", "amanhã"];
    let said = program.run(&sync).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let tomorrow = today + chrono::Days::new(1);
    let days = format!(
        "{} – {}",
        today.format("%d/%m/%Y"),
        tomorrow.format("%d/%m/%Y")
    );
    assert!(said.out.contains(&days), "{said:?}");
    assert!(said.out.contains("completa"), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn an_examiner_is_found_by_part_of_their_name_and_several_are_listed() {
    let world = World::new(3).await;
    for (user, name) in world
        .users
        .iter()
        .zip(["Ana Souza", "Ana Lima", "João Prado"])
    {
        world
            .execute(&format!(
                "UPDATE usuarios SET nome = '{name}' WHERE id = {user}"
            ))
            .await;
    }
    world.sync(2).await;
    let program = Program::of(&world);
    let by_name = program.run(&["runs", "--user", "joao", "--json"]).await;
    let number = world.users[2].to_string();
    let by_number = program.run(&["runs", "--user", &number, "--json"]).await;
    assert_eq!(by_name.out, by_number.out);
    assert_ne!(by_name.json(), serde_json::json!([]));

    let paused = program.run(&["users", "pause", "--user", "lima"]).await;
    assert_eq!(paused.code, Some(0), "{paused:?}");
    let lima = world.users[1];
    let is_paused = format!(
        "SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo IS NOT NULL AND usuario_id = {lima}"
    );
    assert_eq!(world.count(&is_paused).await, 1);

    for args in [
        &["users", "pause", "--user", "ana"][..],
        &["sync", "--user", "ana"],
        &["slots", "--user", "ana"],
    ] {
        let said = program.run(args).await;
        assert_eq!(said.code, Some(2), "{args:?}: {said:?}");
        for part in ["Ana Souza", "Ana Lima"] {
            assert!(said.err.contains(part), "{args:?}: {said:?}");
        }
        assert!(!said.err.contains("Prado"), "{args:?}: {said:?}");
    }
    let nobody = program.run(&["sync", "--user", "pedro"]).await;
    assert_eq!(nobody.code, Some(2), "{nobody:?}");
    assert_eq!(
        world
            .count("SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo IS NOT NULL")
            .await,
        1,
        "nobody else was paused"
    );
    world.close().await;
}

#[tokio::test]
async fn a_list_that_is_cut_says_how_much_of_it_is_shown() {
    let world = World::new(1).await;
    world.sync(0).await;
    let program = portuguese(&world);
    let all = world
        .count("SELECT count(*) FROM agenda_slots WHERE is_current AND data >= (now() AT TIME ZONE 'America/Sao_Paulo')::date")
        .await;
    let said = program.run(&["slots", "--limit", "2"]).await;
    assert!(said.err.contains(&format!("2 de {all}")), "{said:?}");
    let limit = all.to_string();
    let said = program.run(&["slots", "--limit", &limit]).await;
    assert_eq!(said.err, "", "all are there");
    let said = program.run(&["changes", "--limit", "1"]).await;
    assert!(said.err.contains("1 de "), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn an_error_that_an_operator_meets_first_is_said_in_their_language() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path()).env("LC_MESSAGES", "pt_BR.UTF-8");
    let said = program.run(&["runs"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("não há banco de dados"), "{said:?}");
    let said = program
        .env("AGENDAD_DATABASE__URL", "postgres://u:canary@127.0.0.1:9/x")
        .run(&["runs"])
        .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("não foi possível conectar"), "{said:?}");
    assert!(said.err.contains("porque: "), "{said:?}");
    assert!(!said.err.contains("canary"), "{said:?}");
}

#[tokio::test]
async fn check_warns_of_a_key_that_others_may_read() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path());
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
