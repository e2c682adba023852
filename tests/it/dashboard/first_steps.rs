//! The page of first steps says of each step what is true.

use agendad::config::backup::BackupOf;

use crate::alerts::mail::MailServer;
use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world, world_with};
use crate::settings::{ana, save};
use crate::webhooks::receiver::Receiver;

const ALERTS: &str = "Quem é avisado";

/// A step of the page.
async fn step(browser: &mut Browser, title: &str) -> String {
    let page = browser.get("/comecar").await;
    let (_, rest) = page.html.split_once(&format!("<h2>{title} ")).unwrap();
    rest.split("</section>").next().unwrap().to_owned()
}

/// A test message from the button of the page.
async fn try_out(browser: &mut Browser, channel: &str) -> Page {
    let page = browser.get("/comecar").await;
    let button = format!("<input type=\"hidden\" name=\"canal\" value=\"{channel}\">");
    assert!(page.html.contains(&button), "{}", page.html);
    let fields = [("token", page.token()), ("canal", channel.to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser.send("/comecar/teste", &fields).await
}

#[tokio::test]
async fn who_is_told_is_done_once_the_last_message_to_everybody_has_arrived() {
    let world = world(1).await;
    let (receiver, mail) = (Receiver::start().await, MailServer::start().await);
    serving(&world, async |client: Client| {
        let mut browser = ana(&world, &client).await;
        let shown = step(&mut browser, ALERTS).await;
        assert!(shown.contains("Ninguém é avisado"), "{shown}");

        // Set, and never tried.
        let hook = format!("http://{}/canary-secret", receiver.address);
        let saved = save(&mut browser, "slack", &[("alerts.slack.webhook", &hook)]).await;
        assert!(saved.leads_to().contains("saved"), "{}", saved.html);
        let shown = step(&mut browser, ALERTS).await;
        for words in [">falta<", "ainda não se sabe se as mensagens chegam", "Enviar mensagem de teste"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }

        // It does not arrive, and that is still known afterwards, without the secret that the other side repeats.
        receiver.answer(500, None);
        receiver.say("no: /canary-secret");
        let page = try_out(&mut browser, "slack").await;
        assert!(page.html.contains("slack: não foi entregue: está com um problema do lado de lá (detalhe: HTTP 500"), "{}", page.html);
        let shown = step(&mut browser, ALERTS).await;
        for words in [">falta<", "slack: a última mensagem não chegou: está com um problema do lado de lá (detalhe: refused: HTTP 500"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!shown.contains("ainda não se sabe") && !shown.contains(&hook), "{shown}");

        // With other settings that says nothing.
        let other = format!("http://{}/other", receiver.address);
        save(&mut browser, "slack", &[("alerts.slack.webhook", &other)]).await;
        let shown = step(&mut browser, ALERTS).await;
        assert!(!shown.contains("não chegou") && shown.contains("ainda não se sabe"), "{shown}");
        save(&mut browser, "slack", &[("alerts.slack.webhook", &hook)]).await;
        assert!(step(&mut browser, ALERTS).await.contains("não chegou"));

        receiver.answer(200, None);
        let page = try_out(&mut browser, "slack").await;
        assert!(page.html.contains("slack: aceita"), "{}", page.html);
        let shown = step(&mut browser, ALERTS).await;
        assert!(shown.contains(">pronto<") && !shown.contains("não chegou"), "{shown}");

        // Another channel, of two recipients of which one is refused.
        let port = mail.address.port().to_string();
        let changes = [
            ("alerts.email.host", "127.0.0.1"),
            ("alerts.email.port", port.as_str()),
            ("alerts.email.security", "none"),
            ("alerts.email.from", "agendad@example.com"),
            ("alerts.email.to", "ana@example.com, bia@example.com"),
        ];
        let saved = save(&mut browser, "email", &changes).await;
        assert!(saved.leads_to().contains("saved"), "{}", saved.html);
        assert!(step(&mut browser, ALERTS).await.contains("2 destinatários: ainda não se sabe"));
        mail.refuse("bia@example.com");
        try_out(&mut browser, "email").await;
        let shown = step(&mut browser, ALERTS).await;
        assert!(shown.contains(">falta<"), "{shown}");
        assert!(shown.contains("e-mail para bia@example.com: a última mensagem não chegou: não aceitou o endereço de e-mail"), "{shown}");
        assert!(!shown.contains("e-mail para ana@example.com"), "{shown}");
        save(&mut browser, "email", &[("alerts.email.to", "ana@example.com")]).await;
        let shown = step(&mut browser, ALERTS).await;
        assert!(shown.contains(">pronto<"), "who is told no more is no trouble: {shown}");
    })
    .await;
    let betrayed =
        "SELECT count(*) FROM agendad_alert_arrivals a WHERE a::text LIKE '%canary-secret%'";
    assert_eq!(world.count(betrayed).await, 0);
    world.close().await;
}

#[tokio::test]
async fn of_the_first_backup_it_says_when_it_is_made_and_of_none_that_none_is() {
    for (of, words) in [
        (
            BackupOf::Any,
            [
                ">falta<",
                "O serviço faz o primeiro minutos depois de começar, e daí em diante um por dia, às 02:15.",
            ],
        ),
        (BackupOf::None, [">opcional<", "nenhum é feito"]),
        (
            BackupOf::Private,
            [">pronto<", "o banco de dados é de um servidor"],
        ),
    ] {
        let world = world_with(1, |config| {
            config.backup.of = of;
            "02:15".clone_into(&mut config.backup.at);
        })
        .await;
        serving(&world, async |client: Client| {
            let mut browser = ana(&world, &client).await;
            let shown = step(&mut browser, "Backup").await;
            for word in words {
                assert!(shown.contains(word), "{word}: {shown}");
            }
        })
        .await;
        world.close().await;
    }
}
