//! What became of the last message to each recipient is known afterwards, whoever has sent it.

use std::time::Duration;

use agendad::alerts::{Arrival, Arrivals, Channels};
use agendad::domain::Trouble;

use crate::alerts::commands::program;
use crate::alerts::mail::MailServer;
use crate::alerts::scene::{OPERATOR, Scene, only};
use crate::alerts::webhook::Webhook;
use crate::support::World;

#[tokio::test]
async fn an_alert_that_arrives_or_does_not_is_known_with_the_settings_of_then() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    let arrivals = Arrivals::new(scene.database.store.clone(), scene.vault.clone());
    let known = async |scene: &Scene| {
        let channels = Channels::of(&scene.config).unwrap();
        let all = arrivals.all(&channels).await.unwrap();
        all.into_iter()
            .map(|(_, arrival)| arrival)
            .collect::<Vec<_>>()
    };
    assert_eq!(known(&scene).await, [Arrival::Untried, Arrival::Untried]);
    scene.webhook.answer(403, "invalid_token");
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()")
        .await;
    scene.evaluate().await;
    scene.deliver().await;
    let all = known(&scene).await;
    assert!(
        matches!(&all[0], Arrival::Failed(why) if why.why == Some(Trouble::Login)),
        "{all:?}"
    );
    assert_eq!(all[1], Arrival::Arrived);

    // A password of the mail server is a setting like others; time-outs are none of a channel's.
    scene.config.secrets.alerts_email_username = Some("ana".into());
    scene.config.secrets.alerts_email_password = Some("canary-secret".into());
    scene.config.alerts.timeout = Duration::from_secs(3);
    let all = known(&scene).await;
    assert!(matches!(all[0], Arrival::Failed(_)), "{all:?}");
    assert_eq!(all[1], Arrival::Untried);

    // What arrived before settings were remembered has arrived; what did not says nothing.
    scene
        .execute("UPDATE agendad_alert_arrivals SET settings = NULL")
        .await;
    assert_eq!(known(&scene).await, [Arrival::Untried, Arrival::Arrived]);
    let told = "SELECT count(*) FROM agendad_alert_arrivals a WHERE a::text LIKE '%canary-secret%'";
    assert_eq!(scene.count(told).await, 0);
    scene.close().await;
}

#[tokio::test]
async fn a_test_by_command_is_remembered_and_recipients_that_are_gone_are_forgotten() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let world = World::new(1).await;
    webhook.answer(403, "invalid_token");
    let said = program(&world, &mail, &webhook)
        .run(&["alerts", "test"])
        .await;
    assert_eq!((said.code, said.err.as_str()), (Some(3), ""), "{said:?}");
    let kept = "SELECT count(*) FROM agendad_alert_arrivals WHERE settings LIKE 'f1.%' AND ";
    for which in [
        "channel = 'slack' AND error_kind = 'login'",
        "target = 'operador@example.com' AND error IS NULL",
    ] {
        assert_eq!(world.count(&format!("{kept}{which}")).await, 1, "{which}");
    }
    let other =
        program(&world, &mail, &webhook).env("AGENDAD_ALERTS__EMAIL__TO", r#"["bia@example.com"]"#);
    let said = other
        .run(&["alerts", "test", "--channel", "email", "--json"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    for (which, n) in [(OPERATOR, 0), ("bia@example.com", 1), ("", 1)] {
        assert_eq!(
            world.count(&format!("{kept}target = '{which}'")).await,
            n,
            "{which:?}"
        );
    }
    world.close().await;
}

#[tokio::test]
async fn a_test_where_the_database_is_away_is_sent_and_says_that_it_is_not_remembered() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let world = World::new(1).await;
    let away = program(&world, &mail, &webhook)
        .env(
            "AGENDAD_DATABASE__URL",
            "postgres://agendad@127.0.0.1:9/agendad",
        )
        .env("LANG", "pt_BR.UTF-8");
    let said = away.run(&["alerts", "test", "--channel", "email"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(mail.mails().len(), 1);
    assert!(
        said.err.contains("o resultado não foi guardado"),
        "{said:?}"
    );
    world.close().await;
}
