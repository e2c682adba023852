//! Text to [`Document`]: one walk over the page's tree.

mod forms;
mod links;
mod state;
mod tables;

use std::borrow::Cow;

use super::document::{Document, Frame, Run, refresh};
use super::form::FieldKind;
use super::html;
use super::html::lines::{unix_lines, with_unix_lines};
use super::html::name::Name;
use super::html::tree::{Attribute, Data, Edge, Id, Tree};
use state::{Element, Reader, folded};

/// Takes a page apart: HTML is what browsers make of it. `None` if that would take too long or too much
/// memory.
pub(crate) fn read(text: &str) -> Option<Document<'_>> {
    let tree = html::parse(text)?;
    let mut reader = Reader::default();
    let mut next = Some(tree.first_edge());
    while let Some(edge) = next {
        match edge {
            Edge::Open(id) => reader.open_node(&tree, id),
            Edge::Close(id) => reader.close_node(&tree, id),
        }
        reader.at += 1;
        next = tree.next_edge(edge);
    }
    reader.document.is_closed = tree.is_closed;
    reader.document.is_whole = tree.is_closed && tree.is_balanced;
    reader.document.goes_on = tree.goes_on;
    Some(reader.document)
}

/// So many marks before it are looked through for a mark: most are those of the cells beside it.
const SAME_MARKS: usize = 4;

/// What is longer is the image itself (`src="data:…"`), and no name of anything.
const LONGEST_MARK: usize = 4 * 1024;

/// What changes the letters within a line, and what breaks one that is too long.
const LETTERS: [Name; 12] = [
    Name::B,
    Name::BIG,
    Name::BR,
    Name::EM,
    Name::FONT,
    Name::I,
    Name::SMALL,
    Name::SPAN,
    Name::STRONG,
    Name::SUP,
    Name::TT,
    Name::U,
];

/// By what a script writes where it stands.
const WRITES: [&str; 2] = ["document.write(", "document.writeln("];

impl<'a> Reader<'a> {
    fn open_node(&mut self, tree: &Tree<'a>, id: Id) {
        match &tree.node(id).data {
            Data::Text(text) if self.templates == 0 => self.text(text),
            Data::Element(element) => {
                let element = Element {
                    name: element.name,
                    attributes: tree.attributes(*element),
                };
                self.open(element);
                self.open_click(id, element);
            }
            Data::Text(_) | Data::Document | Data::Doctype | Data::Comment(_) => {}
        }
    }

    fn close_node(&mut self, tree: &Tree<'a>, id: Id) {
        if let Data::Element(element) = &tree.node(id).data {
            let is_element = |id| matches!(tree.node(id).data, Data::Element(_));
            if element.is_cut {
                self.cut_table();
            }
            self.close(element.name, || tree.children(id).any(is_element));
            self.close_click(id);
        }
    }

    fn open(&mut self, element: Element<'_, 'a>) {
        if self.templates > 0 || element.name == Name::TEMPLATE {
            self.templates += usize::from(element.name == Name::TEMPLATE);
            return;
        }
        self.space(element.name);
        let is_hidden = element.is_hidden();
        if self.unseen > 0 || is_hidden {
            self.unseen += 1;
        }
        self.open_in_cell(is_hidden);
        self.mark(element);
        match element.name {
            Name::HTML | Name::HEAD => {}
            Name::BODY => {
                if let Some(code) = element.trimmed("onload") {
                    self.document.scripts.push(code);
                }
            }
            _ => self.document.has_markup = true,
        }
        match element.name {
            Name::SCRIPT => {
                self.script = true;
                self.document.scripts.push(Cow::Borrowed(""));
            }
            Name::STYLE | Name::NOSCRIPT | Name::NOFRAMES => self.hidden += 1,
            Name::TITLE => self.title = true,
            Name::LEGEND => {
                self.legend = true;
                self.document.legends.push(String::new());
            }
            Name::BASE if self.document.base.is_none() => {
                self.document.base = element.text("href");
            }
            Name::META => self.meta(element),
            Name::FRAME | Name::IFRAME => self.frame(element),
            Name::A | Name::AREA => self.open_link(element, None),
            Name::FORM => self.open_form(element),
            Name::INPUT => self.input(element),
            Name::BUTTON => {
                self.button(element);
                self.open_link(element, None);
            }
            Name::SELECT => self.open_select(element),
            Name::TEXTAREA => {
                self.textarea = self.add_field(element, FieldKind::Other, String::new(), true);
            }
            Name::OPTION => self.open_option(element),
            Name::IMG => {
                if let Some(alt) = element.attr("alt") {
                    self.link_text(alt);
                }
                self.image(element);
                self.speak_for(element);
            }
            Name::I | Name::SPAN | Name::DIV => self.speak_for(element),
            Name::TABLE => self.open_table(element),
            Name::THEAD | Name::TBODY | Name::TFOOT => self.open_group(element),
            Name::TR => self.open_row(element),
            Name::TD | Name::TH => self.open_cell(element),
            _ => {}
        }
    }

