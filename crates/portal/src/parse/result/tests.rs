//! What a result page says of its day, and what it does not.

use super::*;
use crate::browser::reader;

fn profile() -> Profile {
    *agendad_config::Config::shipped().unwrap().portal.profile
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
}

#[test]
fn the_head_alone_is_no_empty_day_where_the_page_tells_of_something_else() {
    let unit = Unit {
        code: "7".to_owned(),
        name: String::new(),
    };
    for (script, is_empty) in [
        ("", true),
        ("errors[0] = 'Nenhum registro encontrado';", true),
        (
            "function f() { errors[0] = 'Erro'; alert('Data inválida'); }",
            true,
        ),
        ("if (errors.length > 0) alert(errors.join('\\n'));", true),
        ("errors[0] = 'Erro ao consultar a agenda';", false),
        ("messages[0] = 'Tente mais tarde';", false),
        ("alert('Erro ao consultar a agenda');", false),
    ] {
        let page = format!(
            "<html><script>{script}</script><fieldset><legend>Resultado</legend>DATA: 25/11/2026\
             <table><tr><th>Hora<th>CPF<th>Nome</table></fieldset></html>"
        );
        let document = reader::read(&page).unwrap();
        let result = find(&document, &profile()).unwrap();
        let reading = day(&result, &unit, date(), DateOffer::Unlisted, &profile());
        assert_eq!(reading.is_ok(), is_empty, "{script}: {reading:?}");
    }
}

#[test]
fn a_stamp_of_the_page_is_no_appointment() {
    let unit = Unit {
        code: "7".to_owned(),
        name: String::new(),
    };
    let examiner = Cpf::parse("529.982.247-25").unwrap();
    let read = |rows: &str, stamp: &str, within: bool| {
        let (stamp, behind) = if within { (stamp, "") } else { ("", stamp) };
        let page = format!(
            "<html><fieldset><legend>Resultado</legend>DATA: 25/11/2026<table><tr><th>Hora<th>CPF<th>Nome{rows}</table>\
             {stamp}</fieldset><a>VOLTAR</a>{behind}</html>"
        );
        let document = reader::read(&page).unwrap();
        let mut result = find(&document, &profile()).unwrap();
        let reading = |result: &ResultPage| {
            let day = day(result, &unit, date(), DateOffer::Offered, &profile());
            day.map(|reading| reading.row_errors.len())
        };
        let before = reading(&result);
        result.leave_out(&examiner);
        (before, reading(&result))
    };
    let row = "<tr><td>9:30<td>11144477735<td>ANA";
    let stamp = "<p>Impresso por 10:15 529.982.247-25</p>";
    assert_eq!(read(row, stamp, true), (Ok(1), Ok(0)));
    let nothing = "<tr><td colspan=3>Nenhum registro encontrado";
    let stamp = "<table><tr><td>Impresso<td>10:15<td>Perito<td>529.982.247-25</table>";
    assert_eq!(read(nothing, stamp, false), (Ok(0), Ok(0)));
    let (before, after) = read(nothing, stamp, true);
    assert!(before.unwrap_err().contains("elsewhere"));
    assert_eq!(after, Ok(0));
    let another = stamp.replace("529.982.247-25", "111.444.777-35");
    let (_, after) = read(nothing, &another, true);
    assert!(after.unwrap_err().contains("elsewhere"));
}

