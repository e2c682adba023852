//! The probe's output: complete enough to adapt the profile by, and without a person in it.

use agendad::domain::FailureKind;
use agendad::portal::{Credentials, evidence};

use crate::portal::bench::{Bench, JOAO, MARIA, day, enter};
use crate::portal::pages;
use crate::portal::server::{Ask, CPF, Fault, SENHA};
use crate::portal::walk;

/// What an operator would see, and what would be saved.
async fn walk(bench: &Bench, password: &str) -> (String, String) {
    let credentials = Credentials {
        cpf: agendad::domain::Cpf::parse(CPF).unwrap(),
        password: password.into(),
        proven: false,
    };
    let save_in = bench.state_dir.path().join("probe");
    let walked = walk::walk(&bench.portal, credentials, day("2026-11-24"), &save_in).await;
    (walked.shown, walked.saved)
}

fn reveals_nobody(text: &str) {
    for person in [
        "MARIA",
        "JOÃO",
        "529.982",
        "52998",
        "11144477735",
        "2345-6789",
        SENHA,
        "t0",
    ] {
        assert!(!text.contains(person), "{person} in {text}");
    }
}

#[tokio::test]
async fn a_healthy_portal_is_shown_page_by_page() {
    let bench = Bench::new().await;
    bench
        .fixture
        .book("9", day("2026-11-26"), &[MARIA, JOAO, ("9h30", "5", "ANA")]);
    let (shown, saved) = walk(&bench, SENHA).await;
    reveals_nobody(&shown);
    reveals_nobody(&saved);
    assert!(saved.contains("00000000000") && saved.contains("dataAgendamento"));
    insta::assert_snapshot!("probe_healthy", shown);
}

#[tokio::test]
async fn a_changed_layout_is_shown_by_what_is_there() {
    let bench = Bench::new().await;
    let row = "<tr><td>14:00</td><td>529.982.247-25</td><td>MARIA</td></tr>";
    let page = format!(
        "<html><body>RESULTADO <b>DATA:</b> 24/11/2026<table><tr><td>Início</td><td>Documento</td><td>Nome</td></tr>{row}</table><a href=x>VOLTAR</a></body></html>"
    );
    bench.fixture.fault(Ask::Day, Fault::Page(page), 1);
    let (result, saved) = walk(&bench, SENHA).await;
    let changed = pages::login(&[])
        .replace("codigo", "identificacao")
        .replace("senha", "chave");
    bench.fixture.fault(Ask::LoginPage, Fault::Page(changed), 1);
    let (login, _) = walk(&bench, SENHA).await;
    reveals_nobody(&[result.as_str(), &saved, &login].concat());
    insta::assert_snapshot!("probe_changed_result", result);
    insta::assert_snapshot!("probe_changed_login", login);
}

#[tokio::test]
async fn a_wrong_password_is_posted_once_and_shown() {
    let bench = Bench::new().await;
    let (shown, _) = walk(&bench, "errada").await;
    assert_eq!(bench.fixture.count(Ask::Login), 1);
    insta::assert_snapshot!("probe_wrong_password", shown);
}

#[tokio::test]
async fn evidence_is_listed_and_shown() {
    let bench = Bench::new().await;
    bench
        .fixture
        .fault(Ask::LoginPage, Fault::Page(pages::STRANGE.into()), 1);
    let mut session = bench.session(SENHA, false, None);
    let error = enter(&mut session).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Layout);
    let files = evidence::list(bench.state_dir.path()).unwrap();
    assert_eq!(files.len(), 1);
    let shown = evidence::show(bench.state_dir.path(), &files[0].name).unwrap();
    assert!(shown.contains("Novo portal do perito") && shown.len() as u64 == files[0].bytes);
}
