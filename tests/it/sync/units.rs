//! Examiners of several units: chosen one after another, the quiet ones rarely, and no unit loses slots that this run
//! did not read.

use std::time::Duration;

use agendad::domain::{Cpf, FailureKind, Origin, RunStatus};
use agendad::simulator::{EmptyDay, Fault, FaultKind, Place};
use agendad::sync::{RunReport, SyncOutcome, SyncRequest};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::support::{World, eventually, simulated};

async fn world(units: usize, own_codes: bool) -> World {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    settings.units_of.insert(0, units);
    settings.variants.choice_has_own_codes = own_codes;
    World::with(settings, |_| {}).await
}

/// A run of a window, as a tick makes it.
async fn tick(world: &World) -> RunReport {
    let today = world.app.syncer.clock.today();
    let request = SyncRequest {
        usuario_id: world.users[0],
        window: Some("near".to_owned()),
        from: today,
        to: today + chrono::Days::new(3),
        tick: None,
        origin: Origin::Schedule,
    };
    let stop = CancellationToken::new();
    match world
        .app
        .syncer
        .sync(&request, &stop, &|_| {})
        .await
        .unwrap()
    {
        SyncOutcome::Ran(report) => *report,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn all_units_are_read_by_hand_whether_or_not_choice_and_form_number_them_alike() {
    for own_codes in [false, true] {
        let world = world(3, own_codes).await;
        for logins in [3, 2] {
            let report = world.sync(0).await;
            assert_eq!(report.status, RunStatus::Success, "{report:?}");
            assert_eq!(
                report.logins, logins,
                "the kept unit comes first: {report:?}"
            );
            assert_eq!(
                (report.totals.removed, report.totals.held),
                (0, 0),
                "{report:?}"
            );
            world.assert_true(0).await;
        }
        let known = world
            .database
            .store
            .units(world.users[0], "")
            .await
            .unwrap();
        assert_eq!(known.len(), 3, "{known:?}");
        assert!(known.iter().all(|unit| unit.last_read_at.is_some()));
        world.close().await;
    }
}

#[tokio::test]
async fn units_without_slots_are_visited_rarely_and_keep_what_is_stored() {
    let world = world(2, false).await;
    let units = world.simulator.units(0);
    let today = world.app.syncer.clock.today();
    for day in 0..15 {
        let date = today + chrono::Days::new(day);
        world
            .simulator
            .set_day(0, units[1].code, date, Vec::new())
            .unwrap();
    }
    let first = tick(&world).await;
    assert_eq!(
        (first.status, first.logins),
        (RunStatus::Success, 2),
        "{first:?}"
    );
    // Neither is new any more, and one of them is quiet.
    let second = tick(&world).await;
    let third = tick(&world).await;
    assert_eq!(second.status, RunStatus::Success, "{second:?}");
    assert!(second.logins <= 1, "{second:?}");
    assert_eq!(
        (third.status, third.logins),
        (RunStatus::Success, 0),
        "{third:?}"
    );
    world
        .execute("UPDATE portal_unit_readings SET complete_at = complete_at - interval '7 hours'")
        .await;
    assert_eq!(
        tick(&world).await.logins,
        1,
        "due again after quiet_unit_interval"
    );
    world.close().await;
}

#[tokio::test]
async fn an_account_that_is_paused_off_or_given_a_password_during_the_run_is_not_logged_in_again() {
    let world = world(2, false).await;
    let user = world.users[0];
    let password = world.simulator.examiners()[0].senha.clone();
    for what in ["paused", "off", "user off", "another password"] {
        let slow = FaultKind::Latency(Duration::from_millis(100));
        world
            .simulator
            .inject(Fault::always(slow).at(Place::Result));
        let read = || world.simulator.stats().by_kind.get("result").copied();
        let before = read();
        let change = async {
            let soon = Duration::from_secs(20);
            eventually("the first unit is read", soon, async || {
                (read() > before).then_some(())
            })
            .await;
            match what {
                "paused" => {
                    let paused = world.database.store.pause_account(user, "test");
                    assert!(paused.await.unwrap());
                }
                "off" => {
                    world
                        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
                        .await;
                }
                "user off" => {
                    world.execute("UPDATE usuarios SET ativo = FALSE").await;
                }
                _ => world.set_password(0, &password).await,
            }
            world.portal_saw(0).passwords
        };
        let (report, posted) = tokio::join!(world.sync(0), change);
        let kind = report.error.as_ref().map(|error| error.kind);
        assert_eq!(kind, Some(FailureKind::Cancelled), "{what}: {report:?}");
        assert_eq!(world.portal_saw(0).passwords, posted, "{what}");
        world.simulator.clear_faults();
        world.execute("UPDATE usuarios SET ativo = TRUE").await;
        world
            .execute("UPDATE configuracoes_detran SET ativo = TRUE, pausa_motivo = NULL")
            .await;
        assert_eq!(world.sync(0).await.status, RunStatus::Success, "{what}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_selection_is_obeyed_and_an_unknown_unit_named() {
    let world = world(3, false).await;
    let units = world.simulator.units(0);
    let select = |json: String| format!("UPDATE configuracoes_detran SET unidades = '{json}'");
    world
        .execute(&select(format!("[\"{}\"]", units[2].name.to_lowercase())))
        .await;
    let report = world.sync(0).await;
    assert_eq!(
        (report.status, report.logins),
        (RunStatus::Success, 1),
        "{report:?}"
    );
    let stored = "SELECT count(DISTINCT unidade_code) FROM agenda_slots";
    assert_eq!(world.count(stored).await, 1);

    world.execute(&select("[\"999\"]".to_owned())).await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed, "{report:?}");
    let message = &report.error.as_ref().unwrap().message;
    assert!(
        message.contains("999") && message.contains(units[0].name),
        "{message}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_unit_is_selected_by_its_number_at_the_choice_or_in_the_search_form() {
    let world = world(3, true).await;
    let code = world.simulator.units(0)[1].code;
    for selected in [format!("7{code}"), code.to_owned()] {
        for sql in [
            "UPDATE portal_sessions SET sealed = NULL",
            &format!("UPDATE configuracoes_detran SET unidades = '[\"{selected}\"]'"),
        ] {
            world.execute(sql).await;
        }
        world.simulator.expire_sessions(None);
        let report = world.sync(0).await;
        assert_eq!(
            (report.status, report.logins),
            (RunStatus::Success, 1),
            "{selected}: {report:?}"
        );
        let read = report.totals.inserted + report.totals.unchanged;
        assert!(read > 0, "{selected}: {report:?}");
        let others = format!("SELECT count(*) FROM agenda_slots WHERE unidade_code <> '{code}'");
        assert_eq!(world.count(&others).await, 0, "{selected}");
    }
    world.close().await;
}

/// As if a unit had been called `999`, which the portal does not offer.
async fn unit_is_gone(world: &World, code: &str) {
    for sql in [
        format!(
            "UPDATE portal_units SET code = '999', choice = replace(choice, '{code}', '999'), name = 'GONE'
             WHERE code = '{code}'"
        ),
        format!(
            "UPDATE agenda_slots SET unidade_code = '999', external_uid = reverse(external_uid)
             WHERE unidade_code = '{code}'"
        ),
    ] {
        assert!(world.execute(&sql).await > 0, "{sql}");
    }
}

/// All units that the portal offers are read, and nothing is lost of the one that it does not offer until the next run.
async fn the_others_are_read(world: &World, logins: u32) {
    let gone = "SELECT count(*) FROM agenda_slots WHERE unidade_code = '999' AND is_current";
    let stored = world.count(gone).await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Partial, "{report:?}");
    assert!(report.date_errors.is_empty(), "{report:?}");
    assert_eq!(report.logins, logins, "{report:?}");
    assert_eq!(report.totals.held, stored, "{report:?}");
    assert_eq!(report.totals.removed, 0, "{report:?}");
    assert_eq!(world.count(gone).await, stored);
    let again = world.sync(0).await;
    assert_eq!(again.status, RunStatus::Success, "{again:?}");
    assert_eq!(again.totals.removed, stored, "{again:?}");
    world.assert_true(0).await;
}

#[tokio::test]
async fn a_unit_that_is_gone_from_the_choice_costs_the_others_nothing() {
    let world = world(3, false).await;
    world.sync(0).await;
    unit_is_gone(&world, world.simulator.units(0)[0].code).await;
    the_others_are_read(&world, 2).await;
    world.close().await;
}

/// A dead session is kept of a unit that the portal does not offer any more.
async fn a_session_of_a_unit_that_is_gone_is_kept(world: &World) {
    let cpf = Cpf::parse(&world.simulator.examiners()[0].cpf).unwrap();
    let sessions = &world.app.syncer.sessions;
    let since = DateTime::<Utc>::MIN_UTC;
    let kept = sessions.get(world.users[0], &cpf, since).await.unwrap();
    let cookies = kept.cookies.expose_secret();
    let units = world.simulator.units(0);
    let last = units.iter().find(|unit| {
        let choice = format!("\"choice\":\"{}\"", unit.code);
        units.len() == 1 || cookies.contains(&choice)
    });
    let code = last.unwrap().code;
    let cookies = cookies.replace(&format!("\"{code}\""), "\"999\"");
    sessions
        .put(world.users[0], &cpf, kept.generation, &cookies)
        .await
        .unwrap();
    unit_is_gone(world, code).await;
    world.simulator.expire_sessions(None);
}

#[tokio::test]
async fn a_kept_session_of_a_unit_that_is_gone_goes_on_with_another() {
    let world = world(3, false).await;
    world.sync(0).await;
    a_session_of_a_unit_that_is_gone_is_kept(&world).await;
    the_others_are_read(&world, 3).await;
    world.close().await;
}

#[tokio::test]
async fn an_only_unit_that_gave_way_to_another_is_none_that_was_read() {
    let world = world(1, false).await;
    world.sync(0).await;
    a_session_of_a_unit_that_is_gone_is_kept(&world).await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(report.logins, 1, "{report:?}");
    let portal = world.truth(0).len() as i64;
    assert_eq!(report.totals.inserted, portal, "{report:?}");
    // What the kept session showed was thought to be offered; from now on it is known to be gone.
    the_others_are_read(&world, 0).await;
    world.close().await;
}

#[tokio::test]
async fn a_unit_that_is_not_reached_loses_nothing() {
    let world = world(2, false).await;
    world.sync(0).await;
    let stored = world.stored(0).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Reset).at(Place::Choice));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Partial, "{report:?}");
    assert_eq!(report.totals.removed, 0);
    assert_eq!(world.stored(0).await, stored);
    world.close().await;
}

