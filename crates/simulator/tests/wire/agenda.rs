//! The recorded wire of the agenda: lists of dates and result pages, when nothing goes wrong.

use agendad_simulator::{Booking, EmptyDay};
use chrono::{Days, NaiveDate};

use crate::stranger::{
    AGENDA, ENTRY, ENTRY_FORM, LOGIN, LOGOUT, Stranger, browser, config, dates_of, owned, row,
    shown, start, today,
};

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
