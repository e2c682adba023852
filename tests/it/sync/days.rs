//! A day without slots that was read is empty; one that was not read is not.

use agendad::domain::{DayState, DayStateName, FailureKind, RunStatus, UnreadReason};
use agendad::simulator::{DeadSession, Fault, FaultKind, Place};
use agendad::store::days::{DayWindow, DaysQuery, ExaminerDay};
use chrono::{DateTime, Datelike, Days};

use crate::support::{World, open_booking, simulated};

/// What is known of the next 15 days of the first examiner.
async fn days(world: &World) -> Vec<ExaminerDay> {
    let today = world.app.syncer.clock.today();
    let window = DayWindow {
        name: "near".to_owned(),
        from_day: 0,
        to_day: 14,
        late_before: DateTime::default(),
    };
    let asked = DaysQuery {
        usuario_ids: &world.users[..1],
        from: today,
        to: today + Days::new(14),
        today,
        windows: &[window],
    };
    let days = world.database.store.day_states(&asked).await.unwrap();
    assert_eq!(days.len(), 15);
    days
}

fn slots(world: &World, day: &ExaminerDay) -> i64 {
    let agenda = world.simulator.agenda_between(0, day.date, day.date);
    i64::try_from(agenda.len()).unwrap()
}

#[tokio::test]
async fn a_day_that_was_read_is_empty_and_one_whose_page_was_not_understood_is_unread() {
    let world = World::new(1).await;
    for day in days(&world).await {
        let never = DayState::Unread {
            slots: 0,
            read_at: None,
            reason: None,
        };
        assert_eq!(day.state, never, "{day:?}");
    }
    world.sync(0).await;
    let read = days(&world).await;
    let mut kinds = [0, 0];
    for day in &read {
        match day.state {
            DayState::Listed { slots: n, .. } if n > 0 => {
                assert_eq!(n, slots(&world, day), "{day:?}");
                kinds[0] += 1;
            }
            DayState::Empty { .. } => {
                assert_eq!(slots(&world, day), 0, "{day:?}");
                kinds[1] += 1;
            }
            other => panic!("{other:?}: {day:?}"),
        }
    }
    assert!(kinds[0] > 0 && kinds[1] > 0, "{kinds:?}");

    let layout = Fault::always(FaultKind::Layout).at(Place::Result);
    world.simulator.inject(layout);
    world.sync(0).await;
    let mut unread = 0;
    for (before, after) in read.iter().zip(days(&world).await) {
        if let DayState::Unread {
            slots: n,
            read_at,
            reason,
        } = after.state
        {
            let failed = Some(UnreadReason::Failed(FailureKind::Layout));
            assert_eq!((n, reason), (before.state.slots(), failed), "{after:?}");
            assert_eq!(read_at, before.state.read_at(), "since the good reading");
            unread += 1;
        } else {
            assert_eq!(before.state.slots(), 0, "{after:?}");
        }
    }
    assert!(unread >= kinds[0], "{unread} of {kinds:?}");
    world.simulator.clear_faults();
    world.sync(0).await;
    for (before, after) in read.iter().zip(days(&world).await) {
        assert_eq!(before.state.name(), after.state.name(), "{after:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_weekday_on_which_the_examiner_has_not_worked_is_unread_once_they_do_and_not_empty() {
    let world = World::new(1).await;
    let today = world.app.syncer.clock.today();
    let other = (today + Days::new(1)).weekday();
    let name = |weekday: chrono::Weekday| {
        [
            "segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo",
        ][weekday.num_days_from_monday() as usize]
    };
    let only = format!(
        "UPDATE configuracoes_detran SET dias_trabalho = '[\"{}\"]'",
        name(other)
    );
    world.execute(&only).await;
    world.sync(0).await;
    for day in days(&world).await {
        let is_off = day.state.name() == DayStateName::NaoTrabalha;
        assert_eq!(is_off, day.date.weekday() != other, "{day:?}");
    }
    world
        .execute("UPDATE configuracoes_detran SET dias_trabalho = NULL")
        .await;
    for day in days(&world).await {
        let is_unread = day.state.name() == DayStateName::NaoLido;
        assert_eq!(is_unread, day.date.weekday() != other, "{day:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn an_empty_list_is_not_believed_where_slots_are_stored_after_the_window_and_within_its_reach()
 {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    settings.variants.dead_session = DeadSession::EmptyList;
    let mut world = World::with(settings, |_| {}).await;
    let unit = world.simulator.units(0)[0].code;
    for day in 0..=3 {
        let date = world.today + Days::new(day);
        world.simulator.set_day(0, unit, date, Vec::new()).unwrap();
    }
    world.sync(0).await;
    let stored = world.stored(0).await.len();
    assert!(stored > 0);
    let booking = open_booking(world.today + Days::new(1));
    world.simulator.book(0, booking).unwrap();
    world.simulator.expire_sessions(None);
    world.last_day = 3;
    let report = world.sync(0).await;
    assert_eq!(
        (report.status, report.logins, report.totals.inserted),
        (RunStatus::Success, 1, 1),
        "{report:?}"
    );
    assert_eq!(world.stored(0).await.len(), stored + 1);
    world.close().await;
}
