//! Odd tables: what is an appointment, what is none, and what makes a day incomplete.

use agendad::domain::unread_row::StoredSlot;
use agendad::portal::offline;
use chrono::NaiveTime;

use crate::portal::bench::{profile, shipped_profile, unit};
use crate::portal::classification::{HEAD, ROW, around, date, read};

#[test]
fn rows_of_blank_cells_are_unread_if_they_are_whole_and_spacers_if_not() {
    let complete = |rows: &str| {
        let page = around(&format!("DATA: 24/11/2026<table>{HEAD}{rows}</table>"));
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        (reading.rows.len(), reading.row_errors.len())
    };
    let blank = "<tr><td>&nbsp;<td>&nbsp;<td>&nbsp;</tr>";
    for hidden in ["<tr hidden>", "<tr style='display:none'>"] {
        // A row in reserve is no appointment, unless there is none; one of a pager's further page is.
        let reserve = blank.replace("<tr>", hidden);
        assert_eq!(complete(&format!("{ROW}{reserve}")), (1, 0), "{hidden}");
        assert_eq!(complete(&reserve), (0, 1), "{hidden}");
        let further = ROW.replace("<tr>", hidden);
        assert_eq!(complete(&format!("{ROW}{further}")), (2, 0), "{hidden}");
    }
    // A row that a script copies is held in reserve too; one that may be somebody's is not.
    let template = "<tr style='display:none'><td>#{hora}<td>#{cpf}<td>#{nome}</tr>";
    assert_eq!(complete(&format!("{template}{ROW}")), (1, 0));
    assert_eq!(complete(template), (0, 1));
    assert_eq!(
        complete(&format!(
            "{}{ROW}",
            template.replace(" style='display:none'", "")
        )),
        (1, 1)
    );
    let somebodys = template.replace("#{cpf}", "52998224725");
    assert_eq!(complete(&format!("{somebodys}{ROW}")), (1, 1));
    let sorted = "<tr><td><span style='display:none'>0930</span>9:30<td>52998224725<td>MARIA</tr>";
    assert_eq!(complete(sorted), (1, 0));
    let message = "<tr><td colspan=3>Nenhum registro encontrado</tr>";
    assert_eq!(complete(&format!("{blank}{ROW}{blank}")), (1, 2));
    let unseen = "<tr><td colspan=3>&#8203;&shy;</tr>";
    assert_eq!(complete(&format!("{unseen}{ROW}{unseen}")), (1, 0));
    let marked = ROW.replace("<td>", "<td>&#xFEFF;&lrm;");
    assert_eq!(complete(&marked), (1, 0));
    for spacer in [
        "<tr><td>&nbsp;</tr>",
        "<tr><td colspan=3>&nbsp;</tr>",
        "<tr><td>&nbsp;<td>&nbsp;</tr>",
    ] {
        let read = complete(&format!("{spacer}{ROW}{spacer}"));
        assert_eq!(read, (1, 0), "{spacer}");
    }
    assert_eq!(complete(&format!("{message}{blank}")), (0, 0));
    let around_it = format!("{blank}</table><p>Nenhum registro encontrado</p><table>");
    assert_eq!(complete(&around_it), (0, 0));
    assert_eq!(complete(&format!("{blank}{blank}")), (0, 2));
    let odd = "<tr><td>amanhã<td><td></tr>";
    assert_eq!(complete(&format!("{blank}{odd}")), (0, 2));
    let dated = "<tr><td colspan=3>DATA: 24/11/2026</tr>";
    assert_eq!(complete(&format!("{dated}{message}")), (0, 0));
}

