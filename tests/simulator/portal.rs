//! The portal when nothing goes wrong.

use agendad::simulator::{Booking, BookingRequest, DatesStyle, LinkStyle, Simulator};
use chrono::{Days, NaiveDate};

use crate::stranger::{AGENDA, ENTRY, Stranger, config, start};

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

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

fn dates_of(simulator: &Simulator, index: usize, from: NaiveDate, to: NaiveDate) -> Vec<String> {
    let mut dates: Vec<NaiveDate> = simulator
        .agenda_between(index, from, to)
        .iter()
        .map(|booking| booking.date)
        .collect();
    dates.dedup();
    dates
        .iter()
        .map(|date| date.format("%d/%m/%Y").to_string())
        .collect()
}

#[tokio::test]
async fn the_root_is_a_frameset_that_leads_to_the_link_to_the_agenda() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    let root = person.get("/").await;
    assert_eq!(root.title(), "e-CNHsp - DETRAN - São Paulo");
    assert_eq!(root.attributes("frame", "name"), ["header", "body"]);
    assert_eq!(
        root.attributes("frame", "src"),
        ["/GFR/barrasp/topo-basico-preto.html", ENTRY]
    );
    assert_eq!(
        root.headers["content-type"], "text/html",
        "the charset is in the page only"
    );
    let cookie = root.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("JSESSIONID=") && cookie.ends_with("; Path=/; HttpOnly"),
        "{cookie}"
    );

    let entry = person.get(ENTRY).await;
    assert_eq!(entry.title(), "eCNHsp - DETRAN - São Paulo");
    assert!(
        entry
            .texts("a")
            .contains(&"Consultar Agenda do Perito".to_owned())
    );
    let login = person.get(AGENDA).await;
    assert!(
        login.contains("Acesso Restrito") && login.contains("Acesso à Agenda Diária do Perito")
    );
    assert_eq!(login.attributes("input[type=password]", "name"), ["senha"]);
    assert!(
        login.bytes.windows(8).any(|w| w == b"S\xe3o Paul"),
        "bytes are ISO-8859-1"
    );
}

#[tokio::test]
async fn the_pages_are_built_as_they_were_observed() {
    let simulator = start(config()).await;
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    let layout = "form > table td.texto > table fieldset > legend.fonte_legend";
    assert_eq!(search.texts(layout), ["PESQUISA"]);
    let buttons = search.texts("a[href='#'][onclick='pesquisar();'].bt_pesquisar");
    assert_eq!(buttons, ["PESQUISAR"]);
    assert!(search.contains("Importante") && search.contains("Tempo restante: 00:30:00"));
    let names: Vec<String> = search.hidden().into_iter().map(|(name, _)| name).collect();
    let token = "org.apache.struts.taglib.html.TOKEN";
    assert_eq!(names, ["method", "varTiles", token]);
    assert_eq!(
        search.attributes("form", "name"),
        ["imprimirAgendaDiariaForm"]
    );
    for array in ["errors", "messages"] {
        assert!(search.html.contains(&format!("var {array} = new Array();")));
    }

    let booking = &simulator.agenda(0)[0];
    let result = person.result(&search, &booking.unit, booking.date).await;
    assert_eq!(result.texts(layout), ["RESULTADO"]);
    assert_eq!(
        result.hidden(),
        search.hidden(),
        "the result can be searched from again"
    );
    assert_eq!(result.texts("a.bt_voltar"), ["VOLTAR"]);
    let columns = result.texts("table table table table.grid tr:first-child td");
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
}

#[tokio::test]
async fn every_markup_of_the_link_names_the_same_address() {
    for (style, href) in [
        (LinkStyle::Location, "#"),
        (LinkStyle::Call, "#"),
        (LinkStyle::Href, AGENDA),
    ] {
        let mut config = config();
        config.variants.agenda_link = style;
        let simulator = start(config).await;
        let entry = Stranger::at(&simulator).get(ENTRY).await;
        assert_eq!(entry.attributes("a.link", "href"), [href]);
        let onclick = entry.attributes("a.link", "onclick").concat();
        assert!(href == AGENDA || onclick.contains(AGENDA), "{onclick}");
    }
}

