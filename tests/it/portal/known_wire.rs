//! The recorded wire with the shipped defaults: what the client sends at each step, what it costs, and what the
//! portal's answers to a password lead to.

use std::collections::BTreeSet;

use agendad::domain::Profession;
use agendad::portal::{LoginAnswer, LoginWith};
use agendad::simulator::{Fault, FaultKind, Place};

use crate::portal::recorded::{Recorded, read_all, start};
use crate::portal::wire::Wire;

const LOGIN: &str = "/gefor/SGU/login.do";
const AGENDA: &str = "/gefor/GFR/divisao/divisaoEquitativa.do";

#[tokio::test]
async fn psychologist_and_physician_are_read_whole_with_the_shipped_defaults() {
    let recorded = Recorded::new().await;
    for (index, profession) in [(0, Profession::Psychologist), (1, Profession::Physician)] {
        let mut session = recorded.open(index).await;
        let units = session.units();
        assert_eq!(units.len(), 1, "{units:?}");
        let wanted = recorded.days(11);
        let readings = read_all(&mut session, &units[0], &wanted).await.unwrap();
        assert_eq!(readings.len(), 11);
        recorded.assert_whole(index, &units[0], &readings);
        for reading in &readings {
            assert_eq!(reading.profession, Some(profession));
        }
        let absent =
            |row: &agendad::domain::AgendaRow| row.columns.values().any(|c| c.contains("INFORMAD"));
        assert!(
            !readings.iter().flat_map(|r| &r.rows).any(absent),
            "absent is absent"
        );
        // Three of the login, two lists, a page a day.
        assert_eq!(session.stats().requests, 3 + 2 + 11);
    }
}

