//! The day's changes by e-mail: quietly, and only what is news.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod evening;
mod refused;
mod unanswered;

use std::time::Duration;

use agendad::alerts::Channels;
use agendad::app::Roles;
use agendad::changes::{ChangesMailer, Sent};
use agendad::clock::Clock;
use agendad::config::Config;
use agendad::domain::Role;
use agendad::store::mail_preferences::Mails;
use chrono::{NaiveTime, TimeZone, Utc};

use crate::alerts::mail::{Mail, MailServer};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world as client_world};
use crate::staff::{PASSWORD, add, enter};
use crate::support::{Daemon, World, eventually};

const LONG: Duration = Duration::from_secs(60);

/// Nothing is collected, there is no night, and this is the mail server.
fn quick(world: &World, server: &MailServer) -> Config {
    let mut config = world.daemon_config();
    config.changes.collect = Duration::ZERO;
    config.changes.quiet_from = "00:00".to_owned();
    config.changes.quiet_until = "00:00".to_owned();
    server.use_by(&mut config);
    config.windows[0].cron = "0 0 0 1 1 *".to_owned();
    config.alerts.enabled = false;
    config
}

/// Today at this hour, whatever the hour is.
fn at(world: &World, hour: u32) -> Clock {
    let (today, zone) = (
        world.app.syncer.clock.today(),
        world.app.syncer.clock.zone(),
    );
    let wall = today.and_time(NaiveTime::from_hms_opt(hour, 30, 0).unwrap());
    let moment = zone.from_local_datetime(&wall).earliest().unwrap();
    Clock::fixed(zone, moment.with_timezone(&Utc))
}

async fn wish(world: &World, index: usize, to: &str) {
    let store = &world.database.store;
    let wished =
        store.set_mail_preference(Mails::Changes, world.users[index], Some(Some(to)), "test");
    assert!(wished.await.unwrap());
}

async fn send(world: &World, config: &Config) -> Sent {
    send_at(world, config, &at(world, 6)).await
}

async fn send_at(world: &World, config: &Config, clock: &Clock) -> Sent {
    let channels = Channels::of(config).unwrap();
    let today = ChangesMailer {
        store: &world.database.store,
        channels: &channels,
        config,
        clock,
    };
    today.send_next().await.unwrap()
}

/// The last mail was a while ago.
async fn later(world: &World) {
    world
        .execute("UPDATE agendad_change_mails SET mailed_at = mailed_at - interval '16 minutes', next_attempt_at = NULL")
        .await;
}

fn last(server: &MailServer) -> Mail {
    server.mails().pop().unwrap()
}

