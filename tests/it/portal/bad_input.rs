//! Answers that no portal should give: each has its kind, nothing is concluded from it, and nothing is posted twice.

use std::collections::BTreeSet;

use agendad::domain::FailureKind::{self, Captcha, Layout, SessionExpired, Unavailable};
use agendad::portal::{LoginAnswer, LoginWith};
use agendad::simulator::{DialogSpelling, Fault, FaultKind, Place};

use crate::portal::recorded::{Recorded, read_all};

#[tokio::test]
async fn what_is_no_list_is_an_error_of_its_kind() {
    for (fault, kind) in [
        (FaultKind::NotJson, Layout),
        (FaultKind::NotAList, Layout),
        (FaultKind::PageAsList(150_000), Layout),
        (FaultKind::PageAsList(5_000_000), Layout),
        (FaultKind::Captcha, Captcha),
        (FaultKind::Expired, SessionExpired),
        (FaultKind::Cut(None), Unavailable),
        (FaultKind::Truncated(None), Unavailable),
    ] {
        let recorded = Recorded::new().await;
        let mut session = recorded.open(0).await;
        let unit = session.units()[0].clone();
        let days = recorded.days(4);
        let label = format!("{fault:?}");
        recorded
            .simulator
            .inject(Fault::always(fault).at(Place::Dates));
        let stored = BTreeSet::from_iter(days.clone());
        let error = session
            .offered_dates(&unit, &days, &stored)
            .await
            .unwrap_err();
        assert_eq!(error.failure_kind(), kind, "{label}: {error}");
        let asked = if kind == Unavailable { 4 } else { 1 };
        assert_eq!(recorded.asked("dates"), asked, "{label}");
        assert_eq!(recorded.asked("result"), 0, "{label}");
        assert_eq!(recorded.simulator.stats().passwords, 1, "{label}");
    }
}

#[tokio::test]
async fn a_list_that_ignores_the_reference_date_leads_to_the_days_themselves() {
    for fault in [FaultKind::FarDate, FaultKind::ListIgnoresReference] {
        let recorded = Recorded::new().await;
        let mut session = recorded.open(0).await;
        let unit = session.units()[0].clone();
        let label = format!("{fault:?}");
        recorded
            .simulator
            .inject(Fault::always(fault).at(Place::Dates));
        // The second list is of dates that the one around today does not reach.
        let wanted = recorded.days(16);
        let listed = session
            .offered_dates(&unit, &wanted, &BTreeSet::new())
            .await
            .unwrap();
        assert!(
            listed.vacant.is_empty() && listed.doubtful.is_empty(),
            "{label}"
        );
        assert_eq!(
            listed.to_read, wanted,
            "{label}: nothing is concluded from what is missing"
        );
        let reading = session.read_day(&unit, wanted[12]).await.unwrap();
        recorded.assert_whole(0, &unit, &[reading]);
    }
}

#[tokio::test]
async fn an_empty_list_of_a_dead_session_removes_nothing() {
    let recorded = Recorded::with(|config| {
        config.variants.dead_session = agendad::simulator::DeadSession::EmptyList;
    })
    .await;
    let mut session = recorded.open(0).await;
    let unit = session.units()[0].clone();
    let days = recorded.days(4);
    let stored = BTreeSet::from_iter(days.clone());
    recorded
        .simulator
        .inject(Fault::next(FaultKind::EmptyList, 1).at(Place::Dates));
    let listed = session.offered_dates(&unit, &days, &stored).await.unwrap();
    assert_eq!(
        listed.to_read, days,
        "one of them was asked for, and had appointments"
    );
    recorded.simulator.expire_sessions(None);
    let error = session
        .offered_dates(&unit, &days, &stored)
        .await
        .unwrap_err();
    assert_eq!(error.failure_kind(), SessionExpired);
}

