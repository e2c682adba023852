//! Muted alerts and planned maintenance: messages wait, troubles are still found, and it ends by itself.

use std::time::Duration;

use agendad::domain::{RecordedRule, Rule};
use agendad::store::alerts::silences::NewSilence;
use chrono::TimeDelta;

use crate::alerts::scene::{Scene, only};
use crate::cli::program::Place;
use crate::support::clock;

const HOUR: Duration = Duration::from_secs(3600);

fn refused(user: &str) -> String {
    format!(
        "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()
         WHERE usuario_id = (SELECT id FROM usuarios WHERE nome = '{user}')"
    )
}

async fn scene() -> Scene {
    let mut scene = Scene::new(2).await;
    only(&mut scene.config, &["credentials"]);
    scene
}

async fn silence(scene: &Scene, silence: NewSilence<'_>) -> i32 {
    let store = &scene.database.store;
    store.add_silence(&silence, "test").await.unwrap()
}

fn mute(rule: Option<Rule>, usuario_id: Option<i32>) -> NewSilence<'static> {
    NewSilence {
        is_maintenance: false,
        rule,
        usuario_id,
        from: None,
        lasts: HOUR,
        reason: "férias",
    }
}

#[tokio::test]
async fn a_muted_rule_tells_nothing_until_it_ends_by_itself_and_then_what_still_lasts() {
    let scene = scene().await;
    silence(&scene, mute(Some(Rule::Credentials), None)).await;
    scene.execute(&refused("Perito 1")).await;
    assert_eq!(scene.look().await, [""; 0]);
    let open = scene
        .database
        .store
        .list_alerts(false, 10, 0)
        .await
        .unwrap();
    assert_eq!(open.len(), 1, "it is found all the same");
    scene.pass("61 minutes").await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Acesso recusado pelo portal: Perito 1"]
    );
    scene.close().await;
}

#[tokio::test]
async fn another_rule_or_another_examiner_is_told_all_the_same() {
    let scene = scene().await;
    let one = scene
        .count("SELECT id::bigint FROM usuarios WHERE nome = 'Perito 1'")
        .await;
    silence(&scene, mute(Some(Rule::Stale), None)).await;
    silence(&scene, mute(None, Some(i32::try_from(one).unwrap()))).await;
    scene.execute(&refused("Perito 1")).await;
    scene.execute(&refused("Perito 2")).await;
    assert_eq!(
        scene.look().await,
        ["[agendad] Acesso recusado pelo portal: Perito 2"]
    );
    scene.close().await;
}

#[tokio::test]
async fn an_all_clear_waits_for_the_end_of_the_silence_too() {
    let scene = scene().await;
    scene.execute(&refused("Perito 1")).await;
    assert_eq!(scene.look().await.len(), 1);
    let id = silence(&scene, mute(None, None)).await;
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL")
        .await;
    assert_eq!(scene.look().await, [""; 0]);
    let store = &scene.database.store;
    assert!(store.end_silence(id, "test").await.unwrap());
    assert!(!store.end_silence(id, "test").await.unwrap());
    assert_eq!(
        scene.look().await,
        ["[agendad] Resolvido: Acesso recusado pelo portal: Perito 1"]
    );
    scene.close().await;
}

#[tokio::test]
async fn a_maintenance_is_summed_up_once_when_it_is_over() {
    let scene = scene().await;
    silence(
        &scene,
        NewSilence {
            is_maintenance: true,
            rule: None,
            usuario_id: None,
            from: None,
            lasts: HOUR,
            reason: "troca do servidor",
        },
    )
    .await;
    scene.execute(&refused("Perito 1")).await;
    scene.execute(&refused("Perito 2")).await;
    assert_eq!(scene.look().await, [""; 0]);
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL WHERE usuario_id =
                  (SELECT id FROM usuarios WHERE nome = 'Perito 2')")
        .await;
    assert_eq!(scene.look().await, [""; 0]);
    scene.pass("61 minutes").await;
    let told = scene.look().await;
    assert_eq!(
        told,
        [
            "[agendad] Manutenção terminada",
            "[agendad] Acesso recusado pelo portal: Perito 1"
        ]
    );
    let texts = scene.webhook.texts();
    let summary = texts
        .iter()
        .find(|text| text.contains("terminada"))
        .unwrap();
    assert!(summary.contains("troca do servidor"), "{summary}");
    assert!(summary.contains("2 problemas"), "{summary}");
    assert!(summary.contains("Perito 1 (continua)"), "{summary}");
    assert!(summary.contains("Perito 2 (já passou)"), "{summary}");
    assert_eq!(scene.look().await, [""; 0], "once");
    scene.close().await;
}

