//! A mail server that refuses the login.

use std::time::Duration;

use agendad::alerts::{Channels, Courier, Delivered, trial};
use tokio_util::sync::CancellationToken;

use crate::alerts::mail::MailServer;
use crate::alerts::scene::{OPERATOR, Scene, config, only};
use crate::alerts::webhook::Webhook;
use crate::support::clock;

#[tokio::test]
async fn a_refused_login_is_tried_once_for_all_recipients_until_the_settings_change() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    scene.config.secrets.alerts_slack_webhook = None;
    scene.mail.use_with_login_by(&mut scene.config);
    scene.config.alerts.email.to = vec!["outra@example.com".to_owned(), OPERATOR.to_owned()];
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()")
        .await;
    scene.mail.refuse_logins(true);
    scene.evaluate().await;
    let courier = Courier::new(scene.database.store.clone(), scene.vault.clone());
    let (alerts, stop) = (&scene.config.alerts, CancellationToken::new());
    let round = async |channels: &Channels| {
        let round = courier.round(channels, alerts, &stop, || {});
        round.await.unwrap()
    };
    let before = Channels::of(&scene.config).unwrap();
    for _ in 0..2 {
        assert_eq!(round(&before).await, Delivered { sent: 0, failed: 2 });
        assert_eq!(scene.mail.logins(), 1);
        scene.pass("2 minutes").await;
    }
    scene.mail.refuse_logins(false);
    let after = Channels::of(&scene.config).unwrap();
    assert_eq!(round(&after).await, Delivered { sent: 2, failed: 0 });
    assert_eq!((scene.mail.logins(), scene.mail.mails().len()), (3, 2));
    scene.close().await;
}

#[tokio::test]
async fn after_its_rest_the_mail_server_is_tried_again() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    mail.use_with_login_by(&mut config);
    config.alerts.retry.min_delay = Duration::ZERO;
    let channels = Channels::of(&config).unwrap();
    let letter = trial("maquina", clock().now(), clock().zone());
    let target = channels.targets().pop().unwrap();
    mail.refuse_logins(true);
    for logins in 1..=2 {
        let refused = channels.deliver(&target, &letter).await.unwrap_err();
        assert!(refused.to_string().contains("535"), "{refused}");
        assert_eq!(mail.logins(), logins);
    }
    mail.refuse_logins(false);
    channels.deliver(&target, &letter).await.unwrap();
    assert_eq!(mail.mails().len(), 1);
}
