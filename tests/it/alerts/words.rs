//! What a message says: many examiners in one, names cut off, nothing of a CPF.

use crate::alerts::scene::{Scene, only};

const REFUSE: &str = "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now() WHERE usuario_id";

/// Times and lengths of time, which differ from run to run.
fn timeless(text: &str) -> String {
    let is_time = |word: &str| {
        word.len() >= 5
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || "/:.".contains(c))
    };
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line
            .split(' ')
            .map(|w| if is_time(w) { "…" } else { w })
            .collect();
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn many_examiners_with_the_same_trouble_share_one_message() {
    let mut scene = Scene::new(47).await;
    only(&mut scene.config, &["credentials"]);
    scene
        .execute("UPDATE usuarios SET nome = 'Ana D''Ávila 529.982.247-25' WHERE id = 1")
        .await;
    scene.execute(&format!("{REFUSE} > 0")).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Acesso recusado pelo portal: 47 peritos"]
    );
    insta::assert_snapshot!("grouped", timeless(&scene.last()));
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL WHERE usuario_id > 2")
        .await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Resolvido: Acesso recusado pelo portal: 45 peritos"]
    );
    insta::assert_snapshot!("cleared", timeless(&scene.last()));
    for text in scene.webhook.texts() {
        assert!(
            !text.contains("982") && !text.contains("7777"),
            "a CPF in {text}"
        );
    }
    scene.close().await;
}

#[tokio::test]
async fn a_wrong_clock_is_told_of_its_machine_and_of_no_examiner() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["clock"]);
    let process = async |instance: &str, ahead: i32| {
        scene
            .execute(&format!(
                "INSERT INTO agendad_processes (instance, server_started_at, clock_ahead, beat_at)
                 VALUES ('{instance}', now(), {ahead}, now() + interval '1 hour')
                 ON CONFLICT (instance) DO UPDATE SET clock_ahead = excluded.clock_ahead"
            ))
            .await;
    };
    let details = || {
        let last = scene.last();
        assert!(!last.contains("Perito") && !last.contains("nº"), "{last}");
        let lines = last.lines().filter(|line| line.starts_with("Detalhe: "));
        lines.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let [second, third] = ["maquina2", "maquina3"].map(|machine| {
        format!(
            "Detalhe: o relógio de {machine} está 300 s adiantado em relação ao do banco de dados"
        )
    });
    process("maquina2/99", 300).await;
    assert_eq!(scene.look().await, ["[agendad] Relógio errado: maquina2"]);
    assert_eq!(details(), [second.as_str()]);
    scene.pass("6 hours").await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Continua: Relógio errado: maquina2"]
    );
    assert_eq!(details(), [second.as_str()]);
    process("maquina2/99", 0).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Resolvido: Relógio errado: maquina2"]
    );
    assert_eq!(details(), [second.as_str()]);

    scene.pass("6 hours").await;
    process("maquina2/99", 300).await;
    process("maquina3/7", 300).await;
    assert_eq!(scene.look().await, ["[agendad] Relógio errado"]);
    assert_eq!(details(), [second, third]);
    scene.close().await;
}

#[tokio::test]
async fn what_comes_soon_after_a_message_goes_together_in_the_next() {
    let mut scene = Scene::new(9).await;
    only(&mut scene.config, &["credentials"]);
    scene.execute(&format!("{REFUSE} = 1")).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Acesso recusado pelo portal: Perito 1"]
    );
    for user in 2..5 {
        scene.execute(&format!("{REFUSE} = {user}")).await;
        assert_eq!(scene.look().await, [""; 0], "within the group interval");
    }
    scene.pass("2 minutes").await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Acesso recusado pelo portal: 3 peritos"]
    );
    assert!(
        scene.last().contains("Peritos (3, no total em aberto 4):"),
        "{}",
        scene.last()
    );

    // One reminder for all of them, though they were told at different times.
    scene.pass("6 hours").await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Continua: Acesso recusado pelo portal: 4 peritos"]
    );
    assert_eq!(scene.look().await, [""; 0]);
    scene.close().await;
}

#[tokio::test]
async fn what_comes_back_before_its_all_clear_was_told_was_never_over() {
    let mut scene = Scene::new(2).await;
    only(&mut scene.config, &["credentials"]);
    scene.execute(&format!("{REFUSE} > 0")).await;
    assert_eq!(scene.look().await.len(), 1);
    let resume = "UPDATE configuracoes_detran SET pausa_motivo = NULL WHERE usuario_id";
    scene.execute(&format!("{resume} = 1")).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Resolvido: Acesso recusado pelo portal: Perito 1"]
    );
    scene.execute(&format!("{resume} = 2")).await;
    assert_eq!(
        scene.look().await,
        [""; 0],
        "an all-clear has just been told"
    );
    scene.execute(&format!("{REFUSE} = 2")).await;
    scene.pass("10 minutes").await;
    assert_eq!(scene.look().await, [""; 0]);
    assert_eq!(scene.count("SELECT count(*) FROM agendad_alerts").await, 2);
    scene.close().await;
}

#[tokio::test]
async fn without_an_all_clear_the_end_is_only_remembered() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    scene.config.alerts.all_clear = false;
    scene.execute(&format!("{REFUSE} = 1")).await;
    assert_eq!(scene.look().await.len(), 1);
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL")
        .await;
    assert_eq!(scene.look().await, [""; 0]);
    scene.config.alerts.all_clear = true;
    assert_eq!(scene.look().await, [""; 0]);
    scene.close().await;
}