#[tokio::test]
async fn what_the_pages_show_is_the_truth() {
    let mut config = config();
    config.units = 2;
    config.examiners = 5;
    let simulator = start(config).await;
    let examiners = simulator.examiners();
    for examiner in [&examiners[1], &examiners[4]] {
        let person = Stranger::at(&simulator);
        let search = person.log_in(examiner).await;
        let profession = if examiner.index % 2 == 1 {
            "Médico"
        } else {
            "Psicólogo"
        };
        assert!(search.contains(&format!("Imprimir Agenda Diária do {profession}")));
        let mut seen = Vec::new();
        for unit in simulator.units(examiner.index) {
            let values = search.attributes("select[name=unidade] option", "value");
            assert!(values.contains(&unit.code.to_owned()));
            for from in [today(), today() + Days::new(8), today() + Days::new(16)] {
                let dates = person.dates(&search, unit.code, from).await;
                for value in &dates.attributes("select[name=dataAgendamento] option", "value")[1..]
                {
                    let date = NaiveDate::parse_from_str(value, "%d/%m/%Y").unwrap();
                    let result = person.result(&dates, unit.code, date).await;
                    assert!(result.contains("RESULTADO"));
                    assert!(result.contains(&format!("DATA: {value}")));
                    seen.extend(
                        result
                            .rows()
                            .into_iter()
                            .map(|cells| (date, unit.code, cells)),
                    );
                }
            }
        }
        let mut truth: Vec<_> = simulator
            .agenda(examiner.index)
            .iter()
            .map(|b| {
                (
                    b.date,
                    simulator
                        .units(examiner.index)
                        .into_iter()
                        .find(|u| u.code == b.unit)
                        .unwrap()
                        .code,
                    row(b),
                )
            })
            .collect();
        seen.sort();
        truth.sort();
        assert!(truth.len() > 40);
        assert_eq!(seen, truth, "examiner {}", examiner.index);
    }
    let stats = simulator.stats();
    assert_eq!(
        (stats.logins, stats.login_refusals, stats.sessions_alive),
        (2, 0, 2)
    );
    assert_eq!((stats.wrong_tokens, stats.dead_sessions), (0, 0));
}

#[tokio::test]
async fn dates_are_offered_from_the_reference_date_to_seven_days_later() {
    let simulator = start(config()).await;
    let unit = simulator.units(0)[0].code;
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    assert_eq!(
        search.texts("select[name=dataAgendamento] option"),
        ["- SELECIONE -"]
    );
    for ahead in [0, 3, 15] {
        let from = today() + Days::new(ahead);
        let page = person.dates(&search, unit, from).await;
        let options = page.texts("select[name=dataAgendamento] option");
        assert_eq!(options[0], "- SELECIONE -");
        assert_eq!(
            options[1..],
            dates_of(&simulator, 0, from, from + Days::new(7))
        );
        let shown = page.attributes("input[name=dataReferencia]", "value");
        assert_eq!(shown, [from.format("%d/%m/%Y").to_string()]);
    }
}

#[tokio::test]
async fn dates_can_come_as_iso_values_or_as_a_bare_fragment() {
    for style in [DatesStyle::Iso, DatesStyle::Fragment] {
        let mut config = config();
        config.variants.dates = style;
        let simulator = start(config).await;
        let person = Stranger::at(&simulator);
        let search = person.log_in(&simulator.examiners()[0]).await;
        let page = person
            .dates(&search, simulator.units(0)[0].code, today())
            .await;
        let first = simulator.agenda(0)[0].date;
        if style == DatesStyle::Iso {
            assert!(
                page.attributes("option", "value")
                    .contains(&first.to_string())
            );
        } else {
            assert!(page.html.starts_with("<option"), "{}", page.html);
            assert!(page.html.contains(&first.format("%d/%m/%Y").to_string()));
        }
    }
}

