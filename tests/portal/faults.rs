//! Every way to misbehave: what the client reports, how often it asks, how often it logs in.

use std::time::Duration;

use agendad::domain::FailureKind::{self, Captcha, Layout, SessionExpired, Timeout, Unavailable};

use crate::bench::{Bench, MARIA, day, unit, week};
use crate::pages;
use crate::server::{Ask, Fault, SENHA};

/// One line of the table: a fault of every answer to the question for a day.
struct Case {
    fault: Fault,
    kind: FailureKind,
    /// Questions for the day.
    asked: usize,
    logins: u32,
    dropped: bool,
    evidence: bool,
}

fn case(fault: Fault, kind: FailureKind) -> Case {
    let retried = [FailureKind::Network, Timeout, Unavailable].contains(&kind);
    let dropped = [SessionExpired, Captcha].contains(&kind);
    let asked = match (retried, kind == SessionExpired) {
        (true, _) => 4,
        (false, true) => 2,
        (false, false) => 1,
    };
    Case {
        fault,
        kind,
        asked,
        logins: if kind == SessionExpired { 2 } else { 1 },
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
        case(page(pages::MAINTENANCE), Unavailable),
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
        case(
            page(&format!(
                "<html>RESULTADO<table>{header}<tr><td>9:30<td>52998224725<td>M</table>VOLTAR</html>"
            )),
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
            config.request_timeout = Duration::from_millis(300);
            config.max_body_bytes = 200_000;
            config.max_redirects = 3;
        })
        .await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        bench.fixture.fault(Ask::Day, case.fault.clone(), 20);
        bench.fixture.fault(Ask::Other, case.fault.clone(), 20);
        let error = session
            .read_day(&unit(), day("2026-11-24"))
            .await
            .unwrap_err();
        let label = format!("{:?}: {error:?}", case.fault.name());
        assert_eq!(error.failure_kind(), case.kind, "{label}");
        assert_eq!(bench.fixture.count(Ask::Day), case.asked, "{label}");
        assert_eq!(session.stats().logins, case.logins, "{label}");
        assert_eq!(error.session_is_dropped(), case.dropped, "{label}");
        assert_eq!(session.cookies().is_none(), case.dropped, "{label}");
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
        let retried = matches!(
            case.kind,
            FailureKind::Network | Timeout | Unavailable | SessionExpired
        );
        if !retried || case.asked == 1 {
            continue;
        }
        let bench = Bench::with(|config| config.request_timeout = Duration::from_millis(300)).await;
        bench.fixture.book("7", day("2026-11-24"), &[MARIA]);
        let mut session = bench.open().await;
        for ask in [Ask::Dates, Ask::Day] {
            bench.fixture.fault(ask, case.fault.clone(), 1);
        }
        let label = case.fault.name();
        let dates = session.offered_dates(&unit(), &week()).await.expect(label);
        assert_eq!(dates, [day("2026-11-24")], "{label}");
        let reading = session.read_day(&unit(), dates[0]).await.expect(label);
        assert_eq!(
            (reading.rows.len(), reading.is_complete()),
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
        (Fault::Page(pages::MAINTENANCE.into()), true),
    ] {
        for proven in [false, true] {
            let bench =
                Bench::with(|config| config.request_timeout = Duration::from_millis(300)).await;
            bench.fixture.fault(Ask::Login, fault.clone(), 1);
            let mut session = bench.session(SENHA, proven, None);
            let opened = session.open().await;
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
        let error = bench.session(SENHA, true, None).open().await.unwrap_err();
        assert_eq!(error.failure_kind(), Layout, "{}", fault.name());
        assert_eq!(bench.fixture.count(Ask::Login), 0);
    }
    for redirect in ["http://localhost:1/collect", pages::AGENDA] {
        let bench = Bench::new().await;
        bench
            .fixture
            .fault(Ask::Login, Fault::Redirect(307, redirect.into()), 9);
        let error = bench.session(SENHA, true, None).open().await.unwrap_err();
        assert_eq!(error.failure_kind(), Layout);
        assert_eq!(bench.fixture.count(Ask::Login), 1, "{redirect}");
    }
}

#[tokio::test]
async fn a_login_that_is_neither_refused_nor_accepted_is_not_repeated() {
    let unknown = pages::login(&["Procure a administração."]);
    for (page, proven, kind) in [
        (unknown.clone(), false, FailureKind::Auth),
        (unknown, true, Layout),
        (pages::login(&[]), false, SessionExpired),
        (pages::FRAMESET.to_owned(), false, SessionExpired),
        (pages::STRANGE.to_owned(), false, Layout),
        (pages::CAPTCHA.to_owned(), false, Captcha),
    ] {
        let bench = Bench::new().await;
        bench.fixture.fault(Ask::Login, Fault::Page(page), 9);
        let mut session = bench.session(SENHA, proven, None);
        let error = session.open().await.unwrap_err();
        assert_eq!(error.failure_kind(), kind, "{error}");
        assert_eq!(
            (bench.fixture.count(Ask::Login), session.cookies().is_none()),
            (1, true),
            "{error}"
        );
    }
}