#[tokio::test]
async fn a_choice_that_nobody_can_make_is_an_error_and_posts_nothing_more() {
    for (fault, says) in [
        (FaultKind::ChoiceEmpty, "offers no unit"),
        (FaultKind::ChoiceProfiles, "idGrupoUsuario"),
        (FaultKind::Layout, ""),
    ] {
        let recorded = Recorded::with(|config| config.units = 2).await;
        let mut session = recorded.session(0);
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await.unwrap();
        assert_eq!(answer, LoginAnswer::Choice);
        let label = format!("{fault:?}");
        recorded
            .simulator
            .inject(Fault::always(fault).at(Place::Choice));
        let choices = session.choices().await;
        if says.is_empty() {
            assert_eq!(choices.unwrap().len(), 2, "{label} is no fault of a choice");
            continue;
        }
        let error = choices.unwrap_err();
        assert_eq!(error.failure_kind(), Layout, "{label}: {error}");
        assert!(error.to_string().contains(says), "{label}: {error}");
        assert!(error.evidence().is_some(), "{label}");
        assert_eq!(recorded.simulator.stats().passwords, 1, "{label}");
    }
}

#[tokio::test]
async fn of_two_forms_of_one_name_the_one_with_the_fields_is_sent() {
    let recorded = Recorded::new().await;
    recorded
        .simulator
        .inject(Fault::always(FaultKind::TwinForms));
    let mut session = recorded.open(0).await;
    let unit = session.units()[0].clone();
    let readings = read_all(&mut session, &unit, &recorded.days(4))
        .await
        .unwrap();
    assert_eq!(readings.len(), 4);
    recorded.assert_whole(0, &unit, &readings);
    assert_eq!(recorded.simulator.stats().passwords, 1);
}

#[tokio::test]
async fn a_dialog_is_understood_however_its_call_is_quoted() {
    use DialogSpelling::{Attribute, Defined, Double, Hex, Lines, Plain, Spaces};
    for spelling in [Plain, Double, Hex, Attribute, Spaces, Lines, Defined] {
        // A password that would break the call if it were not escaped, and one that does.
        for password in ["Ipê'1234", "Ipê\"12\\34"] {
            let recorded = Recorded::with(|config| config.units = 2).await;
            recorded.simulator.set_password(0, password).unwrap();
            recorded
                .simulator
                .inject(Fault::always(FaultKind::OddDialog(spelling)));
            recorded.simulator.examiner_logs_in(0).unwrap();
            let mut session = recorded.session(0);
            session.begin_login().await.unwrap();
            let mut answers = Vec::new();
            let mut with = LoginWith::default();
            for _ in 0..2 {
                let answer = session.post_password(with).await.unwrap();
                with.force = answer == LoginAnswer::Elsewhere;
                answers.push(answer);
            }
            let expected = [LoginAnswer::Elsewhere, LoginAnswer::Choice];
            assert_eq!(answers, expected, "{spelling:?} {password}");
            assert_eq!(session.choices().await.unwrap().len(), 2, "{spelling:?}");
        }
    }
}

/// The portal writes CPF and password into its pages; nothing that is kept of them has either.
#[tokio::test]
async fn no_dialog_page_is_kept_with_what_it_says_of_the_examiner() {
    for spelling in [
        DialogSpelling::Plain,
        DialogSpelling::Hex,
        DialogSpelling::Attribute,
        DialogSpelling::Lines,
    ] {
        let recorded = Recorded::with(|config| {
            // As if the portal had renamed it: the page is not understood, and kept.
            config
                .names
                .rename("session_dialog=abreSessao".parse().unwrap());
        })
        .await;
        let password = "Ipê'\"&<1234";
        recorded.simulator.set_password(0, password).unwrap();
        recorded
            .simulator
            .inject(Fault::always(FaultKind::OddDialog(spelling)));
        recorded.simulator.examiner_logs_in(0).unwrap();
        let mut session = recorded.session(0);
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await;
        let error = answer.unwrap_err();
        assert_eq!(error.failure_kind(), FailureKind::Auth);
        let kept = std::fs::read_to_string(error.evidence().unwrap()).unwrap();
        let cpf = recorded.examiner(0).cpf;
        for gone in [
            &cpf[..9],
            &cpf[3..6],
            "1234",
            "Ip",
            r"\x31\x32\x33\x34",
            "&lt;12",
        ] {
            let dialog = kept.find("abreSessao").unwrap();
            let around = &kept[dialog..kept.floor_char_boundary(dialog + 200)];
            assert!(!around.contains(gone), "{spelling:?}: {gone} in {around}");
        }
        assert!(
            !kept.contains(&cpf) && !kept.contains(password),
            "{spelling:?}"
        );
        assert!(
            kept.contains("abreSessao("),
            "the name of the call stays: {spelling:?}"
        );
    }
}
