//! The recorded wire, step by step, when nothing goes wrong.

use agendad_simulator::{Booking, BookingRequest, EmptyDay, Professions, Simulator};
use chrono::{Days, NaiveDate};

use crate::stranger::{
    AGENDA, CHOICE, ENTRY, ENTRY_FORM, LOGIN, LOGIN_FORM, LOGOUT, PHYSICIAN, PSYCHOLOGIST,
    Stranger, browser, config, dotted, start, today,
};

fn row(booking: &Booking) -> Vec<String> {
    [
        &booking.hour.format("%H:%M").to_string(),
        &booking.cpf,
        &booking.nome,
        &booking.telefone,
        &booking.email,
        &booking.tipo_processo,
        &booking.categoria,
        &booking.status_medico,
        &booking.status_psicologico,
    ]
    .map(String::clone)
    .to_vec()
}

fn shown(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

fn dates_of(simulator: &Simulator, index: usize, from: NaiveDate, to: NaiveDate) -> Vec<String> {
    let mut dates: Vec<NaiveDate> = simulator
        .agenda_between(index, from, to)
        .iter()
        .map(|booking| booking.date)
        .collect();
    dates.dedup();
    dates.into_iter().map(shown).collect()
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

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

#[tokio::test]
async fn a_list_is_json_from_the_reference_date_to_seven_days_later() {
    let simulator = start(config()).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    person.log_in(examiner).await;
    for ahead in [0, 3, 15] {
        let from = today() + Days::new(ahead);
        let expected = dates_of(&simulator, 0, from, from + Days::new(7));
        for reference in [shown(from), from.format("%d%m%Y").to_string()] {
            let list = person.dates(examiner, &reference).await;
            assert_eq!(
                list.headers["content-type"],
                "application/json; charset=UTF-8"
            );
            assert_eq!(list.listed(), expected);
        }
        let first = &expected[0];
        let text = person.dates(examiner, &shown(from)).await.html;
        let begin = format!("[{{\"value\":\"{first}\",\"label\":\"{first}\"}}");
        assert!(text.starts_with(&begin), "{text}");
    }
    let around = dates_of(
        &simulator,
        0,
        today() - Days::new(7),
        today() + Days::new(7),
    );
    assert_eq!(person.dates(examiner, "").await.listed(), around);
}

#[tokio::test]
async fn a_list_needs_its_three_fields_and_the_examiners_own_number() {
    let simulator = start(config()).await;
    let examiners = simulator.examiners();
    let person = Stranger::at(&simulator);
    person.log_in(&examiners[0]).await;
    let method = ("method", "refreshAgendaMedicaByMedico");
    let own = ("idUsuarioMedicoConsulta", examiners[0].portal_id.as_str());
    let other = ("idUsuarioMedicoConsulta", examiners[1].portal_id.as_str());
    let reference = ("dataReferencia", "24/11/2026");
    for (fields, status) in [
        (vec![method, own, reference], 200),
        (vec![method, own], 500),
        (vec![method, reference], 500),
        (vec![method, other, reference], 500),
        (vec![method, own, ("dataReferencia", "31/02/2026")], 500),
    ] {
        assert_eq!(person.post(AGENDA, &fields).await.status, status);
    }
}

#[tokio::test]
async fn the_result_page_is_as_it_was_recorded() {
    let simulator = start(config()).await;
    for examiner in &simulator.examiners()[..2] {
        let person = Stranger::at(&simulator);
        let search = person.log_in(examiner).await;
        let booking = &simulator.agenda(examiner.index)[0];
        let result = person.result(examiner, &booking.unit, booking.date).await;
        assert_eq!(result.texts("h3"), search.texts("h3"));
        assert_eq!(result.texts("form fieldset > legend"), ["Resultado"]);
        assert_eq!(result.texts("table").len(), 5);
        assert_eq!(
            result.attributes("table", "id"),
            ["agenda", "tableBotoes"],
            "layout tables have none"
        );
        let layout = "fieldset > table > tbody > tr:first-child > td";
        assert_eq!(
            result.texts(layout)[0],
            format!("DATA: {}", shown(booking.date))
        );
        assert_eq!(result.texts("#tableBotoes a"), ["VOLTAR"]);
        assert_eq!(
            result.inputs(),
            owned(&[
                ("method", "agendaMedico"),
                ("idUnidadeTransitoConsulta", &booking.unit),
                ("idUsuarioMedicoConsulta", &examiner.portal_id),
                ("dataReferencia", ""),
                ("data", ""),
            ])
        );
        let columns = result.texts("table#agenda.table.table-striped th.list_titulo");
        assert_eq!(
            columns,
            [
                "Hora",
                "CPF",
                "Nome",
                "Telefone",
                "E-mail",
                "Tipo de Processo",
                "Categoria",
                "Status do Exame Médico",
                "Status do Exame Psicológico"
            ]
        );
        let cells = result.rows();
        assert!(cells.iter().flatten().all(|cell| !cell.is_empty()));
    }
}

#[tokio::test]
async fn what_a_person_reads_is_the_truth() {
    let mut config = config();
    config.examiners = 4;
    config.days_ahead = 9;
    config.units_of = [(3, 2)].into();
    let simulator = start(config).await;
    for examiner in &simulator.examiners() {
        let mut seen = Vec::new();
        let units = simulator.units(examiner.index);
        for unit in &units {
            let person = Stranger::at(&simulator);
            if units.len() > 1 {
                person.log_in_for(examiner, unit.code).await;
            } else {
                person.log_in(examiner).await;
            }
            for week in 0..2 {
                let from = today() + Days::new(7 * week);
                for date in person.dates(examiner, &shown(from)).await.listed() {
                    let date = NaiveDate::parse_from_str(&date, "%d/%m/%Y").unwrap();
                    let result = person.result(examiner, unit.code, date).await;
                    let rows = result.rows();
                    seen.extend(rows.into_iter().map(|cells| (date, unit.code, cells)));
                }
            }
            person.get(LOGOUT).await;
        }
        seen.sort();
        seen.dedup(); // A reference date's seventh day is the next one's first.
        let code = |booking: &Booking| units.iter().find(|u| u.code == booking.unit).unwrap().code;
        let truth = simulator.agenda(examiner.index);
        let mut truth: Vec<_> = truth.iter().map(|b| (b.date, code(b), row(b))).collect();
        truth.sort();
        assert!(truth.len() > 40);
        assert_eq!(seen, truth, "examiner {}", examiner.index);
    }
    let stats = simulator.stats();
    assert_eq!((stats.logins, stats.login_refusals), (5, 0));
    assert_eq!(
        (stats.dead_sessions, stats.in_use, stats.choices),
        (0, 0, 2)
    );
    assert_eq!(stats.connections_shared, 0);
}

#[tokio::test]
async fn missing_texts_are_said_and_both_exams_have_a_status() {
    let simulator = start(config()).await;
    let truth = simulator.agenda(0);
    let all = |texts: fn(&Booking) -> &str| {
        let mut texts: Vec<&str> = truth.iter().map(texts).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    let absent = "NÃO INFORMADO";
    assert!(all(|booking| &booking.telefone).contains(&absent));
    assert!(all(|booking| &booking.email).contains(&absent));
    assert!(all(|booking| &booking.categoria).contains(&absent));
    let statuses = ["Apto", "Inapto", "Não Realizado", "Pendente", "Realizado"];
    assert_eq!(all(|booking| &booking.status_medico), statuses);
    assert_eq!(all(|booking| &booking.status_psicologico), statuses);
}

#[tokio::test]
async fn pages_have_the_recorded_sizes() {
    let mut config = config();
    config.empty_day_ratio = 0.0;
    config.slots_per_day = (6, 25);
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    let mut wrong = Vec::new();
    let mut within = |what: &str, bytes: usize, low: usize, high: usize| {
        if !(low..=high).contains(&bytes) {
            wrong.push(format!("{what}: {bytes} bytes"));
        }
    };
    let entry = person.get(ENTRY).await.bytes.len();
    within("entry", entry, 29_400, 29_800);
    let login = person.post(LOGIN, &ENTRY_FORM).await.bytes.len();
    within("agenda login", login, 15_900, 16_200);
    let search = person.log_in(examiner).await.bytes.len();
    within("search", search, 72_000, 73_400);
    for day in 0..20 {
        let date = today() + Days::new(day);
        let rows = simulator.agenda_between(0, date, date).len();
        let result = person.result(examiner, "18", date).await.bytes.len();
        within(&format!("{rows} rows"), result, 76_500, 94_000);
    }
    let other = Stranger::at(&simulator);
    let dialog = other.try_log_in(&examiner.cpf, &examiner.senha).await;
    within("dialog", dialog.bytes.len() - entry, 40, 75);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn pages_come_as_gzip_to_whoever_takes_it() {
    let simulator = start(config()).await;
    let plain = Stranger::at(&simulator);
    let packed = Stranger {
        browser: browser(true),
        ..Stranger::at(&simulator)
    };
    let [first, second] = [&simulator.examiners()[0], &simulator.examiners()[2]];
    plain.log_in(first).await;
    packed.log_in(second).await;
    for _ in 0..2 {
        let [a, b] = [plain.get(ENTRY).await, packed.get(ENTRY).await];
        assert_eq!(a.html, b.html);
    }
    let booking = &simulator.agenda(2)[0];
    let result = packed.result(second, &booking.unit, booking.date).await;
    assert!(result.rows().contains(&row(booking)));
    let raw = plain
        .browser
        .get(plain.base.join(ENTRY).unwrap())
        .header("accept-encoding", "gzip, deflate")
        .send()
        .await
        .unwrap();
    assert_eq!(raw.headers()["content-encoding"], "gzip");
    assert!(raw.bytes().await.unwrap().len() < 12_000);
}

#[tokio::test]
async fn a_day_without_appointments_says_so_in_words_or_by_the_head_alone() {
    for empty_day in [EmptyDay::Words, EmptyDay::Head] {
        let mut config = config();
        config.variants.empty_day = empty_day;
        let simulator = start(config).await;
        let examiner = &simulator.examiners()[0];
        simulator.set_day(0, "18", today(), Vec::new()).unwrap();
        let person = Stranger::at(&simulator);
        person.log_in(examiner).await;
        let result = person.result(examiner, "18", today()).await;
        assert!(result.contains("DATA: 24/11/2026"));
        assert!(result.rows().is_empty());
        let words = empty_day == EmptyDay::Words;
        assert_eq!(result.contains("Nenhum agendamento encontrado"), words);
        let heads = if words { 0 } else { 9 };
        assert_eq!(result.texts("th").len(), heads);
    }
}

#[tokio::test]
async fn a_day_needs_its_five_fields_with_the_examiners_own_values() {
    let simulator = start(config()).await;
    let examiners = simulator.examiners();
    let person = Stranger::at(&simulator);
    person.log_in(&examiners[0]).await;
    let good = [
        ("method", "consultarAgendaPsicologo"),
        ("idUnidadeTransitoConsulta", "18"),
        ("idUsuarioMedicoConsulta", examiners[0].portal_id.as_str()),
        ("dataReferencia", ""),
        ("data", "24/11/2026"),
    ];
    assert!(person.post(AGENDA, &good).await.contains("Resultado"));
    for (name, value) in [
        ("method", "consultarAgendaMedico"),
        ("method", "agendaMedico"),
        ("idUnidadeTransitoConsulta", ""),
        ("idUnidadeTransitoConsulta", "781"),
        ("idUsuarioMedicoConsulta", &examiners[1].portal_id),
        ("data", ""),
        ("data", "24112026"),
    ] {
        let fields = good.map(|field| {
            if field.0 == name {
                (name, value)
            } else {
                field
            }
        });
        let page = person.post(AGENDA, &fields).await;
        assert!(
            page.contains("Pesquisa") && page.errors().len() == 1,
            "{name}={value}"
        );
    }
    for missing in 1..5 {
        let mut fields = good.to_vec();
        fields.remove(missing);
        let page = person.post(AGENDA, &fields).await;
        assert_eq!(page.errors(), ["Preencha todos os campos obrigatórios."]);
    }
}

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
    let senha = examiner.senha.as_str();
    let page = person
        .authenticate(&dotted(&examiner.cpf), senha, &[])
        .await;
    assert!(!page.is_in());
    let page = person.authenticate(&examiner.cpf, senha, &[]).await;
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
