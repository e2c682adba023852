//! What is read of small pages.

use super::*;

#[test]
fn layout_tables_do_not_leak_into_each_other() {
    let page = read(
        "<TABLE><tr><td class=texto>A<table><tr><TH>Hora&nbsp;<th>CPF<tr><td>9:<wbr>30<td>5<b>2</b><br>9</table>B</td></tr></TABLE>",
    ).unwrap();
    let outer = &page.tables[0].rows[0].cells[0];
    assert_eq!((&*outer.text, outer.nested), ("A B", true));
    let rows: Vec<Vec<&str>> = page.tables[1]
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| &*cell.text).collect())
        .collect();
    assert_eq!(rows, [["Hora", "CPF"], ["9:30", "5 2 9"]]);
}

#[test]
fn frames_links_and_titles_are_found_whatever_their_spelling() {
    let page = read(
        "<HTML><HEAD><TITLE>e-CNHsp</TITLE></HEAD><FRAMESET rows='*'><FRAME NAME=header SRC=/t.html>
         <FRAMESET><FRAME name='BODY' src='/login.do'></FRAMESET></FRAMESET></HTML>",
    ).unwrap();
    assert_eq!(
        (
            page.title.as_str(),
            page.frame("body", |_| false).unwrap().src.as_str()
        ),
        ("e-CNHsp", "/login.do")
    );
    let page = read(
        "<a href=#x onclick=f()><img alt='Consultar'><b>Agenda</b>\n do  Périto</a><input type=button value=Sair>",
    ).unwrap();
    let labels: Vec<&str> = page.links.iter().map(|link| link.label.as_str()).collect();
    assert_eq!(labels, ["consultar agenda do perito", "sair"]);
}

#[test]
fn bare_options_are_kept() {
    let page = read(
        "<option value=''>- SELECIONE -</option><option value=\"2026-11-24\">24/11/2026</option>",
    )
    .unwrap();
    assert_eq!(page.options_outside_selects.len(), 2);
    assert_eq!(page.options_outside_selects[1].value, "2026-11-24");
}

#[test]
fn scripts_and_styles_are_not_text() {
    let page =
        read("<script>var a='x';</script><style>b{}</style><noscript><p>c</p></noscript><p>d</p>")
            .unwrap();
    assert_eq!(page.text_between(0, usize::MAX), "d");
    assert_eq!(page.scripts, ["var a='x';"]);
}

#[test]
fn what_nobody_sees_in_a_cell_is_not_its_text_and_hidden_rows_are_told() {
    let page = read(
        "<table><tr><td><span style='display:none'>202611240900</span>09:00\
         <td><b hidden>x<i>y</i><br></b>a <i STYLE='color:red; DISPLAY : None !important'>z</i>b\
         <td><p style='display:none;display:inline'>c</p><td style='display:none'>d\
         <tr style='display: none;'><td>e<div hidden>f<table><tr><td>g</table>h</div>i\
         <tbody hidden><tr><td>j<tbody><tr style='display:block'><td>k</table>",
    )
    .unwrap();
    let rows: Vec<(Vec<&str>, bool)> = page
        .tables
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| {
            (
                row.cells.iter().map(|cell| &*cell.text).collect(),
                row.hidden,
            )
        })
        .collect();
    let expected = [
        (vec!["09:00", "a b", "c", "d"], false),
        (vec!["e i"], true),
        (vec!["j"], true),
        (vec!["k"], false),
        (vec!["g"], false),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn where_nothing_of_a_cell_is_seen_its_text_is_what_a_script_shows() {
    let page = read(
        "<table><tr><td><div class=d style='display:none'>MARIA <b>LIMA</b></div>\
         <div style='display:none'>MARIA <b>LIMA</b></div>\
         <td> <i hidden>a<u>b</u></i>&nbsp;<i hidden>c<!-- -->d<table><tr><td>x</table></i><i hidden> </i>\
         <td><i hidden>0930</i><b>9:30</b><i hidden>e</i><td><i hidden></i><td>f<tr><td><td hidden>g</table>",
    )
    .unwrap();
    let rows: Vec<Vec<&str>> = page.tables[0]
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| &*cell.text).collect())
        .collect();
    let expected = [vec!["MARIA LIMA", "a b cd", "9:30", "", "f"], vec!["", "g"]];
    assert_eq!(rows, expected);
}

