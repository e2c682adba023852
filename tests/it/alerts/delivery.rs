//! Messages arrive once, whoever dies, whatever fails.

use std::time::Duration;

use agendad::alerts::{Channels, DatabaseWatch, Delivered, Evaluated};
use agendad::clock::Clock;
use agendad::store::StoreError;
use agendad::store::processes::DatabaseTrouble;

use crate::alerts::mail::MailServer;
use crate::alerts::scene::{OPERATOR, Scene, config, only};
use crate::alerts::webhook::Webhook;
use crate::support::TestDatabase;

const REFUSED: &str =
    "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()";

async fn in_trouble() -> Scene {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    scene.execute(REFUSED).await;
    scene
}

const OUTBOX: &str = "SELECT count(*) FROM agendad_alert_outbox";

#[tokio::test]
async fn several_daemons_tell_once() {
    let scene = in_trouble().await;
    for round in 0..5 {
        let all = [(); 6].map(|()| scene.evaluate());
        let evaluated = futures::future::join_all(all).await;
        let done = evaluated.iter().filter(|e| **e != Evaluated::NotOurTurn);
        assert_eq!(done.count(), 1, "{round}: one of them evaluates");
        futures::future::join_all([(); 6].map(|()| scene.deliver())).await;
        scene.pass("1 minute").await;
    }
    assert_eq!(scene.webhook.texts().len(), 1);
    assert_eq!(scene.mail.mails().len(), 1);
    scene.close().await;
}

#[tokio::test]
async fn a_daemon_that_dies_while_it_evaluates_leaves_everything_to_the_next() {
    let scene = in_trouble().await;
    let store = &scene.database.store;
    let evaluation = store
        .begin_evaluation(Duration::ZERO)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        scene.evaluate().await,
        Evaluated::NotOurTurn,
        "it has the turn"
    );
    drop(evaluation);
    assert_eq!(scene.look().await.len(), 1);
    scene.close().await;
}

#[tokio::test]
async fn a_daemon_that_dies_while_it_delivers_loses_nothing() {
    let scene = in_trouble().await;
    scene.evaluate().await;
    let store = &scene.database.store;
    let lease = Duration::from_secs(45);
    let claimed = store
        .claim_message(agendad::domain::Channel::Slack, &[String::new()], lease)
        .await
        .unwrap();
    assert!(claimed.is_some());
    // It dies here. Nobody else touches its message for a while, then somebody does.
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    assert_eq!(scene.webhook.texts().len(), 0);
    scene.pass("46 seconds").await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    assert_eq!(scene.webhook.texts().len(), 1);
    assert_eq!(
        scene
            .count(&format!("{OUTBOX} WHERE sent_at IS NULL"))
            .await,
        0
    );
    scene.close().await;
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_again_ever_later_and_arrives() {
    let scene = in_trouble().await;
    scene.webhook.answer(503, "canary says no");
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 1 });
    assert_eq!(scene.mail.mails().len(), 1, "the other way is not held up");
    assert_eq!(scene.deliver().await, Delivered::default(), "not at once");
    for delay in [30, 60, 120] {
        let due = format!(
            "{OUTBOX} WHERE channel = 'slack' AND next_attempt_at BETWEEN now() + interval '{delay} seconds' - interval '5 seconds'
             AND now() + interval '{delay} seconds' AND last_error = 'refused: HTTP 503 canary says no'"
        );
        assert_eq!(scene.count(&due).await, 1, "{delay} s");
        scene.pass(&format!("{delay} seconds")).await;
        assert_eq!(scene.deliver().await, Delivered { sent: 0, failed: 1 });
    }
    scene.webhook.answer(200, "ok");
    scene.pass("240 seconds").await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    assert_eq!(scene.webhook.texts().len(), 1);
    scene.close().await;
}

#[tokio::test]
async fn a_trial_goes_as_far_as_the_recipients_and_names_those_that_are_refused() {
    let scene = in_trouble().await;
    let channels = Channels::of(&scene.config).unwrap();
    let email = agendad::domain::Channel::Email;
    channels.rehearse(email).await.unwrap();
    scene.mail.refuse(OPERATOR);
    let refused = channels.rehearse(email).await.unwrap_err().to_string();
    assert!(
        refused.contains(OPERATOR) && refused.contains("no such user"),
        "{refused}"
    );
    assert!(scene.mail.mails().is_empty(), "nothing is sent");
    scene.close().await;
}

