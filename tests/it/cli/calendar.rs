//! `agendad users calendar`: an address is made, shown once, replaced and revoked.

use crate::support::World;

/// What is kept of the addresses.
async fn kept(world: &World) -> Vec<Vec<u8>> {
    sqlx::query_scalar("SELECT token_hash FROM agendad_calendars")
        .fetch_all(&world.database.pool)
        .await
        .expect("the table of calendars is there")
}

async fn audited(world: &World, action: &str) -> i64 {
    let user = world.users[0];
    world
        .count(&format!(
            "SELECT count(*) FROM agendad_audit
             WHERE action = '{action}' AND actor LIKE 'cli:%' AND usuario_id = {user}"
        ))
        .await
}

#[tokio::test]
async fn a_calendar_address_is_shown_once_replaced_and_revoked() {
    let world = World::new(1).await;
    let base = "https://agenda.example.org";
    let program = world
        .program()
        .env("AGENDAD_HTTP__PUBLIC_URL", format!("{base}/"));
    let user = world.users[0].to_string();
    let calendar = ["users", "calendar", "--user", &user];

    let made = program.run(&calendar).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let address = made.out.trim();
    let token = address
        .strip_prefix(&format!("{base}/calendar/"))
        .and_then(|file| file.strip_suffix(".ics"));
    assert_eq!(token.map(str::len), Some(43), "256 bits: {address}");
    assert!(!made.err.contains(address), "{made:?}");
    let first = kept(&world).await;
    assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [32]);

    let again = program.run(&[&calendar[..], &["--json"]].concat()).await;
    let other = again.json()["address"].as_str().unwrap().to_owned();
    assert_ne!(other, address);
    let second = kept(&world).await;
    assert_eq!(second.len(), 1);
    assert_ne!(first, second, "the first address still opens it");
    assert_eq!(audited(&world, "calendar.make").await, 2);

    let revoke = [&calendar[..], &["--revoke"]].concat();
    let revoked = program.run(&revoke).await;
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    assert!(kept(&world).await.is_empty());
    assert_eq!(audited(&world, "calendar.revoke").await, 1);
    let nothing = program.run(&revoke).await;
    assert_eq!(nothing.code, Some(1), "{nothing:?}");
    assert!(
        nothing.err.contains("has no calendar address"),
        "{nothing:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_calendar_that_could_not_be_is_refused_with_a_sentence() {
    let world = World::new(1).await;
    let program = world.program();
    let nobody = ["users", "calendar", "--user", "99999"];
    let said = program.run(&nobody).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("there is no user 99999"), "{said:?}");

    let off = program.env("AGENDAD_CALENDAR__ENABLED", "false");
    let user = world.users[0].to_string();
    let said = off.run(&["users", "calendar", "--user", &user]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("calendar.enabled is false"), "{said:?}");
    assert!(kept(&world).await.is_empty());
    world.close().await;
}
