//! A mail server that refuses the login.

use agendad::alerts::Channels;
use agendad::changes::{ChangesMailer, Sent};

use super::{at, quick, send, wish};
use crate::alerts::mail::MailServer;
use crate::support::World;

#[tokio::test]
async fn a_mail_server_that_refuses_the_login_is_asked_once_for_all_examiners() {
    let world = World::new(2).await;
    let server = MailServer::start().await;
    let mut config = quick(&world, &server);
    server.use_with_login_by(&mut config);
    server.refuse_logins(true);
    let today = world.app.syncer.clock.today();
    for (index, to) in [(0, "prado@example.com"), (1, "souza@example.com")] {
        world.simulator.book(index, today).unwrap();
        world.sync(index).await;
        wish(&world, index, to).await;
        world.simulator.book(index, today).unwrap();
        world.sync(index).await;
    }
    let (channels, clock) = (Channels::of(&config).unwrap(), at(&world, 6));
    let mailer = ChangesMailer {
        store: &world.database.store,
        channels: &channels,
        config: &config,
        clock: &clock,
    };
    for _ in 0..2 {
        assert_eq!(mailer.send_next().await.unwrap(), Sent::Failed);
    }
    assert_eq!(server.logins(), 1);
    server.refuse_logins(false);
    world
        .execute("UPDATE agendad_change_mails SET next_attempt_at = now() - interval '1 second'")
        .await;
    assert_eq!(send(&world, &config).await, Sent::Mailed, "other settings");
    world.close().await;
}
