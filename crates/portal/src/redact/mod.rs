//! Takes personal data and secrets out of a page, and leaves what a layout is made of: tags, names of
//! fields, labels, headers, and the shape of what was blanked (`000.000.000-00`, `xxxxx x'xxxxx`).
//!
//! It must work on pages that are *not* understood, so it goes by what things look like and blanks too
//! much rather than too little.

mod calls;
mod pattern;
mod redactor;
mod secrets;
mod spelling;
mod tables;
mod write;

use std::collections::{HashMap, HashSet};

pub(crate) use pattern::{is_personal, text};
pub(crate) use redactor::line;
use redactor::{Extent, Redactor};
pub(crate) use secrets::Secrets;
use write::Writer;

use crate::browser::html;
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Data, Edge, Id, Tree};
use crate::parse::column::ColumnNames;
use agendad_config::portal::Profile;
use agendad_domain::agenda::column::NOME;

/// A page without personal data, as HTML; `None` if it is too intricate to be read.
pub(crate) fn page(html: &str, secrets: &Secrets, profile: &Profile) -> Option<String> {
    // As it stands, because a broken tag changes what is in it; and at the end, for what stands across nodes.
    let html = secrets.cut(html);
    let tree = html::parse(&html)?;
    let writer = Writer {
        tree: &tree,
        extents: extents(&tree, &ColumnNames::of(profile)),
        redactor: Redactor::of(profile),
    };
    Some(secrets.cut(&writer.write()))
}

