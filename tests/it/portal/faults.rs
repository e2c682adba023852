//! Every way to misbehave: what the client reports, how often it asks, how often it logs in.

use std::time::Duration;

use agendad::domain::FailureKind::{self, Captcha, Layout, SessionExpired, Timeout, Unavailable};
use agendad::portal::{AuthReason, PortalErrorKind};

use crate::portal::bench::{Bench, MARIA, day, enter, to_read, unit, week};
use crate::portal::pages;
use crate::portal::server::{Ask, Fault, SENHA};

/// One line of the table: a fault of every answer to the question for a day.
struct Case {
    fault: Fault,
    kind: FailureKind,
    /// Questions for the day.
    asked: usize,
    dropped: bool,
    evidence: bool,
}

fn case(fault: Fault, kind: FailureKind) -> Case {
    let retried = [FailureKind::Network, Timeout, Unavailable].contains(&kind);
    let dropped = [SessionExpired, Captcha].contains(&kind);
    Case {
        fault,
        kind,
        asked: if retried { 4 } else { 1 },
        dropped,
        evidence: kind == Layout,
    }
}

fn table() -> Vec<Case> {
    let page = |text: &str| Fault::Page(text.to_owned());
    let header = "<tr><td>Hora</td><td>CPF</td><td>Nome</td></tr>";
    let of_the_day = |table: &str| {
        page(&format!(
            "<html><body>RESULTADO<br>DATA: 24/11/2026 {table}<a href=x>VOLTAR</a></body></html>"
        ))
    };
    let no_evidence = |case: Case| Case {
        evidence: false,
        ..case
    };
    vec![
        case(Fault::Status(500, None), Unavailable),
        case(Fault::Status(503, Some("0")), Unavailable),
        case(Fault::Status(429, None), Unavailable),
        // Longer than we are willing to wait: given up at once.
        Case {
            asked: 1,
            ..case(Fault::Status(503, Some("3600")), Unavailable)
        },
        case(Fault::Hangup, FailureKind::Network),
        case(Fault::Truncated, Unavailable),
        case(Fault::Cut, Unavailable),
        case(page(""), Unavailable),
        // Compressed in ways that nobody asked for.
        case(
            Fault::Body(vec![0x8b; 40], vec![("content-encoding", "br")]),
            Unavailable,
        ),
        case(
            Fault::Body(b"MARIA".to_vec(), vec![("content-encoding", "x-gzip")]),
            Unavailable,
        ),
        case(page(pages::MAINTENANCE), Unavailable),
        Case {
            asked: 1,
            ..case(
                Fault::Body(
                    b"<html><h1>Em manuten\xe7\xe3o</h1></html>".to_vec(),
                    vec![("retry-after", "3600")],
                ),
                Unavailable,
            )
        },
        case(Fault::Delay(Duration::from_secs(30)), Timeout),
        case(Fault::Drip, Timeout),
        case(Fault::Expire, SessionExpired),
        case(page(&pages::login(&[])), SessionExpired),
        case(page(&pages::entry()), SessionExpired),
        // An error about a password counts only after a login.
        case(
            page(&pages::login(&["Senha inválida", "Usuário bloqueado"])),
            SessionExpired,
        ),
        case(page(pages::CAPTCHA), Captcha),
        case(Fault::WrongDate, Layout),
        case(Fault::Status(404, None), Layout),
        case(page(pages::STRANGE), Layout),
        case(page("Not Found"), Layout),
        case(of_the_day(""), Layout),
        case(of_the_day(&format!("<table>{header}</table>")), Layout),
        case(
            of_the_day(
                "<table><tr><td>Hora</td><td>Documento</td><td>Nome</td></tr><tr><td>9:00<td>1<td>M</table>",
            ),
            Layout,
        ),
        no_evidence(case(Fault::Body(vec![b'x'; 300_000], vec![]), Layout)),
        no_evidence(case(
            Fault::Body(bomb(), vec![("content-encoding", "gzip")]),
            Layout,
        )),
        no_evidence(case(Fault::Redirect(302, "/loop".into()), Layout)),
        no_evidence(case(
            Fault::Redirect(302, "http://localhost:1/x?y=1".into()),
            Layout,
        )),
        no_evidence(case(
            Fault::Redirect(302, "https://127.0.0.1:1/".into()),
            Layout,
        )),
        no_evidence(case(
            page("<html><meta http-equiv=refresh content='0;url=//evil.example/'></html>"),
            Layout,
        )),
    ]
}

