//! History that tells: the days of an examiner, the runs of everybody, alerts that are open and over.

use chrono::TimeDelta;

use agendad::store::figures::WindowLimit;

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world, world_with};

#[tokio::test]
async fn the_days_of_an_examiner_are_told_without_colours_and_lead_to_their_runs() {
    let world = world(1).await;
    let user = world.users[0];
    // Noon in São Paulo, so that the day is the same whatever the hour of the test.
    let run = |days_ago: i64, status: &str| {
        format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at, finished_at)
             SELECT {user}, 'near', day::date, day::date, '{status}', day, day + interval '1 minute'
             FROM (SELECT ((now() AT TIME ZONE 'America/Sao_Paulo')::date - {days_ago} + time '12:00')
                          AT TIME ZONE 'America/Sao_Paulo' AS day) d"
        )
    };
    for sql in [
        run(3, "success"),
        run(3, "success"),
        run(2, "success"),
        run(2, "partial"),
        run(1, "failed"),
        run(20, "failed"),
    ] {
        world.execute(&sql).await;
    }
    let today = world.app.syncer.clock.today();
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let html = browser.get(&format!("/peritos/{user}")).await.html;
        let (_, days) = html.split_once("<ol class=\"days\">").unwrap();
        let (days, _) = days.split_once("</ol>").unwrap();
        let days: Vec<&str> = days.split("<li>").skip(1).collect();
        assert_eq!(days.len(), 14);
        for (back, sign, said) in [
            (3, "✓", "2 completas, 0 parciais, 0 falhas"),
            (2, "▲", "1 completa, 1 parcial, 0 falhas"),
            (1, "■", "0 completas, 0 parciais, 1 falha"),
            (5, "○", "nenhuma leitura"),
        ] {
            let day = days[13 - back];
            assert!(day.contains(&format!(">{sign}<")), "{back}: {day}");
            assert!(day.contains(said), "{back}: {day}");
            let date = today - TimeDelta::days(back.try_into().unwrap());
            let address = format!("/leituras?perito={user}&amp;dia={date}");
            assert!(day.contains(&address), "{back}: {day}");
        }
        for (query, runs) in [
            (
                format!("perito={user}&dia={}", today - TimeDelta::days(2)),
                2,
            ),
            (format!("perito={user}"), 6),
            ("resultado=failed".to_owned(), 2),
            ("resultado=failed&periodo=near".to_owned(), 2),
            ("periodo=far".to_owned(), 0),
            ("perito=999999".to_owned(), 0),
            ("motivo=timeout".to_owned(), 0),
            // What is not understood is not asked for.
            ("dia=x&resultado=x&motivo=x&pagina=x".to_owned(), 6),
            (format!("perito=%23{user}"), 6),
            // But for whom: the runs of others would be taken for theirs.
            ("perito=Ana".to_owned(), 0),
        ] {
            let page = browser.get(&format!("/leituras?{query}")).await;
            assert_eq!(page.status, 200, "{query}");
            let found = page.html.matches("href=\"/execucoes/").count();
            assert_eq!(found, runs, "{query}: {}", page.html);
            assert!(page.html.len() < 60_000);
            let is_no_number = page.html.contains("“Ana” não é o número de um perito");
            assert_eq!(is_no_number, query == "perito=Ana", "{}", page.html);
        }
        browser.press(user, "pausar").await;
        for (query, actions) in [
            (String::new(), 1),
            (format!("perito=%23{user}"), 1),
            ("perito=Ana".to_owned(), 0),
        ] {
            let html = browser.get(&format!("/auditoria?{query}")).await.html;
            let link = format!("<td><a href=\"/peritos/{user}\"");
            assert_eq!(html.matches(&link).count(), actions, "{query}: {html}");
            let is_no_number = html.contains("“Ana” não é o número de um perito");
            assert_eq!(is_no_number, query == "perito=Ana", "{html}");
        }
        let found = browser.get(&format!("/?busca=%23{user}")).await.html;
        assert!(
            found.contains(&format!("href=\"/peritos/{user}\"")),
            "{found}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn beyond_the_last_page_of_a_list_that_has_become_shorter_the_last_one_is_shown() {
    let world = world(1).await;
    world.sync(0).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let examiner = format!("<a href=\"/peritos/{user}\"");
        let found = format!("/?busca=%23{user}&ordem=nome&pagina=1000000");
        let run = "<a href=\"/execucoes/";
        for (path, row) in [
            ("/?pagina=2", examiner.as_str()),
            (found.as_str(), examiner.as_str()),
            ("/leituras?pagina=2", run),
            ("/leituras?resultado=success&pagina=1000000", run),
        ] {
            let html = browser.get(path).await.html;
            assert!(html.contains(row), "{path}: {html}");
            assert!(!html.contains("class=\"empty\""), "{path}: {html}");
        }
        // Where there is nobody on the first page either, that is what is said.
        let html = browser.get("/?filtro=pausados&pagina=2").await.html;
        assert!(html.contains("class=\"empty\""), "{html}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_share_of_time_up_to_date_is_that_of_the_worst_window() {
    let world = world(1).await;
    let user = world.users[0];
    let store = &world.database.store;
    let now = store.now().await.unwrap();
    let limit = |name: &str, minutes| WindowLimit {
        name: name.to_owned(),
        late_before: now - TimeDelta::minutes(minutes),
    };
    let limits = [limit("near", 60), limit("far", 600)];
    let from = now - TimeDelta::hours(10);
    let share = async || store.share_up_to_date(user, from, &limits).await.unwrap();
    assert_eq!(share().await, None, "no run, no share");
    // The first run is under way, and then that of the other window: nothing is 0 % for that.
    let running = format!(
        "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at)
         VALUES ({user}, 'near', current_date, current_date, 'running', now() - interval '1 minute')"
    );
    world.execute(&running).await;
    assert_eq!(share().await, None);
    let end = "UPDATE agenda_sync_runs SET status = 'failed', finished_at = now()";
    world.execute(end).await;
    assert_eq!(share().await, None);
    // A day later somebody should have read both.
    world
        .execute("UPDATE agenda_sync_runs SET started_at = now() - interval '25 hours'")
        .await;
    assert_eq!(share().await, Some(0.0));
    world.execute("DELETE FROM agenda_sync_runs").await;
    let run = |window: &str, status: &str, minutes_ago: i64| {
        format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status, started_at, finished_at)
             VALUES ({user}, '{window}', current_date, current_date, '{status}',
                     now() - interval '{minutes_ago} minutes', now() - interval '{minutes_ago} minutes')"
        )
    };
    // Good for an hour each, and once overlapping: 60 + 30 + 60 of 600 minutes. A failure is no success.
    for (window, status, minutes) in [
        ("near", "success", 600),
        ("near", "success", 300),
        ("near", "success", 270),
        ("near", "failed", 120),
        ("far", "success", 600),
    ] {
        world.execute(&run(window, status, minutes)).await;
    }
    let found = share().await.unwrap();
    assert!((found - 0.25).abs() < 0.01, "{found}");
    // A window that does not apply does not count.
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET janelas = ARRAY['far'] WHERE usuario_id = {user}"
        ))
        .await;
    let found = share().await.unwrap();
    assert!(found > 0.99, "{found}");
    world.close().await;
}

