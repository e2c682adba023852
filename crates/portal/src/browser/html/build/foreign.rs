//! SVG and MathML: other elements, until HTML breaks out of them.

use super::builder::{Builder, Open, Step, is_space};
use super::scope::{is_integration_point, is_text_point};
use crate::browser::html::name::Name;
use crate::browser::html::tokens::{Tag, Token};
use crate::browser::html::tree::Space;

impl<'a> Builder<'a> {
    /// Whether the token belongs to SVG or MathML.
    pub(super) fn is_foreign(&self, token: &Token<'a>) -> bool {
        let Some(current) = self.current().filter(|open| open.space != Space::Html) else {
            return false;
        };
        match token {
            Token::Eof | Token::Doctype { .. } => false,
            Token::Text(_) | Token::Null => {
                !is_integration_point(current) && !self.holds_html(current)
            }
            Token::Start(tag) => {
                let in_text =
                    is_text_point(current) && !matches!(tag.name, Name::MGLYPH | Name::MALIGNMARK);
                let in_svg = current.space == Space::Svg && is_integration_point(current);
                let starts_svg = is_annotation(current) && tag.name == Name::SVG;
                !in_text && !in_svg && !starts_svg && !self.holds_html(current)
            }
            Token::End(_) | Token::Comment(_) => true,
        }
    }

    /// Whether an annotation says that it is HTML.
    fn holds_html(&self, open: Open) -> bool {
        let element = self.tree.element(open.id).filter(|_| is_annotation(open));
        element.is_some_and(|element| {
            let mut attributes = self.tree.attributes(element).iter();
            attributes.any(|attribute| {
                attribute.name == "encoding"
                    && ["text/html", "application/xhtml+xml"]
                        .iter()
                        .any(|html| attribute.value.eq_ignore_ascii_case(html))
            })
        })
    }

    pub(super) fn insert_foreign(&mut self, tag: Tag, space: Space) {
        let open = self.element(tag.name, space, tag.attributes);
        self.put(open.id, None);
        if !tag.closes_itself {
            self.open.push(open);
        }
    }

    pub(super) fn foreign(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Null => self.add_text("\u{fffd}".into()),
            Token::Text(text) => {
                if !is_space(&text) {
                    self.frameset_ok = false;
                }
                self.add_text(text);
            }
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) if self.breaks_out(tag) => return self.break_out(token),
            Token::Start(tag) => {
                let space = self.current().map_or(Space::Html, |open| open.space);
                self.insert_foreign(tag, space);
            }
            Token::End(Name::BR | Name::P) => return self.break_out(token),
            Token::End(name) => return self.end_foreign(name),
            Token::Eof | Token::Doctype { .. } => {}
        }
        Step::Done
    }

    fn break_out(&mut self, token: Token<'a>) -> Step<'a> {
        while let Some(open) = self.current()
            && open.space != Space::Html
            && !is_integration_point(open)
        {
            self.open.pop();
        }
        self.step(self.mode, token)
    }

    fn end_foreign(&mut self, name: Name) -> Step<'a> {
        let mut index = self.open.len() - 1;
        let mut is_first = true;
        while index > 0 {
            let open = self.open[index];
            if !is_first && open.space == Space::Html {
                return self.step(self.mode, Token::End(name));
            }
            if open.name == name {
                self.open.truncate(index);
                return Step::Done;
            }
            is_first = false;
            index -= 1;
        }
        Step::Done
    }

    /// Whether a tag shows that the foreign elements were forgotten to be closed.
    fn breaks_out(&self, tag: Tag) -> bool {
        if tag.name == Name::FONT {
            let range = tag.attributes.start as usize..tag.attributes.end as usize;
            let mut attributes = self.tree.attributes[range].iter();
            return attributes.any(|a| matches!(&*a.name, "color" | "face" | "size"));
        }
        matches!(
            tag.name,
            Name::B
                | Name::BIG
                | Name::BLOCKQUOTE
                | Name::BODY
                | Name::BR
                | Name::CENTER
                | Name::CODE
                | Name::DD
                | Name::DIV
                | Name::DL
                | Name::DT
                | Name::EM
                | Name::EMBED
                | Name::H1
                | Name::H2
                | Name::H3
                | Name::H4
                | Name::H5
                | Name::H6
                | Name::HEAD
                | Name::HR
                | Name::I
                | Name::IMG
                | Name::LI
                | Name::LISTING
                | Name::MENU
                | Name::META
                | Name::NOBR
                | Name::OL
                | Name::P
                | Name::PRE
                | Name::RUBY
                | Name::S
                | Name::SMALL
                | Name::SPAN
                | Name::STRONG
                | Name::STRIKE
                | Name::SUB
                | Name::SUP
                | Name::TABLE
                | Name::TT
                | Name::U
                | Name::UL
                | Name::VAR
        )
    }
}

fn is_annotation(open: Open) -> bool {
    open.space == Space::MathMl && open.name == Name::ANNOTATION_XML
}