#[tokio::test]
async fn what_changes_is_told_once_and_a_first_reading_is_no_change() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let config = quick(&world, &server);
    let today = world.app.syncer.clock.today();
    let (store, simulator) = (&world.database.store, &world.simulator);
    for _ in 0..3 {
        simulator.book(0, today).unwrap();
    }
    wish(&world, 0, "prado@example.com").await;
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::NoNews);
    assert_eq!(send(&world, &config).await, Sent::Nothing);

    // News: two who come, one who goes, one who is somebody else.
    let known = simulator.agenda_between(0, today, today);
    let came = [
        simulator.book(0, today).unwrap(),
        simulator.book(0, today).unwrap(),
    ];
    simulator.cancel(0, &known[0].key()).unwrap();
    // And who comes on another day is none.
    simulator.book(0, today + chrono::Days::new(1)).unwrap();
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    assert_eq!(send(&world, &config).await, Sent::Nothing);
    let mail = last(&server);
    assert_eq!(mail.to, "prado@example.com");
    let subject = mail.header("Subject");
    assert!(
        subject.starts_with("Mudou a agenda de hoje") && subject.ends_with("2 novos, 1 saiu"),
        "{subject}"
    );
    let parts = mail.parts();
    let [text, html] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    for part in [text, html] {
        assert_eq!(part.matches("NOVO").count(), 2, "{part}");
        assert_eq!(part.matches("SAIU").count(), 1, "{part}");
        assert!(part.contains("dia lido"), "{part}");
        for booking in came.iter().chain(&known) {
            assert!(!part.contains(&booking.cpf), "a whole CPF: {part}");
        }
        let hour = came[0].hour.format("%H:%M").to_string();
        assert!(part.contains(&hour), "{hour}: {part}");
    }

    // At most one in a quarter of an hour; what came and went meanwhile is nothing.
    simulator.cancel(0, &came[0].key()).unwrap();
    let short = simulator.book(0, today).unwrap();
    world.sync(0).await;
    simulator.cancel(0, &short.key()).unwrap();
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::Nothing, "too soon");
    later(&world).await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    assert!(last(&server).header("Subject").ends_with(": 1 saiu"));
    assert_eq!(server.mails().len(), 2);

    // After a long silence nobody knows what is new.
    later(&world).await;
    world
        .execute("UPDATE agenda_sync_runs SET started_at = started_at - interval '2 days', finished_at = finished_at - interval '2 days'")
        .await;
    simulator.book(0, today).unwrap();
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::NoNews);
    assert!(
        store
            .set_mail_preference(Mails::Changes, world.users[0], None, "test")
            .await
            .unwrap()
    );
    simulator.book(0, today).unwrap();
    world.sync(0).await;
    assert_eq!(
        send(&world, &config).await,
        Sent::Nothing,
        "not wished any more"
    );
    world.close().await;
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_has_logged_is_mailed_once_it_is_right() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let mut config = quick(&world, &server);
    let today = world.app.syncer.clock.today();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    config.changes.collect = Duration::from_secs(3600);
    assert_eq!(send(&world, &config).await, Sent::Nothing, "too soon");
    // All of it was dated by that clock; what the janitor takes back has one time.
    for ahead in [
        "UPDATE agenda_slot_changes SET at = now() + interval '1 year'",
        "UPDATE portal_units SET first_seen_at = now() + interval '1 year'",
        "UPDATE agenda_sync_runs SET started_at = now(), finished_at = now()",
    ] {
        world.execute(ahead).await;
    }
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    let subject = last(&server).header("Subject");
    assert!(subject.ends_with(": 1 novo"), "{subject}");
    assert_eq!(send(&world, &config).await, Sent::Nothing, "once");
    world.close().await;
}

#[tokio::test]
async fn many_changes_are_counted_and_what_is_held_back_is_not_gone() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let config = quick(&world, &server);
    let today = world.app.syncer.clock.today();
    for _ in 0..8 {
        world.simulator.book(0, today).unwrap();
    }
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    // A reading that would empty the day is held back: nothing is told of it.
    let whole = world.simulator.agenda_between(0, today, today);
    let unit = whole[0].unit.clone();
    world
        .simulator
        .set_day(0, &unit, today, Vec::new())
        .unwrap();
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::Nothing);
    world.simulator.set_day(0, &unit, today, whole).unwrap();
    for _ in 0..25 {
        world.simulator.book(0, today).unwrap();
    }
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    let mail = last(&server);
    assert!(
        mail.header("Subject").ends_with("25 novos"),
        "{}",
        mail.header("Subject")
    );
    let text = &mail.parts()[0];
    assert_eq!(text.matches("NOVO").count(), 20, "{text}");
    assert!(text.contains("e mais 5"), "{text}");
    world.close().await;
}

#[tokio::test]
async fn a_mail_that_is_refused_keeps_its_changes_and_one_that_is_claimed_is_nobody_elses() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let config = quick(&world, &server);
    let today = world.app.syncer.clock.today();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    server.refuse("prado@example.com");
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    assert_eq!(send(&world, &config).await, Sent::Failed);
    assert_eq!(send(&world, &config).await, Sent::Nothing, "not at once");
    let listed = world.database.store.change_mails().await.unwrap();
    assert!(
        listed[0]
            .last_error
            .as_ref()
            .unwrap()
            .contains("no such user")
    );
    server.accept_all();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    later(&world).await;
    // Two daemons at once.
    let both = tokio::join!(send(&world, &config), send(&world, &config));
    assert!(
        matches!(
            both,
            (Sent::Mailed, Sent::Nothing) | (Sent::Nothing, Sent::Mailed)
        ),
        "{both:?}"
    );
    assert_eq!(server.mails().len(), 1);
    assert!(last(&server).header("Subject").ends_with("2 novos"));
    world.close().await;
}

