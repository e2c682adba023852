//! `--help`, wrong arguments, the manual and the completions, in the language of who asks.

use crate::support::{Program, program_in};

fn portuguese(dir: &std::path::Path) -> Program {
    program_in(dir).env("LANG", "pt_BR.UTF-8")
}

#[tokio::test]
async fn help_is_in_the_language_of_who_asks_however_they_ask() {
    let dir = tempfile::tempdir().unwrap();
    let (pt, en) = (portuguese(dir.path()), program_in(dir.path()));
    for args in [
        &["users", "add", "--help"][..],
        &["users", "add", "-h"],
        &["help", "users", "add"],
        &["users", "help", "add"],
    ] {
        let said = pt.run(args).await;
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{args:?}");
        for part in [
            "Acrescenta um perito; pergunta a senha dele no portal",
            "Uso: agendad users add [OPÇÕES] --cpf <CPF>",
            "Opções:",
            "--name <NOME>",
            "Mostra esta ajuda",
            "Exemplo: agendad users add",
        ] {
            assert!(said.out.contains(part), "{args:?} {part}: {}", said.out);
        }
        let said = en.run(args).await;
        assert_eq!(said.code, Some(0), "{args:?}");
        let usage = "Usage: agendad users add [OPTIONS] --cpf <CPF>";
        assert!(said.out.contains(usage), "{args:?}: {}", said.out);
    }
    let said = pt.run(&["--help"]).await;
    for part in [
        "Sem database.url, mantém um PostgreSQL próprio",
        "Uso: agendad [OPÇÕES] <COMANDO>",
        "Comandos:\n  run",
        "  help             Mostra esta ajuda, ou a de um comando",
        "Mostra a versão",
        "Códigos de saída: 0 feito",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = pt.run(&["runs", "--help"]).await;
    let text = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "No máximo tantas linhas [padrão: 20]",
        "[valores possíveis: running, success, partial, failed]",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Values that are explained are explained, on the long page alone.
    let said = pt.run(&["simulate-portal", "--help"]).await;
    for part in [
        "Valores possíveis:\n",
        "- silent: De modo nenhum",
        "TIPO, com o seu VALOR",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    // Nothing at all was typed: the same page, as an error.
    let said = pt.run(&[]).await;
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.contains("Comandos:"), "{said:?}");
    assert_eq!(
        pt.run(&["--version"]).await.out,
        en.run(&["--version"]).await.out
    );
}

#[tokio::test]
async fn what_cannot_be_understood_is_answered_in_portuguese_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (pt, en) = (portuguese(dir.path()), program_in(dir.path()));
    for (args, parts) in [
        (
            &["usres"][..],
            &["erro: não há o comando 'usres'", "você quis dizer users?"][..],
        ),
        (
            &["runs", "--usr", "3"],
            &[
                "não há a opção '--usr' neste comando",
                "você quis dizer --user?",
                "Uso: agendad runs",
            ],
        ),
        (&["users"], &["Comandos:"]),
        (&["sync"], &["falta dizer: --user <QUEM>"]),
        (
            &["sync", "--user"],
            &["depois de '--user <QUEM>' falta o valor"],
        ),
        (
            &["runs", "--status", "good"],
            &[
                "'good' não serve para '--status <SITUAÇÃO>'",
                "pode ser: running, success, partial, failed",
            ],
        ),
        (
            &["runs", "--limit", "many"],
            &["'many' não serve para '--limit <QUANTOS>': é preciso um número inteiro"],
        ),
        (
            &["changes", "--limit", "0"],
            &["é preciso um número a partir de 1"],
        ),
        (
            &["stats", "--days", "9999"],
            &["é preciso um número de 1 a 3660"],
        ),
        (
            &["alerts", "mute", "all", "--for", "long", "--why", "x"],
            &["'long' não serve para '--for <TEMPO>': é preciso um tempo, como 30m, 2h ou 1d"],
        ),
        (
            &["agenda", "--csv=a.csv", "--xlsx", "b.xlsx"],
            &["não pode ser usado junto com"],
        ),
        (
            &["runs", "--limit", "1", "--limit", "2"],
            &["'--limit <QUANTOS>' só pode aparecer uma vez"],
        ),
        (&["slots", "--from", "31/02"], &["não é um dia"]),
        (&["slots", "hoje"], &["não há a opção 'hoje' neste comando"]),
        (
            &["agenda", "hoje", "amanhã", "seg"],
            &["'seg' é demais para"],
        ),
        (&["portal", "evidence"], &["Comandos:"]),
        (
            &["simulate-portal", "--listen", "here"],
            &["'here' não serve para '--listen <ENDEREÇO>'"],
        ),
    ] {
        let said = pt.run(args).await;
        let same = en.run(args).await;
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{args:?}: {said:?}"
        );
        assert_eq!(same.code, said.code, "{args:?}: {same:?}");
        for part in parts {
            assert!(said.err.contains(part), "{args:?} {part}: {}", said.err);
        }
        for word in [
            "error:", "Usage:", "tip:", "For more", "invalid", "required",
        ] {
            assert!(!said.err.contains(word), "{args:?}: {}", said.err);
        }
    }
}

#[tokio::test]
async fn manual_and_completions_follow_the_language() {
    let dir = tempfile::tempdir().unwrap();
    let (pt, en) = (portuguese(dir.path()), program_in(dir.path()));
    let [pages_pt, pages_en] = ["pt", "en"].map(|name| dir.path().join(name));
    for (program, pages) in [(&pt, &pages_pt), (&en, &pages_en)] {
        let pages = pages.display().to_string();
        let said = program.run(&["man", "--dir", &pages]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let names = |dir: &std::path::Path| {
        let files = std::fs::read_dir(dir).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&pages_pt), names(&pages_en));
    assert!(names(&pages_pt).len() > 80);
    for name in names(&pages_pt) {
        let page = std::fs::read_to_string(pages_pt.join(&name)).unwrap();
        let headings = page.lines().filter(|line| line.starts_with(".SH "));
        for heading in headings {
            let known = [
                "NOME",
                "USO",
                "DESCRIÇÃO",
                "OPÇÕES",
                "COMANDOS",
                "MAIS",
                "VERSÃO",
            ];
            assert!(known.contains(&&heading[4..]), "{name:?}: {heading}");
        }
        assert!(!page.contains("Possible values"), "{name:?}: {page}");
        assert!(!page.contains("[default"), "{name:?}: {page}");
    }
    let page = std::fs::read_to_string(pages_pt.join("agendad-users-add.1")).unwrap();
    assert!(page.contains("Acrescenta um perito"), "{page}");
    let page = std::fs::read_to_string(pages_en.join("agendad-users-add.1")).unwrap();
    assert!(page.contains("Add an examiner"), "{page}");
    assert!(page.contains(".SH SYNOPSIS"), "{page}");
    for shell in ["bash", "zsh", "fish"] {
        let said = pt.run(&["completions", shell]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        if shell == "bash" {
            // Which explains nothing.
            assert_eq!(said.out, en.run(&["completions", shell]).await.out);
        } else {
            assert!(said.out.contains("Acrescenta um perito"), "{shell}");
        }
    }
}
