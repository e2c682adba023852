//! The portal as it may also be: several units, one profession, other names, other addresses, other days.

use agendad_simulator::{BookingRequest, Professions};
use chrono::Days;

use crate::stranger::{
    AGENDA, CHOICE, ENTRY, ENTRY_FORM, LOGIN, LOGIN_FORM, PHYSICIAN, PSYCHOLOGIST, Stranger,
    config, dates_of, dotted, row, shown, start, today,
};

#[tokio::test]
async fn an_examiner_of_several_units_chooses_one_and_is_in_for_it_alone() {
    let mut config = config();
    config.units_of = [(1, 3)].into();
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[1];
    let cpf = dotted(&examiner.cpf);
    let units = simulator.units(1);
    let person = Stranger::at(&simulator);
    assert!(person.get(CHOICE).await.contains("Credenciados"), "not yet");
    let asks = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    let call = format!("openDialogChoice('false', '{cpf}', '{}');", examiner.senha);
    assert!(asks.html.contains(&call), "{}", asks.html);
    assert_eq!(simulator.stats().sessions_alive, 0);

    let choice = person.get(CHOICE).await;
    assert_eq!(choice.texts("h3"), ["Escolha de Perfil e/ou Visão"]);
    let options = "select[name=idUnidTransito] option";
    let mut expected = vec![("", "- Selecione -")];
    expected.extend(units.iter().map(|unit| (unit.code, unit.name)));
    let values = choice.attributes(options, "value");
    let texts = choice.texts(options);
    let shown: Vec<_> = values.iter().zip(&texts).collect();
    let shown: Vec<_> = shown
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(shown, expected);

    let wrong = [("idUnidTransito", "999")];
    let again = person.authenticate(&cpf, &examiner.senha, &wrong).await;
    assert!(again.html.contains(&call));
    let chosen = [("idUnidTransito", units[2].code)];
    let search = person.authenticate(&cpf, &examiner.senha, &chosen).await;
    let offered = search.attributes("select[name=idUnidadeTransitoConsulta] option", "value");
    assert_eq!(offered, ["", units[2].code]);
    assert_eq!(simulator.sessions()[0].unit, units[2].code);
    let here = person.result(examiner, units[2].code, today()).await;
    assert!(here.contains("Resultado"));
    let elsewhere = person.result(examiner, units[0].code, today()).await;
    assert!(elsewhere.errors()[0].contains("Unidade de Trânsito"));
}

#[tokio::test]
async fn units_can_be_offered_together_and_numbered_apart() {
    let mut config = config();
    config.units = 2;
    config.variants.all_units_offered = true;
    config.variants.choice_has_own_codes = true;
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let units = simulator.units(0);
    let person = Stranger::at(&simulator);
    person.try_log_in(&examiner.cpf, &examiner.senha).await;
    let choice = person.get(CHOICE).await;
    let codes = choice.attributes("option", "value");
    assert_eq!(codes, ["", "718", "7781"]);
    let search = person.log_in_for(examiner, "718").await;
    let offered = search.attributes("select[name=idUnidadeTransitoConsulta] option", "value");
    assert_eq!(offered, ["", "18", "781"]);
    for unit in units {
        let result = person.result(examiner, unit.code, today()).await;
        assert!(result.contains("Resultado"));
    }
    let both = dates_of(&simulator, 0, today(), today() + Days::new(7));
    assert_eq!(person.dates(examiner, "24112026").await.listed(), both);
}

#[tokio::test]
async fn all_can_be_of_one_profession() {
    for (professions, title) in [
        (Professions::Psychologists, PSYCHOLOGIST),
        (Professions::Physicians, PHYSICIAN),
    ] {
        let mut config = config();
        config.professions = professions;
        let simulator = start(config).await;
        for examiner in &simulator.examiners()[..2] {
            let search = Stranger::at(&simulator).log_in(examiner).await;
            assert_eq!(search.texts("h3"), [title]);
        }
    }
}

