//! Each rule fires, is told once, reminds, clears, and cools down.

use crate::alerts::cases::{Case, REFUSED, SUCCEEDED, cases, failed, success};
use crate::alerts::scene::{Scene, only, run};

pub(super) async fn prepared(rule: &str) -> Scene {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &[rule]);
    scene.execute(SUCCEEDED).await;
    scene
}

async fn begin(scene: &Scene, case: &Case) {
    scene.execute(&case.trouble).await;
    if case.rule == "stale" {
        assert_eq!(
            scene.look().await,
            [""; 0],
            "their next run may be under way"
        );
        scene.hold().await;
        scene.execute(&case.trouble).await;
    }
}

#[tokio::test]
async fn each_rule_fires_once_reminds_clears_and_cools_down() {
    for case in cases() {
        let name = format!("{}: {}", case.rule, case.says);
        let scene = prepared(case.rule).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: all is well");

        begin(&scene, &case).await;
        let told = format!("[agendad] {}", case.title);
        assert_eq!(scene.look().await, [told], "{name}: told");
        let last = scene.last();
        for part in [
            "O que houve: ",
            case.says,
            "\nDesde: ",
            "\nO que fazer: ",
            "\nagendad em maquina",
        ] {
            assert!(last.contains(part), "{name}: {part} is not in {last}");
        }

        for _ in 0..3 {
            assert_eq!(scene.look().await, [""; 0], "{name}: told once");
        }
        scene.pass("6 hours").await;
        scene.execute(&case.trouble).await;
        let reminded = format!("[agendad] Continua: {}", case.title);
        assert_eq!(scene.look().await, [reminded], "{name}: reminded");
        assert_eq!(scene.look().await, [""; 0], "{name}: reminded once");

        scene.execute(&case.cure).await;
        let over = format!("[agendad] Resolvido: {}", case.title);
        assert_eq!(scene.look().await, [over], "{name}: all-clear");
        assert!(scene.last().contains("Acabou em "), "{name}");
        assert_eq!(scene.look().await, [""; 0], "{name}: all-clear once");

        begin(&scene, &case).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: cools down");
        assert_eq!(
            scene
                .count("SELECT count(*) FROM agendad_alerts WHERE cleared_at IS NULL")
                .await,
            1
        );
        scene.pass("30 minutes").await;
        scene.execute(&case.trouble).await;
        assert_eq!(scene.look().await.len(), 1, "{name}: told again");
        scene.close().await;
    }
}

#[tokio::test]
async fn a_rule_that_is_off_says_nothing_and_forgets_without_a_word() {
    for case in cases() {
        let mut scene = prepared(case.rule).await;
        begin(&scene, &case).await;
        assert_eq!(scene.look().await.len(), 1, "{}", case.rule);
        only(&mut scene.config, &[]);
        assert_eq!(scene.look().await, [""; 0], "{}", case.rule);
        let open =
            "SELECT count(*) FROM agendad_alerts WHERE cleared_at IS NULL OR clear_sent_at IS NULL";
        assert_eq!(scene.count(open).await, 0, "{}", case.rule);
        scene.close().await;
    }
}

#[tokio::test]
async fn silence_is_no_all_clear() {
    for rule in [
        "portal_down",
        "firewall",
        "failure_rate",
        "layout",
        "held_removals",
    ] {
        // Of two cases the one by runs: a daemon that is gone reports nothing.
        let by_runs = |case: &Case| case.rule == rule && !case.trouble.contains("alert_reports");
        let case = cases().into_iter().find(by_runs).unwrap();
        let scene = prepared(rule).await;
        begin(&scene, &case).await;
        assert_eq!(scene.look().await.len(), 1, "{rule}");
        // No run ends any more.
        scene.pass("5 hours").await;
        assert_eq!(scene.look().await, [""; 0], "{rule}");
        let open = "SELECT count(*) FROM agendad_alerts WHERE cleared_at IS NULL";
        assert_eq!(scene.count(open).await, 1, "{rule}");
        scene.close().await;
    }
}

#[tokio::test]
async fn accounts_that_are_switched_off_or_new_or_at_rest_are_nobodys_trouble() {
    let scene = Scene::new(4).await;
    scene
        .execute(&format!(
            "{REFUSED}; UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = 1;
             UPDATE usuarios SET ativo = FALSE WHERE id = 2;
             UPDATE configuracoes_detran SET credencial_mudada_em = now() WHERE usuario_id = 3;
             UPDATE configuracoes_detran SET pausa_motivo = 'manual', pausa_desde = now() WHERE usuario_id = 4"
        ))
        .await;
    assert_eq!(scene.look().await, [""; 0]);
    scene.hold().await;
    assert_eq!(scene.look().await, [""; 0]);
    scene.close().await;
}

#[tokio::test]
async fn a_firewall_that_turns_us_away_is_no_portal_that_is_down() {
    let mut scene = prepared("firewall").await;
    scene.config.alerts.portal_down.enabled = true;
    scene.execute(&failed("firewall").repeat(9)).await;
    scene
        .execute(
            "INSERT INTO agendad_alert_reports (instance, firewall_until)
             VALUES ('maquina2/99', now() + interval '1 hour')",
        )
        .await;
    let told = "[agendad] O firewall do portal recusa esta máquina".to_owned();
    assert_eq!(scene.look().await, [told]);
    let last = scene.last();
    for part in [
        "9 sincronizações recusadas; maquina2 não pede nada ao portal até ",
        "portal.user_agent",
        "portal.proxy",
        "outra linha",
    ] {
        assert!(last.contains(part), "{part} is not in {last}");
    }
    scene.close().await;
}

