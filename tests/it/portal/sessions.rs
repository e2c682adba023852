//! Sessions: what they cost, how they end, and what they never do twice.

use std::collections::BTreeSet;

use agendad::config::portal::DatesMode;
use agendad::domain::{FailureKind, Unit};
use chrono::NaiveDate;

use crate::portal::bench::{Bench, JOAO, MARIA, day, enter, to_read, unit, week};
use crate::portal::pages;
use crate::portal::server::{Ask, CPF, Fault, SENHA, UNITS};

#[tokio::test]
async fn eleven_days_cost_three_requests_and_one_per_day() {
    for fragment in [false, true] {
        let bench = Bench::new().await;
        bench.fixture.lock().fragment = fragment;
        for date in ["2026-11-24", "2026-11-30", "2026-12-04"] {
            bench.fixture.book("7", day(date), &[MARIA]);
        }
        let saved = bench.open().await.save();
        let mut session = bench.session(SENHA, true, saved.as_ref());
        let wanted: Vec<NaiveDate> = day("2026-11-24").iter_days().take(11).collect();
        let dates = to_read(&mut session, &unit(), &wanted).await.unwrap();
        assert_eq!(session.stats().requests, 3, "fragment: {fragment}");
        for date in &dates {
            let reading = session.read_day(&unit(), *date).await.unwrap();
            assert_eq!(reading.rows.len(), 1);
        }
        assert_eq!((dates.len(), session.stats().requests), (3, 6));
    }
}

#[tokio::test]
async fn cookies_that_could_not_be_tried_are_kept() {
    let bench = Bench::new().await;
    let saved = bench.open().await.save();
    bench
        .fixture
        .fault(Ask::Search, Fault::Status(503, None), 4);
    let mut session = bench.session(SENHA, true, saved.as_ref());
    let error = to_read(&mut session, &unit(), &week()).await.unwrap_err();
    assert!(!error.session_is_dropped());
    let mut later = bench.session(SENHA, true, session.save().as_ref());
    to_read(&mut later, &unit(), &week()).await.unwrap();
    assert!(later.stats().session_reused && later.stats().logins == 0);
}

#[tokio::test]
async fn each_unit_has_its_own_days() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
    bench.fixture.book("9", day("2026-11-24"), &[JOAO]);
    bench.fixture.book("9", day("2026-11-25"), &[MARIA]);
    let mut session = bench.session(SENHA, true, None);
    enter(&mut session).await.unwrap();
    for (unit, expected) in session.units().iter().zip([1, 2]) {
        let dates = to_read(&mut session, unit, &week()).await.unwrap();
        assert_eq!(dates.len(), expected, "{unit:?}");
        let reading = session.read_day(unit, dates[0]).await.unwrap();
        assert_eq!(reading.unit, unit.code);
    }
    let names: Vec<String> = bench
        .fixture
        .lock()
        .forms
        .iter()
        .filter_map(|f| f.get("unidade").cloned())
        .collect();
    assert_eq!(names, ["7", "7", "9", "9"]);
}

#[tokio::test]
async fn directly_asked_dates_cost_no_list() {
    let bench = Bench::with(|config| config.dates = DatesMode::Direct).await;
    bench.fixture.book("7", day("2026-11-25"), &[MARIA]);
    let mut session = bench.open().await;
    let dates = to_read(&mut session, &unit(), &week()).await.unwrap();
    assert_eq!(dates, week());
    let mut rows = Vec::new();
    for date in dates {
        rows.push(session.read_day(&unit(), date).await.unwrap().rows.len());
    }
    assert_eq!(
        (rows, bench.fixture.count(Ask::Dates)),
        (vec![0, 1, 0, 0], 0)
    );
}

#[tokio::test]
async fn a_used_up_token_is_renewed_as_the_back_button_would() {
    let bench = Bench::new().await;
    bench.fixture.lock().strict_tokens = true;
    bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
    bench.fixture.book("7", day("2026-11-25"), &[JOAO]);
    let mut session = bench.open().await;
    for date in to_read(&mut session, &unit(), &week()).await.unwrap() {
        assert_eq!(session.read_day(&unit(), date).await.unwrap().rows.len(), 1);
    }
    assert_eq!(
        (session.stats().logins, bench.fixture.count(Ask::Search)),
        (1, 0)
    );
}