#[tokio::test]
async fn a_renamed_portal_answers_to_its_own_names_only() {
    let mut config = config();
    for rename in [
        "entry_path=/novo/entrada.do?acao=abrir",
        "agenda_method=abrirAgenda",
        "login_password_field=chave",
        "unit_field=unidade",
        "date_field=dia",
        "method_search=consultar",
        "method_list_dates=listar",
        "table_id=lista",
        "columns=Início,Documento,Candidato",
        "result_legend=Agenda",
        "date_label=Dia:",
        "absent_texts=sem dado",
    ] {
        config.names.rename(rename.parse().unwrap());
    }
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    assert_eq!(person.get(ENTRY).await.status, 404);
    let entry = person.get("/novo/entrada.do?acao=abrir").await;
    let action = entry.attributes("form", "action").remove(0);
    let renamed = |fields: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
        let name = |name| if name == "senha" { "chave" } else { name };
        fields.iter().map(|(n, v)| (name(*n), *v)).collect()
    };
    let mut fields = renamed(&ENTRY_FORM);
    fields[0].1 = "abrirAgenda";
    person.post(&action, &fields).await;
    let cpf = dotted(&examiner.cpf);
    let mut fields: Vec<(&str, &str)> = renamed(&LOGIN_FORM);
    fields.extend([("codigo", cpf.as_str()), ("chave", &examiner.senha)]);
    let search = person.post(&action, &fields).await;
    assert_eq!(search.attributes("select", "name"), ["unidade", "dia"]);
    let id = ("idUsuarioMedicoConsulta", examiner.portal_id.as_str());
    let list = [("method", "listar"), id, ("dataReferencia", "")];
    assert!(!person.post(AGENDA, &list).await.listed().is_empty());
    let booking = &simulator.agenda(0)[0];
    let date = shown(booking.date);
    let day = [
        ("method", "consultar"),
        ("unidade", &booking.unit),
        id,
        ("dataReferencia", ""),
        ("dia", &date),
    ];
    let result = person.post(AGENDA, &day).await;
    assert_eq!(result.texts("legend"), ["Agenda"]);
    assert!(result.contains(&format!("Dia: {date}")));
    let heads = result.texts("table#lista th");
    assert_eq!(heads, ["Início", "Documento", "Candidato"]);
    assert!(!result.contains("NÃO INFORMADO"));
}

#[tokio::test]
async fn the_agenda_login_can_have_an_address_of_its_own() {
    let mut config = config();
    for rename in [
        "agenda_path=/gefor/GFR/agenda.do?tela=1",
        "login_user_format=digits",
        "search_path=/gefor/GFR/pesquisa.do",
        "closing_statuses=Concluído",
    ] {
        config.names.rename(rename.parse().unwrap());
    }
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    let entry = person.get(ENTRY).await;
    let to = "/gefor/GFR/agenda.do?tela=1".to_owned();
    assert!(entry.attributes("a", "href").contains(&to));
    let posted = person.post(LOGIN, &ENTRY_FORM).await;
    assert!(posted.contains("Credenciados"));
    let login = person.get(&to).await;
    assert!(login.contains("Acesso à Agenda Diária do Perito"));
    let password = examiner.senha.as_str();
    let page = person
        .authenticate(&dotted(&examiner.cpf), password, &[])
        .await;
    assert!(!page.is_in());
    let page = person.authenticate(&examiner.cpf, password, &[]).await;
    assert!(page.is_in());
    assert_eq!(person.get("/gefor/GFR/pesquisa.do").await.html, page.html);
    let truth = simulator.agenda(0);
    let closed = truth.iter().filter(|b| b.status_medico == "Concluído");
    assert!(closed.count() > 0 && truth.iter().all(|b| b.status_medico != "Apto"));
}

#[tokio::test]
async fn a_booking_made_meanwhile_is_on_the_next_page() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.log_in(examiner).await;
    let before = person.result(examiner, "18", today()).await.rows().len();
    let mut events = simulator.subscribe();
    let request = BookingRequest {
        nome: Some("ZÉLIA D'ÁVILA <TESTE> & \"CIA\"".into()),
        ..BookingRequest::on(today())
    };
    let booking = simulator.book(0, request).unwrap();
    let rows = person.result(examiner, "18", today()).await.rows();
    assert_eq!(rows.len(), before + 1);
    assert!(rows.contains(&row(&booking)));
    assert_eq!(events.recv().await.unwrap().nome, booking.nome);
}
