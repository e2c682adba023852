//! Numbers of changes become visible out of order when examiners are read at once; none is missed for it.

use std::time::Duration;

use crate::support::eventually;
use crate::webhooks::receiver::Receiver;
use crate::webhooks::scene::Scene;

#[tokio::test]
async fn a_change_that_becomes_visible_after_one_with_a_greater_number_is_sent_too() {
    let scene = Scene::new(3).await;
    let receiver = Receiver::start().await;
    scene.add(&receiver.url()).await;
    let mut slow = scene.database.pool.begin().await.unwrap();
    // As a run does: it locks its row first.
    sqlx::raw_sql(
        "SELECT FROM usuarios WHERE id = 1 FOR SHARE;
         INSERT INTO agenda_slot_changes (slot_id, kind) VALUES (1, 'changed')",
    )
    .execute(&mut *slow)
    .await
    .unwrap();
    for user in [2, 3, 2] {
        scene.change(&[user]).await;
        scene.round().await;
        scene.round().await;
    }
    assert_eq!(receiver.changes(), [(2, 2), (3, 3), (2, 4)]);
    slow.commit().await.unwrap();
    scene.round().await;
    assert_eq!(receiver.changes()[3..], [(1, 1)]);
    // And what has been looked at is not looked at for ever, once no older transaction is open: tests share a server.
    eventually("all is looked at", Duration::from_secs(60), async || {
        scene.round().await;
        let seen = scene
            .database
            .count("SELECT seen_change FROM agendad_webhooks")
            .await;
        (seen == 4).then_some(())
    })
    .await;
    scene.close().await;
}