#[tokio::test]
async fn a_list_of_another_question_is_no_list() {
    let list = |unit: &str, reference: &str, dates: &[NaiveDate]| {
        let units = [("7", "CIR-SAO PAULO"), ("9", "CIR-OSASCO")];
        Fault::Page(pages::search(
            &[],
            0,
            &units,
            pages::Asked::of(unit, reference),
            dates,
        ))
    };
    let asked = pages::Asked::of("7", "24/11/2026");
    for (label, fault) in [
        ("a fresh page", list("", "", &[])),
        ("another reference", list("7", "01/12/2026", &[])),
        ("another unit", list("9", "24/11/2026", &[])),
        (
            "no options",
            Fault::Page(pages::search(&[], 0, &[("7", "x")], asked, &[]).replace(
                "<option value=\"\">- SELECIONE -</option></select>\n             <tr><td><a",
                "</select><tr><td><a",
            )),
        ),
        (
            "no dates at all",
            Fault::Page("<option value=x>amanhã</option>".into()),
        ),
        (
            "no field",
            Fault::Page(
                pages::search(&[], 0, &[("7", "x")], asked, &[])
                    .replace("dataAgendamento", "dataAgenda"),
            ),
        ),
    ] {
        let bench = Bench::new().await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        bench.fixture.fault(Ask::Dates, fault, 1);
        let error = to_read(&mut session, &unit(), &week())
            .await
            .expect_err(label);
        assert_eq!(
            error.failure_kind(),
            FailureKind::Layout,
            "{label}: {error}"
        );
        assert!(error.evidence().is_some(), "{label}");
    }
}

#[tokio::test]
async fn frames_refreshes_and_a_missing_link_do_not_stop_the_way_in() {
    let refresh = format!(
        "<HTML><META HTTP-EQUIV=Refresh CONTENT='0; URL={}'></HTML>",
        pages::ENTRY
    );
    let nested =
        "<html><frameset><frame name=header src=/h><frame name=body src=/inner></frameset></html>";
    let bench = Bench::new().await;
    bench
        .fixture
        .fault(Ask::Entry, Fault::Page(nested.into()), 1);
    bench
        .fixture
        .fault(Ask::Other, Fault::Page(pages::FRAMESET.into()), 1);
    bench.fixture.fault(Ask::Entry, Fault::Page(refresh), 1);
    bench.fixture.fault(
        Ask::Entry,
        Fault::Page(pages::entry().replace("Consultar", "Ver")),
        1,
    );
    bench.open().await;
    assert_eq!(
        bench.fixture.asked(),
        [
            Ask::Entry,
            Ask::Other,
            Ask::Entry,
            Ask::Entry,
            Ask::LoginPage,
            Ask::Login
        ]
    );
}

#[tokio::test]
async fn a_layout_error_names_what_is_missing_and_what_to_adapt() {
    let bench = Bench::new().await;
    let page = pages::search(&[], 0, &[("7", "x")], pages::Asked::default(), &[])
        .replace("name=unidade", "name=orgao");
    bench.fixture.fault(Ask::Login, Fault::Page(page), 1);
    let error = enter(&mut bench.session(SENHA, false, None))
        .await
        .unwrap_err();
    assert!(error.answers_password());
    let text = error.to_string();
    assert!(
        text.contains("`unidade` (portal.profile.unit_field)"),
        "{text}"
    );
    let kept = std::fs::read_to_string(error.evidence().unwrap()).unwrap();
    assert!(
        kept.contains("name=\"orgao\"") && kept.contains("unit_field"),
        "{kept}"
    );
}