#[tokio::test]
async fn alerts_are_shown_with_what_to_do_while_open_and_with_their_length_when_over() {
    // Nothing of it is so, and the daemon would close what is open.
    let world = world_with(1, |config| config.alerts.enabled = false).await;
    let user = world.users[0];
    world
        .execute(&format!(
            "INSERT INTO agendad_alerts (rule, subject, usuario_id, label, note, since, opened_at, last_sent_at, cleared_at) VALUES
             ('credentials', 'user:{user}', {user}, 'Ana <Souza>', 'senha recusada', now() - interval '3 hours', now(), NULL, NULL),
             ('portal_down', '', NULL, '', 'sem acesso', now() - interval '2 days', now(), now(), now() - interval '1 day')"
        ))
        .await;
    world
        .execute(
            "INSERT INTO agendad_alert_silences (kind, from_at, until_at, reason, created_by) VALUES
             ('maintenance', now(), now() + interval '1 hour', 'troca <do> servidor', 'test'),
             ('mute', now() - interval '2 hours', now() - interval '1 hour', 'de antes', 'test')",
        )
        .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let html = browser.get("/alertas").await.html;
        let (open, over) = html.split_once("Encerrados").unwrap();
        assert!(!open.contains("de antes"), "{open}");
        for part in [
            "Avisos retidos",
            "manutenção: todos os avisos (troca &lt;do&gt; servidor)",
            "Acesso recusado pelo portal",
            "senha recusada",
            "Ana &lt;Souza&gt;",
            "ninguém foi avisado",
            "O que fazer",
        ] {
            assert!(open.contains(part), "{part}: {open}");
        }
        for part in ["Portal fora do ar", "1 d"] {
            assert!(over.contains(part), "{part}: {over}");
        }
        assert!(!over.contains("O que fazer"), "{over}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn thousands_of_alerts_and_of_people_are_shown_page_by_page() {
    let world = world_with(1, |config| config.alerts.enabled = false).await;
    let long = "um nome comprido de perito, como há muitos";
    for sql in [
        format!(
            "INSERT INTO agendad_alerts (rule, subject, label, note, since)
             SELECT 'stale', n::text, '', '{long} ' || n, now() - n * interval '1 minute'
             FROM generate_series(1, 3000) n"
        ),
        "INSERT INTO agendad_alerts (rule, subject, label, note, since, cleared_at)
         SELECT 'stale', 'o' || n, '', 'encerrado ' || n, now() - interval '9 days', now() - n * interval '1 minute'
         FROM generate_series(1, 70) n"
            .to_owned(),
        format!(
            "INSERT INTO agendad_people (login, nome, role, password_hash, created_by)
             SELECT 'pessoa' || lpad(n::text, 4, '0'), '{long} ' || n, 'recepcao', 'x', 'test' FROM generate_series(1, 1000) n"
        ),
    ] {
        world.execute(&sql).await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for (page, has, has_not) in [
            (
                "/alertas",
                vec!["Abertos <span class=\"n\">3000<", "1 / 62"],
                vec!["Encerrados"],
            ),
            (
                "/alertas?pagina=60",
                vec!["Abertos <span class=\"n\">3000<", "60 / 62"],
                vec!["Encerrados"],
            ),
            (
                "/alertas?pagina=61",
                vec![
                    "Encerrados <span class=\"n\">70<",
                    "encerrado 1<",
                    "encerrado 50<",
                ],
                vec!["Abertos"],
            ),
            (
                "/alertas?pagina=1000000",
                vec!["encerrado 70<"],
                vec!["encerrado 50<", "Abertos"],
            ),
            ("/pessoas", vec!["1 / 2", "pessoa0001"], vec!["pessoa0999"]),
            ("/pessoas?pagina=20", vec!["pessoa0999"], vec!["pessoa0001"]),
        ] {
            let html = browser.get(page).await.html;
            assert!(html.len() < 60_000, "{page}: {}", html.len());
            for part in has {
                assert!(html.contains(part), "{page}: {part}: {html}");
            }
            for part in has_not {
                assert!(!html.contains(part), "{page}: {part}: {html}");
            }
        }
    })
    .await;
    world.close().await;
}