#[tokio::test]
async fn every_request_is_a_navigation_as_it_was_recorded() {
    let simulator = start(|_| {}).await;
    let wire = Wire::to(&simulator.portal_url()).await;
    let recorded = Recorded::behind(simulator, &wire.url);
    let mut session = recorded.open(0).await;
    let unit = session.units()[0].clone();
    let readings = read_all(&mut session, &unit, &recorded.days(1))
        .await
        .unwrap();
    assert_eq!(readings.len(), 1);
    session.logout().await.unwrap();
    let sent = wire.sent();
    let lines: Vec<&str> = sent.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            &format!("GET {LOGIN}?method=iniciarLogin HTTP/1.1"),
            &format!("POST {LOGIN} HTTP/1.1"),
            &format!("POST {LOGIN} HTTP/1.1"),
            &format!("POST {AGENDA} HTTP/1.1"),
            &format!("POST {AGENDA} HTTP/1.1"),
            &format!("GET {LOGIN}?method=finalizarLogin HTTP/1.1"),
        ]
    );
    let names = |index: usize| -> Vec<String> {
        let fields = sent[index].fields().into_iter();
        fields.map(|(name, _)| name).collect()
    };
    // Both fields `codigo` of the entry form, its hidden one first.
    assert_eq!(
        names(1),
        [
            "method",
            "isCyberark",
            "codigo",
            "senha",
            "autenticadoCyberark",
            "cpfStorage",
            "novaSenha",
            "novaSenha1",
            "alteraSenha",
            "idGrupoUsuario",
            "idCFC",
            "idUnidTransito",
            "msgPublicacao",
            "forceLogout",
            "codigo",
        ]
    );
    let to_agenda = sent[1].fields();
    assert_eq!(to_agenda[0].1, "iniciarLoginAgenda");
    assert!(
        to_agenda
            .iter()
            .filter(|(name, _)| name == "codigo")
            .all(|(_, value)| value.is_empty())
    );
    assert_eq!(
        names(2),
        [
            "method",
            "novaSenha",
            "novaSenha1",
            "alteraSenha",
            "idGrupoUsuario",
            "idCFC",
            "idUnidTransito",
            "msgPublicacao",
            "consultaAgenda",
            "autenticadoCyberark",
            "codigo",
            "senha",
        ]
    );
    let cpf = agendad::domain::Cpf::parse(&recorded.examiner(0).cpf).unwrap();
    let login = sent[2].fields();
    assert_eq!(login[10], ("codigo".to_owned(), cpf.formatted()));
    assert_eq!(
        names(3),
        ["method", "idUsuarioMedicoConsulta", "dataReferencia"]
    );
    let today = recorded.today().format("%d/%m/%Y").to_string();
    let list = sent[3].fields();
    assert_eq!(
        (list[0].1.as_str(), &list[2].1),
        ("refreshAgendaMedicaByMedico", &today)
    );
    let day: Vec<String> = sent[4]
        .fields()
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    let id = recorded.examiner(0).portal_id;
    assert_eq!(
        day,
        ["consultarAgendaPsicologo", &unit.code, &id, &today, &today]
    );
    assert_eq!(
        names(4),
        [
            "method",
            "idUnidadeTransitoConsulta",
            "idUsuarioMedicoConsulta",
            "dataReferencia",
            "data"
        ]
    );

    let origin = wire.url.origin().ascii_serialization();
    for (index, request) in sent.iter().enumerate() {
        assert_eq!(request.header("accept-language"), Some("pt-BR,pt;q=0.9"));
        assert_eq!(request.header("upgrade-insecure-requests"), Some("1"));
        assert!(request.header("accept").unwrap().starts_with("text/html,"));
        assert!(
            request
                .header("user-agent")
                .unwrap()
                .starts_with("agendad/")
        );
        let posts = request.line.starts_with("POST");
        assert_eq!(request.header("origin"), posts.then_some(origin.as_str()));
        let referer = request.header("referer").unwrap();
        let expected = match index {
            // The root, as in a browser.
            0 => "/".to_owned(),
            1 => format!("{LOGIN}?method=iniciarLogin"),
            // The list is fetched by a script of the search page, which stays on show.
            2..=4 => LOGIN.to_owned(),
            _ => AGENDA.to_owned(),
        };
        assert_eq!(referer, format!("{origin}{expected}"), "{}", request.line);
        // One connection, kept alive.
        assert_eq!(request.connection, 0, "{}", request.line);
        let cookies = request.header("cookie").unwrap_or_default();
        for cookie in ["JSESSIONID=", "visid_incap_", "incap_ses_"] {
            assert_eq!(
                cookies.contains(cookie),
                index > 0,
                "{cookie} in {}",
                request.line
            );
        }
    }
    let stats = recorded.simulator.stats();
    assert_eq!((stats.connections, stats.requests_max), (1, 1), "{stats:?}");
    assert_eq!(stats.sessions_alive, 0, "logged out");
}

#[tokio::test]
async fn a_header_that_cannot_be_read_is_left_out_and_the_answer_is_read() {
    let simulator = start(|_| {}).await;
    let line = b"Set-Cookie: ___utmvaPRuXKscZ=dmo\x01OZPF; path=/; Max-Age=900\r\n";
    let wire = Wire::adding(line, &simulator.portal_url()).await;
    let recorded = Recorded::behind(simulator, &wire.url);
    let mut session = recorded.open(0).await;
    let unit = session.units()[0].clone();
    let readings = read_all(&mut session, &unit, &recorded.days(1)).await;
    assert_eq!(readings.unwrap().len(), 1);
}

#[tokio::test]
async fn each_session_has_its_own_connection_and_asks_strictly_one_after_another() {
    let recorded = Recorded::with(|config| {
        config.latency = std::time::Duration::from_millis(5);
    })
    .await;
    let wanted = recorded.days(4);
    let visits = (0..4).map(async |index| {
        let mut session = recorded.open(index).await;
        let unit = session.units()[0].clone();
        read_all(&mut session, &unit, &wanted).await.unwrap().len()
    });
    let read = futures::future::join_all(visits).await;
    assert_eq!(read, [4, 4, 4, 4]);
    let stats = recorded.simulator.stats();
    assert_eq!(
        (stats.connections, stats.connections_shared),
        (4, 0),
        "{stats:?}"
    );
    for (index, examiner) in &stats.examiners {
        assert_eq!(examiner.requests_max, 1, "examiner {index}");
    }
    assert!(
        stats.requests_max > 1,
        "the sessions were at it at once: {stats:?}"
    );
}

