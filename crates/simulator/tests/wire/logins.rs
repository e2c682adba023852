//! Logins, one session a person, and how sessions end.

use agendad_simulator::{DeadSession, HeldBy, Refusal};

use crate::stranger::{
    CHOICE, ENTRY, LOGIN, LOGIN_FORM, LOGOUT, Stranger, config, dotted, start, today,
};

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_fifth_blocks() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[1];
    let person = Stranger::at(&simulator);
    for _ in 0..4 {
        let page = person.try_log_in(&examiner.cpf, "errada").await;
        assert_eq!(page.errors(), ["CPF ou senha inválidos."]);
        assert!(page.contains("Acesso à Agenda Diária do Perito"));
    }
    let page = person.try_log_in(&examiner.cpf, "errada").await;
    assert!(page.errors()[0].contains("bloqueado"));
    let page = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert!(
        page.errors()[0].contains("bloqueado"),
        "even with the right one"
    );
    simulator.set_password(1, "Maçã-99").unwrap();
    assert!(person.try_log_in(&examiner.cpf, "Maçã-99").await.is_in());
    let stats = simulator.stats().examiners[&1];
    assert_eq!(
        (stats.passwords, stats.login_refusals, stats.logins),
        (7, 6, 1)
    );
}

#[tokio::test]
async fn a_refusal_can_be_told_in_four_ways() {
    for refusal in [
        Refusal::Errors,
        Refusal::Silent,
        Refusal::Alert,
        Refusal::Redirect,
    ] {
        let mut config = config();
        config.variants.refusal = refusal;
        let simulator = start(config).await;
        let examiner = &simulator.examiners()[0];
        let person = Stranger::at(&simulator);
        let page = person.try_log_in(&examiner.cpf, "errada").await;
        let said = page.html.contains("CPF ou senha inválidos.");
        let alerted = page.html.contains("alert('CPF ou senha inválidos.');");
        match refusal {
            Refusal::Errors => assert!(said && !alerted && page.errors().len() == 1),
            Refusal::Silent => assert!(!said && page.errors().is_empty()),
            Refusal::Alert => assert!(alerted && page.errors().is_empty()),
            Refusal::Redirect => {
                let to = page.headers["location"].to_str().unwrap();
                assert_eq!(page.status, 302);
                assert!(to.starts_with(LOGIN) && to.contains("CPF+ou+senha+inv%E1lidos."));
                let there = person.get(to).await;
                assert_eq!(there.attributes("input[type=password]", "name"), ["senha"]);
                assert!(!there.html.contains("inválidos"));
            }
        }
        assert_eq!(simulator.stats().login_refusals, 1);
    }
}

#[tokio::test]
async fn digits_alone_are_refused_without_a_word() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.agenda_login().await;
    for codigo in [examiner.cpf.as_str(), "", "529.982.247"] {
        let page = person.authenticate(codigo, &examiner.senha, &[]).await;
        assert!(page.contains("Acesso à Agenda Diária do Perito"));
        assert!(page.errors().is_empty() && !page.is_in());
    }
    let cpf = dotted(&examiner.cpf);
    let page = person.authenticate(&cpf, &examiner.senha, &[]).await;
    assert!(page.is_in(), "and it does no harm");
}

#[tokio::test]
async fn a_login_needs_all_fields_of_its_form() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let cpf = dotted(&examiner.cpf);
    let person = Stranger::at(&simulator);
    person.agenda_login().await;
    for (missing, _) in &LOGIN_FORM[1..] {
        let mut fields = LOGIN_FORM.to_vec();
        fields.retain(|(name, _)| name != missing);
        fields.extend([("codigo", cpf.as_str()), ("senha", &examiner.senha)]);
        let page = person.post(LOGIN, &fields).await;
        assert!(!page.is_in(), "{missing}");
        assert!(page.errors().is_empty());
    }
}

#[tokio::test]
async fn a_login_belongs_to_the_session_of_its_login_page() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let cpf = dotted(&examiner.cpf);
    Stranger::at(&simulator).agenda_login().await;
    let without = Stranger::at(&simulator);
    let page = without.authenticate(&cpf, &examiner.senha, &[]).await;
    assert!(page.contains("Credenciados"), "no session at all");
    without.get(ENTRY).await;
    let page = without.authenticate(&cpf, &examiner.senha, &[]).await;
    assert!(page.contains("Credenciados"), "a session without the page");
    assert_eq!(simulator.stats().passwords, 2);
}

