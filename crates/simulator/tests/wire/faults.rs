//! The portal when it misbehaves.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use agendad_simulator::{Examiner, Fault, FaultKind, HeldBy, Place, Simulator, Unit};
use chrono::Days;

use crate::stranger::{ENTRY, LOGIN, LOGIN_FORM, Page, Stranger, config, dotted, start, today};

/// A simulator whose every day has appointments, and somebody logged in.
pub(crate) struct Scene {
    pub(crate) simulator: Simulator,
    pub(crate) person: Stranger,
    pub(crate) examiner: Examiner,
    pub(crate) unit: Unit,
}

pub(crate) async fn scene() -> Scene {
    let mut config = config();
    config.empty_day_ratio = 0.0;
    let simulator = start(config).await;
    let person = Stranger::at(&simulator);
    let examiner = simulator.examiners()[0].clone();
    person.log_in(&examiner).await;
    Scene {
        unit: simulator.units(0)[0],
        simulator,
        person,
        examiner,
    }
}

impl Scene {
    pub(crate) async fn result(&self) -> Page {
        self.person
            .result(&self.examiner, self.unit.code, today())
            .await
    }

    pub(crate) async fn try_result(&self) -> reqwest::Result<Page> {
        self.person
            .try_result(&self.examiner, self.unit.code, today())
            .await
    }

    pub(crate) fn bookings(&self) -> usize {
        self.simulator.agenda_between(0, today(), today()).len()
    }

    pub(crate) fn next(&self, kind: FaultKind, count: u64) {
        self.simulator.inject(Fault::next(kind, count));
    }
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = error.source();
    }
    None
}

#[tokio::test]
async fn an_error_status_comes_so_many_times_with_its_retry_after() {
    let scene = scene().await;
    scene.next(
        FaultKind::Status {
            code: 429,
            retry_after: Some(7),
        },
        2,
    );
    for _ in 0..2 {
        let page = scene.result().await;
        assert_eq!(
            (page.status, page.headers["retry-after"].to_str().unwrap()),
            (429, "7")
        );
    }
    assert_eq!(scene.result().await.status, 200);
    assert_eq!(scene.simulator.faults()[0].struck, 2);
}

