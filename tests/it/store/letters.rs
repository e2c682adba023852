//! Databases that do not hold every letter.

use agendad::app::{App, Roles};
use agendad::domain::{Channel, RunStatus, Trouble, Undelivered, WorkingDays};
use agendad::simulator::BookingRequest;
use agendad::store::alerts::arrivals::Tried;
use agendad::store::alerts::outbox::Afterwards;
use agendad::store::change_mails::ChangeMailDue;
use agendad::store::units::UnitOffered;

use crate::support::{Daemon, TestDatabase, World, clock, eventually, simulated};

/// What a page in UTF-8 may bring, or one that says ISO-8859-1 and means windows-1252.
const NAME: &str = "JOÃO D’ÁVILA – Łuczak… 😀";

async fn world(encoding: &str) -> World {
    let mut settings = simulated();
    settings.empty_day_ratio = 0.0;
    World::on(TestDatabase::encoded(encoding).await, settings, |_| {}).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latin1_and_win1252_databases_hold_every_day_with_the_nearest_letters() {
    for (encoding, name) in [
        ("LATIN1", "JOÃO D'ÁVILA - Luczak... ?"),
        ("WIN1252", "JOÃO D’ÁVILA – Luczak… ?"),
    ] {
        let mut world = world(encoding).await;
        world.last_day = 3;
        let mut request = BookingRequest::on(clock().today());
        request.nome = Some(NAME.to_owned());
        world.simulator.book(0, request).unwrap();
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{encoding}: {report:?}");
        assert_eq!(report.totals.inserted, world.truth(0).len() as i64);
        let current = "SELECT count(*) FROM agenda_slots WHERE is_current";
        assert_eq!(world.count(current).await, world.truth(0).len() as i64);
        let noted = report.notes.0.iter().any(|note| {
            note.to_string()
                .contains(&format!("nearest letters that a {encoding}"))
        });
        assert!(noted, "{encoding}: {:?}", report.notes);
        let again = world.sync(0).await;
        assert_eq!(
            (again.totals.inserted, again.totals.updated),
            (0, 0),
            "{encoding}: {again:?}"
        );

        // And by hand, whatever the page says.
        let store = &world.database.store;
        let letters = store.encoding().await.unwrap();
        assert_eq!((letters.name(), &*letters.nearest(NAME)), (encoding, name));
        let cpf = agendad::domain::Cpf::parse("52998224725").unwrap();
        let user = store
            .add_user(None, NAME, None, &cpf, WorkingDays::ALL)
            .await
            .unwrap();
        let named = format!(
            "SELECT count(*) FROM usuarios WHERE id = {user} AND nome = '{}'",
            name.replace('\'', "''")
        );
        assert_eq!(world.count(&named).await, 1, "{encoding}");

        let unit = UnitOffered {
            code: "77".to_owned(),
            name: NAME.to_owned(),
            choice: None,
        };
        store.units_offered(user, &[unit]).await.unwrap();
        let units = store.units(user, "").await.unwrap();
        assert_eq!(units[0].name, name, "{encoding}");

        // The daemon: ticks, queue, alerts and their messages.
        world.simulator.set_password(0, "Outra-1234").unwrap();
        world.simulator.expire_sessions(None);
        let mut config = world.daemon_config();
        config.alerts.interval = std::time::Duration::from_secs(1);
        config.secrets.alerts_slack_webhook = Some("http://127.0.0.1:9/hook".to_owned().into());
        let daemon = Daemon::start(config, Roles::ALL).await;
        eventually(
            "an alert is written down with its message",
            std::time::Duration::from_secs(40),
            async || {
                let told = "SELECT count(*) FROM agendad_alert_outbox WHERE rule = 'credentials'";
                (world.count(told).await > 0).then_some(())
            },
        )
        .await;
        daemon.stop().await;
        world.close().await;
    }
}

/// Machines of others answer in whatever letters they like.
#[tokio::test]
async fn why_a_message_was_not_taken_is_written_down_with_the_nearest_letters() {
    let world = world("LATIN1").await;
    let (store, user) = (&world.database.store, world.users[0]);
    let undelivered = Undelivered {
        why: Some(Trouble::Refused),
        said: "não – \0já…".to_owned(),
    };
    world
        .database
        .execute(&format!(
            "INSERT INTO agendad_alert_outbox (channel, rule, kind, title, body)
             VALUES ('slack', 'credentials', 'opened', 't', 'b');
             INSERT INTO agendad_tomorrow_mails (usuario_id, created_by) VALUES ({user}, 'test');
             INSERT INTO agendad_change_mails (usuario_id, created_by, seen_change) VALUES ({user}, 'test', 0)"
        ))
        .await;
    let targets = [String::new()];
    let minute = std::time::Duration::from_secs(60);
    let claimed = store.claim_message(Channel::Slack, &targets, minute).await;
    let message = claimed.unwrap().unwrap();
    let failed = store.message_failed(&message, &undelivered, Afterwards::GiveUp);
    failed.await.unwrap();
    let tried = Tried {
        channel: Channel::Slack,
        target: "",
        targets: &targets,
        settings: None,
        undelivered: Some(&undelivered),
    };
    store.note_arrival(&tried).await.unwrap();
    let mailed = store.tomorrow_not_mailed(user, &undelivered, minute);
    mailed.await.unwrap();
    let due = ChangeMailDue {
        usuario_id: user,
        nome: String::new(),
        email: None,
        seen_change: 0,
        attempts: 1,
        last_error_kind: None,
    };
    let mailed = store.changes_not_mailed(&due, &undelivered, minute);
    mailed.await.unwrap();
    let said = "SELECT count(*) FROM (
                    SELECT last_error FROM agendad_alert_outbox UNION ALL SELECT error FROM agendad_alert_arrivals
                    UNION ALL SELECT last_error FROM agendad_tomorrow_mails
                    UNION ALL SELECT last_error FROM agendad_change_mails) said
                WHERE last_error = 'não - já...'";
    assert_eq!(world.count(said).await, 4);
    world.close().await;
}

#[tokio::test]
async fn other_encodings_are_refused_before_anything_is_changed() {
    let database = TestDatabase::encoded("LATIN9").await;
    let simulator = agendad::simulator::Simulator::start(
        simulated(),
        crate::support::ANY_PORT,
        crate::support::ANY_PORT,
    )
    .await
    .unwrap();
    let state = tempfile::tempdir().unwrap();
    let config = crate::support::config(&simulator, &database.url, state.path());
    let said = format!("{:#}", App::start(config).await.unwrap_err());
    for word in ["LATIN9", "UTF8", "has changed nothing"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let made: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap();
    assert_eq!(made, 0);
    simulator.stop().await;
    database.close().await;
}