#[tokio::test]
async fn a_kept_session_costs_one_request_and_one_a_day_and_eleven_days_one_more() {
    let recorded = Recorded::new().await;
    let kept = recorded.open(0).await.save();
    for (days, lists) in [(4, 1), (11, 2)] {
        let mut session = recorded.kept(0, kept.as_ref());
        assert!(session.is_open());
        let unit = session.units()[0].clone();
        let readings = read_all(&mut session, &unit, &recorded.days(days))
            .await
            .unwrap();
        recorded.assert_whole(0, &unit, &readings);
        let stats = session.stats();
        let expected = u32::try_from(lists + days).unwrap();
        assert_eq!((stats.requests, stats.logins), (expected, 0));
        assert!(stats.session_reused);
        assert!(session.is_open());
    }
}

#[tokio::test]
async fn a_session_elsewhere_is_a_question_and_ended_only_by_force() {
    let recorded = Recorded::new().await;
    recorded.simulator.examiner_logs_in(0).unwrap();
    let mut session = recorded.session(0);
    session.begin_login().await.unwrap();
    let answer = session.post_password(LoginWith::default()).await;
    assert_eq!(answer.unwrap(), LoginAnswer::Elsewhere);
    assert_eq!(recorded.simulator.stats().forced, 0);
    let force = LoginWith {
        force: true,
        unit: None,
    };
    let answer = session.post_password(force).await;
    assert_eq!(answer.unwrap(), LoginAnswer::In);
    let stats = recorded.simulator.stats();
    assert_eq!((stats.forced, stats.logins, stats.passwords), (1, 1, 2));
    assert_eq!((session.stats().requests, session.stats().logins), (4, 1));

    // Left alone, nothing of it is kept.
    recorded.simulator.examiner_logs_in(1).unwrap();
    let mut polite = recorded.session(1);
    polite.begin_login().await.unwrap();
    polite.post_password(LoginWith::default()).await.unwrap();
    polite.abandon_login();
    assert!(polite.save().is_none());
    assert_eq!(recorded.simulator.stats().forced, 1);
}

#[tokio::test]
async fn several_units_are_chosen_at_login_each_with_an_agenda_of_its_own() {
    for own_codes in [false, true] {
        let recorded = Recorded::with(|config| {
            config.units = 3;
            config.variants.choice_has_own_codes = own_codes;
        })
        .await;
        let mut session = recorded.session(0);
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await;
        assert_eq!(answer.unwrap(), LoginAnswer::Choice);
        let choices = session.choices().await.unwrap();
        assert_eq!(choices.len(), 3);
        for choice in &choices {
            if session.is_open() {
                session.logout().await.unwrap();
                session.begin_login().await.unwrap();
            }
            let with = LoginWith {
                force: false,
                unit: Some(&choice.code),
            };
            assert_eq!(session.post_password(with).await.unwrap(), LoginAnswer::In);
            assert_eq!(session.choice(), Some(choice.code.as_str()));
            session.set_several_units(true);
            let units = session.units();
            assert_eq!((units.len(), &units[0].name), (1, &choice.name));
            let days = recorded.days(4);
            let readings = read_all(&mut session, &units[0], &days).await.unwrap();
            recorded.assert_whole(0, &units[0], &readings);
        }
    }
}

#[tokio::test]
async fn a_choice_may_follow_a_session_elsewhere() {
    let recorded = Recorded::with(|config| config.units = 2).await;
    recorded.simulator.examiner_logs_in(0).unwrap();
    let mut session = recorded.session(0);
    session.begin_login().await.unwrap();
    let first = session.post_password(LoginWith::default()).await.unwrap();
    let mut force = false;
    let mut answer = first.clone();
    if answer == LoginAnswer::Elsewhere {
        force = true;
        let with = LoginWith { force, unit: None };
        answer = session.post_password(with).await.unwrap();
    }
    assert_eq!(answer, LoginAnswer::Choice);
    let choice = session.choices().await.unwrap()[0].code.clone();
    let with = LoginWith {
        force: !force,
        unit: Some(&choice),
    };
    assert_eq!(session.post_password(with).await.unwrap(), LoginAnswer::In);
    let stats = recorded.simulator.stats();
    assert_eq!((stats.logins, session.stats().logins), (1, 1));
}

