//! Pages that are odd in themselves, and the firewall's.

use agendad_simulator::{BookingRequest, DialogSpelling, Examiner, Fault, FaultKind, Place};

use crate::faults::scene;
use crate::stranger::{
    AGENDA, CHOICE, ENTRY, ENTRY_FORM, LOGIN, Stranger, config, dotted, start, today,
};

#[tokio::test]
async fn the_firewall_has_three_pages() {
    let scene = scene().await;
    scene.next(FaultKind::Firewall(403), 1);
    let page = scene.person.get(ENTRY).await;
    assert_eq!(page.status, 403);
    assert!(page.contains("Request unsuccessful. Incapsula incident ID: "));
    scene.next(FaultKind::FirewallFrame, 1);
    let page = scene.result().await;
    let frame = page.attributes("iframe", "src").concat();
    assert!(frame.starts_with("/_Incapsula_Resource?"));
    assert_eq!(
        (page.status, page.texts("body").concat()),
        (200, String::new())
    );
    scene.next(FaultKind::FirewallScript, 1);
    let page = scene.person.dates(&scene.examiner, "").await;
    assert_eq!(page.attributes("script", "src").len(), 1);
    assert_eq!(page.texts("body").concat(), "");
}

#[tokio::test]
async fn a_login_can_be_answered_in_ways_that_nobody_has_recorded() {
    let scene = scene().await;
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &scene.examiner;
    let refused = async |kind: FaultKind| {
        scene.next(kind, 1);
        let page = scene.person.try_log_in(cpf, password).await;
        assert!(!page.is_in());
        page
    };
    let page = refused(FaultKind::RefusedSilently).await;
    assert!(page.contains("Acesso à Agenda Diária do Perito") && page.errors().is_empty());
    let page = refused(FaultKind::RefusedAlert).await;
    assert!(page.html.contains("alert('CPF ou senha inválidos.');"));
    let page = refused(FaultKind::RefusedRedirect).await;
    let to = page.headers["location"].to_str().unwrap();
    assert!(to.contains("CPF+ou+senha+inv%E1lidos."), "{to}");
    let page = refused(FaultKind::ChangePassword).await;
    assert_eq!(
        page.errors(),
        ["Sua senha expirou. É necessário alterar a senha."]
    );
    let page = refused(FaultKind::UnknownAfterPassword).await;
    assert_eq!(page.attributes("form", "name"), ["RecadastroForm"]);
    let stats = scene.simulator.stats();
    assert_eq!((stats.login_refusals, stats.passwords), (5, 6));
    scene.person.log_in(&scene.examiner).await;
}

#[tokio::test]
async fn a_dialog_can_be_opened_by_a_call_that_is_written_oddly() {
    let scene = scene().await;
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &scene.examiner;
    let other = Stranger::at(&scene.simulator);
    let punctuated = dotted(cpf);
    for (spelling, call) in [
        (
            DialogSpelling::Double,
            format!("openDialogNewSession(\"{punctuated}\",\"{password}\",\"false\");"),
        ),
        (
            DialogSpelling::Spaces,
            format!("openDialogNewSession  (  '{punctuated}'  ,  '{password}'  ,  'false'  )  ;"),
        ),
        (
            DialogSpelling::Lines,
            format!(
                "openDialogNewSession(\r\n\t'{punctuated}',\r\n\t'{password}',\r\n\t'false'\r\n);"
            ),
        ),
        (
            DialogSpelling::Attribute,
            format!(
                " openDialogNewSession(&#39;{punctuated}&#39;, &#39;{password}&#39;, &#39;false&#39;);\">"
            ),
        ),
        (
            DialogSpelling::Defined,
            format!("openDialogNewSession('{punctuated}', '{password}', 'false');"),
        ),
        (
            DialogSpelling::Hex,
            "', '\\x66\\x61\\x6c\\x73\\x65');".to_owned(),
        ),
    ] {
        scene.next(FaultKind::OddDialog(spelling), 1);
        let page = other.try_log_in(cpf, password).await;
        assert!(page.html.contains(&call), "{spelling:?}");
        let defined = page.html.contains("function openDialogNewSession(");
        assert_eq!(defined, spelling == DialogSpelling::Defined);
        let plain = page.html.contains(password.as_str());
        assert_eq!(plain, spelling != DialogSpelling::Hex);
    }
}

