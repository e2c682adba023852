//! The password goes out as from a browser, however the page that asks for it is written.

use crate::portal::bench::Bench;
use crate::portal::pages;
use crate::portal::server::{Ask, Fault};

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
