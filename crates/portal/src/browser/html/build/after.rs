//! What stands behind the body.

use std::borrow::Cow;

use super::builder::{Builder, Mode, Step, spaces_of, split_space};
use crate::browser::html::name::Name;
use crate::browser::html::tokens::{Tag, Token};
use crate::browser::html::tree::{Data, ROOT};

impl<'a> Builder<'a> {
    pub(super) fn after_body(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => self.space_after_body(Mode::AfterBody, text),
            Token::Comment(text) => {
                let root = self.open.first().map_or(ROOT, |root| root.id);
                self.add(Data::Comment(text), root);
                Step::Done
            }
            Token::Start(Tag {
                name: Name::HTML, ..
            }) => self.in_body(token),
            Token::End(Name::HTML) => {
                self.mode = Mode::AfterAfterBody;
                Step::Done
            }
            Token::Eof => Step::Done,
            Token::Start(_) | Token::End(_) | Token::Null | Token::Doctype { .. } => {
                Step::Again(Mode::InBody, token)
            }
        }
    }

    pub(super) fn after_all(&mut self, mode: Mode, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => self.space_after_body(mode, text),
            Token::Comment(text) => {
                self.add(Data::Comment(text), ROOT);
                Step::Done
            }
            Token::Start(Tag {
                name: Name::HTML, ..
            }) => self.in_body(token),
            Token::Start(Tag {
                name: Name::NOFRAMES,
                ..
            }) if mode == Mode::AfterAfterFrameset => self.in_head(token),
            Token::Eof => Step::Done,
            _ if mode == Mode::AfterAfterFrameset => Step::Done,
            Token::Start(_) | Token::End(_) | Token::Null | Token::Doctype { .. } => {
                Step::Again(Mode::InBody, token)
            }
        }
    }

    /// White space belongs to the body still; anything else opens it again, unless there is none.
    fn space_after_body(&mut self, mode: Mode, text: Cow<'a, str>) -> Step<'a> {
        let (space, rest) = if mode == Mode::AfterAfterFrameset {
            (Cow::Owned(spaces_of(&text)), Cow::Borrowed(""))
        } else {
            split_space(text)
        };
        if !space.is_empty() {
            self.reopen_formatting();
            self.add_text(space);
        }
        if rest.is_empty() {
            return Step::Done;
        }
        Step::Again(Mode::InBody, Token::Text(rest))
    }
}