#[test]
fn the_date_of_the_head_of_the_page_is_not_the_days() {
    let unit = Unit {
        code: "7".to_owned(),
        name: String::new(),
    };
    let menu = "<a href=x>Agenda</a><form><input name=x><input type=submit value=Consultar></form>";
    let row = "<tr><td>9:30<td>11144477735<td>ANA";
    let read = |above: &str, rows: &str, offer| {
        let page = format!(
            "<html><table><tr><td>{above}</table><fieldset><legend>Resultado</legend>\
             <table><tr><th>Hora<th>CPF<th>Nome{rows}</table></fieldset><a>VOLTAR</a></html>"
        );
        let document = reader::read(&page).unwrap();
        let result = find(&document, &profile()).unwrap();
        let reading = day(&result, &unit, date(), offer, &profile());
        reading.map(|reading| reading.rows.len())
    };
    let (offered, unlisted) = (DateOffer::Offered, DateOffer::Unlisted);
    for head in ["24/11/2026", "25/11/2026", "25.11.2026"] {
        let above = format!("Data: {head}{menu}");
        assert_eq!(read(&above, row, offered), Ok(1), "{above}");
        let error = read(&above, "", unlisted).unwrap_err();
        assert!(error.contains("does not say"), "{above}: {error}");
    }
    assert_eq!(read("Data: 25.11.2026", row, offered), Ok(1));
    let near = format!("{menu}DATA: 25/11/2026");
    assert_eq!(read(&near, row, unlisted), Ok(1));
    let error = read(&near, "", unlisted).unwrap_err();
    assert!(error.contains("no rows"), "{error}");
    let other = format!("{menu}DATA: 24/11/2026");
    assert!(
        read(&other, row, offered)
            .unwrap_err()
            .contains("wrong date")
    );
}

const HEADER: &str = "<tr><th>Hora<th>CPF<th>Nome</tr>";
const ROW: &str = "<tr><td>9:30<td>11144477735<td>ANA</tr>";
const SENTENCE: &str = "<p>Nenhum registro encontrado</p>";

/// Rows and row errors of a day that the list offers, with this in its result.
fn read(content: &str) -> Result<(usize, usize), String> {
    read_page(&format!(
        "<html><fieldset><legend>Resultado</legend>DATA: 25/11/2026{content}</fieldset><a href=x>VOLTAR</a></html>"
    ))
}

fn read_page(page: &str) -> Result<(usize, usize), String> {
    let unit = Unit {
        code: "7".to_owned(),
        name: String::new(),
    };
    let document = reader::read(page).unwrap();
    let result = find(&document, &profile()).unwrap();
    let day = day(&result, &unit, date(), DateOffer::Offered, &profile());
    day.map(|reading| (reading.rows.len(), reading.row_errors.len()))
}

fn wide(text: &str) -> String {
    format!("<tr><td colspan=3>{text}</td></tr>")
}

#[test]
fn the_sentence_beside_a_failure_is_no_empty_day() {
    for (script, is_empty) in [
        ("", true),
        ("errors[0] = 'Nenhum registro encontrado';", true),
        ("errors[0] = 'Não há agendamentos';", true),
        ("messages[0] = 'Consulta realizada';", true),
        ("alert('Nenhum registro. Tente outra data.');", true),
        ("function f() { errors[0] = 'Erro ao imprimir'; }", true),
        (
            "errors[0] = 'Erro ao consultar a agenda. Tente novamente.';",
            false,
        ),
        ("errors[0] = 'Sua sessão expirou';", false),
        ("messages[0] = 'Tente mais tarde';", false),
        ("alert('Falha ao consultar a agenda');", false),
    ] {
        let table = format!("<table>{HEADER}{}</table>", wide("Nenhum agendamento"));
        for said in [SENTENCE, &*table] {
            let read = read(&format!("<script>{script}</script>{said}"));
            let expected = is_empty.then_some((0, 0));
            assert_eq!(read.clone().ok(), expected, "{script}{said}: {read:?}");
        }
        let table = format!("<script>{script}</script><table>{HEADER}{ROW}</table>");
        assert_eq!(read(&table), Ok((1, 0)), "{script}");
    }
}

#[test]
fn the_sentence_empties_its_own_row_and_no_other() {
    let (morning, afternoon) = (wide("MANHÃ"), wide("TARDE"));
    let nobody = wide("Nenhum agendamento");
    let reserve = nobody.replace("<tr>", "<tr style='display:none'>");
    let other = wide("Clique aqui para carregar");
    let somebody = wide("9:30 529.982.247-25 MARIA Nenhum registro de falta");
    for (rows, behind, expected) in [
        (format!("{morning}{nobody}{afternoon}{nobody}"), "", (0, 0)),
        (format!("{morning}{nobody}{afternoon}{ROW}"), "", (1, 0)),
        (format!("{ROW}{reserve}"), "", (1, 0)),
        (somebody, "", (0, 1)),
        (other.clone(), SENTENCE, (0, 1)),
        (format!("{nobody}{other}"), "", (0, 1)),
    ] {
        let page = format!("<table>{HEADER}{rows}</table>{behind}");
        assert_eq!(read(&page), Ok(expected), "{page}");
    }
}

