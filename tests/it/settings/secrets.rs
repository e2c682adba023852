//! Secrets among the settings: never shown, and sent to nobody else.

use super::{ana, fix, save};
use crate::http::client::{Client, serving, world, world_with};
use crate::webhooks::receiver::Receiver;

/// Whoever may set the server of the messages need not know what is sent there to log in.
#[tokio::test]
async fn a_secret_that_is_kept_is_not_sent_to_another_server() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let ntfy = |url| vec![("alerts.ntfy.url", url)];
        let mut first = ntfy("https://ntfy.example.com/topic");
        first.push(("alerts.ntfy.token", "tk_canary"));
        assert_eq!(save(&mut browser, "ntfy", &first).await.status, 303);

        let refused = save(
            &mut browser,
            "ntfy",
            &ntfy("https://other.example.com/topic"),
        )
        .await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(
            refused.html.contains("digite também a senha"),
            "{}",
            refused.html
        );

        // Not in two steps either.
        let none = [("tirar.alerts.ntfy.url", "1")];
        let taken = save(&mut browser, "ntfy", &none).await;
        assert_eq!(taken.status, 303, "{taken:?}");
        let other = ntfy("https://other.example.com/topic");
        assert_eq!(save(&mut browser, "ntfy", &other).await.status, 422);
        let mut again = ntfy("https://other.example.com/topic");
        again.push(("alerts.ntfy.token", "tk_another"));
        assert_eq!(save(&mut browser, "ntfy", &again).await.status, 303);
        let topic = ntfy("https://other.example.com/another");
        assert_eq!(save(&mut browser, "ntfy", &topic).await.status, 303);
    })
    .await;
    world.close().await;
}

/// Its server is set here as long as there was none, and then where the secret is.
#[tokio::test]
async fn a_secret_that_the_environment_fixes_is_not_sent_to_another_server_either() {
    let world = world_with(1, |config| {
        let fixed = fix(config, "AGENDAD_ALERTS__NTFY__TOKEN", "tk_canary");
        config.secrets.alerts_ntfy_token = fixed.secrets.alerts_ntfy_token;
    })
    .await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let ntfy = |url| [("alerts.ntfy.url", url)];
        let first = ntfy("https://ntfy.example.com/topic");
        let saved = save(&mut browser, "ntfy", &first).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        let topic = ntfy("https://ntfy.example.com/another");
        assert_eq!(save(&mut browser, "ntfy", &topic).await.status, 303);

        let other = ntfy("https://other.example.com/topic");
        let refused = save(&mut browser, "ntfy", &other).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        for part in [
            "alerts.ntfy.token",
            "AGENDAD_ALERTS__NTFY__TOKEN",
            "se define lá",
        ] {
            assert!(refused.html.contains(part), "{part}: {}", refused.html);
        }
        // Not in two steps either.
        let none = [("tirar.alerts.ntfy.url", "1")];
        let taken = save(&mut browser, "ntfy", &none).await;
        assert_eq!(taken.status, 303, "{taken:?}");
        assert_eq!(save(&mut browser, "ntfy", &other).await.status, 422);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_secret_is_never_shown_stays_if_nothing_is_typed_and_is_taken_away_by_a_box() {
    let world = world(1).await;
    let receiver = Receiver::start().await;
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let canary = format!("http://{}/canary-secret", receiver.address);
        let saved = save(&mut browser, "slack", &[("alerts.slack.webhook", &canary)]).await;
        assert!(saved.leads_to().contains("saved"), "{}", saved.html);
        let page = browser.get("/ajustes").await;
        assert!(page.html.contains("está definido"), "{}", page.html);
        assert!(!page.html.contains("canary"), "{}", page.html);
        assert!(
            save(&mut browser, "slack", &[])
                .await
                .leads_to()
                .contains("nothing")
        );

        // The other side repeats it.
        receiver.answer(500, None);
        receiver.say("no: canary-secret");
        let fields = [("token", page.token()), ("canal", "slack".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let page = browser.send("/ajustes/teste", &fields).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("não foi entregue"), "{}", page.html);
        assert!(!page.html.contains(&canary), "{}", page.html);
        receiver.answer(200, None);
        let page = browser.send("/ajustes/teste", &fields).await;
        assert!(
            page.html.contains("slack: aceita (detalhe: HTTP 200"),
            "{}",
            page.html
        );
        assert!(!page.html.contains(&canary), "{}", page.html);

        let taken = save(
            &mut browser,
            "slack",
            &[("tirar.alerts.slack.webhook", "1")],
        )
        .await;
        assert!(taken.leads_to().contains("saved"), "{}", taken.html);
        let page = browser.send("/ajustes/teste", &fields).await;
        assert!(page.html.contains("não está configurado"), "{}", page.html);
    })
    .await;
    assert!(world.app.config().secrets.alerts_slack_webhook.is_none());
    let betrayed = "SELECT count(*) FROM agendad_audit WHERE details::text LIKE '%canary%'";
    assert_eq!(world.count(betrayed).await, 0);
    world.close().await;
}
