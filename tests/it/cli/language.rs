//! The command line in the language of who calls it.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Program, World, eventually, place, program_in};

/// In Portuguese, as on the terminal of a clinic.
pub(super) fn portuguese(world: &World) -> Program {
    world.program().env("LANG", "pt_BR.UTF-8")
}

#[tokio::test]
async fn the_locale_chooses_the_language_and_agendad_lang_before_it() {
    let world = World::new(1).await;
    world.sync(0).await;
    let pt = portuguese(&world);
    let en = world.program().env("LANG", "C");
    for (args, portuguese, english) in [
        (&["runs"][..], "situação", "status"),
        (&["slots"], "nome", "name"),
        (&["users", "list"], "horários", "slots ahead"),
        (&["stats"], "completas", "partly"),
        (&["jobs"], "nenhuma tarefa", "no such jobs"),
        (&["alerts", "list"], "nenhum alerta", "nothing is wrong"),
        (&["agenda", "--changes"], "Candidato", "Candidate"),
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
    let (pt, en) = (portuguese(&world), world.program());
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
async fn a_stored_cpf_that_is_none_has_a_word_for_people_and_one_for_programs() {
    let world = World::new(1).await;
    world
        .execute("UPDATE configuracoes_detran SET cpf = '529'")
        .await;
    let (pt, en) = (portuguese(&world), world.program());
    let list = ["users", "list", "--wide"];
    assert!(pt.run(&list).await.out.contains("inválido"));
    assert!(en.run(&list).await.out.contains("invalid"));
    let json = pt.run(&["users", "list", "--json"]).await.json();
    assert_eq!(json[0]["cpf"], "invalid");
    world.close().await;
}

#[tokio::test]
async fn whatever_a_command_does_it_says_so_in_the_language_of_who_called_it() {
    let world = World::new(1).await;
    let pt = portuguese(&world);
    let en = world.program().env("LANG", "C");
    let user = world.users[0].to_string();
    let probe = ["portal", "probe", "--user", &user];
    let nothing = world.state.path().join("nothing");
    fs::write(&nothing, "no backup at all").unwrap();
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
    let (dir, _) = place();
    let keep = dir.path().join("demo").display().to_string();
    let out = dir.path().join("out");
    let mut demo = program_in(dir.path())
        .env("LANG", "pt_BR.UTF-8")
        .command(&["demo", "--examiners", "1", "--keep", &keep])
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let told = async || {
        let said = fs::read_to_string(&out).unwrap();
        said.contains("horários novos").then_some(())
    };
    eventually("the first run", Duration::from_secs(120), told).await;
    let pid = demo.id().unwrap();
    kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGTERM).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(60), demo.wait()).await;
    let said = fs::read_to_string(&out).unwrap();
    assert_eq!(ended.unwrap().unwrap().code(), Some(0), "{said}");
    for part in [
        "peritos inventados",
        "banco      PostgreSQL próprio em",
        "períodos   hoje + 3 dias",
        "Ctrl-C encerra a demonstração.",
        "horários novos",
        "nada ficou no ar",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for word in ["examiner", "window", "slot", "stopping"] {
        let told = said.lines().filter(|line| !line.contains("agendad "));
        let mut told = told.filter(|line| !line.contains("agenda_slots"));
        assert!(told.all(|line| !line.contains(word)), "{word}: {said}");
    }
}