#[test]
fn what_stands_in_a_template_is_not_there() {
    let page = read(
        "<table><tr><td>a<template>x<tr><td>b</template><td>c</table>\
         <template><form><input name=x></form><table><tr><td>d</table>\
         <template><a href=y>e</a><script>f()</script></template><legend>g</legend>\
         <select><option>h</select></template><form><input name=z></form>",
    )
    .unwrap();
    let rows: Vec<Vec<&str>> = page.tables[0]
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| &*cell.text).collect())
        .collect();
    assert_eq!((page.tables.len(), rows), (1, vec![vec!["a", "c"]]));
    assert_eq!(page.forms.len(), 1);
    assert_eq!(page.forms[0].fields[0].name, "z");
    assert!(page.links.is_empty() && page.scripts.is_empty() && page.legends.is_empty());
    assert!(page.options_outside_selects.is_empty());
    assert_eq!(page.text_between(0, usize::MAX), "a c");
}

#[test]
fn a_cell_without_a_text_says_what_its_fields_and_images_do() {
    let said = |cell: &str| {
        let page = format!("<table><tr><td>9:30<td>ANA<td>{cell}</table>");
        let page = read(&page).unwrap();
        page.tables[0].rows[0].cells[2].text.to_string()
    };
    let options = "<option value=''>Selecione<option value=1>Apto<option value=2 selected>Inapto";
    for (cell, text) in [
        ("<select><option selected>Realizado</select>", "Realizado"),
        ("<select><option>Apto<option>Inapto</select>", "Apto"),
        (&*format!("<select>{options}</select>"), "Inapto"),
        (
            &*format!("<form><select name=s>{options}</select>"),
            "Inapto",
        ),
        ("<img alt='Realizado'>", "Realizado"),
        ("<img title=' Realizado '>", "Realizado"),
        ("<i class=ok title='Realizado'></i>", "Realizado"),
        (
            "<a href=x><span aria-label='Realizado'></span></a>",
            "Realizado",
        ),
        ("<input value=' ANA  LIMA '>", "ANA LIMA"),
        (
            "<input type=tel value='2345-6789'><input value='ANA'>",
            "2345-6789 ANA",
        ),
        (
            "<form><textarea name=t>ANA\nLIMA</textarea></form>",
            "ANA LIMA",
        ),
        ("<textarea>ANA</textarea>", "ANA"),
        // What has a text is not explained by a picture.
        ("Apto <img alt='editar'>", "Apto"),
        ("<img alt='editar'> Apto", "Apto"),
        ("<span hidden>1</span><img alt='Apto'>", "1"),
        ("<b>Apto</b><select><option>Inapto</select>", "Apto"),
        // Nothing is said by these.
        (
            "<select><option value=''>Selecione<option>Apto</select>",
            "",
        ),
        (
            "<select><option value=0>- Escolha -<option>Apto</select>",
            "",
        ),
        ("<select multiple><option>Apto</select>", ""),
        (
            "<input type=checkbox value=1><input type=radio value=2 checked>",
            "",
        ),
        (
            "<input type=submit value=Gravar><input type=button value=Ver>",
            "",
        ),
        (
            "<input type=hidden value=7><input type=password value=x>",
            "",
        ),
        ("<input value=x hidden><span hidden><img alt=x></span>", ""),
        ("<img src=x alt=''><i></i><a title='Editar' href=x></a>", ""),
    ] {
        assert_eq!(said(cell), text, "{cell}");
    }
}

#[test]
fn a_row_of_buttons_says_nothing() {
    let page = read(
        "<table><tr><td colspan=3><img alt=x><tr><td><img alt=x><td>Total<td>\
         <tr><td><img alt=x><td><table><tr><td>y</table><td>z</table>",
    )
    .unwrap();
    let rows = page.tables[0].rows.iter();
    let texts = rows.map(|row| row.cells.iter().map(|cell| &*cell.text).collect());
    let texts: Vec<Vec<&str>> = texts.collect();
    assert_eq!(texts, [vec![""], vec!["", "Total", ""], vec!["", "", "z"]]);
}
