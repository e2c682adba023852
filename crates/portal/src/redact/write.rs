//! A tree as HTML again, with everything blanked that has to be.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::pattern::is_personal;
use super::redactor::{Extent, Redactor, blanked};
use crate::browser::html::lines::with_unix_lines;
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Data, Edge, Id, Tree};

pub(super) struct Writer<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) extents: HashMap<Id, Extent>,
    pub(super) redactor: Redactor<'t>,
}

/// Elements without an end tag.
const VOID: [Name; 18] = [
    Name::AREA,
    Name::BASE,
    Name::BASEFONT,
    Name::BGSOUND,
    Name::BR,
    Name::COL,
    Name::EMBED,
    Name::FRAME,
    Name::HR,
    Name::IMG,
    Name::INPUT,
    Name::KEYGEN,
    Name::LINK,
    Name::META,
    Name::PARAM,
    Name::SOURCE,
    Name::TRACK,
    Name::WBR,
];

/// Elements whose text is no markup, and is not spelled as such.
const RAW: [Name; 8] = [
    Name::SCRIPT,
    Name::STYLE,
    Name::XMP,
    Name::IFRAME,
    Name::NOEMBED,
    Name::NOFRAMES,
    Name::NOSCRIPT,
    Name::PLAINTEXT,
];

impl Writer<'_, '_> {
    pub(super) fn write(&self) -> String {
        let mut html = String::new();
        let mut next = Some(self.tree.first_edge());
        while let Some(edge) = next {
            match edge {
                Edge::Open(id) => self.open(id, &mut html),
                Edge::Close(id) => self.close(id, &mut html),
            }
            next = self.tree.next_edge(edge);
        }
        html
    }

    fn open(&self, id: Id, html: &mut String) {
        match &self.tree.node(id).data {
            Data::Document => {}
            // What else a doctype says is nothing of a layout.
            Data::Doctype => html.push_str("<!DOCTYPE html>"),
            Data::Comment(text) => {
                html.push_str("<!--");
                html.push_str(&self.redactor.lines(text));
                html.push_str("-->");
            }
            Data::Text(text) => self.text(id, &with_unix_lines(text), html),
            Data::Element(element) => {
                html.push('<');
                html.push_str(&self.spelled(element.name));
                let attributes = self.tree.attributes(*element);
                for (name, value) in self.redactor.attributes(element.name, attributes) {
                    // A `String` takes everything.
                    let _written = write!(html, " {name}=\"{}\"", escaped(&value));
                }
                html.push('>');
            }
        }
    }

    fn close(&self, id: Id, html: &mut String) {
        let name = self.tree.name(id).filter(|name| !VOID.contains(name));
        if let Some(name) = name {
            html.push_str("</");
            html.push_str(&self.spelled(name));
            html.push('>');
        }
    }

    fn spelled(&self, name: Name) -> String {
        let name = self.tree.names.text(name);
        if is_personal(&name) {
            "x".to_owned()
        } else {
            name
        }
    }

    fn text(&self, id: Id, text: &str, html: &mut String) {
        let parent = self.tree.name(self.tree.node(id).parent);
        let blanked = if matches!(parent, Some(Name::SCRIPT | Name::STYLE)) {
            self.redactor.lines(text)
        } else {
            let extent = self.extents.get(&id).copied();
            blanked(text, extent.unwrap_or(Extent::Patterns))
        };
        if parent.is_some_and(|name| RAW.contains(&name)) {
            html.push_str(&blanked);
        } else {
            html.push_str(&escaped(&blanked));
        }
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('\u{a0}', "&nbsp;");
    text.replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