#[tokio::test]
async fn a_list_that_does_not_answer_for_its_reference_is_no_error_but_says_nothing() {
    let dates = |dates: &[&str]| {
        let dates: Vec<NaiveDate> = dates.iter().map(|date| day(date)).collect();
        let units = [("7", "CIR-SAO PAULO")];
        Fault::Page(pages::search(
            &[],
            0,
            &units,
            pages::Asked::of("7", "24/11/2026"),
            &dates,
        ))
    };
    for listed in [
        // Only dates before the reference, and dates beyond its reach.
        &["2026-11-20"][..],
        &["2026-11-24", "2026-12-02"],
        &["2026-11-16", "2026-11-25"],
    ] {
        let bench = Bench::new().await;
        let mut session = bench.open().await;
        bench.fixture.fault(Ask::Dates, dates(listed), 1);
        let none = BTreeSet::new();
        let listed = session
            .offered_dates(&unit(), &week(), &none)
            .await
            .unwrap();
        assert_eq!((listed.to_read, listed.vacant), (week(), vec![]));
    }
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    bench
        .fixture
        .fault(Ask::Dates, dates(&["2026-11-20", "2026-11-25"]), 1);
    let none = BTreeSet::new();
    let listed = session
        .offered_dates(&unit(), &week(), &none)
        .await
        .unwrap();
    assert_eq!(
        listed.to_read,
        [day("2026-11-25")],
        "a date before it is passed over"
    );
    assert_eq!(listed.vacant.len(), 3);
}

#[tokio::test]
async fn an_empty_list_is_believed_only_after_a_day_with_slots_was_asked_for() {
    let bench = Bench::new().await;
    bench.fixture.book("7", day("2026-11-25"), &[MARIA]);
    let stored = BTreeSet::from([day("2026-11-25")]);
    let mut session = bench.open().await;
    let empty = || {
        let units = [("7", "CIR-SAO PAULO")];
        Fault::Page(pages::search(
            &[],
            0,
            &units,
            pages::Asked::of("7", "24/11/2026"),
            &[],
        ))
    };
    bench.fixture.fault(Ask::Dates, empty(), 3);
    let nothing = session
        .offered_dates(&unit(), &week(), &BTreeSet::new())
        .await
        .unwrap();
    assert_eq!((nothing.vacant, bench.fixture.count(Ask::Day)), (week(), 0));

    // The day has appointments after all, so the list is not believed, and the day not asked for twice.
    let listed = session
        .offered_dates(&unit(), &week(), &stored)
        .await
        .unwrap();
    assert_eq!((listed.to_read, bench.fixture.count(Ask::Day)), (week(), 1));
    let reading = session.read_day(&unit(), day("2026-11-25")).await.unwrap();
    assert_eq!((reading.rows.len(), bench.fixture.count(Ask::Day)), (1, 1));

    bench.fixture.lock().agenda.clear();
    let listed = session
        .offered_dates(&unit(), &week(), &stored)
        .await
        .unwrap();
    assert_eq!((listed.doubtful, listed.vacant), (week(), vec![]));

    // A dead session's empty list removes nobody.
    bench.fixture.fault(Ask::Dates, empty(), 1);
    bench.fixture.fault(Ask::Day, Fault::Expire, 1);
    let error = session
        .offered_dates(&unit(), &week(), &stored)
        .await
        .unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::SessionExpired);
}

#[tokio::test]
async fn a_logout_ends_the_session_here_and_there() {
    let bench = Bench::new().await;
    let saved = bench.open().await.save();
    let mut session = bench.session(SENHA, true, saved.as_ref());
    session.logout().await.unwrap();
    assert_eq!(
        (session.save().is_none(), bench.fixture.count(Ask::Logout)),
        (true, 1)
    );
    let mut late = bench.session(SENHA, true, saved.as_ref());
    late.logout().await.unwrap();
    assert_eq!(late.stats().logins, 0, "nobody logs in to log out");
}