#[test]
fn totals_and_heads_of_groups_beside_readable_rows_are_no_appointments() {
    let errors = |rows: &str| {
        let page = around(&format!("DATA: 24/11/2026<table>{HEAD}{rows}</table>"));
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        (reading.rows.len(), reading.row_errors.len())
    };
    let wide = |text: &str| format!("<tr><td colspan=3>{text}</td></tr>");
    for (text, counts) in [
        ("Total de agendamentos: 12", true),
        ("MANHÃ", true),
        ("<b>Tarde</b> (3)", true),
        ("Erro ao carregar os demais", false),
        ("Tarde 14:00 MARIA", false),
        ("MARIA", false),
    ] {
        let row = wide(text);
        let unread = usize::from(!counts);
        assert_eq!(errors(&format!("{row}{ROW}")), (1, unread), "{text}");
        // Alone it may stand for what a script shows.
        assert_eq!(errors(&row), (0, 1), "{text}");
    }
    let nobody = wide("Nenhum registro encontrado");
    assert_eq!(errors(&format!("{nobody}{}", wide("Total: 0"))), (0, 0));
}

#[test]
fn a_link_to_a_further_page_makes_a_day_incomplete() {
    let table = format!("DATA: 24/11/2026<table>{HEAD}{ROW}</table>");
    let errors = |page: &str| {
        let bytes = encoding_rs::WINDOWS_1252.encode(page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        assert_eq!(reading.rows.len(), 1, "{page}");
        reading.row_errors.len()
    };
    for label in [
        "2",
        "&gt;&gt;",
        "&raquo;",
        "Próxima",
        "Próximo &gt;",
        "[ Seguinte ]",
        "10",
    ] {
        let pager = format!("{table}<p><a href='#' onclick='ir(2)'>{label}</a></p>");
        assert_eq!(errors(&around(&pager)), 1, "{label}");
        let elsewhere = around(&table).replace("</body>", &format!("<a href=x>{label}</a></body>"));
        assert_eq!(errors(&elsewhere), 0, "{label}");
        let button = format!("{table}<input type=submit value='{label}'>");
        assert_eq!(errors(&around(&button)), 1, "{label}");
        let within = table.replace(
            "</table>",
            &format!(
                "<tr><td colspan=3><input type=button value='{label}' onclick='ir(2)'></table>"
            ),
        );
        assert_eq!(errors(&around(&within)), 1, "{label}");
        let above = table.replace(
            "<table>",
            &format!("<table><tr><td colspan=3><a href='x'>{label}</a></tr>"),
        );
        assert_eq!(errors(&around(&above)), 0, "{label}");
        for dead in [
            "<a class=disabled",
            "<a href='#'",
            "<a href='javascript:void(0);'",
            "<button disabled",
        ] {
            let ends_here = format!("{table}<p>{dead}>{label}</a></button></p>");
            // There is a page of this number, whatever a click does.
            let is_page = label.parse::<u32>().is_ok() && dead.contains("href");
            assert_eq!(
                errors(&around(&ends_here)),
                usize::from(is_page),
                "{dead} {label}"
            );
        }
    }
    for label in [
        "1",
        "Imprimir",
        "25/11/2026",
        "Próximo dia",
        "&lt;&lt; Anterior",
        "2026-1",
    ] {
        let other = format!("{table}<p><a href=x>{label}</a></p>");
        assert_eq!(errors(&around(&other)), 0, "{label}");
    }
}

#[test]
fn a_pager_above_the_table_makes_a_day_incomplete_and_a_calendar_does_not() {
    let table = format!("<table>{HEAD}{ROW}</table>");
    let errors = |above: &str, behind: &str| {
        let page = around(&format!("DATA: 24/11/2026 {above}{table}{behind}"));
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        assert_eq!(reading.rows.len(), 1, "{above}{behind}");
        reading.row_errors.len()
    };
    let days = |address: &str, last: usize| -> String {
        let day = |day: usize| {
            let address = address.replace('$', &day.to_string());
            format!("<a href=\"{address}\">{day}</a> ")
        };
        (1..=last).map(day).collect()
    };
    for pager in [
        "<span class=pagelinks>[Primeiro/Anterior] <b>1</b>, <a href='?d-16544-p=2'>2</a> \
         [<a href='?d-16544-p=2'>Próximo</a>/<a href='?d-16544-p=2'>Último</a>]</span>",
        "<a href='?d-16544-p=2'>Próximo</a>",
        "<a href='#' onclick='mudarPagina(2)'>Página 2</a>",
        "<a href='javascript:irPara(2)'>2</a> <a href='javascript:irPara(3)'>3</a>",
        "25 registros encontrados, exibindo 1 a 15.",
        "Página 1 de 2",
    ] {
        assert_eq!(errors(pager, ""), 1, "{pager}");
        // A calendar beside it hides it only where nothing tells them apart.
        let calendar = days("?data=$/11/2026", 30);
        let is_told = !pager.contains("irPara");
        assert_eq!(
            errors(&format!("{calendar}{pager}"), ""),
            usize::from(is_told),
            "{pager}"
        );
    }
    for label in ["Avançar", "Última", "Ver mais", "Mais registros", "Pag. 2"] {
        let pager = format!("<a href=x>{label}</a>");
        assert_eq!(errors("", &pager), 1, "{label}");
        assert_eq!(errors(&pager, ""), 0, "{label}");
    }
    for other in [
        days("?data=$/11/2026", 30),
        days("javascript:escolher($)", 31),
        days("?dia=$", 6),
        days("x", 7),
        "<a href='?dia=25'>25</a> <a href='?dia=26'>26</a>".to_owned(),
        "<a href='javascript:hora(8)'>08:00</a>".to_owned(),
        "<a href='javascript:ir(30)'>30</a> <a href='javascript:ir(2)'>2</a>".to_owned(),
        "<a href='inicio.do'>&raquo;</a> <a href='x'>Próximo</a>".to_owned(),
        "1 registro encontrado, exibindo 1 a 1".to_owned(),
    ] {
        assert_eq!(errors(&other, ""), 0, "{other}");
    }
    assert_eq!(errors("", &days("?data=$/11/2026", 30)), 0);
}

#[test]
fn a_cell_stands_in_all_rows_that_it_spans() {
    let read = |rows: &str| {
        let page = around(&format!("DATA: 24/11/2026<table>{rows}</table>"));
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        let rows = reading.rows.iter();
        let rows: Vec<String> = rows
            .map(|row| format!("{} {}", row.column("hora"), row.column("nome")))
            .collect();
        (rows, reading.row_errors.len())
    };
    let two = "<tr><td rowspan=2>9:00<td>52998224725<td>MARIA</tr><tr><td>11144477735<td>ANA</tr>";
    let rows = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        read(&format!("{HEAD}{two}{ROW}")),
        (rows(&["09:00 MARIA", "09:00 ANA", "09:30 MARIA"]), 0)
    );
    let head = "<tr><th rowspan=2>Hora<th rowspan=2>CPF<th>Pessoa</tr><tr><th>Nome</tr>";
    let (_, text) = self::read(&around(&format!(
        "DATA: 24/11/2026<table>{head}{ROW}</table>"
    )))
    .unwrap_err();
    assert!(text.contains("`nome`"), "{text}");
    let head = "<tr><th rowspan=2>Hora<th rowspan=2>CPF<th rowspan=2>Nome<th colspan=2>Exames</tr><tr><th>A<th>B</tr>";
    let row = "<tr><td>9:00<td>52998224725<td>MARIA<td>x<td>y</tr>";
    assert_eq!(read(&format!("{head}{row}")), (rows(&["09:00 MARIA"]), 0));
    // What a header claims of the rows below it is cut off by its group.
    let head = "<thead><tr><th rowspan=2>Hora<th rowspan=2>CPF<th rowspan=2>Nome</tr></thead>";
    assert_eq!(
        read(&format!("{head}{ROW}{ROW}")),
        (rows(&["09:30 MARIA", "09:30 MARIA"]), 0)
    );
    // A cell that claims too many rows hides none: they have a cell too many.
    let greedy = "<tr><td rowspan=3>9:00<td>52998224725<td>MARIA</tr>";
    assert_eq!(read(&format!("{HEAD}{greedy}{ROW}{ROW}")).1, 2);
}