#[tokio::test]
async fn a_person_has_one_session_and_is_asked_before_it_ends() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let cpf = dotted(&examiner.cpf);
    let first = Stranger::at(&simulator);
    first.log_in(examiner).await;
    let second = Stranger::at(&simulator);
    let entry = second.get(ENTRY).await;
    let asks = second.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert_eq!(asks.status, 200);
    assert_eq!(asks.inputs(), entry.inputs(), "it is the entry page");
    let call = format!(
        "openDialogNewSession('{cpf}', '{}', 'false');",
        examiner.senha
    );
    assert!(asks.html.contains(&call));
    assert!(!entry.html.contains("openDialogNewSession"));
    let again = second.authenticate(&cpf, &examiner.senha, &[]).await;
    assert!(
        again.html.contains(&call),
        "it asks as often as it is posted"
    );
    assert!(first.result(examiner, "18", today()).await.is_in());

    let wrong = [("forceLogout", "true")];
    let page = second.authenticate(&cpf, "errada", &wrong).await;
    assert!(!page.is_in());
    assert!(first.result(examiner, "18", today()).await.is_in());
    let forced = second.authenticate(&cpf, &examiner.senha, &wrong).await;
    assert!(forced.is_in());
    assert!(
        !first
            .result(examiner, "18", today())
            .await
            .contains("Resultado")
    );
    let page = second.authenticate(&cpf, &examiner.senha, &[]).await;
    assert!(page.is_in(), "its own session is not elsewhere");
    let stats = simulator.stats();
    assert_eq!((stats.in_use, stats.forced, stats.logins), (2, 1, 3));
    assert_eq!((stats.by_kind["login"], stats.by_kind["force"]), (4, 2));
    assert_eq!(stats.passwords, 6);
}

#[tokio::test]
async fn a_forced_login_may_be_followed_by_the_choice() {
    let mut config = config();
    config.units = 2;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let cpf = dotted(&examiner.cpf);
    let first = Stranger::at(&simulator);
    first.log_in_for(examiner, "18").await;
    let second = Stranger::at(&simulator);
    let asks = second.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert!(asks.html.contains("openDialogNewSession('"));
    let force = [("forceLogout", "true")];
    let asks = second.authenticate(&cpf, &examiner.senha, &force).await;
    assert!(asks.html.contains("openDialogChoice('"));
    assert!(!first.result(examiner, "18", today()).await.is_in());
    assert!(second.get(CHOICE).await.contains("Escolha de Perfil"));
    let chosen = [("idUnidTransito", "781")];
    let page = second.authenticate(&cpf, &examiner.senha, &chosen).await;
    assert!(page.is_in());
    assert_eq!(simulator.stats().forced, 1);
}

#[tokio::test]
async fn the_examiner_takes_the_session_and_leaves_it() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.log_in(examiner).await;
    assert_eq!(simulator.sessions()[0].by, HeldBy::Client);
    assert_eq!(simulator.examiner_logs_in(0).unwrap(), 1);
    assert_eq!(simulator.sessions()[0].by, HeldBy::Examiner);
    assert_eq!(simulator.examiner_logs_in(0).unwrap(), 0);
    assert!(
        !person
            .result(examiner, "18", today())
            .await
            .contains("Resultado")
    );
    let asks = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    assert!(asks.html.contains("openDialogNewSession('"));
    assert!(simulator.examiner_logs_out(0).unwrap());
    assert!(!simulator.examiner_logs_out(0).unwrap());
    person.log_in(examiner).await;
    assert!(simulator.examiner_logs_in(99).is_err());
}

#[tokio::test]
async fn a_dead_session_is_answered_in_each_way_in_turn() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let mut seen = Vec::new();
    for _ in 0..5 {
        let person = Stranger::at(&simulator);
        person.log_in(examiner).await;
        assert_eq!(simulator.expire_sessions(Some(0)), 1);
        let page = person.dates(examiner, "24/11/2026").await;
        let what = if page.html.contains("<frameset") {
            "frameset"
        } else if page.contains("Credenciados") {
            "entry"
        } else if page.html == "[]" {
            "empty list"
        } else {
            assert!(page.contains("HTTP Status 401"));
            "401"
        };
        seen.push((what, page.status));
    }
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            ("401", 200),
            ("401", 401),
            ("empty list", 200),
            ("entry", 200),
            ("frameset", 200)
        ]
    );
    assert_eq!(simulator.stats().dead_sessions, 5);
}

#[tokio::test]
async fn a_day_of_a_dead_session_is_never_an_empty_list() {
    let mut config = config();
    config.variants.dead_session = DeadSession::EmptyList;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    assert_eq!(person.dates(examiner, "").await.html, "[]");
    let page = person.result(examiner, "18", today()).await;
    assert!(page.contains("Credenciados"));
}

#[tokio::test]
async fn a_dead_session_can_be_told_so() {
    let mut config = config();
    config.variants.dead_session = DeadSession::Told;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let page = Stranger::at(&simulator).dates(examiner, "").await;
    assert!(page.contains("Credenciados"));
    assert_eq!(
        page.errors(),
        ["Sua sessão expirou. Efetue o login novamente."]
    );
}

#[tokio::test]
async fn logging_out_by_its_address_ends_the_session() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.log_in(examiner).await;
    let page = person.get(LOGOUT).await;
    assert!(page.status == 200 && page.contains("Credenciados"));
    assert_eq!(simulator.stats().sessions_alive, 0);
    Stranger::at(&simulator).log_in(examiner).await;
}