#[tokio::test]
async fn a_logout_that_was_not_done_leaves_the_session_open() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    let inner = pages::search(&[], 0, &UNITS, pages::Asked::default(), &[]);
    for fault in [
        Fault::Status(404, None),
        Fault::PageWith(403, pages::STRANGE.to_owned()),
        Fault::Page(pages::CAPTCHA.to_owned()),
        Fault::Page(inner),
    ] {
        let label = fault.name();
        bench.fixture.fault(Ask::Logout, fault, 1);
        let error = session.logout().await.unwrap_err();
        assert_eq!(error.failure_kind(), FailureKind::Layout, "{label}");
        assert!(error.to_string().contains("logout_path"), "{error}");
        assert!(session.is_open(), "{label}");
    }
    bench
        .fixture
        .fault(Ask::Logout, Fault::Page(pages::STRANGE.to_owned()), 1);
    session.logout().await.unwrap();
    assert!(!session.is_open());
}

#[tokio::test]
async fn an_honest_name_and_a_referer_are_sent_and_the_cpf_as_the_profile_says() {
    let bench =
        Bench::with(|config| config.user_agent = "agendad/9 (+mailto:a@example.com)".into()).await;
    bench.open().await;
    let inner = bench.fixture.lock();
    let login = inner.forms.last().unwrap();
    assert_eq!(
        (login["codigo"].as_str(), login["senha"].as_str()),
        (CPF, SENHA)
    );
    assert_eq!(
        inner.user_agents.iter().collect::<Vec<_>>(),
        ["agendad/9 (+mailto:a@example.com)"]
    );
}

#[tokio::test]
async fn bad_rows_make_a_day_incomplete_and_keep_the_good_ones() {
    let bench = Bench::new().await;
    let cpf = "529.982.247-25";
    let rows = [
        ("14:00", cpf, "A"),
        ("9h30", cpf, "B"),
        ("25:99", cpf, "C"),
        ("15:00", "529.982.247-2", "D"),
    ];
    bench.fixture.book("7", day("2026-11-24"), &rows);
    let mut session = bench.open().await;
    let reading = session.read_day(&unit(), day("2026-11-24")).await.unwrap();
    assert!(!reading.row_errors.is_empty());
    let errors: Vec<String> = reading.row_errors.iter().map(ToString::to_string).collect();
    assert_eq!(reading.rows.len(), 1);
    assert_eq!(
        errors,
        [
            "row 2: hour \"9h30\" is not HH:MM",
            "row 3: hour \"25:99\" is not HH:MM",
            "row 4: a CPF has 11 digits, this has 10"
        ]
    );
}

#[tokio::test]
async fn a_unit_is_named_by_its_option() {
    let bench = Bench::new().await;
    let units = bench.open().await.units();
    let expected = Unit {
        code: "9".into(),
        name: "CIR-OSASCO".into(),
    };
    assert_eq!(units[1], expected);
}

#[tokio::test]
async fn a_page_of_another_examiner_is_not_read() {
    let of = |page: String, examiner: &str| {
        let method = "<input type=hidden name=method value=''>";
        let field = format!("{method}<input type=hidden name=perito value='{examiner}'>");
        Fault::Page(page.replace(method, &field))
    };
    let date = day("2026-11-24");
    let row = ["14:00", "529.982.247-25", "MARIA"].map(str::to_owned);
    let [hour, cpf, name] = row;
    let rows = [(hour, cpf, name)];
    for (examiner, read) in [("10101", true), ("", true), ("0", true), ("20202", false)] {
        let bench = Bench::with(|config| config.profile.examiner_field = "perito".into()).await;
        bench.fixture.lock().fragment = true;
        bench.fixture.book("7", date, &[MARIA]);
        let search = pages::search(&[], 1, &[("7", "CIR")], pages::Asked::default(), &[]);
        bench.fixture.fault(Ask::Login, of(search, "10101"), 1);
        let result = of(pages::result(date, &rows), examiner);
        bench.fixture.fault(Ask::Day, result, 1);
        let mut session = bench.open().await;
        let found = session.read_day(&unit(), date).await;
        if read {
            assert_eq!(found.unwrap().rows.len(), 1, "{examiner:?}");
        } else {
            let error = found.unwrap_err();
            assert_eq!(error.failure_kind(), FailureKind::Layout);
            assert!(error.to_string().contains("another examiner"), "{error}");
        }
    }
}
