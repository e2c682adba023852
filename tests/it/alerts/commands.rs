//! `agendad alerts` and `agendad check` as a person calls them.

use crate::alerts::mail::MailServer;
use crate::alerts::scene::OPERATOR;
use crate::alerts::webhook::Webhook;
use crate::support::{Program, World};

pub(crate) fn program(world: &World, mail: &MailServer, webhook: &Webhook) -> Program {
    world
        .program()
        .env("AGENDAD_ALERTS__SLACK__WEBHOOK", webhook.url())
        .env("AGENDAD_ALERTS__EMAIL__HOST", "127.0.0.1")
        .env("AGENDAD_ALERTS__EMAIL__PORT", mail.address.port())
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "none")
        .env("AGENDAD_ALERTS__EMAIL__FROM", "agendad@example.com")
        .env("AGENDAD_ALERTS__EMAIL__TO", format!(r#"["{OPERATOR}"]"#))
}

#[tokio::test]
async fn a_test_message_goes_to_everybody_and_says_what_came_back() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let world = World::new(1).await;
    let program = program(&world, &mail, &webhook);
    let said = program.run(&["alerts", "test"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(
        said.out,
        "ok    slack: HTTP 200 ok\nok    email to operador@example.com: 250 2.0.0 ok: queued as 4711\n"
    );
    assert!(webhook.texts()[0].starts_with("*[agendad] Mensagem de teste*"));
    assert_eq!(
        mail.mails()[0].header("Subject"),
        "[agendad] Mensagem de teste"
    );

    webhook.answer(403, "invalid_token");
    let said = program.run(&["alerts", "test", "--json"]).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_eq!(said.json()[0]["error"], "refused: HTTP 403 invalid_token");
    let said = program.run(&["alerts", "test", "--channel", "slack"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(!format!("{said:?}").contains("canary-secret"), "{said:?}");

    let said = world.program().run(&["alerts", "test"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    for place in ["/ajustes", "alerts.slack.webhook"] {
        assert!(said.err.contains(place), "{said:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn why_a_message_did_not_arrive_is_said_in_portuguese_and_in_the_servers_words_behind() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let world = World::new(1).await;
    let program = program(&world, &mail, &webhook).env("LANG", "pt_BR.UTF-8");
    let test = async |program: &Program| {
        let said = program.run(&["alerts", "test"]).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        said.out
    };
    let said = program.run(&["alerts", "test", "--channel", "email"]).await;
    assert_eq!(
        said.out,
        "ok    e-mail para operador@example.com: mensagem aceita (detalhe: 250 2.0.0 ok: queued as 4711)\n"
    );
    mail.refuse(OPERATOR);
    webhook.answer(403, "invalid_token");
    let said = test(&program).await;
    for line in [
        "slack não recebeu a mensagem: não aceitou o usuário, a senha ou a chave (detalhe: HTTP 403 invalid_token)",
        "e-mail para operador@example.com não recebeu a mensagem: não aceitou o endereço de e-mail (detalhe: permanent error (550): 5.1.1 no such user here)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }

    let away = program
        .clone()
        .env("AGENDAD_ALERTS__SLACK__WEBHOOK", "http://127.0.0.1:9/hook")
        .env("AGENDAD_ALERTS__EMAIL__HOST", "mail.invalid")
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "starttls");
    let said = test(&away).await;
    for line in [
        "slack não recebeu a mensagem: não foi alcançado: a conexão foi recusada (detalhe: ",
        "não foi alcançado: o nome do servidor não foi encontrado (detalhe: ",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let there = away.env("AGENDAD_ALERTS__SLACK__WEBHOOK", "https://hook.invalid/x");
    let said = test(&there).await;
    let line = "slack não recebeu a mensagem: não foi alcançado: o nome do servidor não foi encontrado (detalhe: ";
    assert!(said.contains(line), "{said}");

    let stranger = MailServer::start_with_tls().await;
    let stranger = program
        .env("AGENDAD_ALERTS__EMAIL__HOST", "localhost")
        .env("AGENDAD_ALERTS__EMAIL__PORT", stranger.address.port())
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "starttls");
    let said = test(&stranger).await;
    let line = "não foi alcançado: o certificado do servidor não é de confiança (detalhe: ";
    assert!(said.contains(line), "{said}");
    world.close().await;
}

#[tokio::test]
async fn check_looks_at_each_channel_without_sending() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let world = World::new(1).await;
    let program = program(&world, &mail, &webhook);
    let lines = |said: &crate::support::Said| -> Vec<String> {
        let lines = said.out.lines().filter(|line| line.contains(" alerts "));
        lines.map(str::to_owned).collect()
    };
    let said = program.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let port = mail.address.port();
    assert_eq!(
        lines(&said),
        [
            "ok    alerts         slack: webhook at 127.0.0.1 (try it: agendad alerts test)"
                .to_owned(),
            format!(
                "ok    alerts         email: 127.0.0.1:{port} with no encryption, 1 recipient, lets us in and takes sender and recipients"
            ),
        ]
    );
    assert_eq!(mail.mails().len() + webhook.texts().len(), 0);

    let said = program
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "starttls")
        .run(&["check"])
        .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(lines(&said)[1].starts_with("FAIL"), "{said:?}");
    assert!(
        said.out.contains("see alerts.email in config.toml"),
        "{said:?}"
    );

    // What was set on the dashboard is changed there.
    let elsewhere = world.program();
    for (key, value) in [
        ("alerts.email.from", "agendad@example.com"),
        ("alerts.email.to", OPERATOR),
        ("alerts.email.security", "none"),
        ("alerts.email.port", "9"),
        ("alerts.email.host", "127.0.0.1"),
    ] {
        let said = elsewhere.run(&["config", "set", key, value]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let said = elsewhere.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let cure = "on the dashboard, under Settings (/ajustes), Alerts by e-mail: server";
    assert!(
        said.out.contains(cure) && said.out.contains("settings.toml"),
        "{said:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn the_list_shows_what_is_open_and_what_could_not_be_delivered() {
    let world = World::new(1).await;
    let program = world.program();
    let said = program.run(&["alerts", "list"]).await;
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), "nothing is wrong\n")
    );
    world
        .execute(
            "WITH open AS (
                 INSERT INTO agendad_alerts (rule, subject, usuario_id, label, note, since)
                 VALUES ('credentials', 'perito:1', 1, 'Ana', 'senha recusada', now())
             ), over AS (
                 INSERT INTO agendad_alerts (rule, subject, note, since, cleared_at, clear_sent_at)
                 VALUES ('portal_down', 'general', 'sem acesso', now(), now(), now())
             )
             INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body, last_error, attempts)
             VALUES ('slack', 'credentials', 'opened', 't', 'b', 'no answer within alerts.timeout', 3)",
        )
        .await;
    let said = program.run(&["alerts", "list"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.contains("Ana (1)") && said.out.contains("no answer within"),
        "{said:?}"
    );
    assert!(!said.out.contains("portal_down"), "{said:?}");
    let pt = program.clone().env("LANG", "pt_BR.UTF-8");
    for (kind, line) in [
        ("NULL", "não deu certo (detalhe: no answer within"),
        ("'timed_out'", "demorou demais (detalhe: no answer within"),
    ] {
        world
            .execute(&format!(
                "UPDATE agendad_alert_outbox SET last_error_kind = {kind}"
            ))
            .await;
        let said = pt.run(&["alerts", "list", "--wide"]).await;
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    let said = program.run(&["alerts", "list", "--all", "--json"]).await;
    let json = said.json();
    assert_eq!(json["alerts"].as_array().unwrap().len(), 2);
    assert_eq!(json["alerts"][0]["rule"], "credentials");
    assert_eq!(json["undelivered"][0]["attempts"], 3);
    world.close().await;
}