/// Which text nodes are blanked whole.
fn extents(tree: &Tree<'_>, names: &ColumnNames<'_>) -> HashMap<Id, Extent> {
    let (mut extents, headers) = tables::extents(tree, names);
    let mut done = HashSet::new();
    let mut behind_label = false;
    for (id, node) in (0..).zip(&tree.nodes) {
        let Data::Text(text) = &node.data else {
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        // Behind "Nome:" stands one, in whatever it stands. In a row of headers, which have no colon, another column does.
        let key = key_of_label(names, text);
        let is_label = key.as_deref().is_some_and(|key| names.is_key(key));
        let holds_name = text
            .split_once(':')
            .is_some_and(|(label, name)| !name.trim().is_empty() && is_name(names, label));
        if holds_name || behind_label && !is_label {
            extents.insert(id, Extent::All);
        }
        let may_be_label = !headers.contains(&id) || text.trim_end().ends_with(':');
        behind_label = may_be_label && key.as_deref() == Some(NOME);
        if !is_personal(text) {
            continue;
        }
        // A person's data may stand side by side in boxes instead of cells.
        let is_box = |id: &Id| tree.name(*id).is_some_and(|name| BOXES.contains(&name));
        let boxes = tree.ancestors(id).take(MOST_BOXES).take_while(is_box);
        let boxes = boxes
            .enumerate()
            .take_while(|(at, id)| *at < BOXES_OF_ANY_SIZE || is_small(tree, *id));
        if let Some((_, outermost)) = boxes.last()
            && done.insert(outermost)
        {
            let texts = tree.texts_in(outermost);
            extents.extend(texts.map(|(id, _)| (id, Extent::All)));
        }
    }
    extents
}

/// The longest label.
const LABEL: usize = 40;
/// So many boxes around a person's data are theirs, however large.
const BOXES_OF_ANY_SIZE: usize = 2;
/// And so many, while they are small: a card, and not the page.
const MOST_BOXES: usize = 5;
/// What a card has at most, in characters and in tags.
const CARD: (usize, usize) = (300, 200);

/// The key of a column that a text names, if it is as short as a label.
fn key_of_label(names: &ColumnNames<'_>, text: &str) -> Option<String> {
    let is_label = text.len() <= LABEL;
    is_label.then(|| names.key(text.trim().trim_end_matches(':')))
}

fn is_name(names: &ColumnNames<'_>, label: &str) -> bool {
    key_of_label(names, label).as_deref() == Some(NOME)
}

fn is_small(tree: &Tree<'_>, id: Id) -> bool {
    let (mut characters, mut tags) = (0, 0);
    let mut edge = Edge::Open(id);
    while edge != Edge::Close(id) && characters <= CARD.0 && tags <= CARD.1 {
        if let Edge::Open(id) = edge {
            tags += 1;
            if let Data::Text(text) = &tree.node(id).data {
                characters += text.trim().len();
            }
        }
        match tree.next_edge(edge) {
            Some(next) => edge = next,
            None => break,
        }
    }
    characters <= CARD.0 && tags <= CARD.1
}

const BOXES: [Name; 14] = [
    Name::DIV,
    Name::SPAN,
    Name::P,
    Name::LI,
    Name::DD,
    Name::DT,
    Name::DL,
    Name::B,
    Name::I,
    Name::FONT,
    Name::A,
    Name::LABEL,
    Name::SECTION,
    Name::ARTICLE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_config::Config;

    fn blank(html: &str) -> String {
        page(
            html,
            &Secrets::default(),
            &Config::shipped().unwrap().portal.profile,
        )
        .unwrap()
    }

    #[test]
    fn a_known_table_keeps_headers_hours_and_statuses() {
        let html = blank(
            "<table><tr><td>Hora<td>CPF<td>Nome<td>Categoria<td>Obs
             <tr><td>14:00<td>529.982.247-25<td>MARIA D'ÁVILA<td>AB<td>liga 3a
             <tr><td>9h30<td><td>JOÃO<td>B<td></table>",
        );
        for kept in [
            ">Hora<",
            ">Nome<",
            ">14:00<",
            ">AB<",
            ">9h30<",
            "000.000.000-00",
        ] {
            let kept = kept.trim_matches(['<', '>']);
            assert!(html.contains(kept), "{kept} in {html}");
        }
        for gone in ["MARIA", "VILA", "529", "JOÃO", "liga"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
    }

    #[test]
    fn an_unknown_table_keeps_only_what_stands_above_the_first_person() {
        let html = blank(
            "<table><tr><th>Início<th>Documento<th>Candidato
             <tr><td>14:00<td>52998224725<td>MARIA<tr><td>fim<td><td>JOANA</table>",
        );
        assert!(html.contains("Documento") && html.contains("Candidato"));
        for gone in ["MARIA", "JOANA", "5299"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
    }

    #[test]
    fn people_in_boxes_comments_and_scripts_are_blanked_too() {
        let html = blank(
            "<div class=linha><div>MARIA</div><div>529.982.247-25</div></div><h1>Agenda</h1>
             <!-- JOANA 111.444.777-35 --><script>var a = 1;\nd[0]='PEDRO;(11) 98765--4321';</script>",
        );
        assert!(html.contains("Agenda") && html.contains("var a = 1;"));
        for gone in ["MARIA", "JOANA", "PEDRO", "529", "9876"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
    }

    #[test]
    fn people_are_found_however_their_data_are_laid_out() {
        for page in [
            // A table within a cell of a known table, and one around each cell.
            "<table><tr><td>Hora<td>CPF<td>Nome<td>Fones
             <tr><td>08:00<td>529.982.247-25<td>MARIA DA SILVA<td><table><tr><td>(11) 98765-4321</table></table>",
            "<table><tr><td><table><tr><td>529.982.247-25</table><td><table><tr><td>MARIA DA SILVA</table></table>",
            // A record, a card, a field.
            "<table><tr><td>Nome:<td>MARIA DA SILVA<tr><td>CPF:<td>529.982.247-25</table>",
            "<table><tr><td>Hora:<td>08:00<td>CPF:<td>529.982.247-25<td>Nome:<td>MARIA DA SILVA</table>",
            "<table><tr><td>Nome:<td>MARIA DA SILVA<td>Categoria:<td>B<td>Tipo de Processo:<td>x</table>",
            "<dl><dt>Nome</dt><dd>MARIA DA SILVA</dd></dl>",
            "<p>Nome: MARIA DA SILVA</p>",
            "<div><div><div><div><span>529.982.247-25</span></div></div><div><p>MARIA DA SILVA</p></div></div></div>",
            "<form><input name=nome value='MARIA DA SILVA'><input type=hidden name=x value='MARIA DA SILVA'></form>",
        ] {
            let html = blank(page);
            for gone in ["MARIA", "SILVA", "529", "9876"] {
                assert!(!html.contains(gone), "{gone} in {html}");
            }
        }
    }

    #[test]
    fn a_header_that_nobody_knows_stays_behind_one_that_is_known() {
        for cell in ["td", "th"] {
            let html = blank(&format!(
                "<table><tr><{cell}>Hora<{cell}>CPF<{cell}>Nome<{cell}>Contato<tr><td>08:00<td>529.982.247-25<td>MARIA<td>x"
            ));
            assert!(html.contains("Contato"), "{html}");
            assert!(!html.contains("MARIA"), "{html}");
        }
    }

    #[test]
    fn a_table_that_lays_the_page_out_keeps_its_words() {
        let words = "Agenda do perito. ".repeat(20);
        let html = blank(&format!(
            "<table><tr><td>CPF 529.982.247-25<td>{words}<table><tr><td>Unidade</table></table>
             <form><input type=submit value='Consultar a agenda'><input type=hidden name=method value=iniciar></form>"
        ));
        for kept in [
            "Agenda do perito.",
            "Unidade",
            "Consultar a agenda",
            "iniciar",
        ] {
            assert!(html.contains(kept), "{kept} in {html}");
        }
    }

    #[test]
    fn a_broken_tag_shows_nobody() {
        let html = blank(
            "<table><tr><td nowrap class=texto 529.982.247-25 MARIA D'ÁVILA</td><td><a52998224725 x=1>14:00</table>",
        );
        assert!(html.contains("<td class=\"texto\" nowrap=\"\">"), "{html}");
        for gone in ["529", "maria", "vila", "MARIA"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
    }

    #[test]
    fn secrets_are_cut_wherever_they_stand() {
        let secrets = Secrets::new(["s3nha!".to_owned(), "ABC123.n1".to_owned(), "x".to_owned()]);
        let html = page(
            "<form action='/a.do;jsessionid=FFEE01.n1?x=1'><input type=hidden name=org.apache.TOKEN value=aa11>
             <input name=codigo value=52998224725><input type=password value=oi><p>s3nha! ABC123.n1 x</p>",
            &secrets,
            &Config::shipped().unwrap().portal.profile,
        )
        .unwrap();
        for gone in ["FFEE01", "aa11", "5299", "\"oi\"", "s3nha", "ABC123"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
        assert!(
            html.contains("/a.do;jsessionid=") && html.contains("?x=1") && html.contains(" x<")
        );
    }

    #[test]
    fn a_script_of_nothing_but_beginnings_of_calls_is_blanked_as_any_other_of_its_size() {
        let script = "f(".repeat(2_500_000);
        let html = blank(&format!(
            "<script>{script}'529.982.247-25'</script><h1>Agenda</h1>"
        ));
        assert!(html.contains(&script) && html.contains("Agenda") && !html.contains("529"));
    }

    #[test]
    fn the_options_of_the_form_stay() {
        let form = "<select name=d><option value=\"24112026\">24/11/2026</option></select>";
        assert!(blank(form).contains("<option value=\"24112026\">24/11/2026</option>"));
    }
}