    fn close(&mut self, name: Name, has_children: impl FnOnce() -> bool) {
        if self.templates > 0 {
            self.templates -= usize::from(name == Name::TEMPLATE);
            return;
        }
        self.space(name);
        self.unseen = self.unseen.saturating_sub(1);
        match name {
            Name::SCRIPT => self.close_script(),
            Name::STYLE | Name::NOSCRIPT | Name::NOFRAMES => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            Name::TITLE => self.title = false,
            Name::LEGEND => self.legend = false,
            Name::A | Name::AREA | Name::BUTTON => self.close_link(),
            Name::FORM => self.cut_off = self.form.take().filter(|_| !has_children()),
            Name::SELECT => self.close_select(),
            Name::TEXTAREA => self.close_textarea(),
            Name::OPTION => self.close_option(),
            Name::TABLE => {
                if let Some(open) = self.tables.pop() {
                    self.document.tables[open.index].end = self.at;
                }
            }
            Name::THEAD | Name::TBODY | Name::TFOOT => self.close_group(),
            Name::TR => self.close_row(),
            Name::TD | Name::TH => self.close_cell(),
            _ => {}
        }
        self.close_in_cell();
    }

    fn text(&mut self, text: &Cow<'a, str>) {
        if self.script {
            match self.document.scripts.last_mut() {
                Some(script) if script.is_empty() => script.clone_from(text),
                Some(script) => {
                    if let Cow::Borrowed(text) = script {
                        *script = Cow::Owned(unix_lines(text).into_owned());
                    }
                    script.to_mut().push_str(&with_unix_lines(text));
                }
                None => {}
            }
        } else if self.title {
            self.document.title.push_str(&with_unix_lines(text));
        } else if let Some((form, field)) = self.textarea {
            let field = &mut self.document.forms[form].fields[field];
            field.value.push_str(&with_unix_lines(text));
        } else if let Some(option) = &mut self.option {
            option.text.push_str(text);
        } else if self.hidden == 0 {
            self.visible(text);
        }
    }

    /// What is written in a cell that says nothing is its text, which nobody knows.
    fn close_script(&mut self) {
        self.script = false;
        let writes = |script: &Cow<'_, str>| WRITES.iter().any(|call| script.contains(call));
        if self.is_in_blank_cell()
            && self.document.scripts.last().is_some_and(writes)
            && let Some(open) = self.tables.last_mut()
        {
            open.scripted = true;
        }
    }

    fn visible(&mut self, text: &Cow<'a, str>) {
        if let Some(legend) = self.document.legends.last_mut().filter(|_| self.legend) {
            legend.push_str(&with_unix_lines(text));
        }
        self.link_text(text);
        let folded = folded(text);
        if let Some(cell) = self.text_of_cell() {
            cell.push(text, folded.clone());
        }
        if !folded.is_empty() {
            let at = self.at;
            self.document.runs.push(Run {
                at,
                text: folded,
                seen: self.unseen == 0,
                in_line: self.in_line,
            });
            self.in_line = true;
        }
    }

    /// A tag separates words, unless it says where one may break.
    fn space(&mut self, name: Name) {
        if name == Name::WBR {
            return;
        }
        self.in_line = self.in_line && LETTERS.contains(&name);
        self.link_space();
        if let Some(cell) = self.text_of_cell() {
            cell.space();
        }
    }

    fn mark(&mut self, element: Element<'_, 'a>) {
        for Attribute { name, value } in element.attributes {
            if matches!(&**name, "id" | "class" | "name" | "src") && !value.is_empty() {
                let marks = &mut self.document.marks;
                let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
                let mut near = marks.iter().rev().take(SAME_MARKS);
                if value.len() > LONGEST_MARK || near.any(|mark| mark.eq_ignore_ascii_case(value)) {
                    continue;
                }
                if value.bytes().all(is_lower) {
                    marks.push(value.clone());
                } else {
                    marks.push(Cow::Owned(value.to_lowercase()));
                }
            }
        }
    }

    fn meta(&mut self, element: Element<'_, 'a>) {
        let is_refresh = element
            .attr("http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"));
        if is_refresh && self.document.refresh.is_none() && self.hidden == 0 {
            let content = element.attr("content");
            self.document.refresh = content.and_then(|content| refresh(content));
        }
    }

    fn frame(&mut self, element: Element<'_, 'a>) {
        if self.hidden > 0 {
            return;
        }
        let src = element.text("src").unwrap_or_default();
        let name = element.text("name").unwrap_or_default();
        self.document.frames.push(Frame { name, src });
    }
}

#[cfg(test)]
mod tests;
