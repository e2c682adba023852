//! The recorded wire up to the search page, when nothing goes wrong.

use chrono::Days;

use crate::stranger::{
    AGENDA, ENTRY, ENTRY_FORM, LOGIN, LOGIN_FORM, LOGOUT, PHYSICIAN, PSYCHOLOGIST, Stranger,
    config, dates_of, owned, shown, start, today,
};

#[tokio::test]
async fn the_root_is_a_frameset_whose_body_is_the_entry_page() {
    let simulator = start(config()).await;
    let root = Stranger::at(&simulator).get("/").await;
    assert_eq!(root.title(), "e-CNHsp - DETRAN - São Paulo");
    assert_eq!(root.attributes("frame", "name"), ["header", "body"]);
    assert_eq!(
        root.attributes("frame", "src"),
        ["/GFR/barrasp/topo-basico-preto.html", ENTRY]
    );
}

#[tokio::test]
async fn the_entry_page_has_the_recorded_form_and_a_link_without_address() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    let entry = person.get(ENTRY).await;
    assert_eq!(entry.status, 200);
    assert_eq!(
        entry.headers["content-type"],
        "text/html;charset=ISO-8859-1"
    );
    let cookies: Vec<&str> = entry
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert!(cookies[0].starts_with("JSESSIONID=") && cookies[0].contains("; Path=/"));
    assert!(cookies[1].starts_with("visid_incap_2910417="));
    assert!(cookies[2].starts_with("incap_ses_1184_2910417="));
    let again = person.get(ENTRY).await;
    assert!(!again.headers.contains_key("set-cookie"), "all are known");

    assert_eq!(entry.attributes("form", "name"), ["LoginActionForm"]);
    assert_eq!(entry.attributes("form", "action"), [LOGIN]);
    let mut form = ENTRY_FORM;
    form[0].1 = "autenticar";
    assert_eq!(entry.inputs(), owned(&form));
    let kinds = entry.attributes("form input", "type");
    assert_eq!(kinds[..14], ["hidden"; 14]);
    assert_eq!(kinds[14..], ["text"]);
    let link = entry
        .texts("a")
        .iter()
        .position(|text| text == "Consultar Agenda do Perito");
    let link = link.unwrap();
    assert_eq!(entry.attributes("a", "href")[link], "#");
    let document = &entry.html;
    assert!(document.contains("onclick=\"loginAgenda();\">Consultar Agenda do Perito</a>"));
    assert!(
        !document.contains("iniciarLoginAgenda"),
        "that stands in a script file"
    );
    assert!(!document.contains("openDialog"), "and so do the dialogs");
    assert!(entry.bytes.windows(8).any(|w| w == b"S\xe3o Paul"));
}

#[tokio::test]
async fn every_page_names_its_scripts_and_they_are_served() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    let entry = person.get(ENTRY).await;
    let login = person.post(LOGIN, &ENTRY_FORM).await;
    let examiner = &simulator.examiners()[0];
    let search = person.log_in(examiner).await;
    let result = person.result(examiner, "18", today()).await;
    for page in [&entry, &login, &search, &result] {
        let scripts = page.attributes("script[src]", "src");
        assert!(scripts.len() > 20);
        let firewall = scripts.last().unwrap();
        assert!(firewall.starts_with("/_Incapsula_Resource?SWJIYLWA="));
        for script in scripts.iter().filter(|address| address.starts_with('/')) {
            assert_eq!(person.get(script).await.status, 200, "{script}");
        }
    }
    let script = person.get("/GFR/js/app/sgu/login.js?v=42").await.html;
    assert!(script.contains("form['method'].value = 'iniciarLoginAgenda';"));
    for definition in [
        "function openDialogNewSession(",
        "function openDialogNewSessionWithCyberark(",
        "function openDialogChoice(",
    ] {
        assert!(script.contains(definition), "{definition}");
    }
    assert!(!search.html.contains("finalizarLogin"));
    let menu = "/gefor/global/menu_items.jsp";
    assert!(
        search
            .attributes("script", "src")
            .contains(&menu.to_owned())
    );
    let menu = person.get(menu).await.html;
    assert!(menu.contains("name: \"Sair\"") && menu.contains(LOGOUT));
}

