//! Each rule fires, is told once, reminds, clears, and cools down.

use crate::alerts::scene::{Scene, only, run};

/// What brings a trouble about, what keeps it up, and what ends it.
/// A run that read everything but two rows.
const UNREAD_ROWS: &str = r#"{"kind": "layout", "message": "2026-11-24: row 3: ...", "dates": [
    {"date": "2026-11-24", "unidade": "7", "kind": "layout", "row": {"number": 3, "problem": "cpf", "digits": 12}},
    {"date": "2026-11-25", "unidade": "7", "kind": "layout", "row": {"number": 1, "problem": "hour", "written": "9h"}}]}"#;

struct Case {
    rule: &'static str,
    title: &'static str,
    /// What the message says of it.
    says: &'static str,
    trouble: String,
    cure: String,
}

fn failed(kind: &str) -> String {
    run(1, "failed", &format!(r#"{{"kind": "{kind}"}}"#), "{}")
}

fn success() -> String {
    run(1, "success", "{}", r#"{"held": 0, "removed": 0}"#)
}

const REFUSED: &str = "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_ate = NULL,
    pausa_desde = coalesce(pausa_desde, now()) WHERE usuario_id = 1";
const RESUMED: &str =
    "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL";
const SUCCEEDED: &str = "INSERT INTO sync_schedules (usuario_id, window_name, last_success)
    SELECT 1, name, now() FROM unnest('{near,far}'::text[]) AS w (name)
    ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_success = now()";

fn cases() -> Vec<Case> {
    vec![
        Case {
            rule: "failure_rate",
            title: "Muitas sincronizações falham",
            says: "4 de 4 sincronizações falharam em 1h (banco de dados: 2, tempo esgotado: 2)",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &(failed("database") + &failed("timeout")).repeat(2),
            cure: success().repeat(20),
        },
        Case {
            rule: "portal_down",
            title: "Portal fora do ar",
            says: "5 das últimas 5 sincronizações não chegaram ao portal",
            trouble: failed("network").repeat(5),
            cure: success().repeat(2),
        },
        Case {
            rule: "portal_down",
            title: "Portal fora do ar",
            says: "sem acesso a partir de maquina2",
            trouble: "INSERT INTO agendad_alert_reports (instance) VALUES ('maquina2/99')
                ON CONFLICT (instance) DO UPDATE SET reported_at = now()"
                .to_owned(),
            cure: "DELETE FROM agendad_alert_reports;".to_owned() + &success(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): senha recusada, desde ",
            trouble: REFUSED.to_owned(),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): conta bloqueada, desde ",
            trouble: REFUSED.replace("'refused'", "'blocked'"),
            cure: "UPDATE configuracoes_detran SET senha = 'another' WHERE usuario_id = 1"
                .to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): o portal exige uma senha nova, desde ",
            trouble: REFUSED.replace("'refused'", "'change_password'"),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "credentials",
            title: "Acesso recusado pelo portal: Perito 1",
            says: "• Perito 1 (nº 1): o portal não respondeu à senha, ou respondeu de um modo desconhecido, desde ",
            trouble: REFUSED.replace("'refused'", "'unexplained'"),
            cure: RESUMED.to_owned(),
        },
        Case {
            rule: "firewall",
            title: "O firewall do portal recusa esta máquina",
            says: "maquina2 não pede nada ao portal até ",
            trouble:
                "INSERT INTO agendad_alert_reports (instance, firewall_until) VALUES ('maquina2/99', now() + interval '1 hour')
                ON CONFLICT (instance) DO UPDATE SET reported_at = now(), firewall_until = now() + interval '1 hour'"
                    .to_owned(),
            cure: "DELETE FROM agendad_alert_reports;".to_owned() + &success(),
        },
        Case {
            rule: "firewall",
            title: "O firewall do portal recusa esta máquina",
            says: "2 sincronizações recusadas",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &success()
                + &failed("firewall").repeat(2),
            // Whoever was let in, or met the examiner there, was let through.
            cure: failed("network") + &failed("in_use"),
        },
        Case {
            rule: "duplicate_cpf",
            title: "Duas contas com o mesmo CPF: Perito 2",
            says: "• Perito 2 (nº 2): mesmo CPF da conta nº 1, desde ",
            trouble: "INSERT INTO usuarios (id, nome) VALUES (2, 'Perito 2') ON CONFLICT DO NOTHING;
                UPDATE configuracoes_detran SET sincronizacao_automatica = TRUE;
                INSERT INTO configuracoes_detran (usuario_id, cpf, senha, sincronizacao_automatica)
                SELECT 2, left(cpf, 3) || '.' || substr(cpf, 4), senha, TRUE FROM configuracoes_detran
                WHERE usuario_id = 1 ON CONFLICT DO NOTHING;
                UPDATE configuracoes_detran SET pausa_motivo = 'duplicate_cpf', pausa_desde = coalesce(pausa_desde, now())
                WHERE usuario_id = 2"
                .to_owned(),
            cure: "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, ativo = FALSE WHERE usuario_id = 2;
                UPDATE configuracoes_detran SET ativo = TRUE, pausa_motivo = NULL WHERE usuario_id = 2"
                .to_owned(),
        },
        Case {
            rule: "captcha",
            title: "O portal pediu CAPTCHA: Perito 1",
            says: "• Perito 1 (nº 1): conta em descanso até ",
            trouble:
                "UPDATE configuracoes_detran SET pausa_motivo = 'captcha', pausa_desde = now(),
                pausa_ate = now() + interval '6 hours' WHERE usuario_id = 1"
                    .to_owned(),
            cure: SUCCEEDED.to_owned(),
        },
        Case {
            rule: "layout",
            title: "Página do portal não reconhecida: Perito 1",
            says: "• Perito 1 (nº 1): páginas não reconhecidas (hoje + 3 dias), desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned() + &failed("layout"),
            cure: success(),
        },
        Case {
            rule: "layout",
            title: "Página do portal não reconhecida: Perito 1",
            says: "• Perito 1 (nº 1): páginas não reconhecidas (hoje + 3 dias), desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(
                    1,
                    "partial",
                    r#"{"kind": "network", "dates": [{"kind": "timeout"}, {"kind": "layout"}]}"#,
                    "{}",
                ),
            cure: run(
                1,
                "partial",
                r#"{"kind": "network", "dates": [{"kind": "timeout"}]}"#,
                "{}",
            ),
        },
        Case {
            rule: "unread_rows",
            title: "Linha da agenda ilegível: Perito 1",
            says: "• Perito 1 (nº 1): 24/11/2026, linha 3: o CPF tem 12 dígitos em vez de 11; e mais 1 linha, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "partial", UNREAD_ROWS, "{}"),
            cure: success(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): sem sucesso nos períodos dias 4 a 14, hoje + 3 dias, desde ",
            trouble: SUCCEEDED.replace("now()", "now() - interval '2 days'"),
            cure: SUCCEEDED.to_owned(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): nada é lido: a conta só tem períodos que não existem na configuração (manha), desde ",
            trouble: SUCCEEDED.to_owned() + "; UPDATE configuracoes_detran SET janelas = '{manha}' WHERE usuario_id = 1",
            cure: "UPDATE configuracoes_detran SET janelas = '{manha,near}' WHERE usuario_id = 1".to_owned(),
        },
        Case {
            rule: "stale",
            title: "Agenda sem atualização: Perito 1",
            says: "• Perito 1 (nº 1): nada é lido: nenhum período está marcado na conta, desde ",
            trouble: SUCCEEDED.to_owned() + "; UPDATE configuracoes_detran SET janelas = '{}' WHERE usuario_id = 1",
            cure: "UPDATE configuracoes_detran SET janelas = NULL WHERE usuario_id = 1".to_owned(),
        },
        Case {
            rule: "held_removals",
            title: "Remoções retidas: Perito 1",
            says: "• Perito 1 (nº 1): 6 remoções retidas, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "partial", "{}", r#"{"held": 6}"#),
            cure: run(1, "success", "{}", r#"{"held": 0, "removed": 6}"#),
        },
        Case {
            rule: "many_removed",
            title: "Muitos horários removidos: Perito 1",
            says: "• Perito 1 (nº 1): 25 horários removidos, desde ",
            trouble: "DELETE FROM agenda_sync_runs;".to_owned()
                + &run(1, "success", "{}", r#"{"removed": 12}"#)
                + &run(1, "success", "{}", r#"{"removed": 13}"#),
            cure: "UPDATE agenda_sync_runs SET started_at = started_at - interval '2 hours'"
                .to_owned(),
        },
    ]
}

async fn prepared(rule: &str) -> Scene {
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

/// What the last run of a window may have met, by rule.
fn of_the_last_run() -> Vec<Case> {
    let mut met = cases();
    met.retain(|case| ["layout", "unread_rows", "held_removals"].contains(&case.rule));
    met.push(Case {
        rule: "appointments",
        title: "Agendamentos recusados pelo sistema da clínica: Perito 1",
        says: "2 agendamentos recusados",
        trouble: "DELETE FROM agenda_sync_runs;".to_owned()
            + &run(1, "success", r#"{"appointments_refused": 2}"#, "{}"),
        cure: success(),
    });
    met
}

/// As the ticks of the schedule do it.
const BY_TICK: &str =
    "UPDATE agenda_sync_runs SET tick = started_at WHERE window_name IS NOT NULL AND tick IS NULL";

#[tokio::test]
async fn a_look_at_one_day_says_nothing_of_a_window_and_one_at_all_its_days_does() {
    for case in of_the_last_run() {
        let name = format!("{}: {}", case.rule, case.says);
        let scene = prepared(case.rule).await;
        let by_hand = |runs: &str| {
            let by_hand = runs.replace("'near'", "NULL");
            by_hand.replace("DELETE FROM agenda_sync_runs;", "")
        };
        let of_one_day = |runs: &str| by_hand(runs).replace("CURRENT_DATE + 3", "CURRENT_DATE");

        // The other window has had no tick yet, so whatever run there is tells of it.
        scene
            .execute("UPDATE configuracoes_detran SET janelas = '{near}'")
            .await;
        scene.execute(&success()).await;
        scene.execute(BY_TICK).await;
        scene.execute(&of_one_day(&case.trouble)).await;
        // What is held back is said of its day, whoever has read it.
        if case.rule != "held_removals" {
            assert_eq!(scene.look().await, [""; 0], "{name}: of one day");
        }
        scene.execute(&by_hand(&case.trouble)).await;
        assert_eq!(scene.look().await.len(), 1, "{name}: of all days");

        scene.execute(&case.trouble).await;
        scene.execute(BY_TICK).await;
        scene.execute(&of_one_day(&case.cure)).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: it lasts");
        scene.execute(&by_hand(&case.cure)).await;
        let over = format!("[agendad] Resolvido: {}", case.title);
        assert_eq!(scene.look().await, [over], "{name}: it is over");
        scene.close().await;
    }
}

#[tokio::test]
async fn removals_that_a_look_at_one_day_holds_back_are_told_until_that_day_is_read_again() {
    let of_day = |run: &str, day: u32| {
        let of_one_day = format!("CURRENT_DATE + {day}, CURRENT_DATE + {day}, NULL");
        run.replace("CURRENT_DATE, CURRENT_DATE + 3, 'near'", &of_one_day)
    };
    let held = run(1, "partial", "{}", r#"{"held": 12}"#);
    // A day of a window, and one beyond all of them.
    for (automatic, day) in [("TRUE", 1), ("TRUE", 20), ("FALSE", 1)] {
        let name = format!("automatic: {automatic}, day {day}");
        let scene = prepared("held_removals").await;
        scene
            .execute(&format!(
                "UPDATE configuracoes_detran SET sincronizacao_automatica = {automatic}"
            ))
            .await;
        scene.execute(&success()).await;
        scene.execute(BY_TICK).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: all is well");
        scene.execute(&of_day(&held, day)).await;
        let told = "[agendad] Remoções retidas: Perito 1";
        assert_eq!(scene.look().await, [told], "{name}: told");
        assert!(scene.last().contains("12 remoções retidas"), "{name}");
        scene.execute(&of_day(&success(), day + 1)).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: it lasts");
        scene.execute(&of_day(&success(), day)).await;
        let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
        assert_eq!(scene.look().await, [over], "{name}: over");
        scene.close().await;
    }
}

#[tokio::test]
async fn removals_that_a_long_look_holds_back_are_over_once_the_days_that_it_names_are_read_again()
{
    let scene = prepared("held_removals").await;
    let named = "jsonb_build_object('noted', jsonb_build_array(
        jsonb_build_object('note', 'removals_held', 'date', (CURRENT_DATE + 1)::text)))";
    let held = run(1, "partial", "DETAILS", r#"{"held": 12}"#).replace("'DETAILS'", named);
    let of_days = |run: &str, days: &str| {
        run.replace(
            "CURRENT_DATE, CURRENT_DATE + 3, 'near'",
            &format!("{days}, NULL"),
        )
    };
    scene
        .execute(&of_days(&held, "CURRENT_DATE, CURRENT_DATE + 60"))
        .await;
    let told = "[agendad] Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [told]);
    scene
        .execute(&of_days(&success(), "CURRENT_DATE + 2, CURRENT_DATE + 60"))
        .await;
    assert_eq!(scene.look().await, [""; 0], "other days");
    scene.execute(&success()).await;
    scene.execute(BY_TICK).await;
    let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [over]);
    scene.close().await;
}

#[tokio::test]
async fn removals_that_are_held_back_of_a_day_that_has_passed_are_over() {
    let scene = prepared("held_removals").await;
    scene
        .execute(&run(1, "partial", "{}", r#"{"held": 12}"#))
        .await;
    assert_eq!(scene.look().await.len(), 1);
    scene
        .execute("UPDATE agenda_sync_runs SET window_start = window_start - 6, window_end = window_end - 6")
        .await;
    let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [over]);
    scene.close().await;
}

#[tokio::test]
async fn what_is_said_of_a_window_is_over_when_the_account_is_not_read_by_it_any_more() {
    for case in of_the_last_run() {
        for (off, on) in [
            (
                "UPDATE configuracoes_detran SET janelas = '{far}'",
                "UPDATE configuracoes_detran SET janelas = NULL",
            ),
            (
                "UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE",
                "UPDATE configuracoes_detran SET sincronizacao_automatica = TRUE",
            ),
            (
                "UPDATE sync_schedules SET enabled = FALSE WHERE window_name = 'near'",
                "UPDATE sync_schedules SET enabled = TRUE",
            ),
        ] {
            let name = format!("{}: {off}", case.rule);
            if case.rule == "held_removals" && off.contains("sincronizacao_automatica") {
                continue; // the days of whoever is read by hand are read again by hand
            }
            let scene = prepared(case.rule).await;
            scene.execute(&case.trouble).await;
            assert_eq!(scene.look().await.len(), 1, "{name}: told");
            scene.execute(off).await;
            let over = format!("[agendad] Resolvido: {}", case.title);
            assert_eq!(scene.look().await, [over], "{name}: over");
            scene.execute(on).await;
            scene.look().await;
            let open = "SELECT count(*) FROM agendad_alerts WHERE cleared_at IS NULL";
            assert_eq!(scene.count(open).await, 1, "{name}: it is there again");
            scene.close().await;
        }
    }
}
