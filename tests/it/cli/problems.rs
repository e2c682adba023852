//! What goes wrong, in the language of who called.

use super::language::portuguese;
use crate::support::{World, program_in};

#[tokio::test]
async fn an_error_that_an_operator_meets_first_is_said_in_their_language() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path()).env("LC_MESSAGES", "pt_BR.UTF-8");
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
async fn what_is_wrong_with_the_settings_is_said_in_the_language_of_who_called() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path()).env("LANG", "pt_BR.UTF-8");
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
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("vault.key não é uma chave"), "{said:?}");
}

#[tokio::test]
async fn what_the_simulated_portal_cannot_do_is_said_in_the_language_of_who_called() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path()).env("LANG", "pt_BR.UTF-8");
    for (argument, code, part) in [
        (
            "--listen=192.0.2.1:0",
            1,
            "outras máquinas alcançam 192.0.2.1:0",
        ),
        (
            "--units-of=3",
            2,
            "não é o número de um perito e uma quantidade",
        ),
        ("--slots-per-day=9-2", 2, "não é um intervalo como 4-12"),
    ] {
        let said = program.run(&["simulate-portal", argument]).await;
        assert_eq!(said.code, Some(code), "{said:?}");
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
}

#[tokio::test]
async fn without_certificates_of_authorities_the_package_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let en = program_in(dir.path())
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/")
        .env("SSL_CERT_FILE", "/nonexistent/certificates");
    let pt = en.clone().env("LANG", "pt_BR.UTF-8");
    for (program, part) in [(en, "has no certificates"), (pt, "não tem os certificados")] {
        let said = program.run(&["check", "--wide"]).await;
        let line = said.out.lines().find(|line| line.contains(part));
        let line = line.unwrap_or_else(|| panic!("{said:?}"));
        for part in ["apt-get install ca-certificates", "SSL_CERT_FILE"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        let said = program.run(&["run"]).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(
            said.err.contains("apt-get install ca-certificates"),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_setting_is_said_in_the_language_of_who_starts_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wrong.toml");
    let text = "[http]\nlisten = \"here\"\nmax_syncs = 0\n[scheduler]\nworkers = \"many\"\n";
    let place = file.display().to_string();
    let en = program_in(dir.path());
    let pt = en.clone().env("LANG", "pt_BR.UTF-8");
    for (text, portuguese, english) in [
        (
            text,
            "scheduler.workers tem de ser um número inteiro, e isto é \"many\"",
            "scheduler.workers must be integer, this is \"many\"",
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

#[tokio::test]
async fn what_the_system_or_a_library_says_is_a_detail_behind_a_sentence_in_portuguese() {
    let world = World::new(1).await;
    let pt = portuguese(&world);
    let toml = world.state.path().join("odd.toml").display().to_string();
    let file = |text: &str| std::fs::write(&toml, text).unwrap();
    for (text, said) in [
        (
            "[[windows]]\nname = \"x\"\nfrom_day = 0\nto_day = 3\ncron = \"* *\"\n",
            "windows \"x\": \"* *\" não são os seis campos de cron (segundo, minuto, hora, dia, mês, dia da semana) (detalhe: ",
        ),
        (
            "[vault]\nkey_file = \"/no/such/key\"\n",
            "está no arquivo /no/such/key, que não pode ser lido: não existe (detalhe: No such file",
        ),
        ("[scheduler\n", "não é TOML; corrija a linha (detalhe: "),
    ] {
        file(text);
        let shown = pt.run(&["--config", &toml, "runs"]).await;
        assert_eq!(shown.code, Some(2), "{shown:?}");
        assert!(shown.err.contains(said), "{said}: {shown:?}");
    }

    let away = pt
        .clone()
        .env("AGENDAD_DATABASE__URL", "postgres://u:canary@127.0.0.1:9/x");
    let shown = away.run(&["runs"]).await;
    let lines: Vec<&str> = shown.err.lines().collect();
    assert_eq!(lines[1], "  porque: a conexão foi recusada", "{shown:?}");
    assert!(lines[2].starts_with("  detalhe: "), "{shown:?}");
    assert_eq!(lines.len(), 3, "{shown:?}");

    let check = pt
        .clone()
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/")
        .env("AGENDAD_RETRY__MAX_RETRIES", "0")
        .env("AGENDAD_SESSION__STORE", "redis")
        .env("AGENDAD_REDIS__URL", "redis://127.0.0.1:9/")
        .run(&["check", "--wide"])
        .await;
    for said in [
        "perguntado diretamente: rede: a conexão foi recusada (detalhe: ",
        "o Redis em 127.0.0.1:9 não pode ser usado: a conexão foi recusada (detalhe: ",
    ] {
        assert!(check.out.contains(said), "{said}: {}", check.out);
    }
    world.close().await;
}

/// What was set by command is refused once something else changes, and its file is sealed against editors.
#[tokio::test]
async fn what_makes_the_settings_refused_can_be_seen_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let mail = "[alerts.email]\nhost = \"mail.invalid\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\n";
    let program = program_in(dir.path()).env("AGENDAD_STATE_DIR", dir.path().display());
    let program = program.file(&format!("{mail}username = \"a\"\n"));
    let set = ["config", "set", "alerts.email.password"];
    let said = program.run_with_input(&set, "canary\n").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let program = program.file(mail);
    let said = program.run(&["runs"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    let said = program.run(&["config", "show"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.out.contains("alerts.email.password"), "{said:?}");
    assert!(said.err.contains("alerts.email.username"), "{said:?}");
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
    let said = program.run(&["config", "set", "backup.at", "25:00"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    let said = program
        .run(&["config", "unset", "alerts.email.password"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = program.run(&["config", "show"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
}
