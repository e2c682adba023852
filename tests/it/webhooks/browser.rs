//! Addresses of other systems in the browser: the same as the commands, under a name, with the secret shown once.

use agendad::domain::Role;

use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world};
use crate::staff::{PASSWORD, add, enter};
use crate::webhooks::receiver::Receiver;

/// Sends a form with the token of the page that it stands on.
async fn send(browser: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let token = browser.get(page).await.token();
    let mut all = vec![("token", token.as_str())];
    all.extend(fields);
    browser.send(path, &all).await
}

#[tokio::test]
async fn an_operator_adds_tries_rotates_and_removes_an_address_in_the_browser() {
    let world = world(2).await;
    let receiver = Receiver::start().await;
    let store = &world.database.store;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let url = receiver.url();
        for (fields, said) in [
            (
                vec![("url", url.as_str())],
                "Este endereço não serve: ele <code>tem de começar com https://",
            ),
            (vec![("url", "https://10.0.0.1/")], "leva a uma rede local"),
            (
                vec![
                    ("url", "https://sistema.example.com/"),
                    ("peritos", "ninguém"),
                ],
                "Nenhum perito",
            ),
        ] {
            let page = send(&mut browser, "/webhooks", "/webhooks", &fields).await;
            assert_eq!(page.status, 422, "{page:?}");
            assert!(page.html.contains(said), "{said}: {}", page.html);
        }
        let user = world.users[0].to_string();
        let fields = [
            ("url", url.as_str()),
            ("rotulo", "sistema"),
            ("local", "1"),
            ("peritos", user.as_str()),
            ("slot.created", "1"),
        ];
        let added = send(&mut browser, "/webhooks", "/webhooks", &fields).await;
        assert_eq!(added.status, 200, "{added:?}");
        let secret = |html: &str| {
            html.split("whsec_")
                .nth(1)
                .map(|rest| rest.split('<').next().unwrap().to_owned())
        };
        let first = secret(&added.html).unwrap();
        // Of a form that was sent twice only the second answer is seen.
        let twice = send(&mut browser, "/webhooks", "/webhooks", &fields).await;
        assert_eq!(secret(&twice.html).as_ref(), Some(&first));
        assert_eq!(store.webhooks().await.unwrap().len(), 1);
        let made = store.webhooks().await.unwrap().pop().unwrap();
        assert_eq!(made.usuario_ids, Some(vec![world.users[0]]));
        assert_eq!(
            made.kinds,
            Some(vec![agendad::domain::ChangeKind::Inserted])
        );
        let page = format!("/webhooks/{}", made.id);
        let shown = browser.get(&page).await;
        assert!(shown.html.contains("eventos: novo"), "{}", shown.html);
        for path in ["/webhooks", page.as_str()] {
            let shown = browser.get(path).await;
            assert_eq!(shown.status, 200);
            assert!(
                shown.html.contains("sistema") && secret(&shown.html).is_none(),
                "{}",
                shown.html
            );
        }

        // Removed by a second page only, which leads back too.
        let path = format!("{page}/remover");
        assert!(!shown.html.contains(&format!("action=\"{path}\"")));
        let asked = browser.get(&path).await.html;
        for part in [
            "Remover este webhook?".to_owned(),
            format!("href=\"{page}\""),
            format!("action=\"{path}\""),
        ] {
            assert!(asked.contains(&part), "{part}: {asked}");
        }

        let mut press = async |act: &str, fields: &[(&str, &str)]| {
            send(&mut browser, &page, &format!("{page}/{act}"), fields).await
        };
        let tried = press("teste", &[]).await;
        assert!(
            tried.html.contains("Aceito:") && tried.html.contains("HTTP 200"),
            "{}",
            tried.html
        );
        receiver.answer(500, None);
        let tried = press("teste", &[]).await;
        assert!(
            tried.html.contains("Não foi aceito:") && tried.html.contains("HTTP 500"),
            "{}",
            tried.html
        );
        let sealed = async || store.endpoints(Some(made.id)).await.unwrap().remove(0);
        let known = sealed().await.secret;
        let rotated = press("segredo", &[]).await;
        assert_ne!(secret(&rotated.html).unwrap(), first);
        // Twice in a row: the receiver knows the first one still.
        let again = press("segredo", &[]).await;
        assert_ne!(secret(&again.html), secret(&rotated.html));
        assert_eq!(sealed().await.old_secret.as_ref(), Some(&known));
        let later = "UPDATE agendad_webhooks SET rotated_at = rotated_at - interval '11 minutes'";
        world.execute(later).await;
        let told = sealed().await.secret;
        press("segredo", &[]).await;
        assert_eq!(sealed().await.old_secret.as_ref(), Some(&told));
        // Nothing has been read yet.
        let done = press("reenviar", &[("mudanca", "1")]).await;
        let notice = "aviso=nothing-to-replay";
        assert!(done.leads_to().ends_with(notice), "{done:?}");
        Box::pin(world.sync(0)).await;
        for (act, fields, notice) in [
            ("desligar", vec![], "disabled"),
            ("ligar", vec![], "enabled"),
            ("reenviar", vec![("dia", "2026-11-01")], "replayed"),
            (
                "reenviar",
                vec![("mudanca", "1"), ("perito", user.as_str())],
                "replayed",
            ),
            (
                "reenviar",
                vec![("mudanca", "1"), ("dia", "2026-11-01")],
                "bad-replay",
            ),
            ("reenviar", vec![], "bad-replay"),
            ("reenviar", vec![("mudanca", "0")], "bad-replay"),
            ("reenviar", vec![("mudanca", "-1")], "bad-replay"),
            (
                "reenviar",
                vec![("mudanca", "999999999")],
                "nothing-to-replay",
            ),
            ("remover", vec![], "removed"),
        ] {
            let done = press(act, &fields).await;
            assert!(
                done.leads_to().ends_with(&format!("aviso={notice}")),
                "{act}: {done:?}"
            );
        }
        assert_eq!(browser.get(&page).await.status, 404);
    })
    .await;
    let acts: Vec<String> = sqlx::query_scalar(
        "SELECT action FROM agendad_audit WHERE actor = 'dashboard:ana' AND action LIKE 'webhook.%' ORDER BY id",
    )
    .fetch_all(&world.database.pool)
    .await
    .unwrap();
    assert_eq!(
        acts,
        [
            "webhook.add",
            "webhook.rotate",
            "webhook.rotate",
            "webhook.rotate",
            "webhook.replay",
            "webhook.disable",
            "webhook.enable",
            "webhook.replay",
            "webhook.replay",
            "webhook.replay",
            "webhook.remove"
        ]
    );
    world.close().await;
}