#[tokio::test]
async fn a_choice_without_choices_or_with_another_question_is_an_error_that_removes_nothing() {
    for fault in [FaultKind::ChoiceEmpty, FaultKind::ChoiceProfiles] {
        let world = world(2, false).await;
        world.sync(0).await;
        let stored = world.stored(0).await;
        world.simulator.expire_sessions(None);
        world
            .simulator
            .inject(Fault::always(fault.clone()).at(Place::Choice));
        let report = world.sync(0).await;
        let kind = report.error.as_ref().map(|error| error.kind.as_str());
        assert_eq!(kind, Some("layout"), "{fault:?}: {report:?}");
        assert_eq!(world.stored(0).await, stored, "{fault:?}");
        world.close().await;
    }
}

#[tokio::test]
async fn dates_that_are_listed_for_all_units_are_no_error_in_the_others() {
    let world = world(2, false).await;
    let units = world.simulator.units(0);
    let date = world.app.syncer.clock.today() + chrono::Days::new(2);
    world
        .simulator
        .set_day(0, units[1].code, date, Vec::new())
        .unwrap();
    world
        .simulator
        .inject(Fault::always(FaultKind::DatesForAllUnits));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn dates_of_other_units_are_no_error_after_a_login_in_mid_run_that_first_asks_for_a_unit() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    settings.units_of.insert(0, 2);
    settings.variants.empty_day = EmptyDay::Head;
    let world = World::with(settings, |_| {}).await;
    let code = world.simulator.units(0)[0].code;
    let date = world.app.syncer.clock.today() + chrono::Days::new(2);
    world.simulator.set_day(0, code, date, Vec::new()).unwrap();
    let select = format!("UPDATE configuracoes_detran SET unidades = '[\"{code}\"]'");
    world.execute(&select).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    // As if it had been their only one.
    for sql in [
        "UPDATE configuracoes_detran SET unidades = NULL",
        &format!("DELETE FROM portal_units WHERE code <> '{code}'"),
    ] {
        world.execute(sql).await;
    }
    let cpf = Cpf::parse(&world.simulator.examiners()[0].cpf).unwrap();
    let sessions = &world.app.syncer.sessions;
    let since = DateTime::<Utc>::MIN_UTC;
    let kept = sessions.get(world.users[0], &cpf, since).await.unwrap();
    let cookies = kept.cookies.expose_secret();
    let chosen = format!("\"choice\":\"{code}\"");
    assert!(cookies.contains(&chosen));
    let cookies = cookies.replace(&chosen, "\"choice\":null");
    sessions
        .put(world.users[0], &cpf, kept.generation, &cookies)
        .await
        .unwrap();
    world.simulator.expire_sessions(None);
    world
        .simulator
        .inject(Fault::always(FaultKind::DatesForAllUnits));
    let report = world.sync(0).await;
    assert_eq!(
        (report.status, report.logins),
        (RunStatus::Success, 2),
        "{report:?}"
    );
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn a_run_of_many_units_stops_before_it_takes_too_long() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.units_of.insert(0, 6);
    let world = World::with(settings, |config| {
        config.scheduler.run_timeout = Duration::from_secs(30);
    })
    .await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.assert_true(0).await;
    world.close().await;
}

