//! The first operator.

use std::time::Duration;

use super::enter;
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world_with};
use crate::support::{World, eventually};

const WORDS: &str = "tres gatos e um cao";

#[tokio::test]
async fn the_first_operator_is_made_at_an_address_that_no_log_holds() {
    let world = World::new(1).await;
    let program = world.program().env("AGENDAD_HTTP__LISTEN", "127.0.0.1:0");
    let mut daemon = program.start(&["run"]);
    let address = eventually("the daemon", Duration::from_secs(30), async || {
        let log = program.log();
        let said = log.contains("no operator has a name yet");
        let (_, rest) = log.split_once("address=127.0.0.1:")?;
        let port = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        said.then(|| format!("127.0.0.1:{port}"))
    })
    .await;
    // Whoever reads the log does not become the operator.
    assert!(!program.log().contains("codigo="), "{}", program.log());
    let invited = program.run(&["people", "invite", "--json"]).await.json();
    let (_, code) = invited["address"]
        .as_str()
        .unwrap()
        .split_once("codigo=")
        .unwrap();
    let client = Client::new(address.parse().unwrap());
    let path = format!("/primeiro-acesso?codigo={code}");
    let mut browser = Browser::of(&client);
    let page = browser.get(&path).await;
    assert!(page.html.contains("Crie o seu acesso"), "{}", page.html);
    let accept = |password| {
        [
            ("codigo", code),
            ("acesso", "ana"),
            ("nome", "Ana Souza"),
            ("senha", password),
        ]
    };
    let page = browser.send("/primeiro-acesso", &accept("curta")).await;
    assert_eq!(page.status, 422, "{page:?}");
    // What was typed is there still, but for the password.
    for kept in ["value=\"Ana Souza\"", "value=\"ana\"", code, "menos de"] {
        assert!(page.html.contains(kept), "{kept}: {}", page.html);
    }
    assert!(!page.html.contains("curta"), "{}", page.html);
    let page = browser.send("/primeiro-acesso", &accept(WORDS)).await;
    assert_eq!(page.leads_to(), "/entrar?para=/comecar&novo=1");
    let login = browser.get(page.leads_to()).await;
    assert!(login.html.contains("acesso está pronto"), "{}", login.html);
    assert_eq!(enter(&mut browser, "ana", WORDS).await.status, 303);
    assert_eq!(browser.get("/pessoas").await.status, 200);

    // Good once.
    let mut other = Browser::of(&client);
    let page = other.get(&path).await;
    assert!(page.html.contains("já foi usado"), "{}", page.html);
    let again = [
        ("codigo", code),
        ("acesso", "eva"),
        ("nome", "Eva"),
        ("senha", WORDS),
    ];
    assert_eq!(
        other.send("/primeiro-acesso", &again).await.leads_to(),
        "/primeiro-acesso"
    );
    daemon.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0));
    // Then nobody is missed.
    program.forget_log();
    let mut daemon = program.start(&["run"]);
    eventually("the daemon", Duration::from_secs(30), async || {
        program.log().contains("agendad is running").then_some(())
    })
    .await;
    daemon.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0));
    assert!(
        !program.log().contains("has a name yet"),
        "{}",
        program.log()
    );
    assert_eq!(
        world
            .count("SELECT count(*) FROM agendad_people WHERE role = 'operador'")
            .await,
        1
    );
    world.close().await;
}

#[tokio::test]
async fn an_invitation_is_over_after_its_hours_and_no_other_code_is_one() {
    let world = world_with(1, |config| config.secrets.http_operator_token = None).await;
    let program = world
        .program()
        .env("AGENDAD_HTTP__LISTEN", "127.0.0.1:8787");
    let invited = program.run(&["people", "invite", "--json"]).await.json();
    let address = invited["address"].as_str().unwrap();
    let (base, code) = address.split_once("/primeiro-acesso?codigo=").unwrap();
    assert_eq!(base, "http://127.0.0.1:8787");
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        assert!(
            browser
                .get("/")
                .await
                .html
                .contains("agendad people invite")
        );
        for other in ["", "x", &"A".repeat(43), &code.to_uppercase()] {
            let page = browser
                .get(&format!("/primeiro-acesso?codigo={other}"))
                .await;
            assert!(page.html.contains("já foi usado"), "{other}: {}", page.html);
        }
        let page = browser
            .get(&format!("/primeiro-acesso?codigo={code}"))
            .await;
        assert!(page.html.contains("Crie o seu acesso"), "{}", page.html);
        world
            .execute("UPDATE agendad_people_invites SET until = now()")
            .await;
        let accept = [
            ("codigo", code),
            ("acesso", "ana"),
            ("nome", "Ana"),
            ("senha", WORDS),
        ];
        assert_eq!(
            browser.send("/primeiro-acesso", &accept).await.leads_to(),
            "/primeiro-acesso"
        );
    })
    .await;
    assert_eq!(world.count("SELECT count(*) FROM agendad_people").await, 0);
    world.close().await;
}