#[tokio::test]
async fn latency_holds_the_answer_back() {
    let scene = scene().await;
    scene.next(FaultKind::Latency(Duration::from_millis(200)), 1);
    let begun = Instant::now();
    assert_eq!(scene.result().await.rows().len(), scene.bookings());
    assert!(begun.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_reset_is_a_reset_and_the_portal_lives_on() {
    let scene = scene().await;
    scene.next(FaultKind::Reset, 1);
    let error = scene.try_result().await.err().unwrap();
    assert_eq!(
        io_kind(&error),
        Some(io::ErrorKind::ConnectionReset),
        "{error:?}"
    );
    assert!(
        scene.result().await.contains("Resultado"),
        "the session lives too"
    );
}

#[tokio::test]
async fn a_truncated_body_breaks_off_before_its_announced_end() {
    let scene = scene().await;
    for bytes in [None, Some(0), Some(100), Some(usize::MAX)] {
        scene.next(FaultKind::Truncated(bytes), 1);
        let error = scene.try_result().await.err().unwrap();
        assert!(error.is_body() || error.is_decode(), "{bytes:?}: {error:?}");
    }
    assert!(scene.result().await.contains("Resultado"));
}

#[tokio::test]
async fn a_cut_page_looks_whole_to_http() {
    let scene = scene().await;
    let whole = scene.result().await.bytes;
    scene.next(FaultKind::Cut(Some(1000)), 1);
    assert_eq!(scene.result().await.bytes, whole[..1000]);
    scene.next(FaultKind::Cut(None), 1);
    assert_eq!(scene.result().await.bytes, whole[..whole.len() / 2]);
}

#[tokio::test]
async fn a_slow_body_takes_its_time_and_is_whole() {
    let scene = scene().await;
    let whole = scene.result().await.bytes;
    let rate = u32::try_from(whole.len() * 2).unwrap();
    scene.next(FaultKind::Slow(rate), 1);
    let begun = Instant::now();
    assert_eq!(scene.result().await.bytes, whole);
    assert!(begun.elapsed() > Duration::from_millis(400));
}

#[tokio::test]
async fn an_expired_session_has_to_log_in_again() {
    let scene = scene().await;
    scene.next(FaultKind::Expired, 1);
    assert!(!scene.result().await.contains("Resultado"));
    assert!(
        !scene.result().await.contains("Resultado"),
        "it is really dead"
    );
    scene.person.log_in(&scene.examiner).await;
    assert!(scene.result().await.contains("Resultado"));
}

#[tokio::test]
async fn a_login_can_be_refused_without_harm_to_the_account() {
    let scene = scene().await;
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &scene.examiner;
    scene.next(FaultKind::WrongPassword, 7);
    for _ in 0..7 {
        let page = scene.person.try_log_in(cpf, password).await;
        assert_eq!(page.errors(), ["CPF ou senha inválidos."]);
    }
    scene.next(FaultKind::Blocked, 1);
    let page = scene.person.try_log_in(cpf, password).await;
    assert!(page.errors()[0].contains("bloqueado"));
    let stats = scene.simulator.stats();
    assert_eq!(
        (stats.login_refusals, stats.examiners[&0].login_refusals),
        (8, 8)
    );
    scene.person.log_in(&scene.examiner).await;
}

#[tokio::test]
async fn a_captcha_or_a_maintenance_page_stands_in_place_of_any_page() {
    let scene = scene().await;
    for path in ["/", ENTRY] {
        scene.next(FaultKind::Captcha, 1);
        let page = scene.person.get(path).await;
        assert_eq!(page.attributes("div", "class"), ["g-recaptcha"]);
        scene.next(FaultKind::Maintenance, 1);
        let page = scene.person.get(path).await;
        assert!(page.status == 200 && page.contains("Sistema em manutenção"));
        let page = scene.person.get(path).await;
        let markers = page.html.to_lowercase();
        assert!(
            !markers.contains("captcha") && !markers.contains("manuten"),
            "a good page is clean"
        );
    }
}

#[tokio::test]
async fn a_changed_layout_shows_on_every_page() {
    let scene = scene().await;
    scene.simulator.inject(Fault::always(FaultKind::Layout));
    let page = scene.result().await;
    assert_eq!(
        page.texts("table#agenda th")[..3],
        ["Início", "Documento", "Candidato"]
    );
    let person = Stranger::at(&scene.simulator);
    let page = person.agenda_login().await;
    assert_eq!(page.attributes("input[type=password]", "name"), ["chave"]);
    let other = &scene.simulator.examiners()[1];
    let page = person.try_log_in(&other.cpf, &other.senha).await;
    assert!(page.is_in() && page.texts("form").is_empty());
}

#[tokio::test]
async fn results_can_be_wrong_in_themselves() {
    let scene = scene().await;
    let good = scene.result().await.rows();

    scene.next(FaultKind::EmptyTable, 1);
    let page = scene.result().await;
    assert_eq!(
        page.texts("table#agenda tr").len(),
        1,
        "a header and nothing else"
    );
    assert!(!page.contains("Nenhum"));

    scene.next(FaultKind::WrongDate, 1);
    let page = scene.result().await;
    assert!(page.contains("DATA: 25/11/2026"));
    let tomorrow = today() + Days::new(1);
    let there = scene.simulator.agenda_between(0, tomorrow, tomorrow).len();
    assert_eq!(page.rows().len(), there);

    scene.next(FaultKind::DuplicateRows, 1);
    let twice: Vec<_> = good
        .iter()
        .flat_map(|row| [row.clone(), row.clone()])
        .collect();
    assert_eq!(scene.result().await.rows(), twice);

    scene.next(FaultKind::MalformedRows, 1);
    let bad = scene.result().await.rows();
    assert!(bad[0][0].contains('h'), "{}", bad[0][0]);
    assert_eq!(bad[1][0], "25:99");
    assert_eq!(bad[2][1].chars().filter(char::is_ascii_digit).count(), 10);
    assert_eq!(bad[3..], good[3..]);

    assert_eq!(scene.result().await.rows(), good, "all of it is over");
}

#[tokio::test]
async fn a_body_can_be_too_large_in_the_open_or_packed() {
    let scene = scene().await;
    scene.next(FaultKind::Oversized(1_000_000), 1);
    let page = scene.result().await;
    assert!(page.bytes.len() > 1_000_000 && !page.headers.contains_key("content-length"));
    scene.next(FaultKind::GzipBomb(1_000_000), 1);
    let page = scene.result().await;
    assert_eq!(page.headers["content-encoding"], "gzip");
    assert!(page.bytes.len() < 50_000, "{} bytes", page.bytes.len());
}

#[tokio::test]
async fn redirects_can_go_on_for_ever_or_lead_away() {
    let scene = scene().await;
    scene.next(FaultKind::RedirectLoop, 1);
    let mut page = scene.result().await;
    let mut seen = Vec::new();
    for _ in 0..30 {
        assert_eq!(page.status, 302);
        let to = page.headers["location"].to_str().unwrap().to_owned();
        assert!(!seen.contains(&to));
        page = scene.person.get(&to).await;
        seen.push(to);
    }
    scene.next(FaultKind::ForeignRedirect("http://localhost:9/x".into()), 1);
    let page = scene.result().await;
    assert_eq!(
        (page.status, &page.headers["location"]),
        (307, &"http://localhost:9/x".parse().unwrap())
    );
}

#[tokio::test]
async fn a_meta_refresh_leads_to_the_page_that_was_asked_for() {
    let scene = scene().await;
    let whole = scene.result().await.bytes;
    scene
        .simulator
        .inject(Fault::always(FaultKind::MetaRefresh));
    let page = scene.result().await;
    assert!(!page.contains("Resultado"));
    let content = page
        .attributes("meta[http-equiv=Refresh]", "content")
        .concat();
    let to = content.split_once("URL=").unwrap().1.to_owned();
    assert_eq!(scene.person.get(&to).await.bytes, whole);
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_request_took_effect() {
    let scene = scene().await;
    let examiner = &scene.simulator.examiners()[1];
    let other = Stranger::at(&scene.simulator);
    other.agenda_login().await;
    let lost = Fault::next(FaultKind::AnswerLost, 1).at(Place::Login);
    scene.simulator.inject(lost);
    let mut fields = LOGIN_FORM.to_vec();
    let cpf = dotted(&examiner.cpf);
    fields.extend([("codigo", cpf.as_str()), ("senha", &examiner.senha)]);
    let error = other.try_post(LOGIN, &fields).await.err().unwrap();
    assert_eq!(io_kind(&error), Some(io::ErrorKind::ConnectionReset));
    assert_eq!(scene.simulator.stats().examiners[&1].logins, 1);
    assert_eq!(other.dates(examiner, "").await.status, 200);
}

#[tokio::test]
async fn the_examiner_can_take_the_session_in_the_middle() {
    let scene = scene().await;
    scene.next(FaultKind::Taken, 1);
    assert!(!scene.result().await.contains("Resultado"));
    assert_eq!(scene.simulator.sessions()[0].by, HeldBy::Examiner);
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &scene.examiner;
    let asks = scene.person.try_log_in(cpf, password).await;
    assert!(asks.html.contains("openDialogNewSession('"));
}
