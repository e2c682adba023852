//! The daemon itself, with a portal: an address that does not answer holds up neither syncs nor other addresses.

use std::time::Duration;

use agendad::app::Roles;
use agendad::store::webhooks::NewWebhook;
use agendad::vault::Purpose;
use agendad::webhooks::Secret;

use crate::support::{Daemon, World, eventually};
use crate::webhooks::receiver::Receiver;

const LONG: Duration = Duration::from_secs(60);

async fn add(world: &World, url: &str) {
    let store = &world.database.store;
    let id = store.next_webhook_id().await.unwrap();
    let secret = Secret::random().unwrap();
    let sealed = world
        .app
        .syncer
        .vault
        .seal(Purpose::Webhook, id, secret.shown());
    let webhook = NewWebhook {
        id,
        url,
        label: "",
        usuario_ids: None,
        kinds: None,
        allow_private: true,
        secret: &sealed.unwrap(),
    };
    store.add_webhook(&webhook, "test").await.unwrap();
}

async fn changes(world: &World) -> usize {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM agenda_slot_changes")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    usize::try_from(count).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_slow_holds_up_neither_another_one_nor_the_syncs_and_nothing_is_lost_by_a_restart()
 {
    let world = World::new(6).await;
    let (slow, quick) = (Receiver::slow().await, Receiver::start().await);
    add(&world, &slow.url()).await;
    add(&world, &quick.url()).await;
    let config = world.daemon_config();
    let daemon = Daemon::start(config.clone(), Roles::ALL).await;
    let all = async || {
        let changes = changes(&world).await;
        (changes > 100 && quick.changes().len() == changes).then_some(changes)
    };
    let count = eventually("changes at the quick address", LONG, all).await;
    assert_eq!(slow.changes().len(), 0, "it has not answered once");
    assert!(
        (1..=4).contains(&slow.tries().len()),
        "{} deliveries at once",
        slow.tries().len()
    );
    // What is in the air at the stop is cut off, and sent again by the next process.
    daemon.stop().await;
    slow.hurry();
    sqlx::query("UPDATE agendad_webhook_positions SET lease_until = now()")
        .execute(&world.database.pool)
        .await
        .unwrap();
    let daemon = Daemon::start(config, Roles::ALL).await;
    let told = async || {
        let mut ids: Vec<i64> = slow.changes().iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        (ids.len() >= count).then_some(())
    };
    eventually("changes at the slow address", LONG, told).await;
    daemon.stop().await;
    for receiver in [&slow, &quick] {
        let changes = receiver.changes();
        for user in &world.users {
            let of = changes
                .iter()
                .filter(|(of, _)| *of == i64::from(*user))
                .map(|(_, id)| *id);
            let mut ids: Vec<i64> = of.collect();
            ids.dedup();
            assert!(ids.is_sorted(), "in the order of examiner {user}: {ids:?}");
        }
    }
    world.close().await;
}
