//! One run, from the front door to the days, and what it costs.

use std::collections::BTreeMap;

use agendad::domain::FailureKind;
use agendad::portal::{AuthReason, LoginAnswer, PortalErrorKind, SavedSession};
use figment::Figment;
use figment::providers::{Format, Toml};

use crate::portal::bench::{Bench, FIRST_EDITION, JOAO, MARIA, day, enter, to_read, unit, week};
use crate::portal::pages;
use crate::portal::server::{Ask, Fault, SENHA};

#[tokio::test]
async fn a_run_reads_what_the_portal_shows_and_asks_no_more_than_it_must() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA, JOAO]);
    bench.fixture.book("7", day("2026-11-26"), &[]);
    let mut session = bench.session(SENHA, false, None);
    assert!(!session.is_open());
    assert_eq!(enter(&mut session).await.unwrap(), LoginAnswer::In);
    let units = session.units();
    assert_eq!(
        units.iter().map(|u| u.code.as_str()).collect::<Vec<_>>(),
        ["7", "9"]
    );
    let dates = to_read(&mut session, &units[0], &week()).await.unwrap();
    assert_eq!(dates, [day("2026-11-24"), day("2026-11-26")]);
    let reading = session.read_day(&units[0], dates[0]).await.unwrap();
    assert!(reading.row_errors.is_empty());
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
    assert!(empty.row_errors.is_empty() && empty.rows.is_empty());
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
async fn a_saved_session_is_proven_by_the_search_page_where_it_can_be_had() {
    let bench = Bench::new().await;
    let kept = bench.open().await.save().unwrap();
    let saved = SavedSession::from_json(kept.expose_json()).unwrap();
    let mut session = bench.session(SENHA, true, Some(&saved));
    assert!(session.is_open());
    to_read(&mut session, &unit(), &week()).await.unwrap();
    let stats = session.stats();
    assert_eq!(
        (stats.requests, stats.logins, stats.session_reused),
        (2, 0, true)
    );
    assert_eq!(bench.fixture.count(Ask::Search), 1);
}

#[tokio::test]
async fn a_dead_session_is_said_to_be_over_and_logs_nobody_in() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
    let kept = bench.open().await.save();
    bench.fixture.expire_all();
    let mut session = bench.session(SENHA, true, kept.as_ref());
    let error = to_read(&mut session, &unit(), &week()).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::SessionExpired);
    assert!(error.session_is_dropped() && session.save().is_none());
    assert_eq!((session.is_open(), session.stats().logins), (false, 0));
    assert_eq!(bench.fixture.count(Ask::Login), 1, "the first one's");
}

#[tokio::test]
async fn a_session_that_dies_in_the_middle_goes_on_after_another_login() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
    let mut session = bench.open().await;
    to_read(&mut session, &unit(), &week()).await.unwrap();
    bench.fixture.expire_all();
    let day = day("2026-11-24");
    let error = session.read_day(&unit(), day).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::SessionExpired);
    enter(&mut session).await.unwrap();
    let reading = session.read_day(&unit(), day).await.unwrap();
    assert_eq!(reading.rows.len(), 1);
    assert_eq!(
        (session.stats().logins, bench.fixture.count(Ask::Day)),
        (2, 2)
    );
    assert!(session.save().is_some());
}

