//! Tomorrow's agenda by e-mail: read anew, honest about what was not read, sent once.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::alerts::Channels;
use agendad::app::Roles;
use agendad::config::Config;
use agendad::domain::WorkingDays;
use agendad::domain::text::title_case;
use agendad::store::StoreError;
use agendad::store::mail_preferences::Mails;
use agendad::tomorrow::{NotMailed, Sent, TomorrowMailer};
use chrono::{Datelike, Days, NaiveDate};

use crate::alerts::mail::{Mail, MailServer};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world as client_world};
use crate::support::{Daemon, World, clock, eventually};

const LONG: Duration = Duration::from_secs(60);

/// Settings have an hour of today: a test that begins just before midnight would still wait for it on the day after.
async fn clear_of_midnight() {
    eventually("midnight", Duration::from_secs(600), async || {
        let now = clock().local_now().format("%H:%M").to_string();
        (now.as_str() < "23:55").then_some(())
    })
    .await;
}

/// Settings whose hour is now, with this mail server.
fn evening(world: &World, server: &MailServer) -> Config {
    let mut config = world.daemon_config();
    let now = world.app.syncer.clock.local_now();
    config.tomorrow.hour = now.format("%H:%M").to_string();
    config.tomorrow.wait = Duration::from_secs(3600);
    server.use_by(&mut config);
    // Nobody reads by a window, and no operator is told.
    config.windows[0].cron = "0 0 0 1 1 *".to_owned();
    config.alerts.enabled = false;
    config
}

async fn wish(world: &World, index: usize, to: &str) {
    let store = &world.database.store;
    let wished =
        store.set_mail_preference(Mails::Tomorrow, world.users[index], Some(Some(to)), "test");
    assert!(wished.await.unwrap());
}

fn tomorrow(world: &World) -> NaiveDate {
    world.app.syncer.clock.today() + Days::new(1)
}

async fn send(world: &World, config: &Config) -> Sent {
    send_keeping(world, config, &mut None).await.unwrap()
}

async fn send_keeping(
    world: &World,
    config: &Config,
    unwritten: &mut Option<NotMailed>,
) -> Result<Sent, StoreError> {
    let channels = Channels::of(config).unwrap();
    let evening = TomorrowMailer {
        store: &world.database.store,
        channels: &channels,
        config,
        clock: &world.app.syncer.clock,
    };
    let sent = evening.send_next(tomorrow(world), true, unwritten);
    sent.await
}

