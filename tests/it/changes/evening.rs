//! What changes of tomorrow once its mail is out.

use std::time::Duration;

use agendad::changes::Sent;
use agendad::clock::Clock;
use chrono::{TimeZone, Utc};

use super::{last, quick, send, send_at, wish};
use crate::alerts::mail::MailServer;
use crate::support::World;

#[tokio::test]
async fn what_changes_of_tomorrow_after_its_mail_is_told_on_the_day_and_once() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let mut config = quick(&world, &server);
    config.tomorrow.enabled = true;
    config.tomorrow.hour = "19:00".to_owned();
    config.changes.every = Duration::ZERO;
    let clock = &world.app.syncer.clock;
    let (today, zone) = (clock.today(), clock.zone());
    let yesterday = today - chrono::Days::new(1);
    let yesterday_at = |hour: u32| {
        let wall = yesterday.and_hms_opt(hour, 30, 0).unwrap();
        let moment = zone.from_local_datetime(&wall).earliest().unwrap();
        moment.with_timezone(&Utc)
    };
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    let known = world.count("SELECT max(id) FROM agenda_slot_changes").await;
    // Yesterday at half past seven somebody came for today, and then somebody for late yesterday.
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    let evening = yesterday_at(19);
    for sql in [
        format!("UPDATE agenda_slot_changes SET at = '{evening}' WHERE id > {known}"),
        format!("UPDATE agenda_sync_runs SET window_start = '{yesterday}', days_read = NULL"),
        format!(
            "UPDATE agenda_slots SET data = '{yesterday}', hora = '23:00'
             WHERE id = (SELECT slot_id FROM agenda_slot_changes ORDER BY id DESC LIMIT 1)"
        ),
    ] {
        world.execute(&sql).await;
    }
    let late = Clock::fixed(zone, yesterday_at(20));
    assert_eq!(send_at(&world, &config, &late).await, Sent::Mailed);
    assert_eq!(send_at(&world, &config, &late).await, Sent::Nothing);
    let mailed = format!(
        "UPDATE agendad_change_mails SET mailed_at = '{}'",
        yesterday_at(20)
    );
    world.execute(&mailed).await;

    assert_eq!(send(&world, &config).await, Sent::Mailed);
    let subject = last(&server).header("Subject");
    assert!(subject.ends_with(": 1 novo"), "{subject}");
    assert_eq!(send(&world, &config).await, Sent::Nothing, "once");
    // A daemon of the release before keeps no day.
    world
        .execute(&format!(
            "UPDATE agendad_change_mails SET seen_day = '{yesterday}'"
        ))
        .await;
    assert_eq!(send(&world, &config).await, Sent::Nothing, "it has told it");
    assert_eq!(server.mails().len(), 2);
    world.close().await;
}