#[test]
fn what_is_empty_behind_the_result_is_something_else() {
    let head = format!("<table>{HEADER}</table>");
    let page = |within: &str, behind: &str| {
        read_page(&format!(
            "<html><fieldset><legend>Resultado</legend>DATA: 25/11/2026{head}{within}</fieldset>\
             <a href=x>VOLTAR</a><fieldset><legend>Bloqueios</legend>{behind}</fieldset></html>"
        ))
    };
    assert_eq!(page(SENTENCE, ""), Ok((0, 0)));
    assert!(page("", SENTENCE).unwrap_err().contains("no rows"));
}

#[test]
fn what_nobody_sees_says_nothing() {
    let head = format!("<table>{HEADER}</table>");
    for (said, is_said) in [
        (SENTENCE.to_owned(), true),
        (format!("<div hidden><br>x</div>{SENTENCE}"), true),
        (
            format!("<div hidden><template><p>x</template></div>{SENTENCE}"),
            true,
        ),
        (format!("<div style='display:block'>{SENTENCE}</div>"), true),
        (format!("<div style='display:none'>{SENTENCE}</div>"), false),
        (format!("<div hidden><br><b>x</b>{SENTENCE}</div>"), false),
    ] {
        for page in [format!("{said}{head}"), format!("{head}{said}")] {
            assert_eq!(read(&page).is_ok(), is_said, "{page}");
        }
    }
    // Until a script shows the whole page.
    let page = format!(
        "<html><body style='display:none'><fieldset><legend>Resultado</legend>DATA: 25/11/2026\
         {SENTENCE}</fieldset><a href=x>VOLTAR</a></body></html>"
    );
    assert_eq!(read_page(&page), Ok((0, 0)));
}