#[tokio::test]
async fn one_answer_of_too_many_requests_holds_back_all_messages_to_that_webhook() {
    let scene = in_trouble().await;
    scene.evaluate().await;
    // Two more wait beside the first, of other rules, and one is written while the webhook rests.
    let another = |rule: &str| {
        format!(
            "INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body) VALUES ('slack', '{rule}', 'opened', 't', 'b')"
        )
    };
    scene.execute(&another("captcha")).await;
    scene.execute(&another("layout")).await;
    scene.webhook.answer(429, "slow down");
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 1 });
    scene.execute(&another("stale")).await;
    scene.webhook.answer(200, "ok");
    scene.pass("50 seconds").await;
    assert_eq!(
        scene.deliver().await,
        Delivered::default(),
        "it still rests"
    );
    scene.pass("15 seconds").await;
    assert_eq!(scene.deliver().await, Delivered { sent: 4, failed: 0 });
    scene.close().await;
}

#[tokio::test]
async fn a_rest_that_lies_far_ahead_holds_nothing_back() {
    let scene = in_trouble().await;
    scene.evaluate().await;
    scene
        .execute(
            "UPDATE agendad_alert_outbox SET recipient_rests_until = now() + interval '1 year'",
        )
        .await;
    assert_eq!(scene.deliver().await, Delivered { sent: 2, failed: 0 });
    scene.close().await;
}

#[tokio::test]
async fn an_all_clear_never_comes_before_what_it_is_about() {
    let scene = in_trouble().await;
    scene.webhook.answer(503, "later");
    assert_eq!(scene.evaluate().await, done(1, 0));
    scene.deliver().await;
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL")
        .await;
    scene.pass("20 seconds").await;
    scene
        .execute("UPDATE agendad_alert_evaluation SET evaluated_at = NULL")
        .await;
    assert_eq!(scene.evaluate().await, done(0, 1));
    scene.webhook.answer(200, "ok");
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    assert_eq!(scene.webhook.texts().len(), 0, "the first is still to come");
    scene.pass("10 seconds").await;
    assert_eq!(scene.deliver().await, Delivered { sent: 2, failed: 0 });
    let texts = scene.webhook.texts();
    assert!(
        !texts[0].contains("Resolvido") && texts[1].contains("Resolvido"),
        "{texts:?}"
    );
    scene.close().await;
}

fn done(opened: usize, cleared: usize) -> Evaluated {
    Evaluated::Done {
        opened,
        cleared,
        messages: 1,
    }
}

#[tokio::test]
async fn after_the_last_try_a_message_is_given_up_and_shown() {
    let mut scene = in_trouble().await;
    scene.config.alerts.retry.max_retries = 1;
    scene.webhook.answer(404, "no_service");
    scene.evaluate().await;
    scene.deliver().await;
    scene.pass("30 seconds").await;
    scene.deliver().await;
    scene.pass("1 hour").await;
    assert_eq!(scene.deliver().await, Delivered::default());
    let store = &scene.database.store;
    let shown = store
        .undelivered_messages(Duration::from_secs(7200))
        .await
        .unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(
        shown[0].last_error.as_deref(),
        Some("refused: HTTP 404 no_service")
    );
    assert!(shown[0].given_up_at.is_some());
    scene.close().await;
}

#[tokio::test]
async fn a_recipient_that_is_refused_does_not_keep_the_others_from_theirs() {
    let mut scene = in_trouble().await;
    scene.config.alerts.email.to = vec!["gone@example.com".to_owned(), OPERATOR.to_owned()];
    scene.mail.refuse("gone@example.com");
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 2, failed: 1 });
    let mails = scene.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, OPERATOR);
    assert_eq!(mails[0].header("Auto-Submitted"), "auto-generated");
    scene.mail.accept_all();
    scene.pass("30 seconds").await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    scene.close().await;
}

