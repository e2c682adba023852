//! A mail server that has a mail and does not say so.

use std::time::Duration;

use agendad::alerts::{Channels, Delivered, DeliveryError, trial};
use agendad::domain::Channel;

use crate::alerts::mail::MailServer;
use crate::alerts::scene::{OPERATOR, Scene, config, only};
use crate::alerts::webhook::Webhook;
use crate::support::clock;

const TIMEOUT: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_server_that_never_says_goodbye_has_taken_the_mail() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    config.alerts.timeout = TIMEOUT;
    mail.keep_silent_after("QUIT");
    let channels = Channels::of(&config).unwrap();
    let letter = trial("maquina", clock().now(), clock().zone());
    let target = channels.targets().pop().unwrap();
    let answer = channels.deliver(&target, &letter).await.unwrap();
    assert_eq!(answer, "250 2.0.0 ok: queued as 4711");
    channels.rehearse(Channel::Email).await.unwrap();
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_up_once_it_has_the_text_may_have_taken_the_mail() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    mail.hang_up_after_a_text();
    let channels = Channels::of(&config(&mail, &webhook)).unwrap();
    let letter = trial("maquina", clock().now(), clock().zone());
    let target = channels.targets().pop().unwrap();
    let answer = channels.deliver(&target, &letter).await;
    assert!(
        matches!(answer, Err(DeliveryError::Unanswered)),
        "{answer:?}"
    );
    assert_eq!(mail.mails().len(), 1);
}

#[tokio::test]
async fn an_alert_that_the_server_has_and_does_not_answer_is_sent_once_more_and_no_more() {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    scene.config.alerts.timeout = TIMEOUT;
    scene.config.secrets.alerts_slack_webhook = None;
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()")
        .await;
    scene.mail.refuse(OPERATOR);
    scene.evaluate().await;
    // Nothing of it can have arrived.
    for _ in 0..2 {
        assert_eq!(scene.deliver().await, Delivered { sent: 0, failed: 1 });
        scene.pass("1 minute").await;
    }
    scene.mail.accept_all();
    scene.mail.keep_silent_after(".");
    for failed in [1, 1, 0] {
        assert_eq!(scene.deliver().await, Delivered { sent: 0, failed });
        scene.pass("2 minutes").await;
    }
    assert_eq!(scene.mail.mails().len(), 2);
    let said = DeliveryError::Unanswered.to_string();
    let given_up = format!(
        "SELECT count(*) FROM agendad_alert_outbox WHERE given_up_at IS NOT NULL AND last_error = '{said}'"
    );
    assert_eq!(scene.count(&given_up).await, 1);
    scene.close().await;
}
