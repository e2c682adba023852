//! What people type: days and names as they write them; and lists that are cut.

use super::language::portuguese;
use crate::support::World;

#[tokio::test]
async fn days_are_understood_as_people_write_them_and_lists_begin_today() {
    let world = World::new(1).await;
    world.sync(0).await;
    let today = world.app.syncer.clock.today();
    let user = world.users[0];
    // A slot of last week that is still current, as all that has been read is.
    world
        .execute(&format!(
            "INSERT INTO agenda_slots (data, hora, external_uid, usuario_id, payload)
             VALUES (DATE '{today}' - 7, '08:00', 'old', {user}, '{{\"nome\": \"Quem Já Veio\"}}')"
        ))
        .await;
    let program = portuguese(&world);
    for list in [&["slots"][..], &["slots", "--json"]] {
        let said = program.run(list).await;
        assert!(!said.out.contains("Quem Já Veio"), "{said:?}");
    }
    let week_ago = (today - chrono::Days::new(7)).format("%d/%m").to_string();
    for args in [
        &["slots", "--from", &week_ago, "--to", &week_ago][..],
        &["slots", "--to", "ontem"],
    ] {
        let said = program.run(args).await;
        assert!(said.out.contains("Quem Já Veio"), "{args:?}: {said:?}");
        assert_eq!(said.out.lines().count(), 2, "{args:?}: {said:?}");
        let said = program.run(&[args, &["--json"]].concat()).await;
        let slots = said.json();
        assert_eq!(
            slots.as_array().map(Vec::len),
            Some(1),
            "{args:?}: {said:?}"
        );
    }
    for day in [
        "hoje",
        "amanhã",
        "tomorrow",
        "seg",
        "28/11/2026",
        "2026-11-28",
    ] {
        let said = program.run(&["slots", "--from", day]).await;
        assert_eq!(said.code, Some(0), "{day}: {said:?}");
        let said = program.run(&["changes", "--since", day]).await;
        assert_eq!(said.code, Some(0), "{day}: {said:?}");
    }
    let user = user.to_string();
    let sync = ["sync", "--user", &user, "--from", "hoje", "--to", "amanhã"];
    let said = program.run(&sync).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let tomorrow = today + chrono::Days::new(1);
    let days = format!(
        "{} – {}",
        today.format("%d/%m/%Y"),
        tomorrow.format("%d/%m/%Y")
    );
    assert!(said.out.contains(&days), "{said:?}");
    assert!(said.out.contains("completa"), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn days_in_the_wrong_order_are_no_empty_list() {
    let world = World::new(1).await;
    let program = portuguese(&world);
    let user = world.users[0].to_string();
    for command in [
        &["slots"][..],
        &["slots", "--removed", "--json"],
        &["slots", "--user", &user, "--days"],
        &["sync", "--user", &user],
    ] {
        let days = ["--from", "28/11/2031", "--to", "24/11/2031"];
        let said = program.run(&[command, &days].concat()).await;
        assert_eq!((said.code, &*said.out), (Some(2), ""), "{said:?}");
        let order = "--from 28/11/2031 vem depois de --to 24/11/2031";
        assert!(said.err.contains(order), "{said:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn an_examiner_is_found_by_part_of_their_name_and_several_are_listed() {
    let world = World::new(3).await;
    for (user, name) in world
        .users
        .iter()
        .zip(["Ana Souza", "Ana Lima", "João Prado"])
    {
        world
            .execute(&format!(
                "UPDATE usuarios SET nome = '{name}' WHERE id = {user}"
            ))
            .await;
    }
    world.sync(2).await;
    let program = world.program();
    let by_name = program.run(&["runs", "--user", "joao", "--json"]).await;
    let number = world.users[2].to_string();
    let by_number = program.run(&["runs", "--user", &number, "--json"]).await;
    assert_eq!(by_name.out, by_number.out);
    assert_ne!(by_name.json(), serde_json::json!([]));

    let paused = program.run(&["users", "pause", "--user", "lima"]).await;
    assert_eq!(paused.code, Some(0), "{paused:?}");
    let lima = world.users[1];
    let is_paused = format!(
        "SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo IS NOT NULL AND usuario_id = {lima}"
    );
    assert_eq!(world.count(&is_paused).await, 1);

    for args in [
        &["users", "pause", "--user", "ana"][..],
        &["sync", "--user", "ana"],
        &["slots", "--user", "ana"],
    ] {
        let said = program.run(args).await;
        assert_eq!(said.code, Some(2), "{args:?}: {said:?}");
        for part in ["Ana Souza", "Ana Lima"] {
            assert!(said.err.contains(part), "{args:?}: {said:?}");
        }
        assert!(!said.err.contains("Prado"), "{args:?}: {said:?}");
    }
    let nobody = program.run(&["sync", "--user", "pedro"]).await;
    assert_eq!(nobody.code, Some(2), "{nobody:?}");
    assert_eq!(
        world
            .count("SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo IS NOT NULL")
            .await,
        1,
        "nobody else was paused"
    );
    world.close().await;
}

#[tokio::test]
async fn a_list_that_is_cut_says_how_much_of_it_is_shown() {
    let world = World::new(1).await;
    world.sync(0).await;
    let program = portuguese(&world);
    let all = world
        .count("SELECT count(*) FROM agenda_slots WHERE is_current AND data >= (now() AT TIME ZONE 'America/Sao_Paulo')::date")
        .await;
    let said = program.run(&["slots", "--limit", "2"]).await;
    assert!(said.err.contains(&format!("2 de {all}")), "{said:?}");
    let limit = all.to_string();
    let said = program.run(&["slots", "--limit", &limit]).await;
    assert_eq!(said.err, "", "all are there");
    let said = program.run(&["changes", "--limit", "1"]).await;
    assert!(said.err.contains("1 de "), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn programs_are_told_of_a_cut_beside_what_they_read() {
    let world = World::new(1).await;
    world.sync(0).await;
    world.sync(0).await;
    for twice in [
        "UPDATE agenda_slots SET is_current = FALSE, status = 'removed'
         WHERE id IN (SELECT id FROM agenda_slots ORDER BY data DESC LIMIT 2)",
        "INSERT INTO agendad_alerts (rule, subject, since)
         VALUES ('stale', 'perito:1', now()), ('layout', 'perito:1', now())",
        "INSERT INTO river.river_job (state, kind, queue, args, attempt, max_attempts, priority, scheduled_at)
         SELECT 'available', 'sync', 'sync', '{\"usuario_id\": 1, \"window\": \"near\"}', 0, 5, 1, now()
         FROM generate_series(1, 2)",
    ] {
        world.execute(twice).await;
    }
    let program = portuguese(&world);
    for list in [
        &["slots"][..],
        &["slots", "--removed"],
        &["changes"],
        &["runs"],
        &["jobs"],
        &["alerts", "list"],
    ] {
        let said = program
            .run(&[list, &["--limit", "1", "--json"]].concat())
            .await;
        let found = said.json();
        let found = found.get("alerts").unwrap_or(&found);
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{said:?}");
        assert!(said.err.starts_with("1 de "), "{list:?}: {said:?}");
    }
    // Days are not cut: too many are refused.
    let user = world.users[0].to_string();
    let days = ["slots", "--user", &user, "--days", "--to", "01/01/2100"];
    let said = program.run(&days).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("no máximo 366 dias"), "{said:?}");
    world.close().await;
}
