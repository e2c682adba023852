//! The password goes out as from a browser, however the page that asks for it is written.

use agendad::domain::FailureKind;

use crate::portal::bench::{Bench, enter};
use crate::portal::pages;
use crate::portal::server::{Ask, CPF, Fault, SENHA};

/// A page in UTF-8, whatever it is declared to be.
fn utf_8(page: &str, content_type: &'static str) -> Fault {
    Fault::Body(
        page.as_bytes().to_vec(),
        vec![("content-type", content_type)],
    )
}

#[tokio::test]
async fn the_password_reaches_the_portal_in_its_charset_and_at_the_pages_own_address() {
    let login = pages::login(&[]);
    let action = format!("action='{}'", pages::AGENDA);
    let based = login.replace("<head>", "<head><base href='/gefor/other/'>");
    let own_charset = login.replace("<form", "<form accept-charset='ISO-8859-1'");
    let button = "<input type=submit name=method value=esqueci disabled>";
    for (fault, label) in [
        (utf_8(&login, "text/html;charset=ISO-8859-1"), "declared"),
        (utf_8(&login, "text/html"), "declared by its meta"),
        (utf_8(&own_charset, "text/html;charset=utf-8"), "its own"),
        (Fault::Page(based.replace(&action, "")), "no action"),
        (
            Fault::Page(based.replace(&action, "action=''")),
            "an empty action",
        ),
        (
            Fault::Page(login.replace("</form>", &format!("{button}</form>"))),
            "a dead button",
        ),
    ] {
        let bench = Bench::new().await;
        bench.fixture.fault(Ask::LoginPage, fault, 1);
        bench.open().await;
        assert_eq!(bench.fixture.count(Ask::Login), 1, "{label}");
        assert_eq!(bench.fixture.count(Ask::Other), 0, "{label}");
    }
}

#[tokio::test]
async fn another_form_behind_the_logins_changes_nothing_of_what_goes_out() {
    let bench = Bench::new().await;
    let hidden = |value| format!("<input type=hidden name=alteraSenha value={value}></form>");
    let other = format!("<form action='/gefor/SGU/troca.do'>{}", hidden("true"));
    let page = pages::login(&[]).replace("</form>", &format!("{}{other}", hidden("false")));
    bench.fixture.fault(Ask::LoginPage, Fault::Page(page), 1);
    bench.open().await;
    let forms = bench.fixture.lock().forms.clone();
    let posted = forms.iter().find(|form| form.contains_key("senha"));
    assert_eq!(posted.unwrap()["alteraSenha"], "false");
}

#[tokio::test]
async fn the_page_that_refuses_a_password_is_kept_without_it() {
    let bench = Bench::new().await;
    let refused = format!("<p>Senha inválida</p><p>{CPF} {SENHA}</p>");
    let page = pages::login(&[]).replace("Acesso Restrito", &refused);
    bench.fixture.fault(Ask::Login, Fault::Page(page), 1);
    let mut session = bench.session(SENHA, true, None);
    let error = enter(&mut session).await.unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Auth, "{error}");
    let kept = std::fs::read_to_string(error.evidence().unwrap()).unwrap();
    assert!(kept.contains("Senha inválida"), "{kept}");
    assert!(!kept.contains(SENHA) && !kept.contains(CPF), "{kept}");
}