#[tokio::test]
async fn the_agenda_login_page_answers_the_whole_entry_form_only() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    person.get(ENTRY).await;
    let one_codigo = &ENTRY_FORM[..14];
    for fields in [one_codigo, &ENTRY_FORM[..1]] {
        let page = person.post(LOGIN, fields).await;
        assert!(page.contains("Credenciados"), "the entry page again");
    }
    let page = person
        .get("/gefor/SGU/login.do?method=iniciarLoginAgenda")
        .await;
    assert!(page.contains("Credenciados"), "it is posted, not asked for");
    let page = person.post(LOGIN, &ENTRY_FORM).await;
    assert_eq!(page.attributes("form", "name"), ["LoginActionForm"]);
    let inputs = page.inputs();
    assert_eq!(inputs[..10], owned(&LOGIN_FORM));
    assert_eq!(inputs[10..], owned(&[("codigo", ""), ("senha", "")]));
    assert_eq!(page.attributes("input[type=password]", "name"), ["senha"]);
    assert!(
        page.html
            .contains("<a href=\"#\" onclick=\"login();\">Acessar</a>")
    );
}

#[tokio::test]
async fn login_without_a_method_is_401_and_opens_a_session() {
    let simulator = start(config()).await;
    let page = Stranger::at(&simulator).get(LOGIN).await;
    assert_eq!(page.status, 401);
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("JSESSIONID="), "{cookie}");
}

#[tokio::test]
async fn the_search_page_is_as_it_was_recorded() {
    let simulator = start(config()).await;
    let examiners = simulator.examiners();
    let cases = [
        (PSYCHOLOGIST, "consultarAgendaPsicologo"),
        (PHYSICIAN, "consultarAgendaMedico"),
    ];
    for (examiner, (title, method)) in examiners.iter().zip(cases) {
        let person = Stranger::at(&simulator);
        let search = person.log_in(examiner).await;
        assert_eq!(search.title(), "eCNHsp - DETRAN - São Paulo");
        assert_eq!(search.texts("h3"), [title]);
        assert!(search.contains("Tempo restante: 00:30:00"));
        let layout = "form > table td.texto fieldset > legend.fonte_legend";
        assert_eq!(search.texts(layout), ["Pesquisa"]);
        assert_eq!(search.texts("table").len(), 4);
        assert_eq!(search.attributes("form", "name"), ["DivisaoEquitativaForm"]);
        assert_eq!(search.attributes("form", "action"), [AGENDA]);
        assert_eq!(examiner.portal_id.len(), 5);
        assert_eq!(
            search.inputs(),
            owned(&[
                ("method", method),
                ("idUsuarioMedicoConsulta", &examiner.portal_id),
                ("dataReferencia", ""),
            ])
        );
        let unit = simulator.units(examiner.index)[0];
        let units = "select[name=idUnidadeTransitoConsulta] option";
        assert_eq!(search.attributes(units, "value"), ["", unit.code]);
        let selected = format!("{units}[selected]");
        assert_eq!(search.texts(&selected), [unit.name]);
        let dates = search.attributes("select#agendamentos[name=data] option", "value");
        assert_eq!(dates[0], "");
        let week = Days::new(7);
        assert_eq!(
            dates[1..],
            dates_of(&simulator, examiner.index, today() - week, today() + week)
        );
        let yesterday = shown(today() - Days::new(1));
        assert!(dates.iter().any(|date| *date <= yesterday), "{dates:?}");
        for button in ["LIMPAR", "PESQUISAR"] {
            assert!(
                search
                    .texts("a[href='#'][onclick]")
                    .contains(&button.into())
            );
        }
    }
}