#[test]
fn what_stands_in_the_head_or_foot_of_the_table_is_no_appointment() {
    let filter = "<tr><th><input name=a><th><input name=b><th><input name=c></tr>";
    let day = |head: &str, rows: &str, foot: &str| {
        read(&format!(
            "<table><thead>{HEADER}{head}</thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        ))
    };
    let scroller = wide("<table><tr><td>1</table>");
    assert_eq!(day(filter, ROW, ""), Ok((1, 0)));
    for (foot, errors) in [
        (scroller, 0),
        (wide("Legenda: * encaixe"), 0),
        (wide("Erro ao carregar os demais"), 1),
        (wide("10:00 MARIA"), 1),
        (wide("MARIA 529.982"), 1),
    ] {
        assert_eq!(day("", ROW, &foot), Ok((1, errors)), "{foot}");
        let sentence = wide("Nenhum agendamento");
        assert_eq!(day("", &sentence, &foot), Ok((0, errors)), "{foot}");
    }
    // Alone it may stand for what a script shows.
    assert_eq!(day(filter, "", ""), Ok((0, 1)));
    // In a head without an end there are appointments.
    let blank = "<tr><td>&nbsp;<td>&nbsp;<td>&nbsp;</tr>";
    let endless = format!("<table><thead>{HEADER}{ROW}{blank}</table>");
    assert_eq!(read(&endless), Ok((1, 1)));
}

#[test]
fn a_total_beyond_the_rows_makes_a_day_incomplete() {
    for (total, errors) in [
        ("25 registros encontrados", 1),
        ("Total de registros: 2", 1),
        ("1 registro encontrado", 0),
        ("0 registros encontrados", 0),
        ("25 registro(s) encontrado(s)", 1),
        ("1 registro(s) encontrado(s)", 0),
        ("Foram encontrados 25 registros", 1),
        ("Foi encontrado 1 registro", 0),
        ("Exibindo 1 registro de um total de 25", 1),
        ("Exibindo 1 registro de um total de 1", 0),
        ("Total de vagas: 30", 0),
    ] {
        for page in [
            format!("<p>{total}</p><table>{HEADER}{ROW}</table>"),
            format!("<table>{HEADER}{ROW}</table><p>{total}</p>"),
        ] {
            assert_eq!(read(&page), Ok((1, errors)), "{page}");
        }
    }
    let unread = format!(
        "<table>{HEADER}{ROW}{}</table>2 registros encontrados",
        ROW.replace("9:30", "9h30")
    );
    assert_eq!(
        read(&unread),
        Ok((1, 1)),
        "no more than the row that is unread"
    );
    let none = format!("<table>{HEADER}</table>2 registros encontrados");
    assert_eq!(read(&none), Ok((0, 1)));
}

#[test]
fn a_row_that_says_another_day_is_none_of_this_one() {
    for header in ["Data", "Data do Agendamento", "Data Agendamento:"] {
        let row = |day: &str| format!("<tr><td>{day}<td>9:30<td>11144477735<td>ANA</tr>");
        let header = format!("<tr><th>{header}<th>Hora<th>CPF<th>Nome</tr>");
        for (day, errors) in [
            ("25/11/2026", 0),
            ("25/11/2026 (quarta)", 0),
            ("", 0),
            ("amanhã", 0),
            ("26/11/2026", 1),
            ("2026-11-26", 1),
        ] {
            let table = format!("<table>{header}{}{}</table>", row("25/11/2026"), row(day));
            assert_eq!(read(&table), Ok((2 - errors, errors)), "{table}");
        }
    }
    let born = format!(
        "<table>{}{}</table>",
        HEADER.replace("Hora", "Data de Nascimento<th>Hora"),
        ROW.replace("9:30", "26/11/1980<td>9:30")
    );
    assert_eq!(read(&born), Ok((1, 0)));
}

#[test]
fn rows_under_the_heading_of_another_day_are_none_of_this_one() {
    let heads = |day: &str| wide(&format!("{day} - quarta"));
    let (own, other) = (heads("25/11/2026"), heads("26/11/2026"));
    for (rows, expected) in [
        (format!("{own}{ROW}"), (1, 0)),
        (format!("{own}{ROW}{other}{ROW}{ROW}"), (1, 3)),
        (format!("{other}{ROW}{own}{ROW}"), (1, 2)),
        (format!("{ROW}{other}"), (1, 1)),
        (format!("{own}{ROW}{HEADER}{other}{HEADER}{ROW}"), (1, 2)),
        // A sentence about the row beside it.
        (
            format!("{ROW}{}{ROW}", wide("Remarcado de 24/11/2026")),
            (2, 1),
        ),
    ] {
        let table = format!("<table>{HEADER}{rows}</table>");
        assert_eq!(read(&table), Ok(expected), "{table}");
    }
    let header = "<tr><th>Data<th>Hora<th>CPF<th>Nome</tr>";
    let row = "<tr><td>25/11/2026<td>9:30<td>11144477735<td>ANA</tr>";
    let table = format!("<table>{header}{other}{row}</table>");
    assert_eq!(read(&table), Ok((1, 1)), "its own column says it best");
}

#[test]
fn a_hidden_row_without_a_true_cpf_is_held_in_reserve() {
    let row = "<tr><td>00:00<td>000.000.000-00<td>NOME</tr>";
    let hidden = row.replace("<tr>", "<tr style='display:none'>");
    let further = ROW.replace("<tr>", "<tr style='display:none'>");
    for (rows, expected) in [
        (format!("{hidden}{ROW}"), (1, 0)),
        (format!("{hidden}{ROW}{further}"), (2, 0)),
        (format!("{row}{ROW}"), (2, 0)),
        // Alone it may stand for what a script shows.
        (hidden.clone(), (0, 1)),
        (format!("{hidden}{}", wide("Nenhum agendamento")), (0, 0)),
    ] {
        let table = format!("<table>{HEADER}{rows}</table>");
        assert_eq!(read(&table), Ok(expected), "{table}");
    }
}

#[test]
fn rows_below_another_header_are_not_read_under_the_first() {
    let other = "<tr><th>CPF<th>Hora<th>Nome</tr><tr><td>52998224725<td>10:00<td>EVA</tr>";
    let list =
        "<tr><th>Hora<th>CPF<th>Nome<th>Posição</tr><tr><td>10:00<td>52998224725<td>EVA<td>1</tr>";
    let (header, _) = list.split_once("<td>").unwrap();
    let nobody = wide("Nenhum registro");
    for (rows, expected) in [
        (format!("{ROW}{HEADER}{ROW}"), (2, 0)),
        (format!("{ROW}{other}"), (1, 1)),
        (format!("{other}{ROW}"), (0, 2)),
        (format!("{ROW}{list}"), (1, 1)),
        (format!("{ROW}{header}"), (1, 0)),
        (format!("{ROW}{header}</tr>{nobody}"), (1, 0)),
    ] {
        let table = format!("<table>{HEADER}{rows}</table>");
        assert_eq!(read(&table), Ok(expected), "{table}");
    }
    let header = "<tr><th rowspan=2>Hora<th rowspan=2>CPF<th rowspan=2>Nome<th colspan=2>Status do Exame</tr>\
                  <tr><th>Médico<th>Psicológico</tr>";
    let row = ROW.replace("</tr>", "<td>Apto<td>Apto</tr>");
    let table = format!("<table>{}</table>", format!("{header}{row}").repeat(2));
    assert_eq!(read(&table), Ok((2, 0)));
}

#[test]
fn what_stands_above_the_header_makes_a_day_incomplete_if_it_is_an_appointment() {
    let eva = "<tr><td>10:00<td>52998224725<td>EVA</tr>";
    let other = "<tr><th>Horário<th>Documento<th>Nome</tr>";
    let text = "Manhã 10:00 - EVA 529.982.247-25";
    let stamp = "Impresso em 24/11/2026 10:15 por 529.982.247-25";
    let table = format!("<table>{HEADER}{ROW}</table>");
    for (content, errors) in [
        (format!("<table>{eva}{HEADER}{ROW}</table>"), 1),
        (format!("<table>{other}{eva}{HEADER}{ROW}</table>"), 1),
        // HTML moves it before the table.
        (format!("<table><div>{text}</div>{HEADER}{ROW}</table>"), 1),
        (format!("<p>{text}</p>{table}"), 1),
        // Pinned, or shown for telephones, and shown below.
        (format!("<table>{ROW}{HEADER}{ROW}</table>"), 0),
        (format!("<p>Manhã 9:30 ANA 11144477735</p>{table}"), 0),
        (format!("<p>{stamp}</p>{table}"), 0),
    ] {
        assert_eq!(read(&content), Ok((1, errors)), "{content}");
    }
    let alone = read(&format!("<table>{eva}{HEADER}</table>"));
    assert!(alone.unwrap_err().contains("elsewhere"));
}

#[test]
fn what_a_script_writes_in_a_cell_is_not_taken_for_nothing() {
    let script = |code: &str| format!("<script>{code}</script>");
    let (write, other) = (script("document.write(x)"), script("f(x)"));
    let (status, buttons) = ("<th>Status do Exame Médico", "<th>Ações");
    for (header, cell, expected) in [
        (status, &*write, (0, 1)),
        (
            status,
            "<script>\ndocument.writeln('A');\n</script>",
            (0, 1),
        ),
        (status, &*format!("Apto{write}"), (1, 0)),
        (status, &*format!("{write}<b>Apto</b>"), (1, 0)),
        (status, &*other, (1, 0)),
        (buttons, &*write, (1, 0)),
        ("<th>", &*write, (1, 0)),
    ] {
        let header = HEADER.replace("</tr>", &format!("{header}</tr>"));
        let row = ROW.replace("</tr>", &format!("<td>{cell}</tr>"));
        let table = format!("<table>{header}{row}</table>");
        assert_eq!(read(&table), Ok(expected), "{table}");
    }
}