fn to<'a>(mails: &'a [Mail], address: &str) -> &'a Mail {
    mails.iter().find(|mail| mail.to == address).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_day_is_read_and_mailed_once_by_two_daemons_and_an_unread_one_is_said_to_be_unread() {
    clear_of_midnight().await;
    let world = World::new(3).await;
    let server = MailServer::start().await;
    // Whatever day of the week it is.
    for _ in 0..2 {
        world.simulator.book(0, tomorrow(&world)).unwrap();
    }
    world.set_password(1, "errada").await;
    wish(&world, 0, "prado@example.com").await;
    wish(&world, 1, "souza@example.com").await;
    let config = evening(&world, &server);
    let (first, second) = (
        Daemon::start(config.clone(), Roles::ALL).await,
        Daemon::start(config.clone(), Roles::ALL).await,
    );
    let both = async || (server.mails().len() >= 2).then_some(());
    eventually("two mails", LONG, both).await;
    first.stop().await;
    second.stop().await;
    // After a restart too.
    let again = Daemon::start(config.clone(), Roles::ALL).await;
    again.stop().await;
    assert_eq!(send(&world, &config).await, Sent::Nothing);
    let mails = server.mails();
    assert_eq!(mails.len(), 2, "once each");

    let day = tomorrow(&world);
    let truth = world.simulator.agenda_between(0, day, day);
    assert!(!truth.is_empty(), "the double has an agenda for tomorrow");
    let read = to(&mails, "prado@example.com");
    let subject = read.header("Subject");
    let count = format!("{} atendimento", truth.len());
    assert!(
        subject.starts_with("Agenda de amanhã") && subject.contains(&count),
        "{subject}"
    );
    let parts = read.parts();
    let [text, html] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    assert!(text.contains("dia lido"), "{text}");
    assert!(text.contains("desligue na sua página"), "{text}");
    for slot in truth {
        let hour = slot.hour.format("%H:%M").to_string();
        assert!(
            text.contains(&hour) && html.contains(&hour),
            "{hour}: {text}"
        );
        for part in [text, html] {
            assert!(!part.contains(&slot.cpf), "a whole CPF: {part}");
        }
        let name = title_case(&slot.nome);
        assert!(text.contains(&name), "{name}: {text}");
    }

    let unread = to(&mails, "souza@example.com");
    assert!(unread.header("Subject").ends_with("NÃO LIDA"));
    let text = &unread.parts()[0];
    assert!(
        text.contains("ATENÇÃO") && text.contains("ainda não lido"),
        "{text}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_examiner_who_is_being_read_at_the_hour_is_waited_for() {
    clear_of_midnight().await;
    let world = World::new(1).await;
    let server = MailServer::start().await;
    world.simulator.book(0, tomorrow(&world)).unwrap();
    wish(&world, 0, "prado@example.com").await;
    let control = &world.app.syncer.control;
    let lock = control.try_lock(world.users[0]).await.unwrap().unwrap();
    let daemon = Daemon::start(evening(&world, &server), Roles::ALL).await;
    let is_claimed = "SELECT count(*) FROM agendad_tomorrow_mails WHERE read_day IS NOT NULL";
    eventually("the reading is begun", LONG, async || {
        (world.count(is_claimed).await == 1).then_some(())
    })
    .await;
    // Time enough for a mail that would not wait.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(
        server.mails().is_empty(),
        "nothing is said of an unread day"
    );
    lock.release().await;
    eventually("the mail", LONG, async || {
        (!server.mails().is_empty()).then_some(())
    })
    .await;
    let subject = server.mails()[0].header("Subject");
    assert!(!subject.ends_with("NÃO LIDA"), "{subject}");
    daemon.stop().await;
    world.close().await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_and_one_whose_sender_died_is_not_sent_twice() {
    clear_of_midnight().await;
    let world = World::new(2).await;
    let server = MailServer::start().await;
    let config = evening(&world, &server);
    wish(&world, 0, "prado@example.com").await;
    server.refuse("prado@example.com");
    assert_eq!(send(&world, &config).await, Sent::Failed);
    assert_eq!(send(&world, &config).await, Sent::Nothing, "not at once");
    let listed = world.database.store.tomorrow_mails().await.unwrap();
    assert!(
        listed[0]
            .last_error
            .as_ref()
            .unwrap()
            .contains("no such user")
    );
    server.accept_all();
    world
        .execute("UPDATE agendad_tomorrow_mails SET next_attempt_at = now()")
        .await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    assert_eq!(send(&world, &config).await, Sent::Nothing);

    wish(&world, 1, "souza@example.com").await;
    let (store, day) = (&world.database.store, tomorrow(&world));
    let due = store.tomorrow_due(day, true).await.unwrap().unwrap();
    assert!(store.claim_tomorrow_mail(&due, day).await.unwrap());
    assert!(
        !store.claim_tomorrow_mail(&due, day).await.unwrap(),
        "another one"
    );
    // It dies here: perhaps the mail server has it.
    assert_eq!(send(&world, &config).await, Sent::Nothing);
    assert_eq!(server.mails().len(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_day_off_sends_nothing_an_empty_day_says_so_and_no_address_is_a_problem_that_is_listed() {
    clear_of_midnight().await;
    let world = World::new(3).await;
    let server = MailServer::start().await;
    let config = evening(&world, &server);
    let day = tomorrow(&world);
    // Works on the day before tomorrow only.
    let names = [
        "segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo",
    ];
    let today = usize::try_from((day - Days::new(1)).weekday().num_days_from_monday()).unwrap();
    let days = format!("[\"{}\"]", names[today]);
    assert!(!WorkingDays::parse(Some(&days)).unwrap().contains(day));
    let off = world.users[0];
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET dias_trabalho = '{days}' WHERE usuario_id = {off}"
        ))
        .await;
    wish(&world, 0, "prado@example.com").await;
    assert_eq!(send(&world, &config).await, Sent::Skipped);
    assert_eq!(send(&world, &config).await, Sent::Nothing);

    // Read, and without slots.
    world.sync(1).await;
    let user = world.users[1];
    world
        .execute(&format!(
            "UPDATE agenda_slots SET is_current = FALSE, status = 'removed' WHERE usuario_id = {user} AND data = '{day}'"
        ))
        .await;
    wish(&world, 1, "souza@example.com").await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    let mails = server.mails();
    let mail = to(&mails, "souza@example.com");
    assert!(mail.header("Subject").ends_with("nenhum atendimento"));
    assert!(mail.parts()[0].contains("nenhum atendimento (vazio, lido"));

    let user = world.users[2];
    let store = &world.database.store;
    assert!(
        store
            .set_mail_preference(Mails::Tomorrow, user, Some(None), "test")
            .await
            .unwrap()
    );
    assert_eq!(send(&world, &config).await, Sent::Failed);
    let listed = store.tomorrow_mails().await.unwrap();
    let mine = listed.iter().find(|mail| mail.usuario_id == user).unwrap();
    assert!(
        mine.last_error
            .as_ref()
            .unwrap()
            .contains("no e-mail address")
    );
    world.close().await;
}

#[tokio::test]
async fn the_wish_is_made_listed_and_taken_back_at_the_command_line() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    let run = async |args: &[&str]| program.clone().run(args).await;
    let refused = run(&["users", "tomorrow", "--user", &user, "--to", "prado"]).await;
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let on = run(&[
        "users",
        "tomorrow",
        "--user",
        &user,
        "--to",
        "prado@example.com",
    ])
    .await;
    assert_eq!(on.code, Some(0), "{on:?}");
    assert!(
        on.out.contains("prado@example.com every day at 19:00"),
        "{on:?}"
    );
    assert!(on.err.contains("alerts.email.host is empty"), "{on:?}");
    let listed = run(&["users", "tomorrow"]).await;
    assert!(listed.out.contains("prado@example.com"), "{listed:?}");
    let off = run(&["users", "tomorrow", "--user", &user, "--off"]).await;
    assert_eq!(off.code, Some(0), "{off:?}");
    assert_eq!(
        run(&["users", "tomorrow", "--user", &user, "--off"])
            .await
            .code,
        Some(1)
    );
    world.close().await;
}

#[tokio::test]
async fn a_mail_that_the_server_has_and_does_not_answer_is_sent_once_and_that_is_noted() {
    clear_of_midnight().await;
    let world = client_world(1).await;
    let server = MailServer::start().await;
    let config = evening(&world, &server);
    wish(&world, 0, "prado@example.com").await;
    server.hang_up_after_a_text();
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    assert_eq!(send(&world, &config).await, Sent::Nothing);
    assert_eq!(server.mails().len(), 1);
    let listed = world.database.store.tomorrow_mails().await.unwrap();
    let noted = listed[0].last_error.as_ref().unwrap();
    assert!(noted.contains("it may have arrived"), "{noted}");
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = format!("/peritos/{}", world.users[0]);
        let html = browser.get(&page).await.html;
        assert!(html.contains("pode ter chegado"), "{html}");
        assert!(!html.contains("O último não saiu"), "{html}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_refusal_that_the_database_did_not_take_is_written_down_first_and_the_mail_tried_again() {
    clear_of_midnight().await;
    let world = World::new(1).await;
    let server = MailServer::start().await;
    let config = evening(&world, &server);
    wish(&world, 0, "prado@example.com").await;
    server.refuse("prado@example.com");
    for sql in [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuse BEFORE UPDATE ON agendad_tomorrow_mails FOR EACH ROW WHEN (NEW.failed) EXECUTE FUNCTION refuse()",
    ] {
        world.execute(sql).await;
    }
    let mut unwritten = None;
    for _ in 0..2 {
        let failed = send_keeping(&world, &config, &mut unwritten).await;
        assert!(failed.is_err() && unwritten.is_some(), "{failed:?}");
    }
    world
        .execute("DROP TRIGGER refuse ON agendad_tomorrow_mails")
        .await;
    let sent = send_keeping(&world, &config, &mut unwritten).await.unwrap();
    assert_eq!(sent, Sent::Nothing, "not at once");
    assert!(unwritten.is_none());
    server.accept_all();
    world
        .execute("UPDATE agendad_tomorrow_mails SET next_attempt_at = now()")
        .await;
    assert_eq!(send(&world, &config).await, Sent::Mailed);
    world.close().await;
}

#[tokio::test]
async fn a_mail_server_that_refuses_the_login_is_asked_once_for_all_examiners() {
    clear_of_midnight().await;
    let world = World::new(2).await;
    let server = MailServer::start().await;
    let mut config = evening(&world, &server);
    server.use_with_login_by(&mut config);
    server.refuse_logins(true);
    wish(&world, 0, "prado@example.com").await;
    wish(&world, 1, "souza@example.com").await;
    let channels = Channels::of(&config).unwrap();
    let evening = TomorrowMailer {
        store: &world.database.store,
        channels: &channels,
        config: &config,
        clock: &world.app.syncer.clock,
    };
    let mut unwritten = None;
    for _ in 0..2 {
        let sent = evening.send_next(tomorrow(&world), true, &mut unwritten);
        assert_eq!(sent.await.unwrap(), Sent::Failed);
    }
    assert_eq!(server.logins(), 1);
    server.refuse_logins(false);
    world
        .execute("UPDATE agendad_tomorrow_mails SET next_attempt_at = now() - interval '1 second'")
        .await;
    assert_eq!(send(&world, &config).await, Sent::Mailed, "other settings");
    world.close().await;
}
