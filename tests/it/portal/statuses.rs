//! Statuses that say that the portal cannot serve, and what their pages say beside that.

use agendad::domain::FailureKind::{Firewall, Network, Unavailable};
use agendad::portal::{AuthReason, FirewallState, PortalErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::portal::bench::{Bench, enter};
use crate::portal::pages;
use crate::portal::server::{Ask, Fault, SENHA};

const FIREWALL: &str =
    "<html><body><p>Request unsuccessful. Incapsula incident ID: 1184-7452</p></body></html>";

#[tokio::test]
async fn what_a_page_says_to_a_password_counts_whatever_its_status() {
    let tries = "<html><body><p>Muitas tentativas. Aguarde.</p></body></html>".to_owned();
    let blocked = "<html><body><h1>Erro</h1><p>Usuário <b>bloqueado</b></p></body></html>";
    for (page, reason) in [
        (pages::login(&["Senha inválida"]), AuthReason::Refused),
        (blocked.to_owned(), AuthReason::Blocked),
        (tries, AuthReason::Unexplained),
    ] {
        for status in [408, 429, 500, 502, 503] {
            let bench = Bench::new().await;
            let fault = Fault::PageWith(status, page.clone());
            bench.fixture.fault(Ask::Login, fault, 9);
            let mut session = bench.session(SENHA, true, None);
            let error = enter(&mut session).await.unwrap_err();
            let label = format!("{status}: {error}");
            assert_eq!(*error.kind(), PortalErrorKind::Auth(reason), "{label}");
            assert!(error.answers_password(), "{label}");
            assert_eq!(bench.fixture.count(Ask::Login), 1, "{label}");
        }
    }
}

#[tokio::test]
async fn a_status_whose_page_says_nothing_of_the_login_is_a_way_that_failed() {
    let large = "x".repeat(300_000);
    for page in [
        "<html><h1>HTTP Status 500</h1><pre>java.sql.SQLException: invalid username/password\n\tat \
         UsuarioDAO.valida(UsuarioDAO.java:51)</pre></html>",
        pages::MAINTENANCE,
        pages::CAPTCHA,
        // Half a page, and one that is too large to be read.
        "<html><body><p>Erro",
        &large,
    ] {
        let bench = Bench::with(|config| config.max_body_bytes = 200_000).await;
        let fault = Fault::PageWith(500, page.to_owned());
        bench.fixture.fault(Ask::Login, fault, 9);
        let mut session = bench.session(SENHA, true, None);
        let error = enter(&mut session).await.unwrap_err();
        assert_eq!(error.failure_kind(), Unavailable, "{error}");
        assert!(!error.answers_password(), "{error}");
        assert_eq!(bench.fixture.count(Ask::Login), 4, "{error}");
    }
}

#[tokio::test]
async fn the_firewalls_page_is_known_by_whatever_status_and_ends_no_rest() {
    for status in [403, 429, 503] {
        let bench = Bench::new().await;
        let turned_away = Fault::PageWith(status, FIREWALL.to_owned());
        bench.fixture.fault(Ask::Entry, turned_away, 2);
        for _ in 0..2 {
            // Asked for by hand, which the rest does not bind.
            let mut session = bench.session(SENHA, true, None);
            let error = enter(&mut session).await.unwrap_err();
            assert_eq!(error.failure_kind(), Firewall, "{status}: {error}");
            let state = bench.portal.firewall().state();
            let rests = matches!(state, FirewallState::Resting { .. });
            assert!(rests, "{status}: {state:?}");
        }
        assert_eq!(bench.fixture.count(Ask::Entry), 2, "{status}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_not_taken_for_the_firewall() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bench = Bench::with(|config| {
        config.base_url = format!("http://{address}/").parse().unwrap();
    })
    .await;
    let answers = async {
        let (mut client, _) = listener.accept().await.unwrap();
        client.read_u8().await.unwrap();
        client.write_all(b"HTTP/1.1 ok\r\n\r\n").await.unwrap();
        client
    };
    let (error, _client) = tokio::join!(bench.portal.reachable(), answers);
    let error = error.unwrap_err();
    assert_eq!(error.failure_kind(), Network, "{error}");
}
