//! Red is red: who is in trouble comes first, is counted as they are shown, and it is said in words that people know.

use agendad::simulator::{Fault, FaultKind, Place};

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};
use crate::support::World;

/// The examiners of a list, in its order.
fn listed(html: &str) -> Vec<i32> {
    let Some((_, list)) = html.split_once("class=\"people\"") else {
        return Vec::new();
    };
    let links = list.split("href=\"/peritos/").skip(1);
    links
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect()
}

/// The number that the chip of those in trouble shows.
fn counted(html: &str) -> usize {
    let (_, chip) = html.split_once("com problema").unwrap();
    let (_, number) = chip.split_once("class=\"n\">").unwrap();
    number.split('<').next().unwrap().parse().unwrap()
}

/// The text between the tags.
fn text(html: &str) -> String {
    let (_, main) = html.split_once("<main").unwrap();
    let main = main.split("</main>").next().unwrap();
    let parts = main.split('<').filter_map(|part| part.split_once('>'));
    parts.map(|(_, text)| format!(" {text} ")).collect()
}

async fn execute(world: &World, sql: &str, user: i32) {
    world
        .execute(&sql.replace("$user", &user.to_string()))
        .await;
}

#[tokio::test]
async fn those_in_trouble_come_first_and_are_as_many_as_are_counted() {
    let world = world(8).await;
    for index in 0..8 {
        world.sync(index).await;
    }
    let [well, failed, partial, refused, rests, by_hand, late, off] = world.users[..] else {
        panic!()
    };
    for (user, sql) in [
        (
            failed,
            "UPDATE agenda_sync_runs SET status = 'failed' WHERE usuario_id = $user",
        ),
        (
            partial,
            "UPDATE agenda_sync_runs SET status = 'partial' WHERE usuario_id = $user",
        ),
        (
            refused,
            "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now() WHERE usuario_id = $user",
        ),
        (
            rests,
            "UPDATE configuracoes_detran SET pausa_motivo = 'captcha', pausa_desde = now(), pausa_ate = now() + interval '2 hours' WHERE usuario_id = $user",
        ),
        (
            by_hand,
            "UPDATE configuracoes_detran SET pausa_motivo = 'manual', pausa_desde = now() WHERE usuario_id = $user",
        ),
        (
            late,
            "UPDATE sync_schedules SET last_success = now() - interval '3 days' WHERE usuario_id = $user",
        ),
        (
            late,
            "UPDATE configuracoes_detran SET credencial_mudada_em = now() - interval '4 days' WHERE usuario_id = $user",
        ),
        (
            off,
            "UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = $user",
        ),
    ] {
        execute(&world, sql, user).await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let html = browser.get("/").await.html;
        let all = listed(&html);
        let place = |user: i32| all.iter().position(|one| *one == user).unwrap();
        for worse in [failed, partial, refused, rests, late] {
            for better in [well, by_hand, off] {
                assert!(place(worse) < place(better), "{worse} {better}: {all:?}");
            }
        }
        for red in [failed, refused, late] {
            for yellow in [partial, rests] {
                assert!(place(red) < place(yellow), "{red} {yellow}: {all:?}");
            }
        }
        let html = browser.get("/?problema=1").await.html;
        let mut trouble = listed(&html);
        assert_eq!(counted(&html), trouble.len(), "{html}");
        trouble.sort_unstable();
        let mut expected = [failed, partial, refused, rests, late];
        expected.sort_unstable();
        assert_eq!(trouble, expected);
        // What is not green is what is counted, and nothing else.
        let coloured = html.matches("<tbody class=\"bad\"").count()
            + html.matches("<tbody class=\"warn\"").count();
        assert_eq!(coloured, trouble.len(), "{html}");
        // What is searched for is searched among them.
        let found = browser
            .get(&format!("/?problema=1&busca={well}"))
            .await
            .html;
        assert_eq!((listed(&found).len(), counted(&found)), (0, 0));

        for resting in [refused, rests, by_hand, off] {
            let html = browser.get(&format!("/peritos/{resting}")).await.html;
            assert!(html.contains("nenhuma marcada"), "{resting}: {html}");
        }
        let html = browser.get(&format!("/peritos/{well}")).await.html;
        assert!(!html.contains("nenhuma marcada"), "{html}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_trouble_of_a_partial_run_is_not_in_a_green_box() {
    let world = world(1).await;
    world
        .simulator
        .inject(Fault::next(FaultKind::Layout, 1).at(Place::Result));
    world.sync(0).await;
    let run = world
        .count("SELECT max(id) FROM agenda_sync_runs WHERE status = 'partial'")
        .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let html = browser.get(&format!("/execucoes/{run}")).await.html;
        assert!(html.contains("<p class=\"notice warn\">"), "{html}");
        execute(&world, "UPDATE agenda_sync_runs SET status = 'failed'", 0).await;
        let html = browser.get(&format!("/execucoes/{run}")).await.html;
        assert!(html.contains("<p class=\"notice bad\">"), "{html}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn no_page_in_portuguese_has_a_word_of_the_trade() {
    let world = world(2).await;
    world.sync(0).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Layout).at(Place::Result));
    world.sync(1).await;
    world
        .execute("UPDATE agenda_sync_runs SET window_name = 'near'")
        .await;
    let run = world.count("SELECT max(id) FROM agenda_sync_runs").await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for path in [
            "/".to_owned(),
            format!("/peritos/{}", world.users[0]),
            format!("/peritos/{}", world.users[1]),
            format!("/execucoes/{run}"),
            "/leituras".to_owned(),
            "/alertas".to_owned(),
            "/historico".to_owned(),
        ] {
            let html = browser.get(&path).await.html;
            // What is technical is folded away, and in English.
            let said = text(html.split("<details").next().unwrap_or_default());
            let words: Vec<String> = said
                .split(|c: char| !c.is_alphanumeric())
                .map(str::to_lowercase)
                .collect();
            for jargon in [
                "disjuntor",
                "near",
                "far",
                "daemon",
                "execução",
                "execuções",
                "pedidos",
                "auth",
                "janela",
                "layout",
            ] {
                assert!(
                    !words.iter().any(|word| word == jargon),
                    "{path}: {jargon} in {said}"
                );
            }
        }
        let html = browser.get("/").await.html;
        for label in ["hoje + 3 dias", "dias 4 a 14"] {
            assert!(html.contains(label), "{label}: {html}");
        }
    })
    .await;
    world.close().await;
}
