//! A mail server that has the mail and does not say so.

use std::time::Duration;

use agendad::changes::Sent;

use super::{later, quick, send, wish};
use crate::alerts::mail::MailServer;
use crate::support::World;

#[tokio::test]
async fn a_mail_that_the_server_has_and_does_not_answer_is_sent_once_more_and_no_more() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let mut config = quick(&world, &server);
    config.alerts.timeout = Duration::from_secs(3);
    let today = world.app.syncer.clock.today();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    server.refuse("prado@example.com");
    assert_eq!(send(&world, &config).await, Sent::Failed);
    later(&world).await;
    server.accept_all();
    server.keep_silent_after(".");
    for sent in [Sent::Failed, Sent::Mailed, Sent::Nothing] {
        assert_eq!(send(&world, &config).await, sent);
        later(&world).await;
    }
    assert_eq!(server.mails().len(), 2);
    world.close().await;
}