#[tokio::test]
async fn a_portal_that_is_down_is_no_firewall() {
    let mut scene = prepared("portal_down").await;
    scene.config.alerts.firewall.enabled = true;
    scene.execute(&failed("network").repeat(5)).await;
    scene
        .execute("INSERT INTO agendad_alert_reports (instance) VALUES ('maquina2/99')")
        .await;
    assert_eq!(scene.look().await, ["[agendad] Portal fora do ar"]);
    scene.close().await;
}

#[tokio::test]
async fn an_examiner_at_the_portal_is_no_failure_but_their_agenda_grows_stale() {
    let mut scene = prepared("failure_rate").await;
    scene.config.alerts.stale.enabled = true;
    scene.execute(&failed("in_use").repeat(40)).await;
    assert_eq!(scene.look().await, [""; 0]);
    // What did fail is counted without them.
    scene.execute(&failed("timeout").repeat(4)).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Muitas sincronizações falham"]
    );
    let last = scene.last();
    assert!(last.contains("4 de 4 sincronizações falharam"), "{last}");
    assert!(!last.contains("in_use"), "{last}");

    let long_ago = SUCCEEDED.replace("now()", "now() - interval '2 days'");
    scene.execute(&long_ago).await;
    scene.execute(&failed("in_use").repeat(40)).await;
    let mut told = scene.look().await;
    scene.hold().await;
    told.extend(scene.look().await);
    let stale = "[agendad] Agenda sem atualização: Perito 1".to_owned();
    assert!(told.contains(&stale), "{told:?}");
    scene.close().await;
}

#[tokio::test]
async fn a_few_failures_or_removals_are_no_alert() {
    let scene = Scene::new(1).await;
    scene.execute(SUCCEEDED).await;
    scene.execute(&success().repeat(5)).await;
    scene.execute(&failed("network").repeat(3)).await;
    scene
        .execute(&run(1, "success", "{}", r#"{"removed": 19}"#))
        .await;
    scene.execute(&failed("cancelled").repeat(9)).await;
    assert_eq!(scene.look().await, [""; 0]);
    scene.close().await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_without_end_is_told_of_as_any_other() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["clock"]);
    scene
        .execute("INSERT INTO agendad_clock_corrections (what, rows, ahead) VALUES ('schedules', 1, 'Infinity')")
        .await;
    assert_eq!(scene.look().await, ["[agendad] Relógio errado"]);
    scene.close().await;
}

#[tokio::test]
async fn odd_counts_of_the_earlier_system_keep_no_rule_from_its_work() {
    let scene = Scene::new(1).await;
    scene.execute(SUCCEEDED).await;
    for odd in [r#""x""#, "1e300", "1.5", "[3]", "-1", "null"] {
        let totals = format!(r#"{{"removed": {odd}, "held": {odd}}}"#);
        let details = format!(
            r#"{{"appointments_refused": {odd}, "dates": [{{"date": "amanhã", "row": {{"number": {odd}}}}},
                {{"date": "2026-02-31", "row": 7}}, {{"date": {odd}, "row": null}}]}}"#
        );
        for status in ["partial", "success"] {
            scene.execute(&run(1, status, &details, &totals)).await;
        }
    }
    assert_eq!(scene.look().await, [""; 0]);
    scene
        .execute(&run(1, "success", "{}", r#"{"removed": 25}"#))
        .await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Muitos horários removidos: Perito 1"]
    );
    let last = scene.last();
    assert!(last.contains("25"), "{last}");
    scene.close().await;
}

#[tokio::test]
async fn an_alert_of_a_later_versions_rule_is_listed_and_left_alone() {
    let scene = prepared("layout").await;
    scene
        .execute(
            "INSERT INTO agendad_alerts (rule, subject, label, note, since)
             VALUES ('of_tomorrow', 'general', '', 'novidade', now());
             INSERT INTO agendad_alert_outbox (channel, target, rule, kind, title, body)
             VALUES ('email', 'outro@example.com', 'of_tomorrow', 'opened', 'x', 'x')",
        )
        .await;
    assert_eq!(scene.look().await, [""; 0]);
    let alerts = scene
        .database
        .store
        .list_alerts(false, 10, 0)
        .await
        .unwrap();
    let rules: Vec<String> = alerts.iter().map(|alert| alert.rule.to_string()).collect();
    assert_eq!(rules, ["of_tomorrow"]);
    let day = std::time::Duration::from_secs(86_400);
    let waiting = scene.database.store.undelivered_messages(day).await;
    assert_eq!(waiting.unwrap()[0].rule.as_str(), "of_tomorrow");
    scene.close().await;
}

#[tokio::test]
async fn what_was_found_is_listed_in_both_languages_and_a_finding_of_before_learns_the_other() {
    let scene = prepared("credentials").await;
    scene.execute(REFUSED).await;
    scene.look().await;
    let note = async || {
        let alerts = scene
            .database
            .store
            .list_alerts(false, 10, 0)
            .await
            .unwrap();
        (alerts[0].note.clone(), alerts[0].note_en.clone())
    };
    let both = ("senha recusada".to_owned(), "password refused".to_owned());
    assert_eq!(note().await, both);
    // As an earlier release writes it: said in Portuguese until the next look.
    scene
        .execute("UPDATE agendad_alerts SET note = 'antes', note_en = NULL")
        .await;
    assert_eq!(note().await, ("antes".to_owned(), "antes".to_owned()));
    scene.look().await;
    assert_eq!(note().await, both);
    scene.close().await;
}