/// The second unit's slots as the earlier system stored them: under its name, or under no name at all.
async fn stored_by_the_earlier_system(world: &World) -> Vec<String> {
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    assert_eq!(tick(world).await.status, RunStatus::Success);
    let unit = &world.simulator.units(0)[1];
    let renamed = format!(
        "UPDATE agenda_slots SET unidade_code = CASE WHEN id % 2 = 0 THEN '{}' ELSE 'DEFAULT' END,
             external_uid = 'earlier ' || id
         WHERE unidade_code = '{}'",
        unit.name, unit.code
    );
    assert!(world.execute(&renamed).await > 1);
    world.stored(0).await
}

#[tokio::test]
async fn what_the_earlier_system_stored_of_a_unit_that_is_not_read_stays() {
    for is_limited in [true, false] {
        let world = world(2, false).await;
        let stored = stored_by_the_earlier_system(&world).await;
        if is_limited {
            let select = format!(
                "UPDATE configuracoes_detran SET unidades = '[\"{}\"]'",
                world.simulator.units(0)[0].code
            );
            world.execute(&select).await;
        }
        for _ in 0..3 {
            world.simulator.expire_sessions(None);
            let report = if is_limited {
                world.sync(0).await
            } else {
                // It was read a moment ago, and is not due again.
                tick(&world).await
            };
            assert_eq!(
                (report.status, report.logins),
                (RunStatus::Success, 1),
                "{report:?}"
            );
            let totals = (report.totals.removed, report.totals.held);
            assert_eq!(totals, (0, 0), "{report:?}");
            assert_eq!(world.stored(0).await, stored);
        }
        // Once it is read, they are its own, and what it does not list vanishes.
        world
            .execute("UPDATE configuracoes_detran SET unidades = NULL")
            .await;
        world
            .execute(
                "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, external_uid, uid_version, payload, last_seen_at)
                 SELECT usuario_id, 'DEFAULT', data, '23:59', 'gone', 1, payload, now() FROM agenda_slots
                 WHERE data >= CURRENT_DATE + 1 ORDER BY data LIMIT 1",
            )
            .await;
        for removed in [0, 1] {
            let report = world.sync(0).await;
            assert_ne!(report.status, RunStatus::Failed, "{report:?}");
            let totals = (report.totals.inserted, report.totals.removed);
            assert_eq!(totals, (0, removed), "{report:?}");
        }
        world.assert_true(0).await;
        world.close().await;
    }
}