/// The notice of a page that says what is wrong.
fn said(html: &str) -> &str {
    let notice = html.split("<p class=\"notice bad\"").nth(1).unwrap();
    notice.split("</p>").next().unwrap()
}

#[tokio::test]
async fn messages_are_held_back_and_let_go_in_the_browser() {
    let world = world(1).await;
    let store = &world.database.store;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let mut ask = async |act: &str, fields: &[(&str, &str)], notice: &str| {
            let page = send(&mut browser, "/alertas", &format!("/alertas/{act}"), fields).await;
            if page.status != 422 {
                let led_to = page.leads_to();
                assert_eq!(
                    led_to.split("aviso=").nth(1),
                    Some(notice),
                    "{act} {fields:?}"
                );
                return;
            }
            let named = browser.get(&format!("/alertas?aviso={notice}")).await.html;
            assert_eq!(said(&page.html), said(&named), "{act} {fields:?}");
            // What was typed stays.
            let typed = fields.iter().filter(|(name, value)| {
                !["aviso", "tempo"].contains(name) && !value.trim().is_empty()
            });
            for (name, value) in typed {
                let named = format!("name=\"{name}\"");
                let kept = page.html.split(&named).skip(1).filter(|rest| {
                    let tag = rest.split('>').next().unwrap();
                    tag.contains(&format!("value=\"{value}\""))
                });
                assert_eq!(kept.count(), 1, "{act} {name}: {}", page.html);
            }
        };
        let user = world.users[0].to_string();
        let vacation = vec![
            ("aviso", "stale"),
            ("perito", user.as_str()),
            ("tempo", "3600"),
            ("motivo", "férias"),
        ];
        for (act, fields, notice) in [
            ("reter", vacation.clone(), "held"),
            // Sent twice, it is one all the same.
            ("reter", vacation, "held"),
            (
                "reter",
                vec![("aviso", ""), ("tempo", "99999999"), ("motivo", "x")],
                "span",
            ),
            (
                "reter",
                vec![("aviso", ""), ("tempo", "3600"), ("motivo", " ")],
                "why",
            ),
            (
                "reter",
                vec![
                    ("aviso", ""),
                    ("perito", "prado"),
                    ("tempo", "3600"),
                    ("motivo", "x"),
                ],
                "examiner",
            ),
            (
                "manutencao",
                vec![
                    ("de", "agora"),
                    ("ate", "23:30"),
                    ("motivo", "troca do servidor"),
                ],
                "held",
            ),
            (
                "manutencao",
                vec![("de", "logo"), ("ate", "23:30"), ("motivo", "x")],
                "time",
            ),
            (
                "manutencao",
                vec![
                    ("de", "29/11/2036 22:00"),
                    ("ate", "28/11/2036 22:00"),
                    ("motivo", "x"),
                ],
                "span",
            ),
            ("soltar", vec![("numero", "999")], "failed"),
        ] {
            ask(act, &fields, notice).await;
        }
        let held = store.silences().await.unwrap();
        assert_eq!(held.len(), 2, "{held:?}");
        assert!(held.iter().all(|one| one.created_by == "dashboard:ana"));
        let muted = held.iter().find(|one| !one.is_maintenance).unwrap();
        assert_eq!(muted.usuario_id, Some(world.users[0]));
        let number = muted.id.to_string();
        ask("soltar", &[("numero", &number)], "ended").await;
        assert_eq!(store.silences().await.unwrap().len(), 1);
        let page = browser.get("/alertas?aviso=ended").await.html;
        assert!(
            page.contains("Os avisos voltam.") && page.contains("troca do servidor"),
            "{page}"
        );
    })
    .await;
    world.close().await;
}
