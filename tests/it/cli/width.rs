//! Tables and lines that fit on 80 columns.

use super::language::portuguese;
use crate::support::World;

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
    for program in [portuguese(&world), world.program()] {
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
    let narrow = world.program().env("COLUMNS", "60").run(&["runs"]).await;
    assert!(
        narrow.out.lines().all(|line| line.chars().count() <= 60),
        "{narrow:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn the_lines_of_check_end_between_two_words_at_80_columns() {
    let world = World::new(1).await;
    let empty = world.state.path().join("empty.toml");
    std::fs::write(&empty, "").unwrap();
    let empty = empty.display().to_string();
    let check = ["--config", &empty, "check"];
    for program in [portuguese(&world), world.program()] {
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