#[tokio::test]
async fn a_maintenance_that_is_over_for_days_is_told_to_nobody() {
    let scene = scene().await;
    scene
        .execute(
            "INSERT INTO agendad_alert_silences (kind, from_at, until_at, reason, created_by)
             VALUES ('maintenance', now() - interval '27 hours', now() - interval '25 hours', 'antiga', 'test'),
                    ('maintenance', now() - interval '25 hours', now() - interval '23 hours', 'recente', 'test')",
        )
        .await;
    assert_eq!(scene.look().await, ["[agendad] Manutenção terminada"]);
    let texts = scene.webhook.texts();
    assert!(
        texts.iter().any(|text| text.contains("recente")),
        "{texts:?}"
    );
    scene.close().await;
}

#[tokio::test]
async fn a_silence_from_a_clock_that_was_ahead_holds_nothing_back() {
    let scene = scene().await;
    silence(&scene, mute(None, None)).await;
    scene
        .execute("UPDATE agendad_alert_silences SET created_at = created_at + interval '1 day'")
        .await;
    scene.execute(&refused("Perito 1")).await;
    assert_eq!(scene.look().await.len(), 1);
    scene.close().await;
}

#[tokio::test]
async fn mutes_and_maintenances_are_made_listed_shown_by_check_and_ended_at_the_command_line() {
    let place = Place::new(1).await;
    let why = ["--why", "troca do servidor"];
    let refused = place
        .run(&[&["alerts", "maintenance", "--to", "logo"], &why[..]].concat())
        .await;
    assert_eq!(refused.code, 2, "{refused:?}");
    let long = place
        .run(&[&["alerts", "mute", "all", "--for", "90d"], &why[..]].concat())
        .await;
    assert_eq!(long.code, 2, "{long:?}");
    let nobody = ["alerts", "mute", "all", "--for", "1h", "--user", "99999"];
    let nobody = place.run(&[&nobody[..], &why[..]].concat()).await;
    assert_eq!(nobody.code, 1, "{nobody:?}");
    let in_two_hours = clock().local_now() + TimeDelta::hours(2);
    let in_two_hours = in_two_hours.format("%Y-%m-%dT%H:%M").to_string();
    for made in [
        &["alerts", "mute", "stale", "--for", "2h"][..],
        &["alerts", "maintenance", "--to", &in_two_hours],
    ] {
        let said = place.run(&[made, &why].concat()).await;
        assert_eq!(said.code, 0, "{said:?}");
    }
    let listed = place.json(&["alerts", "silences"]).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let mutes = listed.as_array().unwrap().iter();
    let mut rules = mutes.filter(|held| held["is_maintenance"] == false);
    assert_eq!(
        rules.next().unwrap()["rule"],
        RecordedRule::Known(Rule::Stale).as_str()
    );
    let checked = place.run(&["check"]).await;
    assert!(checked.out.contains("messages held back"), "{checked:?}");
    assert!(checked.out.contains("troca do servidor"), "{checked:?}");
    for id in ["1", "2"] {
        assert_eq!(place.run(&["alerts", "unmute", id]).await.code, 0);
    }
    assert_eq!(place.run(&["alerts", "unmute", "2"]).await.code, 1);
    let acts: Vec<String> = sqlx::query_scalar("SELECT action FROM agendad_audit ORDER BY id")
        .fetch_all(&place.database.pool)
        .await
        .unwrap();
    assert_eq!(
        acts,
        [
            "alerts.mute",
            "alerts.maintenance",
            "alerts.unmute",
            "alerts.unmute"
        ]
    );
    place.close().await;
}