#[tokio::test]
async fn a_day_without_appointments_says_so_in_words() {
    let simulator = start(config()).await;
    let unit = simulator.units(0)[0].code;
    simulator.set_day(0, unit, today(), Vec::new()).unwrap();
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    let result = person.result(&search, unit, today()).await;
    assert!(
        result.contains("DATA: 24/11/2026") && result.contains("Nenhum agendamento encontrado")
    );
    assert!(result.rows().is_empty());
}

#[tokio::test]
async fn the_form_must_bring_back_the_sessions_token_and_sensible_fields() {
    let simulator = start(config()).await;
    let unit = simulator.units(0)[0].code;
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    let token = "org.apache.struts.taglib.html.TOKEN";
    let ask = |fields: Vec<(&'static str, &'static str)>| {
        let (person, search) = (&person, &search);
        async move {
            let base = [
                ("method", "pesquisar"),
                ("unidade", unit),
                ("dataReferencia", "24112026"),
            ];
            let mut all = base.to_vec();
            all.extend(fields);
            person.submit(search, &all).await
        }
    };
    for (fields, error) in [
        (vec![(token, "alheio")], "já foi enviada ou expirou"),
        (
            vec![("dataAgendamento", "")],
            "Data de Agendamento é obrigatório",
        ),
        (
            vec![
                ("method", "carregarDatas"),
                ("dataReferencia", "31/02/2026"),
            ],
            "inválida",
        ),
        (vec![("unidade", "9999")], "Unidade de Trânsito"),
    ] {
        let page = ask(fields).await;
        assert!(page.contains("PESQUISA"));
        assert!(page.errors()[0].contains(error), "{:?}", page.errors());
    }
    assert!(search.errors().is_empty());
    assert_eq!(simulator.stats().wrong_tokens, 1);
}

#[tokio::test]
async fn a_renamed_portal_answers_to_its_own_names_only() {
    let mut config = config();
    for rename in [
        "agenda_path=/novo/agenda.do?tela=1",
        "login_password_field=chave",
        "date_field=dia",
        "method_search=consultar",
        "method_field=acao",
    ] {
        config.names.rename(rename.parse().unwrap());
    }
    let simulator = start(config).await;
    let examiner = &simulator.examiners()[0];
    let person = Stranger::at(&simulator);
    assert_eq!(person.get(AGENDA).await.status, 404);
    let login = person.get("/novo/agenda.do?tela=1").await;
    let fields = [
        ("codigo", examiner.cpf.as_str()),
        ("chave", examiner.senha.as_str()),
    ];
    let search = person.submit(&login, &fields).await;
    assert_eq!(search.attributes("select", "name"), ["unidade", "dia"]);
    let unit = simulator.units(0)[0].code;
    let fields = [
        ("acao", "consultar"),
        ("unidade", unit),
        ("dataReferencia", "24112026"),
        ("dia", "24/11/2026"),
    ];
    assert!(person.submit(&search, &fields).await.contains("RESULTADO"));
}

#[tokio::test]
async fn a_booking_made_meanwhile_is_on_the_next_page() {
    let simulator = start(config()).await;
    let unit = simulator.units(0)[0].code;
    let person = Stranger::at(&simulator);
    let search = person.log_in(&simulator.examiners()[0]).await;
    let before = person.result(&search, unit, today()).await.rows().len();
    let mut events = simulator.subscribe();
    let request = BookingRequest {
        nome: Some("ZÉLIA D'ÁVILA <TESTE> & \"CIA\"".into()),
        ..BookingRequest::on(today())
    };
    let booking = simulator.book(0, request).unwrap();
    let rows = person.result(&search, unit, today()).await.rows();
    assert_eq!(rows.len(), before + 1);
    assert!(rows.contains(&row(&booking)));
    assert_eq!(events.recv().await.unwrap().nome, booking.nome);
}