#[test]
fn an_odd_row_is_a_row_error_and_hides_nobody() {
    let rows = "<tr><td>9:30</td></tr><tr><td>9:30<td>52998224725<td>MARIA<td>x</tr><tr><td>9:30<td>52998224725<td><table><tr><td>MARIA</table></tr>";
    let page = around(&format!("DATA: 24/11/2026<table>{HEAD}{rows}{ROW}</table>"));
    let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
    let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
    assert_eq!((reading.rows.len(), reading.row_errors.len()), (1, 3));
    assert!(!reading.row_errors.is_empty());
}

#[test]
fn an_appointment_outside_of_the_table_is_protected_alone() {
    let outside = "<tr><td>10:00<td>111.444.777-35<td>ANA</tr>";
    let second = format!("</table><table>{outside}</table>");
    let headed = format!("</table><table>{HEAD}{ROW}{outside}</table>");
    let cut = outside.replace("<tr>", "<tr></table>");
    let split = "<tr></table>10:00 - ANA 111 444 777 35<table>";
    let wanted = [format!("{second}{second}"), headed, cut, split.to_owned()];
    for (more, unread) in wanted.iter().map(|more| (more.as_str(), 1)).chain([
        // The same once more, for telephones.
        ("</table><table><tr><td>Hora<td>CPF<td>Nome<tr><td>09:30<td>529.982.247-25<td>MARIA", 0),
        ("</table><table><tr><td>Agora:<td>10:00<td>11144477736</table>", 0),
        ("</table><p>Atendimento até 10:00, fone (11) 98765-4321</p>", 0),
        ("</table><a href=x>VOLTAR</a><table><tr><td>10:00<td>11144477735<td>ANA", 0),
        // Protected already.
        ("<tr><td>10h00<td>111.444.777-35<td>ANA</tr></table><table><tr><td>10:00<td>11144477735<td>ANA", 1),
    ]) {
        let table = format!("DATA: 24/11/2026<table id=agenda>{HEAD}{ROW}{more}</table>");
        let page = around(&table);
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let profile = shipped_profile();
        let reading = offline::read_day(&bytes, None, &profile, &unit(), date()).unwrap();
        assert_eq!(reading.rows.len(), 1, "{more}: {reading:?}");
        assert_eq!(reading.row_errors.len(), unread, "{more}: {reading:?}");
        let could_be = |hour: u32, cpf| {
            let hour = NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
            let slot = StoredSlot { time: hour, cpf, name: "" };
            let mut rows = reading.unread_rows().into_iter();
            rows.any(|row| row.could_be(slot))
        };
        assert_eq!(could_be(10, "111.444.777-35"), unread == 1, "{more}");
        assert!(!could_be(11, "987.654.321-00"), "{more}");
    }
}

#[test]
fn columns_without_a_known_header_are_kept_under_their_own() {
    let page = around(
        "DATA: 24/11/2026<table><tr><th>Ações<th>Local da Prova<th>Hora<th>E-mail<th>CPF<th>Nome<th>Ações<th></tr>\
         <tr><td>ver<td>Sala 2<td>9:30<td><td>52998224725<td>M<td>editar<td>*</table>",
    );
    let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
    let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
    let columns: Vec<(&str, &str)> = reading.rows[0]
        .columns
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        columns,
        [
            ("acoes", "ver editar"),
            ("cpf", "529.982.247-25"),
            ("email", ""),
            ("hora", "09:30"),
            ("local_da_prova", "Sala 2"),
            ("nome", "M"),
            ("sem_titulo", "*")
        ]
    );
}