#[tokio::test]
async fn two_forms_can_have_one_name() {
    let scene = scene().await;
    scene.simulator.inject(Fault::always(FaultKind::TwinForms));
    let person = Stranger::at(&scene.simulator);
    let page = person.agenda_login().await;
    assert_eq!(page.attributes("form", "name"), ["LoginActionForm"; 2]);
    let page = person.log_in(&scene.simulator.examiners()[1]).await;
    assert_eq!(
        page.attributes("form", "name"),
        ["DivisaoEquitativaForm"; 2]
    );
    assert_ne!(page.attributes("form", "action")[0], AGENDA);
}

#[tokio::test]
async fn a_choice_can_be_empty_or_ask_for_more() {
    let mut config = config();
    config.units = 2;
    let simulator = start(config).await;
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.try_log_in(cpf, password).await;
    simulator.inject(Fault::next(FaultKind::ChoiceEmpty, 1));
    let page = person.get(CHOICE).await;
    assert_eq!(page.attributes("option", "value"), [""]);
    simulator.inject(Fault::next(FaultKind::ChoiceProfiles, 1));
    let page = person.get(CHOICE).await;
    assert_eq!(
        page.attributes("select", "name"),
        ["idGrupoUsuario", "idUnidTransito"]
    );
}

#[tokio::test]
async fn lists_can_be_wrong_in_themselves() {
    let mut config = config();
    config.units_of = [(0, 2)].into();
    config.empty_day_ratio = 0.5;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.log_in_for(examiner, "18").await;
    let far = "30/12/2026";
    let good = person.dates(examiner, "24/11/2026").await.listed();
    let list = async |kind: FaultKind, reference: &str| {
        simulator.inject(Fault::next(kind, 1));
        person.dates(examiner, reference).await
    };
    let around = person.dates(examiner, "").await.listed();
    let page = list(FaultKind::ListIgnoresReference, far).await;
    assert_eq!(page.listed(), around);
    assert_eq!(list(FaultKind::EmptyList, "24/11/2026").await.html, "[]");
    let page = list(FaultKind::NotJson, "24/11/2026").await;
    assert!(serde_json::from_slice::<serde_json::Value>(&page.bytes).is_err());
    let page = list(FaultKind::NotAList, "24/11/2026").await;
    assert!(
        serde_json::from_slice::<serde_json::Value>(&page.bytes)
            .unwrap()
            .is_object()
    );
    let page = list(FaultKind::FarDate, "24/11/2026").await;
    assert_eq!(page.listed()[..good.len()], good);
    assert_eq!(page.listed()[good.len()..], ["24/12/2026"]);
    let page = list(FaultKind::PageAsList(5_000_000), "").await;
    assert!(page.bytes.len() >= 5_000_000 && page.html.contains("<div"));
    simulator.set_day(0, "18", today(), Vec::new()).unwrap();
    let elsewhere = BookingRequest {
        unit: Some("781".to_owned()),
        ..BookingRequest::on(today())
    };
    simulator.book(0, elsewhere).unwrap();
    let all = list(FaultKind::DatesForAllUnits, "24/11/2026").await;
    assert_eq!(all.listed()[0], "24/11/2026");
    let own = person.dates(examiner, "24/11/2026").await.listed();
    assert!(!own.contains(&"24/11/2026".to_owned()));
}

#[tokio::test]
async fn a_result_can_lack_its_date_or_have_a_status_that_nobody_knows() {
    let scene = scene().await;
    let good = scene.result().await.rows();
    scene.next(FaultKind::NoDate, 1);
    let page = scene.result().await;
    assert!(!page.contains("DATA:"));
    assert_eq!(page.rows(), good);
    scene.next(FaultKind::UnknownStatus, 1);
    let rows = scene.result().await.rows();
    assert_eq!(rows[0][7..], ["Em Perícia Complementar"; 2]);
    assert_eq!((&rows[0][..7], &rows[1..]), (&good[0][..7], &good[1..]));
}

#[tokio::test]
async fn a_fault_strikes_only_whom_and_where_it_is_meant_to() {
    let scene = scene().await;
    let other = Stranger::at(&scene.simulator);
    let examiner = &scene.simulator.examiners()[1];
    other.log_in(examiner).await;
    let error = FaultKind::Status {
        code: 500,
        retry_after: None,
    };
    scene
        .simulator
        .inject(Fault::always(error).at(Place::Result).only(1));
    assert_eq!(scene.result().await.status, 200);
    assert_eq!(other.post(LOGIN, &ENTRY_FORM).await.status, 200);
    let unit = scene.simulator.units(1)[0].code;
    assert_eq!(other.dates(examiner, "").await.status, 200);
    assert_eq!(other.result(examiner, unit, today()).await.status, 500);
    scene.simulator.clear_faults();
    assert_eq!(other.result(examiner, unit, today()).await.status, 200);
}