#[tokio::test]
async fn a_domain_goes_out_in_ascii_and_a_name_that_the_server_cannot_take_is_refused() {
    let mut scene = in_trouble().await;
    let to = ["joão@example.com", "ana@clínica.example.com"];
    scene.config.alerts.email.to = to.map(str::to_owned).to_vec();
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 2, failed: 1 });
    let mails = scene.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "ana@xn--clnica-4va.example.com");
    let refused = format!("{OUTBOX} WHERE channel = 'email' AND last_error LIKE 'refused: %'");
    assert_eq!(scene.count(&refused).await, 1);
    scene.close().await;
}

#[tokio::test]
async fn who_is_configured_later_is_told_of_what_is_open() {
    let mut scene = in_trouble().await;
    let channels = (
        scene.config.secrets.alerts_slack_webhook.take(),
        scene.config.alerts.email.host.clone(),
    );
    scene.config.alerts.email.host.clear();
    assert_eq!(scene.look().await, [""; 0]);
    assert_eq!(
        scene.count("SELECT count(*) FROM agendad_alerts").await,
        1,
        "it is remembered"
    );
    scene.config.secrets.alerts_slack_webhook = channels.0;
    scene.config.alerts.email.host = channels.1;
    assert_eq!(scene.look().await.len(), 1);
    scene.close().await;
}

#[tokio::test]
async fn messages_that_nobody_takes_any_more_are_given_up_and_old_alerts_go() {
    let mut scene = in_trouble().await;
    scene.evaluate().await;
    scene.config.secrets.alerts_slack_webhook = None;
    scene.deliver().await;
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = NULL")
        .await;
    scene.pass("25 hours").await;
    scene.evaluate().await;
    scene.tidy().await;
    assert_eq!(
        scene
            .count(&format!(
                "{OUTBOX} WHERE channel = 'slack' AND given_up_at IS NOT NULL"
            ))
            .await,
        1
    );
    scene.deliver().await;
    scene.pass("91 days").await;
    scene.tidy().await;
    assert_eq!(scene.count("SELECT count(*) FROM agendad_alerts").await, 0);
    assert_eq!(scene.count(OUTBOX).await, 0);
    scene.close().await;
}

#[tokio::test]
async fn mail_goes_encrypted_and_with_a_login_or_not_at_all() {
    let (mail, webhook) = (MailServer::start_with_tls().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    let dir = tempfile::tempdir().unwrap();
    let authority = dir.path().join("ca.pem");
    std::fs::write(&authority, mail.authority.as_ref().unwrap()).unwrap();
    config.alerts.email.host = "localhost".to_owned();
    config.alerts.email.security = agendad::config::alerts::MailSecurity::Starttls;
    config.secrets.alerts_email_username = Some("agendad".to_owned().into());
    config.secrets.alerts_email_password = Some("s3gredo".to_owned().into());
    let letter = agendad::alerts::trial("maquina", clock().now(), clock().zone());

    let channels = Channels::of(&config).unwrap();
    let target = channels.targets().pop().unwrap();
    let error = channels
        .deliver(&target, &letter)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("certificate"),
        "a stranger's certificate: {error}"
    );

    config.alerts.email.trusted_ca = authority;
    let channels = Channels::of(&config).unwrap();
    channels
        .rehearse(agendad::domain::Channel::Email)
        .await
        .unwrap();
    assert_eq!(mail.mails().len(), 0, "greeting sends nothing");
    let answer = channels.deliver(&target, &letter).await.unwrap();
    assert_eq!(answer, "250 2.0.0 ok: queued as 4711");
    let mails = mail.mails();
    assert!(mails[0].encrypted);
    assert_eq!(mails[0].login.as_deref(), Some("agendad s3gredo"));
    assert_eq!(mails[0].header("Subject"), "[agendad] Mensagem de teste");
    assert_eq!(mails[0].header("MIME-Version"), "1.0");
    let id = mails[0].header("Message-ID");
    assert!(
        id.starts_with("<agendad-") && id.ends_with("@example.com>"),
        "{id}"
    );

    // A server that offers no encryption gets nothing, least of all the password.
    let plain = MailServer::start().await;
    config.alerts.email.port = plain.address.port();
    let channels = Channels::of(&config).unwrap();
    channels.deliver(&target, &letter).await.unwrap_err();
    assert_eq!(plain.mails().len(), 0);
}