#[tokio::test]
async fn a_refused_password_is_tried_once() {
    let bench = Bench::new().await;
    for (blocked, reason) in [(false, AuthReason::Refused), (true, AuthReason::Blocked)] {
        bench.fixture.lock().blocked = blocked;
        let mut session = bench.session("errada", false, None);
        let error = enter(&mut session).await.unwrap_err();
        assert_eq!(*error.kind(), PortalErrorKind::Auth(reason));
        assert!(error.answers_password());
        assert_eq!((session.stats().logins, session.stats().retries), (1, 0));
        assert!(session.save().is_none());
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
        let dates = to_read(&mut session, &unit(), &week()).await.unwrap();
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
    assert_send(enter(&mut session)).await.unwrap();
    assert_send(to_read(&mut session, &unit(), &week()))
        .await
        .unwrap();
    assert_send(session.read_day(&unit(), day("2026-11-24")))
        .await
        .unwrap();
    assert_send(session.logout()).await.unwrap();
    assert!(session.save().is_none());
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
    assert!(reading.rows.len() == 4_000 && reading.row_errors.is_empty());
}

#[tokio::test]
async fn a_login_page_that_links_to_itself_is_one() {
    let link = "<a href='/gefor/GFR/utilitarios/imprimirAgendaDiaria.do?method=iniciar'>Consultar Agenda do Perito</a>";
    let linked = |page: String| Fault::Page(page.replace("<table>", &format!("{link}<table>")));
    let bench = Bench::new().await;
    let mut session = bench.session(SENHA, false, None);
    bench
        .fixture
        .fault(Ask::LoginPage, linked(pages::login(&[])), 1);
    assert_eq!(enter(&mut session).await.unwrap(), LoginAnswer::In);
    // A front door with a login of its own that only comes back gets no password.
    let bench = Bench::new().await;
    let mut session = bench.session(SENHA, false, None);
    for ask in [Ask::Entry, Ask::LoginPage] {
        bench.fixture.fault(ask, linked(pages::login(&[])), 1);
    }
    let error = enter(&mut session).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Layout);
    assert_eq!(bench.fixture.count(Ask::Login), 0);
}

#[tokio::test]
async fn a_front_door_with_a_login_of_its_own_gets_no_password_whatever_its_link_says() {
    let link = "<a href='#' onclick='loginAgenda();'>Consultar Agenda do Perito</a>";
    let page = pages::login(&[]).replace("<form", &format!("{link}<form"));
    let bench = Bench::new().await;
    let mut session = bench.session(SENHA, false, None);
    bench.fixture.fault(Ask::Entry, Fault::Page(page), 1);
    assert_eq!(enter(&mut session).await.unwrap(), LoginAnswer::In);
    assert_eq!(bench.fixture.count(Ask::LoginPage), 1);
}

#[tokio::test]
async fn an_empty_result_under_the_search_form_is_a_way_in_and_no_empty_day() {
    let nothing =
        "<fieldset><legend>Resultado</legend>Nenhum registro encontrado</fieldset></form>";
    let day = day("2026-11-24");
    let asked = pages::Asked::of("7", "");
    let search = pages::search(&[], 1, &[("7", "CIR-SAO PAULO")], asked, &[day]);
    let page = Fault::Page(search.replace("</form>", nothing));
    let bench = Bench::new().await;
    let mut session = bench.session(SENHA, true, None);
    bench.fixture.fault(Ask::Login, page.clone(), 1);
    assert_eq!(enter(&mut session).await.unwrap(), LoginAnswer::In);
    let mut session = bench.open().await;
    bench.fixture.fault(Ask::Day, page, 2);
    let error = session.read_day(&unit(), day).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Layout);
}

#[test]
fn the_documents_name_every_key_of_the_profile() {
    let shipped = Figment::from(Toml::string(include_str!("../../../config.toml")));
    let keys: BTreeMap<String, figment::value::Value> =
        shipped.extract_inner("portal.profile").unwrap();
    assert!(keys.len() > 40);
    for text in [
        include_str!("../../../docs/portal.md"),
        include_str!("../../../docs/pt/portal.md"),
    ] {
        for key in keys.keys() {
            assert!(text.contains(&format!("`{key}`")), "{key}");
        }
    }
}

#[test]
fn the_documents_quote_the_profile_of_the_first_edition() {
    for text in [
        include_str!("../../../docs/portal.md"),
        include_str!("../../../docs/pt/portal.md"),
    ] {
        let keys = FIRST_EDITION.lines().filter(|line| !line.starts_with('#'));
        for line in keys {
            assert!(text.contains(line), "{line}");
        }
    }
}
