//! The dashboard under a path of a host that others share, behind proxies of both kinds: such that pass the path
//! on, and such that take it off.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::BTreeSet;

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, OPERATOR, SYNC, serving, world_with};

/// The addresses in a page.
fn addresses(html: &str) -> BTreeSet<String> {
    [
        "href",
        "src",
        "action",
        "data-contact",
        "data-login",
        "data-page",
        "data-poll",
    ]
    .iter()
    .flat_map(|name| {
        let start = format!(" {name}=\"");
        let found = html.split(&start).skip(1);
        let found: Vec<String> = found
            .filter_map(|rest| rest.split('"').next())
            .filter(|address| address.starts_with('/'))
            .map(|address| address.replace("&amp;", "&"))
            .collect();
        found
    })
    .collect()
}

fn title(html: &str) -> Option<&str> {
    html.split("<title>").nth(1)?.split("</title>").next()
}

async fn walks(client: &Client, user: i32, through: &str) {
    let inner = |address: &str| {
        let below = address.strip_prefix("/agenda").unwrap();
        let below = if below.is_empty() { "/" } else { below };
        format!("{through}{below}")
    };
    let mut browser = Browser::of(client);
    let page = browser.get(&inner("/agenda/")).await;
    assert_eq!(page.leads_to(), "/agenda/entrar?para=%2F");
    let login = inner("/agenda/entrar?para=%2Fhistorico");
    let mut stranger = Browser::of(client);
    let found = addresses(&stranger.get(&login).await.html);
    assert!(
        found.contains("/agenda/entrar?para=%2Fhistorico&lang=en"),
        "{found:?}"
    );
    for address in found {
        let status = stranger.get(&inner(&address)).await.status;
        assert!(status == 200 || status == 303, "{address}: {status}");
    }
    let page = browser
        .send(
            &inner("/agenda/entrar"),
            &[("chave", OPERATOR), ("para", "/")],
        )
        .await;
    assert_eq!(page.leads_to(), "/agenda/entrar?entrou=1&para=%2F");
    let page = browser.get(&inner(page.leads_to())).await;
    assert_eq!(page.leads_to(), "/agenda/");
    for start in [
        "/agenda/".to_owned(),
        "/agenda/agenda".to_owned(),
        format!("/agenda/peritos/{user}"),
        "/agenda/historico".to_owned(),
    ] {
        let page = browser.get(&inner(&start)).await;
        assert_eq!(page.status, 200, "{start}");
        let found = addresses(&page.html);
        assert!(found.len() > 5, "{found:?}");
        assert!(
            found.iter().any(|address| address == "/agenda/agenda"),
            "{start} leads to {found:?}"
        );
        for address in found {
            assert!(
                address.starts_with("/agenda/") && !address.starts_with("/agenda/agenda/agenda"),
                "{start} leads to {address}"
            );
            let is_form = [
                "sair",
                "sincronizar",
                "pausar",
                "retomar",
                "cpf",
                "calendario",
                "senha",
                "ligar",
                "dias",
                "emails",
            ]
            .iter()
            .any(|act| address.ends_with(act));
            if !is_form {
                let status = browser.get(&inner(&address)).await.status;
                assert!(status == 200 || status == 303, "{address}: {status}");
            }
        }
    }
    let slash = browser.get(&inner("/agenda/historico/?dias=7")).await;
    assert_eq!(slash.leads_to(), "/agenda/historico?dias=7");
    // Somebody types the path alone.
    let page = browser.get("/agenda").await;
    assert_eq!(page.status, 200);
    let day = browser.get(&inner("/agenda/agenda")).await;
    assert_eq!(title(&page.html), title(&day.html));
    let sheet = browser.get(&inner("/agenda/agenda/planilha.csv")).await;
    assert_eq!(sheet.status, 200);
    // A form leads back below the path, and so does the way back that a page of ours sends along.
    let page = browser
        .get(&inner(&format!("/agenda/peritos/{user}")))
        .await;
    let pause = inner(&format!("/agenda/peritos/{user}/pausar"));
    let paused = browser.send(&pause, &[("token", &page.token())]).await;
    assert!(
        paused
            .leads_to()
            .starts_with(&format!("/agenda/peritos/{user}?")),
        "{paused:?}"
    );
    let page = browser
        .get(&inner("/agenda/entrar?para=%2Fhistorico"))
        .await;
    assert_eq!(page.leads_to(), "/agenda/historico");
    let page = browser.get(&inner("/agenda/entrar?para=%2Fagenda")).await;
    assert_eq!(page.leads_to(), "/agenda/agenda");
}

#[tokio::test]
async fn under_a_path_every_address_of_every_page_lies_below_it() {
    let world = world_with(1, |config| config.http.base_path = "/agenda/".to_owned()).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let begun = client
            .user(world.users[0])
            .post(&format!("/agenda{SYNC}?async=true"), &serde_json::json!({}))
            .await;
        assert_eq!(begun.status, 202, "{begun:?}");
        let poll = begun.body["data"]["poll"].as_str().unwrap();
        assert!(poll.starts_with("/agenda/api/"), "{poll}");
        assert_eq!(client.user(world.users[0]).get(poll).await.status, 200);
        walks(&client, world.users[0], "/agenda").await;
        let described = client.get("/agenda/api/openapi.json").await;
        assert_eq!(described.body["servers"][0]["url"], "/agenda");
        assert_eq!(client.get("/agenda/healthz").await.status, 200);
        assert_eq!(client.get("/agendas/healthz").await.status, 404);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_path_of_the_public_address_counts_and_a_proxy_may_take_it_off() {
    let world = world_with(1, |config| {
        config.http.public_url = "https://clinica.example.org/agenda".to_owned();
    })
    .await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        walks(&client, world.users[0], "").await;
        let made = client
            .user(world.users[0])
            .post("/api/detran/calendario", &serde_json::json!({}))
            .await;
        let address = made.body["data"]["endereco"].as_str().unwrap();
        assert!(
            address.starts_with("https://clinica.example.org/agenda/calendar/"),
            "{address}"
        );
    })
    .await;
    world.close().await;
}
