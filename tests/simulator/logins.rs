//! Logins, and how sessions end.

use agendad::simulator::DeadSession;

use crate::stranger::{AGENDA, Stranger, config, start};

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_fifth_blocks() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[1];
    let person = Stranger::at(&simulator);
    for _ in 0..4 {
        let page = person.try_log_in(&examiner.cpf, "errada").await;
        assert_eq!(page.errors(), ["CPF ou senha inválidos."]);
        assert!(page.contains("Acesso Restrito"));
    }
    let page = person.try_log_in(&examiner.cpf, "errada").await;
    assert!(page.errors()[0].contains("bloqueado"));
    let page = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert!(
        page.errors()[0].contains("bloqueado"),
        "even with the right one"
    );
    simulator.set_password(1, "Maçã-99").unwrap();
    let page = person.try_log_in(&examiner.cpf, "Maçã-99").await;
    assert!(page.contains("PESQUISA"));
    assert_eq!(simulator.stats().examiners[&1].login_refusals, 6);
}

#[tokio::test]
async fn a_dead_session_gets_the_frameset_or_a_login_page() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let mut titles = Vec::new();
    for _ in 0..3 {
        let person = Stranger::at(&simulator);
        person.log_in(examiner).await;
        assert!(
            person.get(AGENDA).await.contains("PESQUISA"),
            "the session lives"
        );
        assert!(simulator.expire_sessions(Some(0)) > 0);
        let page = person.get(AGENDA).await;
        assert_eq!(page.status, 200);
        assert!(!page.contains("PESQUISA"));
        titles.push(if page.html.contains("FRAMESET") {
            "frameset"
        } else {
            "login"
        });
        person.log_in(examiner).await;
    }
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles, ["frameset", "login"], "both happen");
    assert_eq!(simulator.stats().dead_sessions, 3);
}

#[tokio::test]
async fn an_inner_page_asked_for_without_any_session_is_refused_too() {
    let mut config = config();
    config.variants.dead_session = DeadSession::Frameset;
    let simulator = start(config).await;
    let person = Stranger::at(&simulator);
    let page = person.get(&format!("{AGENDA}?method=pesquisar")).await;
    assert_eq!(page.title(), "e-CNHsp - DETRAN - São Paulo");
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    let links = search
        .texts("a")
        .into_iter()
        .zip(search.attributes("a", "href"));
    let (_, logout) = links.into_iter().find(|(text, _)| text == "Sair").unwrap();
    person.get(&logout).await;
    assert_eq!(simulator.stats().sessions_alive, 0);
    assert!(person.get(AGENDA).await.contains("Acesso Restrito"));
}

#[tokio::test]
async fn a_login_can_answer_with_a_redirect_and_the_charset_stand_in_the_header() {
    let mut config = config();
    config.variants.redirect_after_login = true;
    config.variants.charset_header = true;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    let page = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert_eq!(
        (page.status, page.headers["location"].to_str().unwrap()),
        (302, AGENDA)
    );
    let search = person.get(AGENDA).await;
    assert!(search.contains("PESQUISA"));
    assert_eq!(
        search.headers["content-type"],
        "text/html;charset=ISO-8859-1"
    );
}