#[tokio::test]
async fn the_night_is_quiet_and_the_morning_tells_it() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let mut config = quick(&world, &server);
    config.changes.quiet_from = "21:00".to_owned();
    config.changes.quiet_until = "06:00".to_owned();
    let today = world.app.syncer.clock.today();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    wish(&world, 0, "prado@example.com").await;
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    for hour in [22, 5] {
        assert_eq!(
            send_at(&world, &config, &at(&world, hour)).await,
            Sent::Nothing
        );
    }
    // Those whose hour is over are of no interest.
    assert_eq!(send_at(&world, &config, &at(&world, 6)).await, Sent::Mailed);
    later(&world).await;
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    assert_eq!(
        send_at(&world, &config, &at(&world, 20)).await,
        Sent::NoNews
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_mails_by_itself_and_a_command_makes_the_wish() {
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let program = world.program();
    let user = world.users[0].to_string();
    let run = async |args: &[&str]| program.clone().run(args).await;
    let refused = run(&["users", "changes", "--user", &user, "--to", "prado"]).await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let on = run(&[
        "users",
        "changes",
        "--user",
        &user,
        "--to",
        "prado@example.com",
    ])
    .await;
    assert_eq!(on.code, Some(0), "{on:?}");
    assert!(
        on.out.contains("the day's changes go to prado@example.com"),
        "{on:?}"
    );
    assert!(
        run(&["users", "changes"])
            .await
            .out
            .contains("prado@example.com")
    );

    let config = quick(&world, &server);
    let today = world.app.syncer.clock.today();
    world.simulator.book(0, today).unwrap();
    world.sync(0).await;
    let last_hour = world
        .simulator
        .agenda_between(0, today, today)
        .pop()
        .unwrap();
    // Whatever the hour is, this one lies ahead of it.
    let late = NaiveTime::from_hms_opt(23, 59, 0).unwrap();
    world
        .simulator
        .reschedule(0, &last_hour.key(), today, Some(late))
        .unwrap();
    world.sync(0).await;
    let daemon = Daemon::start(config, Roles::ALL).await;
    let mailed = async || (!server.mails().is_empty()).then_some(());
    eventually("a mail", LONG, mailed).await;
    daemon.stop().await;
    assert!(last(&server).parts()[0].contains("23:59  NOVO"));
    let off = run(&["users", "changes", "--user", &user, "--off"]).await;
    assert_eq!(off.code, Some(0), "{off:?}");
    world.close().await;
}

#[tokio::test]
async fn an_examiner_sets_their_own_mails_and_an_operator_everybodys() {
    let world = client_world(2).await;
    let (mine, theirs) = (world.users[0], world.users[1]);
    add(&world, "perita", Role::Examiner, Some(mine)).await;
    add(&world, "ana", Role::Operator, None).await;
    let store = &world.database.store;
    serving(&world, async |client: Client| {
        let mut perita = Browser::of(&client);
        enter(&mut perita, "perita", PASSWORD).await;
        let account = perita.get("/conta").await.html;
        assert!(
            account.contains(&format!("/peritos/{mine}#emails")),
            "{account}"
        );
        let page = perita.get(&format!("/peritos/{mine}")).await;
        assert!(page.html.contains("id=\"emails\""), "{}", page.html);
        let token = page.token();
        let mut save = async |user: i32, fields: &[(&str, &str)]| {
            let mut all = vec![("token", token.as_str())];
            all.extend(fields);
            perita.send(&format!("/peritos/{user}/emails"), &all).await
        };
        for (fields, notice) in [
            (vec![("mudancas", "1")], "sem-email"),
            (
                vec![("mudancas", "1"), ("email", "perita")],
                "email-invalido",
            ),
            (vec![("email", "perita@example.com")], "nada-marcado"),
            (
                vec![
                    ("mudancas", "1"),
                    ("amanha", "1"),
                    ("email", "perita@example.com"),
                ],
                "emails-guardados",
            ),
        ] {
            let done = save(mine, &fields).await;
            if notice != "emails-guardados" {
                assert_eq!(done.status, 422, "{done:?}");
                for (name, _) in &fields {
                    let field = done.html.split_once(&format!("name=\"{name}\""));
                    let field = field.unwrap().1.split('>').next().unwrap();
                    let kept = field.contains(" checked") || field.contains("value=\"perita");
                    assert!(kept, "{notice}: {name}{field}");
                }
                let says_what = done.html.contains("marque o que enviar a este");
                assert_eq!(says_what, notice == "nada-marcado", "{}", done.html);
                continue;
            }
            assert_eq!(done.leads_to(), format!("/peritos/{mine}?aviso={notice}"));
        }
        let other = save(
            theirs,
            &[("mudancas", "1"), ("email", "perita@example.com")],
        )
        .await;
        assert_eq!(other.status, 404);
        let wishes = store.mail_preferences(mine).await.unwrap().unwrap();
        assert!(wishes.tomorrow && wishes.changes);
        for email in [wishes.tomorrow_email, wishes.changes_email] {
            assert_eq!(email.as_deref(), Some("perita@example.com"));
        }

        let mut ana = Browser::of(&client);
        enter(&mut ana, "ana", PASSWORD).await;
        let token = ana.get(&format!("/peritos/{mine}")).await.token();
        let fields = [
            ("token", token.as_str()),
            ("amanha", "1"),
            ("email", "outra@example.com"),
        ];
        ana.send(&format!("/peritos/{mine}/emails"), &fields).await;
        let wishes = store.mail_preferences(mine).await.unwrap().unwrap();
        assert!(wishes.tomorrow && !wishes.changes);
        assert_eq!(wishes.tomorrow_email.as_deref(), Some("outra@example.com"));
        // Two that go to two addresses, by command say, show each its own.
        let elsewhere = Some(Some("casa@example.com"));
        let set = store.set_mail_preference(Mails::Changes, mine, elsewhere, "test");
        assert!(set.await.unwrap());
        let page = ana.get(&format!("/peritos/{mine}")).await.html;
        for (name, email) in [("email", "outra"), ("email-mudancas", "casa")] {
            let field = page.split_once(&format!("name=\"{name}\"")).unwrap().1;
            let field = field.split('>').next().unwrap();
            let value = format!("value=\"{email}@example.com\"");
            assert!(field.contains(&value), "{name}: {field}");
        }
        let fields = [
            ("token", token.as_str()),
            ("amanha", "1"),
            ("mudancas", "1"),
            ("email", "outra@example.com"),
            ("email-mudancas", "nova@example.com"),
        ];
        ana.send(&format!("/peritos/{mine}/emails"), &fields).await;
        let wishes = store.mail_preferences(mine).await.unwrap().unwrap();
        assert_eq!(wishes.tomorrow_email.as_deref(), Some("outra@example.com"));
        assert_eq!(wishes.changes_email.as_deref(), Some("nova@example.com"));
        let page = ana.get(&format!("/peritos/{mine}")).await.html;
        assert!(
            page.contains("Nenhum e-mail sai"),
            "no server is set: {page}"
        );
    })
    .await;
    let noted =
        "SELECT count(*) FROM agendad_audit WHERE action IN ('users.tomorrow', 'users.changes')";
    assert_eq!(
        world
            .count(&format!("{noted} AND actor = 'dashboard:perita'"))
            .await,
        2
    );
    assert_eq!(
        world
            .count(&format!("{noted} AND actor = 'dashboard:ana'"))
            .await,
        3
    );
    world.close().await;
}