#[tokio::test]
async fn an_offered_date_of_another_unit_is_empty_for_this_one() {
    let recorded = Recorded::with(|config| config.units = 2).await;
    let mut session = recorded.session(0);
    session.begin_login().await.unwrap();
    session.post_password(LoginWith::default()).await.unwrap();
    let choice = session.choices().await.unwrap()[0].clone();
    let with = LoginWith {
        force: false,
        unit: Some(&choice.code),
    };
    session.post_password(with).await.unwrap();
    let unit = session.units()[0].clone();
    let (today, days) = (recorded.today(), recorded.days(1));
    recorded
        .simulator
        .set_day(0, &unit.code, today, Vec::new())
        .unwrap();
    recorded
        .simulator
        .inject(Fault::always(FaultKind::DatesForAllUnits));
    recorded
        .simulator
        .inject(Fault::always(FaultKind::EmptyTable));
    session.set_several_units(true);
    let readings = read_all(&mut session, &unit, &days).await.unwrap();
    assert_eq!(readings.len(), 1);
    assert!(readings[0].rows.is_empty() && readings[0].row_errors.is_empty());
    session.set_several_units(false);
    let error = read_all(&mut session, &unit, &days).await.unwrap_err();
    assert_eq!(
        error.failure_kind().as_str(),
        "layout",
        "an examiner of one unit has no other"
    );
}

#[tokio::test]
async fn a_dead_session_is_seen_in_whatever_answers_it() {
    use agendad::simulator::DeadSession::{Entry, Frameset, Unauthorized, UnauthorizedPage};
    for dead in [Entry, Frameset, Unauthorized, UnauthorizedPage] {
        let recorded = Recorded::with(|config| config.variants.dead_session = dead).await;
        let kept = recorded.open(0).await.save();
        recorded.simulator.expire_sessions(None);
        let session = recorded.kept(0, kept.as_ref());
        let unit = session.units()[0].clone();
        for listed in [true, false] {
            let mut session = recorded.kept(0, kept.as_ref());
            let today = recorded.today();
            let error = if listed {
                session
                    .offered_dates(&unit, &[today], &BTreeSet::new())
                    .await
                    .map(|_| ())
            } else {
                session.read_day(&unit, today).await.map(|_| ())
            };
            let error = error.unwrap_err();
            assert_eq!(
                error.failure_kind().as_str(),
                "session_expired",
                "{dead:?}: {error}"
            );
        }
        assert!(session.save().is_some(), "one that was not tried is kept");
        assert_eq!(
            recorded.simulator.stats().passwords,
            1,
            "nobody logs in by themselves"
        );
    }
}

#[tokio::test]
async fn every_refusal_is_told_and_a_silent_one_is_unexplained() {
    for (fault, told) in [
        (FaultKind::WrongPassword, "CPF or password refused"),
        (FaultKind::RefusedAlert, "CPF or password refused"),
        (FaultKind::RefusedRedirect, "CPF or password refused"),
        (FaultKind::Blocked, "blocked"),
        (FaultKind::ChangePassword, "changed first"),
        (FaultKind::RefusedSilently, "did not say why"),
        (FaultKind::UnknownAfterPassword, "did not say why"),
        (FaultKind::Layout, "did not say why"),
    ] {
        let recorded = Recorded::new().await;
        let fault = Fault::always(fault).at(Place::Login);
        let label = format!("{:?}", fault.kind);
        recorded.simulator.inject(fault);
        let mut session = recorded.session(0);
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await;
        let error = answer.unwrap_err();
        assert_eq!(error.failure_kind().as_str(), "auth", "{label}");
        assert!(error.to_string().contains(told), "{label}: {error}");
        assert!(error.answers_password(), "{label}");
        assert!(session.save().is_none(), "{label}");
        assert_eq!(
            recorded.simulator.stats().passwords,
            1,
            "{label}: posted once"
        );
    }
}
