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
    // Of several days each line says its own.
    for args in [
        &["agenda", "ontem", "amanhã"][..],
        &["agenda", "--search", "antonio mello"],
        &["agenda", "--changes"],
    ] {
        let said = portuguese(&world).run(args).await;
        assert!(
            said.out.lines().next().unwrap().contains("Data"),
            "{args:?}: {}",
            said.out
        );
        assert!(said.out.contains("João Antônio"), "{args:?}: {}", said.out);
    }
    for args in [&["slots"][..], &["changes"], &["users", "list"]] {
        let said = portuguese(&world).run(args).await;
        assert!(
            !said.out.contains("JOÃO") && !said.out.contains("MARIA"),
            "{}",
            said.out
        );
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
async fn whatever_a_command_does_it_says_so_in_the_language_of_who_called_it() {
    let world = World::new(1).await;
    let pt = portuguese(&world);
    let en = Program::of(&world).env("LANG", "C");
    let user = world.users[0].to_string();
    let probe = ["portal", "probe", "--user", &user];
    let nothing = world.state.path().join("nothing");
    std::fs::write(&nothing, "no backup at all").unwrap();
    let nothing = nothing.display().to_string();
    for (args, portuguese, english) in [
        (
            &["migrate", "--dry-run"][..],
            "Ensaio: nada mudou",
            "Dry run: nothing was changed",
        ),
        (
            &["migrate"],
            "nossas tabelas: esquema",
            "our tables: schema",
        ),
        (
            &probe,
            "O caminho chegou ao fim",
            "The walk reached its end",
        ),
        (&probe, "página de um dia", "result page"),
        (&probe, "datas oferecidas: ", "dates offered: "),
        (
            &["portal", "evidence", "list"],
            "todas foram entendidas",
            "all were understood",
        ),
        (&["vault", "seal"], "com a chave", "are now sealed with key"),
        (
            &["vault", "rotate"],
            "guarde uma cópia; a segunda linha é a chave anterior",
            "keep a copy; its second line is the last key",
        ),
        (
            &["backup", "list"],
            "não há backups em",
            "there are no backups in",
        ),
        (
            &["backup", "verify", &nothing],
            "isto não é um backup do agendad",
            "this is no backup of agendad's",
        ),
        (
            &["restore", &nothing],
            "isto não é um backup do agendad",
            "this is no backup of agendad's",
        ),
        (
            &["database", "upgrade"],
            "quem cuida daquele servidor",
            "its server is upgraded by whoever runs it",
        ),
        (
            &["alerts", "test"],
            "este canal não está configurado",
            "no such channel is configured",
        ),
        (
            &["agenda", "addresses"],
            "não há nenhum endereço",
            "there is no address",
        ),
        (
            &["agenda", "revoke", "77"],
            "não há endereço 77",
            "there is no address 77",
        ),
        (
            &["agenda", "--search", "x"],
            "ao menos duas letras",
            "at least two letters",
        ),
        (
            &["agenda", "--user", "zulmira"],
            "nenhum perito se chama",
            "there is no examiner",
        ),
    ] {
        for (program, said, other) in [(&pt, portuguese, english), (&en, english, portuguese)] {
            let shown = program.run(args).await;
            let text = format!("{}{}", shown.out, shown.err);
            assert!(text.contains(said), "{args:?}: {shown:?}");
            assert!(!text.contains(other), "{args:?}: {shown:?}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn the_demo_tells_its_story_in_the_language_of_who_started_it() {
    let dir = tempfile::tempdir().unwrap();
    let keep = dir.path().join("demo").display().to_string();
    let demo = [
        "demo",
        "--examiners",
        "1",
        "--seconds",
        "6",
        "--keep",
        &keep,
    ];
    let program = Program::new(dir.path()).env("LANG", "pt_BR.UTF-8");
    let said = program.run(&demo).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    for part in [
        "peritos inventados",
        "banco      PostgreSQL próprio em",
        "períodos   hoje + 3 dias",
        "Ctrl-C encerra a demonstração.",
        "horários novos",
        "nada ficou no ar",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    for word in ["examiner", "window", "slot", "stopping"] {
        let told = said.out.lines().filter(|line| !line.contains("agendad "));
        let mut told = told.filter(|line| !line.contains("agenda_slots"));
        assert!(
            told.all(|line| !line.contains(word)),
            "{word}: {}",
            said.out
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_said_in_the_language_of_who_called() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::new(dir.path()).env("LANG", "pt_BR.UTF-8");
    let wrong = program.clone().file("[scheduler]\nworkers = 0\n");
    let said = wrong.run(&["runs"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    for part in ["a configuração não pode ser usada", "scheduler.workers"] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
    let said = wrong.file("[scheduler\n").run(&["runs"]).await;
    assert!(said.err.contains("linha 1: não é TOML"), "{said:?}");
    let said = program.run(&["runs", "--config", "/no/such.toml"]).await;
    assert!(
        said.err
            .contains("o arquivo de configuração /no/such.toml não pode ser lido"),
        "{said:?}"
    );
    let program = program.file("").env("AGENDAD_VAULT__KEY", "c2hvcnQ=");
    let said = program.run(&["check", "--offline"]).await;
    assert!(said.out.contains("vault.key não é uma chave"), "{said:?}");
}

#[tokio::test]
async fn the_lines_of_check_end_between_two_words_at_80_columns() {
    let world = World::new(1).await;
    let empty = world.state.path().join("empty.toml");
    std::fs::write(&empty, "").unwrap();
    let empty = empty.display().to_string();
    let check = ["--config", &empty, "check"];
    for program in [portuguese(&world), Program::of(&world)] {
        let narrow = program.run(&check).await;
        let wide = program.run(&["check", "--wide"]).await;
        let words = |text: &str| -> Vec<String> {
            text.split_whitespace().map(ToOwned::to_owned).collect()
        };
        let is_time =
            |word: &String| word.contains(':') || word.chars().any(|c| c.is_ascii_digit());
        let same = |text: &str| {
            words(text)
                .into_iter()
                .filter(|word| !is_time(word))
                .collect::<Vec<_>>()
        };
        assert_eq!(same(&narrow.out), same(&wide.out), "{narrow:?}\n{wide:?}");
        assert!(
            wide.out.lines().any(|line| line.chars().count() > 80),
            "{wide:?}"
        );
        for line in narrow.out.lines() {
            let is_one_word = words(line).len() == 1;
            assert!(
                line.chars().count() <= 80 || is_one_word,
                "{line:?} of {}",
                narrow.out
            );
        }
    }
    world.close().await;
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

#[tokio::test]
async fn a_wrong_setting_is_said_in_the_language_of_who_starts_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wrong.toml");
    let text = "[http]\nlisten = \"here\"\nmax_syncs = 0\n[scheduler]\nworkers = \"many\"\n";
    let place = file.display().to_string();
    let en = Program::new(dir.path());
    let pt = en.clone().env("LANG", "pt_BR.UTF-8");
    for (text, portuguese, english) in [
        (
            text,
            "scheduler.workers não serve",
            "scheduler.workers is refused",
        ),
        (
            "[http]\nlisten = \"here\"\nmax_syncs = 0\n",
            "http.listen é \"here\"; dê um endereço com porta",
            "http.listen is \"here\"; give an address and port",
        ),
        (
            "[http]\nmax_syncs = 0\n",
            "http.max_syncs é 0; pode ir de 1 a 1000",
            "http.max_syncs is 0; allowed are 1 to 1000",
        ),
        (
            "[tomorrow]\nhour = \"late\"\n",
            "tomorrow.hour é \"late\"; dê uma hora como \"19:00\"",
            "tomorrow.hour is \"late\"; give a time such as \"19:00\"",
        ),
        (
            "[http]\nlistn = \"\"\n",
            "não existe aqui; existem",
            "is unknown here; known are",
        ),
        (
            "vault = 3\n",
            "vault é uma seção; indique uma das suas opções",
            "vault is a section; name one of its keys",
        ),
        (
            "[log]\nformat = \"loud\"\n",
            "é \"loud\"; pode ser",
            "is \"loud\"; allowed are",
        ),
        (
            "[database]\nurl = 3\n",
            "database.url tem de ser um texto entre aspas",
            "database.url must be a text in quotes",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        for command in [
            &["run"][..],
            &["check", "--offline"],
            &["config", "show"],
            &["runs"],
        ] {
            let args = [&["--config", &place][..], command].concat();
            for (program, said, other) in [(&pt, portuguese, english), (&en, english, portuguese)] {
                let shown = program.run(&args).await;
                assert_eq!(shown.code, Some(2), "{args:?}: {shown:?}");
                assert!(shown.err.contains(said), "{args:?}: {shown:?}");
                assert!(!shown.err.contains(other), "{args:?}: {shown:?}");
                assert!(shown.err.contains(&place), "{args:?}: {shown:?}");
            }
        }
    }
    let said = pt
        .clone()
        .env("AGENDAD_HTTP__MAX_SYNCS", "many")
        .run(&["runs"])
        .await;
    assert_eq!(said.code, Some(2), "{said:?}");
    for part in [
        "variável de ambiente AGENDAD_HTTP__MAX_SYNCS: http.max_syncs",
        "tem de ser um número inteiro, e isto é \"many\"",
    ] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
    let said = pt.run(&["config", "show"]).await;
    for part in ["padrões do programa", "variáve"] {
        assert!(said.out.contains(part), "{part}: {said:?}");
    }
    let said = en.run(&["config", "show"]).await;
    assert!(said.out.contains("built-in defaults"), "{said:?}");
    let said = pt.run(&["config", "set", "tomorrow.hour", "late"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("dê uma hora como \"19:00\""), "{said:?}");
}
