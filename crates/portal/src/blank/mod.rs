//! Takes personal data and secrets out of a page, and leaves what a layout is made of: tags, names of
//! fields, labels, headers, and the shape of what was blanked (`000.000.000-00`, `xxxxx x'xxxxx`).
//!
//! It must work on pages that are *not* understood, so it goes by what things look like and blanks too
//! much rather than too little.

mod calls;
mod pattern;
mod secrets;
mod spelling;
mod tables;
mod write;

use std::collections::{HashMap, HashSet};

use pattern::whole;
pub(crate) use pattern::{is_personal, text};
pub(crate) use secrets::Secrets;
use write::Writer;

use crate::browser::html;
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Attribute, Data, Id, Tree};
use crate::parse::column::ColumnNames;
use agendad_config::portal::Profile;

/// How much of a text is blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What looks like a CPF, a telephone number, an e-mail address or a session.
    Patterns,
    /// Every letter and digit.
    All,
}

/// A page without personal data, as HTML; `None` if it is too intricate to be read.
pub(crate) fn page(html: &str, secrets: &Secrets, profile: &Profile) -> Option<String> {
    // As it stands, because a broken tag changes what is in it; and at the end, for what stands across nodes.
    let html = secrets.cut(html);
    let tree = html::parse(&html)?;
    let writer = Writer {
        tree: &tree,
        extents: extents(&tree, &ColumnNames::of(profile)),
        blanking: Blanking::of(profile),
    };
    Some(secrets.cut(&writer.write()))
}

/// A line of text: whole if there is anything personal in it, else only what looks secret.
pub(crate) fn line(text: &str) -> String {
    blanked(text, Extent::Patterns)
}

fn blanked(text: &str, extent: Extent) -> String {
    match extent {
        Extent::All => whole(text),
        // Whoever stands beside a CPF is named there.
        Extent::Patterns if is_personal(text) => whole(text),
        Extent::Patterns => pattern::text(text),
    }
}

/// What the profile says of where secrets stand.
struct Blanking<'a> {
    /// Calls whose arguments are CPF and password.
    dialogs: [&'a str; 2],
    password_field: &'a str,
}

impl<'a> Blanking<'a> {
    fn of(profile: &'a Profile) -> Self {
        Self {
            dialogs: [&profile.session_dialog, &profile.choice_dialog],
            password_field: &profile.login_password_field,
        }
    }

    /// Scripts and comments: what calls say goes, and a line that still holds something personal is blanked whole.
    fn lines(&self, code: &str) -> String {
        let code = calls::without_arguments(code, &self.dialogs);
        code.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The attributes that are kept, in the order of their names.
    fn attributes(&self, name: Name, attributes: &[Attribute<'_>]) -> Vec<(String, String)> {
        let attribute = |name: &str| {
            let mut attributes = attributes.iter();
            let found = attributes.find(|attribute| attribute.name == name);
            found.map_or_else(String::new, |found| found.value.to_ascii_lowercase())
        };
        let field = attribute("name");
        let is_secret = attribute("type") == "password"
            || SECRET_NAMES.iter().any(|secret| field.contains(secret))
            || field == self.password_field.to_ascii_lowercase();
        let kept = attributes
            .iter()
            .filter(|a| is_attribute(&a.name, &a.value));
        let mut kept: Vec<(String, String)> = kept
            .map(|attribute| {
                let value = if attribute.name == "value" {
                    value(&attribute.value, is_secret, name == Name::OPTION)
                } else {
                    self.other_value(attribute)
                };
                (attribute.name.clone().into_owned(), value)
            })
            .collect();
        kept.sort_unstable();
        kept
    }

    fn other_value(&self, attribute: &Attribute<'_>) -> String {
        let value = &attribute.value;
        match &*attribute.name {
            "title" | "alt" | "content" => line(value),
            name if name.starts_with("on") || is_script(value) => {
                text(&calls::without_arguments(value, &self.dialogs))
            }
            _ => text(value),
        }
    }
}

/// The value of a field or an option.
fn value(value: &str, is_secret: bool, is_option: bool) -> String {
    // In a broken tag a person's data can stand here too; codes and dates are shorter than a CPF.
    let is_of_person = || {
        is_personal(value)
            && (value.contains(char::is_whitespace)
                || value.chars().filter(char::is_ascii_digit).count() > 10)
    };
    match (is_secret, is_option) {
        (true, _) => "…".to_owned(),
        (false, true) if is_of_person() => whole(value),
        // A unit's code or a date, which is what the profile is about.
        (false, true) => value.to_owned(),
        (false, false) => line(value),
    }
}

/// Parts of the names of fields whose values are secret.
const SECRET_NAMES: [&str; 5] = ["token", "senha", "chave", "pass", "pwd"];

/// Whether an address is a script.
fn is_script(value: &str) -> bool {
    let start = value.trim_start().get(..11);
    start.is_some_and(|start| start.eq_ignore_ascii_case("javascript:"))
}

/// Whether this is an attribute as pages write them. In a broken tag (`<td 529.982.247-25 MARIA`) people's data
/// stand where names of attributes do.
fn is_attribute(name: &str, value: &str) -> bool {
    if value.is_empty() {
        return BARE.contains(&name);
    }
    name.chars()
        .all(|c| c.is_ascii_alphabetic() || "-_:".contains(c))
}

/// Attributes that may have no value.
const BARE: [&str; 16] = [
    "action", "alt", "checked", "class", "compact", "disabled", "hidden", "href", "id", "multiple",
    "name", "noresize", "nowrap", "readonly", "selected", "value",
];

/// Which text nodes are blanked whole.
fn extents(tree: &Tree<'_>, names: &ColumnNames<'_>) -> HashMap<Id, Extent> {
    let mut extents = tables::extents(tree, names);
    let mut done = HashSet::new();
    for (id, node) in (0..).zip(&tree.nodes) {
        if !matches!(&node.data, Data::Text(text) if is_personal(text)) {
            continue;
        }
        // A person's data may stand side by side in boxes instead of cells.
        let is_box = |id: &Id| tree.name(*id).is_some_and(|name| BOXES.contains(&name));
        let boxes = tree.ancestors(id).take(2).take_while(is_box);
        if let Some(outermost) = boxes.last()
            && done.insert(outermost)
        {
            let texts = tree.texts_in(outermost);
            extents.extend(texts.map(|(id, _)| (id, Extent::All)));
        }
    }
    extents
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
    fn the_options_of_the_form_stay() {
        let form = "<select name=d><option value=\"24112026\">24/11/2026</option></select>";
        assert!(blank(form).contains("<option value=\"24112026\">24/11/2026</option>"));
    }
}