/// A megabyte of zeros in a kilobyte of gzip.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![0; 1_000_000]).unwrap();
    gzip.finish().unwrap()
}

#[tokio::test]
async fn every_fault_has_its_kind_its_retries_and_its_logins() {
    for case in table() {
        let bench = Bench::with(|config| {
            config.request_timeout = Duration::from_secs(1);
            config.max_body_bytes = 200_000;
            config.max_redirects = 3;
        })
        .await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        to_read(&mut session, &unit(), &week()).await.unwrap();
        bench.fixture.fault(Ask::Day, case.fault.clone(), 20);
        bench.fixture.fault(Ask::Other, case.fault.clone(), 20);
        let error = session
            .read_day(&unit(), day("2026-11-24"))
            .await
            .unwrap_err();
        let label = format!("{:?}: {error:?}", case.fault.name());
        assert_eq!(error.failure_kind(), case.kind, "{label}");
        assert_eq!(bench.fixture.count(Ask::Day), case.asked, "{label}");
        assert_eq!(session.stats().logins, 1, "{label}");
        assert!(!error.answers_password(), "{label}");
        assert_eq!(error.session_is_dropped(), case.dropped, "{label}");
        assert_eq!(session.save().is_none(), case.dropped, "{label}");
        assert_eq!(
            error.evidence().is_some_and(std::path::Path::exists),
            case.evidence,
            "{label}"
        );
        let chain = format!("{label} {:?}", std::error::Error::source(&error));
        for secret in [
            SENHA,
            "52998224725",
            "529.982.247-25",
            "MARIA",
            "JSESSIONID",
            "y=1",
        ] {
            assert!(!chain.contains(secret), "{secret} in {chain}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_passes_leaves_the_right_day() {
    for case in table() {
        let retried = matches!(case.kind, FailureKind::Network | Timeout | Unavailable);
        if !retried || case.asked == 1 {
            continue;
        }
        let bench = Bench::with(|config| config.request_timeout = Duration::from_secs(1)).await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        for ask in [Ask::Dates, Ask::Day] {
            bench.fixture.fault(ask, case.fault.clone(), 1);
        }
        let label = case.fault.name();
        let dates = to_read(&mut session, &unit(), &week()).await.expect(label);
        assert_eq!(dates, [day("2026-11-24")], "{label}");
        let reading = session.read_day(&unit(), dates[0]).await.expect(label);
        assert_eq!(
            (reading.rows.len(), reading.row_errors.is_empty()),
            (1, true),
            "{label}"
        );
    }
}

#[tokio::test]
async fn a_password_whose_fate_is_unknown_is_not_posted_again_unless_it_is_proven() {
    for (fault, again) in [
        (Fault::Hangup, false),
        (Fault::Truncated, false),
        (Fault::Delay(Duration::from_secs(30)), false),
        (Fault::Status(503, None), true),
        // It may be meant for one account.
        (Fault::Page(pages::MAINTENANCE.into()), false),
    ] {
        for proven in [false, true] {
            let bench = Bench::with(|config| config.request_timeout = Duration::from_secs(1)).await;
            bench.fixture.fault(Ask::Login, fault.clone(), 1);
            let mut session = bench.session(SENHA, proven, None);
            let opened = enter(&mut session).await;
            let label = format!("{} {proven}", fault.name());
            assert_eq!(opened.is_ok(), again || proven, "{label}");
            assert_eq!(
                bench.fixture.count(Ask::Login),
                1 + usize::from(again || proven),
                "{label}"
            );
        }
    }
}

#[tokio::test]
async fn the_password_never_leaves_the_portal() {
    let action = |to: &str| pages::login(&[]).replace(pages::AGENDA, to);
    for fault in [
        Fault::Page(action("http://localhost:1/collect")),
        Fault::Page(action("//evil.example/")),
        Fault::Page(action("javascript:x()")),
    ] {
        let bench = Bench::new().await;
        bench.fixture.fault(Ask::LoginPage, fault.clone(), 9);
        let mut session = bench.session(SENHA, true, None);
        let error = enter(&mut session).await.unwrap_err();
        assert_eq!(error.failure_kind(), Layout, "{}", fault.name());
        // Nothing was posted, so nothing was answered.
        assert!(!error.answers_password(), "{error}");
        assert_eq!(bench.fixture.count(Ask::Login), 0);
    }
    for (code, to) in [
        (307, "http://localhost:1/collect"),
        (307, pages::AGENDA),
        (302, "http://localhost:1/collect"),
    ] {
        let bench = Bench::new().await;
        let redirect = Fault::Redirect(code, to.into());
        bench.fixture.fault(Ask::Login, redirect, 9);
        let mut session = bench.session(SENHA, true, None);
        let error = enter(&mut session).await.unwrap_err();
        assert_eq!(
            *error.kind(),
            PortalErrorKind::Auth(AuthReason::Unexplained)
        );
        assert!(error.answers_password());
        assert_eq!(bench.fixture.count(Ask::Login), 1, "{code} {to}");
    }
}

#[tokio::test]
async fn whatever_answers_a_password_and_lets_nobody_in_is_the_answer_to_it() {
    let unexplained = PortalErrorKind::Auth(AuthReason::Unexplained);
    for (page, kind) in [
        (pages::login(&["Procure a administração."]), unexplained),
        (pages::login(&[]), unexplained),
        (pages::FRAMESET.to_owned(), unexplained),
        (pages::entry(), unexplained),
        (pages::STRANGE.to_owned(), unexplained),
        ("Not Found".to_owned(), unexplained),
        (
            "<html><script>errors[0]='Sua sess&atilde;o expirou.'</script></html>".to_owned(),
            unexplained,
        ),
        (r#"{"erro":"Sess\u00e3o expirada"}"#.to_owned(), unexplained),
        (
            r#"{"erro":"Senha inv\u00e1lida"}"#.to_owned(),
            PortalErrorKind::Auth(AuthReason::Refused),
        ),
        (pages::CAPTCHA.to_owned(), PortalErrorKind::Captcha),
        (
            "<html><script>alert('Usu\\xe1rio bloqueado')</script></html>".to_owned(),
            PortalErrorKind::Auth(AuthReason::Blocked),
        ),
        // Half a page, and a notice of maintenance beside it.
        (
            "<html><p>Usuário <b>bloqueado</b>".to_owned(),
            PortalErrorKind::Auth(AuthReason::Blocked),
        ),
        (
            "<html><p>Senha inválida</p><p>O sistema estará em manutenção domingo</p></html>"
                .to_owned(),
            PortalErrorKind::Auth(AuthReason::Refused),
        ),
        // Whoever is kept out for their tries is told of no maintenance.
        (
            "<html><p>Acesso temporariamente indisponível: excedido o número de tentativas</p></html>"
                .to_owned(),
            unexplained,
        ),
        (
            pages::login(&["Sistema em manutenção", "Restam 2 tentativas"]),
            unexplained,
        ),
        // What is left by a refresh.
        (
            format!(
                "<html><meta http-equiv=refresh content='0;url={}'>Senha inválida</html>",
                pages::ENTRY
            ),
            PortalErrorKind::Auth(AuthReason::Refused),
        ),
    ] {
        for proven in [false, true] {
            let bench = Bench::new().await;
            bench
                .fixture
                .fault(Ask::Login, Fault::Page(page.clone()), 9);
            let mut session = bench.session(SENHA, proven, None);
            let error = enter(&mut session).await.unwrap_err();
            assert_eq!(*error.kind(), kind, "{error}");
            assert!(error.answers_password(), "{error}");
            assert_eq!(
                (bench.fixture.count(Ask::Login), session.save().is_none()),
                (1, true),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_in_the_address_of_a_redirect_counts_whatever_it_leads_to() {
    for fault in [
        Fault::Status(500, None),
        Fault::Hangup,
        Fault::Cut,
        Fault::Redirect(302, "https://127.0.0.1:1/".into()),
    ] {
        let bench = Bench::new().await;
        let redirect = Fault::Redirect(302, "/erro.do?texto=Senha+inv%E1lida".into());
        bench.fixture.fault(Ask::Login, redirect, 9);
        bench.fixture.fault(Ask::Other, fault.clone(), 9);
        let mut session = bench.session(SENHA, true, None);
        let error = enter(&mut session).await.unwrap_err();
        let refused = PortalErrorKind::Auth(AuthReason::Refused);
        assert_eq!(*error.kind(), refused, "{}: {error}", fault.name());
        assert!(error.answers_password(), "{error}");
        assert_eq!(bench.fixture.count(Ask::Login), 1, "{error}");
    }
}

#[tokio::test]
async fn a_login_that_is_under_maintenance_is_a_way_that_failed_and_is_not_tried_again_at_once() {
    let hours = "Acesso permitido das 7h às 19h";
    let own_page = format!("<html><body><p>{hours}</p></body></html>");
    for page in [
        pages::login(&["Sistema temporariamente indisponível"]),
        pages::login(&[hours]),
        own_page.clone(),
    ] {
        for proven in [false, true] {
            // On a page of its own the answer counts as lost, and an accepted password goes out again.
            let posts = if proven && page == own_page { 4 } else { 1 };
            let bench = Bench::with(|config| {
                let texts = &mut config.profile.maintenance_texts;
                texts.push("acesso permitido das".to_owned());
            })
            .await;
            bench
                .fixture
                .fault(Ask::Login, Fault::Page(page.clone()), 9);
            let mut session = bench.session(SENHA, proven, None);
            let error = enter(&mut session).await.unwrap_err();
            assert_eq!(error.failure_kind(), Unavailable, "{error}");
            assert!(!error.answers_password(), "{error}");
            assert_eq!(bench.fixture.count(Ask::Login), posts, "{page}");
        }
    }
}

#[tokio::test]
async fn a_password_never_accepted_is_posted_once_to_a_page_of_maintenance_and_its_answer_is_lost()
{
    let later = "<html><h1>Sistema temporariamente indisponível</h1><p>Faça uma <b>nova</b> tentativa mais tarde.</p></html>";
    for (fault, posts) in [
        (Fault::Page(pages::MAINTENANCE.into()), [1, 4]),
        (Fault::Page(later.to_owned()), [1, 4]),
        (
            Fault::Page(pages::login(&["Sistema temporariamente indisponível"])),
            [1, 1],
        ),
        (Fault::Status(503, None), [4, 4]),
    ] {
        let is_page = fault.name() == Fault::Page(String::new()).name();
        for (proven, posts) in [false, true].into_iter().zip(posts) {
            let bench = Bench::new().await;
            bench.fixture.fault(Ask::Login, fault.clone(), 9);
            let mut session = bench.session(SENHA, proven, None);
            let error = enter(&mut session).await.unwrap_err();
            assert_eq!(error.failure_kind(), Unavailable, "{error}");
            assert_eq!(bench.fixture.count(Ask::Login), posts, "{error}");
            let counts = (error.answer_is_lost(), error.was_not_judged());
            assert_eq!(counts, (is_page, !is_page), "{error}");
        }
    }
}

#[tokio::test]
async fn an_empty_table_means_no_appointments_only_where_that_was_the_question() {
    let header = "<tr><td>Hora</td><td>CPF</td><td>Nome</td></tr>";
    let result = |date: &str, rows: &str| {
        Fault::Page(format!(
            "<html><body>RESULTADO<br>{date}<table>{header}{rows}</table><a href=x>VOLTAR</a></body></html>"
        ))
    };
    let row = "<tr><td>9:30<td>52998224725<td>M</tr>";
    for (date, rows, offered, asked_directly) in [
        // The head alone: an offered day has appointments, so something is wrong; asked directly it has none.
        ("DATA: 24/11/2026", "", Err(Layout), Ok(0)),
        ("DATA: 25/11/2026", "", Err(Layout), Err(Layout)),
        ("", "", Err(Layout), Err(Layout)),
        // No date at all: the offer vouches for the day, a guess does not.
        ("", row, Ok(1), Err(Layout)),
    ] {
        for (list_first, expected) in [(true, offered), (false, asked_directly)] {
            let bench = Bench::new().await;
            bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
            let mut session = bench.open().await;
            if list_first {
                to_read(&mut session, &unit(), &week()).await.unwrap();
            }
            bench.fixture.fault(Ask::Day, result(date, rows), 1);
            let reading = session.read_day(&unit(), day("2026-11-24")).await;
            let told = reading.map(|reading| reading.rows.len());
            let told = told.map_err(|error| error.failure_kind());
            assert_eq!(told, expected, "{date:?} {rows:?} listed: {list_first}");
        }
    }
}
