//! One run, from the front door to the days, and what it costs.

use agendad::domain::FailureKind;
use agendad::portal::{AuthReason, PortalErrorKind, SavedCookies};

use crate::bench::{Bench, JOAO, MARIA, day, unit, week};
use crate::pages;
use crate::server::{Ask, Fault, SENHA};

#[tokio::test]
async fn a_run_reads_what_the_portal_shows_and_asks_no_more_than_it_must() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA, JOAO]);
    bench.fixture.book("7", day("2026-11-26"), &[]);
    let mut session = bench.session(SENHA, false, None);
    let units = session.open().await.unwrap();
    assert_eq!(
        units.iter().map(|u| u.code.as_str()).collect::<Vec<_>>(),
        ["7", "9"]
    );
    let dates = session.offered_dates(&units[0], &week()).await.unwrap();
    assert_eq!(dates, [day("2026-11-24"), day("2026-11-26")]);
    let reading = session.read_day(&units[0], dates[0]).await.unwrap();
    assert!(reading.is_complete());
    let rows: Vec<_> = reading
        .rows
        .iter()
        .map(|r| (r.column("hora"), r.column("cpf"), r.column("nome")))
        .collect();
    assert_eq!(rows, [MARIA, ("09:30", "111.444.777-35", "JOÃO")]);
    assert_eq!(
        reading.rows[0].column("status_exame_psicologico"),
        "Não Realizado"
    );
    let empty = session.read_day(&units[0], dates[1]).await.unwrap();
    assert!(empty.is_complete() && empty.rows.is_empty());
    assert_eq!(
        bench.fixture.asked(),
        [
            Ask::Entry,
            Ask::LoginPage,
            Ask::Login,
            Ask::Dates,
            Ask::Day,
            Ask::Day
        ]
    );
    let stats = session.stats();
    assert_eq!(
        (
            stats.requests,
            stats.retries,
            stats.logins,
            stats.session_reused
        ),
        (6, 0, 1, false)
    );
}

#[tokio::test]
async fn saved_cookies_are_proven_by_the_search_page_itself() {
    let bench = Bench::new().await;
    let cookies = bench.open().await.cookies().unwrap();
    let saved = SavedCookies::from_json(cookies.expose_json()).unwrap();
    let mut session = bench.session(SENHA, true, Some(saved));
    session.open().await.unwrap();
    let stats = session.stats();
    assert_eq!(
        (stats.requests, stats.logins, stats.session_reused),
        (1, 0, true)
    );
}

#[tokio::test]
async fn dead_cookies_cost_one_login_and_are_not_success() {
    let bench = Bench::new().await;
    let saved = bench.open().await.cookies();
    bench.fixture.expire_all();
    let mut session = bench.session(SENHA, true, saved);
    session.open().await.unwrap();
    assert_eq!(
        (session.stats().logins, session.stats().session_reused),
        (1, false)
    );
}

#[tokio::test]
async fn a_session_that_dies_in_the_middle_is_replaced_and_the_date_repeated() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
    let mut session = bench.open().await;
    session.offered_dates(&unit(), &week()).await.unwrap();
    bench.fixture.expire_all();
    let reading = session.read_day(&unit(), day("2026-11-24")).await.unwrap();
    assert_eq!(reading.rows.len(), 1);
    assert_eq!(
        (session.stats().logins, bench.fixture.count(Ask::Day)),
        (2, 2)
    );
    assert!(session.cookies().is_some());
}

#[tokio::test]
async fn a_session_that_dies_again_right_away_is_an_error_and_ends_the_logins() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    bench.fixture.fault(Ask::Day, Fault::Expire, 9);
    let error = session
        .read_day(&unit(), day("2026-11-24"))
        .await
        .unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::SessionExpired);
    assert!(error.session_is_dropped() && session.cookies().is_none());
    let before = bench.fixture.asked().len();
    session
        .read_day(&unit(), day("2026-11-25"))
        .await
        .unwrap_err();
    assert_eq!(
        (session.stats().logins, bench.fixture.asked().len()),
        (2, before)
    );
}

#[tokio::test]
async fn a_refused_password_is_tried_once() {
    let bench = Bench::new().await;
    for (blocked, reason) in [(false, AuthReason::Refused), (true, AuthReason::Blocked)] {
        bench.fixture.lock().blocked = blocked;
        let mut session = bench.session("errada", false, None);
        let error = session.open().await.unwrap_err();
        assert_eq!(*error.kind(), PortalErrorKind::Auth(reason));
        assert_eq!((session.stats().logins, session.stats().retries), (1, 0));
        assert!(session.cookies().is_none());
    }
    assert_eq!(bench.fixture.count(Ask::Login), 2);
}

#[tokio::test]
async fn retryable_failures_are_retried_and_counted() {
    for fault in [
        Fault::Status(500, None),
        Fault::Status(503, Some("0")),
        Fault::Hangup,
        Fault::Truncated,
        Fault::Cut,
        Fault::Page(pages::MAINTENANCE.into()),
    ] {
        let bench = Bench::new().await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        bench.fixture.fault(Ask::Dates, fault.clone(), 2);
        bench.fixture.fault(Ask::Day, fault.clone(), 3);
        let dates = session.offered_dates(&unit(), &week()).await.unwrap();
        let reading = session.read_day(&unit(), dates[0]).await.unwrap();
        assert_eq!(
            (reading.rows.len(), session.stats().retries),
            (1, 5),
            "{fault:?}"
        );
        assert_eq!(session.stats().logins, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_future_of_the_client_can_move_between_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let bench = Bench::new().await;
    let mut session = bench.session(SENHA, true, None);
    assert_send(session.open()).await.unwrap();
    assert_send(session.offered_dates(&unit(), &week()))
        .await
        .unwrap();
    assert_send(session.read_day(&unit(), day("2026-11-24")))
        .await
        .unwrap();
    assert_send(session.logout()).await.unwrap();
    assert!(session.cookies().is_none());
    assert_eq!(bench.fixture.count(Ask::Logout), 1);
    assert!(bench.state_dir.path().exists());
}

#[tokio::test]
async fn a_day_too_long_for_an_async_worker_is_read_whole() {
    let bench = Bench::new().await;
    let rows = vec![MARIA; 4_000];
    bench.fixture.book("7", day("2026-11-24"), &rows);
    let mut session = bench.open().await;
    let reading = session.read_day(&unit(), day("2026-11-24")).await.unwrap();
    assert_eq!((reading.rows.len(), reading.is_complete()), (4_000, true));
}