#[tokio::test]
async fn trouble_with_the_database_is_told_from_memory_once_and_so_is_its_end() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    config.alerts.database.after = Duration::ZERO;
    let channels = Channels::of(&config).unwrap();
    let now = clock().now();
    let mut watch = DatabaseWatch::new("maquina/1234", clock().zone());
    for _ in 0..3 {
        watch.failed(DatabaseTrouble::Away, now, &config.alerts, &channels);
        watch.deliver(&config.alerts, &channels).await;
    }
    assert_eq!(webhook.texts().len(), 1);
    let text = &webhook.texts()[0];
    assert!(
        text.starts_with("*[agendad] Banco de dados inacessível*\nO que houve: "),
        "{text}"
    );
    assert!(text.contains("Motivo: o servidor não responde"), "{text}");
    assert!(text.ends_with("agendad em maquina"), "{text}");
    watch.works(now, &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    watch.works(now, &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    let subjects: Vec<String> = mail
        .mails()
        .iter()
        .map(|mail| mail.header("Subject"))
        .collect();
    assert_eq!(
        subjects,
        [
            "[agendad] Banco de dados inacessível",
            "[agendad] Resolvido: Banco de dados inacessível"
        ]
    );
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_no_database_that_is_away() {
    let database = TestDatabase::new().await;
    for (sql, trouble) in [
        ("SELECT 'x'::text::bigint", DatabaseTrouble::BadValue),
        ("SELECT 1 / (random() * 0)::int", DatabaseTrouble::BadValue),
        (
            "SELECT pg_terminate_backend(pg_backend_pid())",
            DatabaseTrouble::Away,
        ),
        ("SELECT nothing FROM pg_class", DatabaseTrouble::Refused),
    ] {
        let error = sqlx::query(sql).execute(&database.pool).await.unwrap_err();
        let found = DatabaseTrouble::of(&StoreError::Database(error));
        assert_eq!(found, trouble, "{sql}");
    }
    database.close().await;

    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    config.alerts.database.after = Duration::ZERO;
    let channels = Channels::of(&config).unwrap();
    let now = clock().now();
    let mut watch = DatabaseWatch::new("maquina/1234", clock().zone());
    watch.failed(DatabaseTrouble::BadValue, now, &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    watch.works(now, &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    let texts = webhook.texts();
    assert!(
        texts[0].starts_with("*[agendad] Os alertas não podem ser avaliados*\nO que houve: ")
            && texts[0].contains("Motivo: um valor gravado no banco de dados"),
        "{}",
        texts[0]
    );
    assert!(
        texts[1].starts_with("*[agendad] Resolvido: Os alertas não podem ser avaliados*"),
        "{}",
        texts[1]
    );
}

#[tokio::test]
async fn trouble_that_ended_before_it_could_be_told_is_told_as_over() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    config.alerts.database.after = Duration::ZERO;
    config.alerts.retry.min_delay = Duration::ZERO;
    let channels = Channels::of(&config).unwrap();
    let mut watch = DatabaseWatch::new("maquina/1234", clock().zone());
    webhook.answer(500, "no");
    watch.failed(
        DatabaseTrouble::Away,
        clock().now(),
        &config.alerts,
        &channels,
    );
    watch.deliver(&config.alerts, &channels).await;
    webhook.answer(200, "ok");
    watch.works(clock().now(), &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    assert_eq!(webhook.texts().len(), 1);
    assert!(webhook.texts()[0].contains("Resolvido"));
}

#[tokio::test]
async fn a_short_absence_of_the_database_is_no_alert() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let config = config(&mail, &webhook);
    let channels = Channels::of(&config).unwrap();
    let mut watch = DatabaseWatch::new("maquina/1234", clock().zone());
    watch.failed(
        DatabaseTrouble::Away,
        clock().now(),
        &config.alerts,
        &channels,
    );
    watch.works(clock().now(), &config.alerts, &channels);
    watch.deliver(&config.alerts, &channels).await;
    assert_eq!(webhook.texts().len() + mail.mails().len(), 0);
}

fn clock() -> Clock {
    crate::support::clock()
}
