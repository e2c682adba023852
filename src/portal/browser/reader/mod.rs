//! Text to [`Document`]: one walk over the tree that the HTML parser builds. The only home of scraper,
//! whose tree must not be held across an `await`.

mod forms;
mod links;
mod tables;

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::Node;
use scraper::node::Element;

use super::document::{Choice, Document, Frame, Run, refresh};
use super::form::{Field, FieldKind};
use super::tree;
use crate::domain::text::fold_space;

/// Takes a page apart: HTML is what browsers make of it. `None` if that would take too long or too much
/// memory.
pub(crate) fn read(html: &str) -> Option<Document> {
    let tree = tree::parse(html)?;
    let mut reader = Reader::default();
    for (at, edge) in tree.html.tree.root().traverse().enumerate() {
        reader.at = at;
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => reader.text(text),
                Node::Element(element) => reader.open(element),
                Node::Document
                | Node::Fragment
                | Node::Doctype(_)
                | Node::Comment(_)
                | Node::ProcessingInstruction(_) => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    reader.close(element, node.children().any(|n| n.value().is_element()));
                }
            }
        }
    }
    reader.document.is_closed = tree.is_closed;
    reader.document.is_whole = tree.is_closed && tree.is_balanced;
    Some(reader.document)
}

/// A text in which entities stand and tags may, as plain text.
pub(crate) fn plain(html: &str) -> String {
    if !html.contains(['&', '<']) {
        return fold_space(html);
    }
    let Some(tree) = tree::parse(html) else {
        return fold_space(html);
    };
    let text: Vec<&str> = tree
        .html
        .tree
        .values()
        .filter_map(|node| node.as_text().map(|text| &**text))
        .collect();
    fold_space(&text.join(" "))
}

/// The walk's state: what is open at this place. Tables nest, so theirs is a stack.
#[derive(Default)]
struct Reader {
    document: Document,
    at: usize,
    hidden: usize,
    script: bool,
    title: bool,
    legend: bool,
    tables: Vec<OpenTable>,
    form: Option<usize>,
    forms_by_id: HashMap<String, usize>,
    /// A form that a table has cut off from its fields: they follow it, but are not in it.
    cut_off: Option<usize>,
    /// Links that are open; HTML forbids nesting, pages do not always care.
    links: Vec<usize>,
    select: Option<(usize, usize)>,
    /// A select that stands in no form.
    loose_select: Option<Field>,
    select_multiple: bool,
    textarea: Option<(usize, usize)>,
    option: Option<Choice>,
    option_has_value: bool,
}

struct OpenTable {
    index: usize,
    in_cell: bool,
}

impl Reader {
    fn open(&mut self, element: &Element) {
        self.space();
        self.mark(element);
        match element.name() {
            "html" | "head" => {}
            "body" => {
                if let Some(code) = attribute(element, "onload") {
                    self.document.scripts.push(code);
                }
            }
            _ => self.document.has_markup = true,
        }
        match element.name() {
            "script" => {
                self.script = true;
                self.document.scripts.push(String::new());
            }
            "style" | "noscript" | "noframes" | "template" => self.hidden += 1,
            "title" => self.title = true,
            "legend" => {
                self.legend = true;
                self.document.legends.push(String::new());
            }
            "base" if self.document.base.is_none() => {
                self.document.base = attribute(element, "href");
            }
            "meta" => self.meta(element),
            "frame" | "iframe" => self.frame(element),
            "a" | "area" => self.open_link(element, None),
            "form" => self.open_form(element),
            "input" => self.input(element),
            "button" => {
                self.button(element);
                self.open_link(element, None);
            }
            "select" => self.open_select(element),
            "textarea" => {
                self.textarea = self.add_field(element, FieldKind::Other, String::new(), true);
            }
            "option" => self.open_option(element),
            "img" => {
                if let Some(alt) = element.attr("alt") {
                    self.link_text(alt);
                }
            }
            "table" => self.open_table(element),
            "tr" => self.open_row(),
            "td" | "th" => self.open_cell(element),
            _ => {}
        }
    }

    fn close(&mut self, element: &Element, has_children: bool) {
        self.space();
        match element.name() {
            "script" => self.script = false,
            "style" | "noscript" | "noframes" | "template" => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            "title" => self.title = false,
            "legend" => self.legend = false,
            "a" | "area" | "button" => self.close_link(),
            "form" => self.cut_off = self.form.take().filter(|_| !has_children),
            "select" => self.close_select(),
            "textarea" => self.textarea = None,
            "option" => self.close_option(),
            "table" => {
                if let Some(open) = self.tables.pop() {
                    self.document.tables[open.index].end = self.at;
                }
            }
            "td" | "th" => self.close_cell(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.script {
            if let Some(script) = self.document.scripts.last_mut() {
                script.push_str(text);
            }
        } else if self.title {
            self.document.title.push_str(text);
        } else if let Some((form, field)) = self.textarea {
            self.document.forms[form].fields[field].value.push_str(text);
        } else if let Some(option) = &mut self.option {
            option.text.push_str(text);
        } else if self.hidden == 0 {
            self.visible(text);
        }
    }

    fn visible(&mut self, text: &str) {
        if let Some(legend) = self.document.legends.last_mut().filter(|_| self.legend) {
            legend.push_str(text);
        }
        self.link_text(text);
        if let Some(cell) = self.cell() {
            cell.text.push_str(text);
        }
        let text = fold_space(text);
        if !text.is_empty() {
            let at = self.at;
            self.document.runs.push(Run { at, text });
        }
    }

    /// A tag separates words.
    fn space(&mut self) {
        self.link_text(" ");
        if let Some(cell) = self.cell() {
            cell.text.push(' ');
        }
    }

    fn mark(&mut self, element: &Element) {
        for (name, value) in element.attrs() {
            if matches!(name, "id" | "class" | "name" | "src") && !value.is_empty() {
                self.document.marks.push(value.to_lowercase());
            }
        }
    }

    fn meta(&mut self, element: &Element) {
        let is_refresh = element
            .attr("http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        if is_refresh && self.document.refresh.is_none() && self.hidden == 0 {
            self.document.refresh = element.attr("content").and_then(refresh);
        }
    }

    fn frame(&mut self, element: &Element) {
        let src = attribute(element, "src").unwrap_or_default();
        let name = attribute(element, "name").unwrap_or_default();
        self.document.frames.push(Frame { name, src });
    }
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element.attr(name).map(|value| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_tables_do_not_leak_into_each_other() {
        let page = read(
            "<TABLE><tr><td class=texto>A<table><tr><TH>Hora&nbsp;<th>CPF<tr><td>9:30<td>5<b>2</b><br>9</table>B</td></tr></TABLE>",
        ).unwrap();
        let outer = &page.tables[0].rows[0].cells[0];
        assert_eq!((outer.text.as_str(), outer.nested), ("A B", true));
        let rows: Vec<Vec<&str>> = page.tables[1]
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
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
                page.frame("body").unwrap().src.as_str()
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
        ).unwrap();
        assert_eq!(page.loose_options.len(), 2);
        assert_eq!(page.loose_options[1].value, "2026-11-24");
    }

    #[test]
    fn scripts_and_styles_are_not_text() {
        let page = read(
            "<script>var a='x';</script><style>b{}</style><noscript><p>c</p></noscript><p>d</p>",
        )
        .unwrap();
        assert_eq!(page.text_between(0, usize::MAX), "d");
        assert_eq!(page.scripts, ["var a='x';"]);
    }
}
