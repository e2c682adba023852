//! Tokens to a tree: which elements are open, and where a node belongs. The modes are named as the standard names
//! its "insertion modes", and what each does with a token is in a file of its own.

mod after;
mod body;
mod builder;
mod foreign;
mod formatting;
mod head;
mod scope;
mod table;

use std::borrow::Cow;

use super::doctype;
use super::name::Name;
use super::tokens::{Content, Token};
use super::tree::{Data, ROOT};
pub(super) use builder::Builder;
use builder::{Mode, Step, split};

impl<'a> Builder<'a> {
    /// Takes a token; says how the text behind it is to be read, if otherwise than before.
    pub(super) fn take(&mut self, token: Token<'a>) -> Option<Content> {
        self.note(&token);
        let skips = std::mem::take(&mut self.skip_line_break);
        let mut token = match token {
            Token::Text(text) if skips => Token::Text(without_first_line_break(text)),
            token => token,
        };
        if matches!(&token, Token::Text(text) if text.is_empty()) {
            return None;
        }
        loop {
            let step = if self.is_foreign(&token) {
                self.foreign(token)
            } else {
                self.step(self.mode, token)
            };
            match step {
                Step::Done => return None,
                Step::Content(content) => return Some(content),
                Step::Again(mode, same) => {
                    self.mode = mode;
                    token = same;
                }
            }
        }
    }

    /// Counts what the token may cost, and looks for the ends of the page and of its tables.
    fn note(&mut self, token: &Token<'a>) {
        self.steps += 1 + self.open.len() + self.formatting.len();
        match token {
            Token::Start(tag) => {
                let attributes = tag.attributes.len();
                self.steps += attributes * attributes / 2;
                if is_structure(tag.name) {
                    self.tree.goes_on |= self.tree.is_closed;
                    self.tree.is_closed = false;
                    self.tables += usize::from(tag.name == Name::TABLE);
                }
            }
            Token::End(Name::HTML) => self.tree.is_closed = true,
            Token::End(name) if is_structure(*name) => {
                self.tree.is_closed = false;
                if *name == Name::TABLE {
                    self.tables = self.tables.saturating_sub(1);
                }
            }
            Token::Eof => self.tree.is_balanced = self.tables == 0,
            Token::End(_)
            | Token::Doctype { .. }
            | Token::Text(_)
            | Token::Null
            | Token::Comment(_) => {}
        }
    }

    fn step(&mut self, mode: Mode, token: Token<'a>) -> Step<'a> {
        if let Token::Doctype { text } = token {
            return self.doctype(mode, text);
        }
        match mode {
            Mode::Initial => self.initial(token),
            Mode::BeforeHtml => self.before_html(token),
            Mode::BeforeHead => self.before_head(token),
            Mode::InHead => self.in_head(token),
            Mode::AfterHead => self.after_head(token),
            Mode::InBody => self.in_body(token),
            Mode::Text => self.in_text(token),
            Mode::InTable => self.in_table(token),
            Mode::InTableText => self.in_table_text(token),
            Mode::InCaption => self.in_caption(token),
            Mode::InColumnGroup => self.in_column_group(token),
            Mode::InTableBody => self.in_table_body(token),
            Mode::InRow => self.in_row(token),
            Mode::InCell => self.in_cell(token),
            Mode::InTemplate => self.in_template(token),
            Mode::AfterBody => self.after_body(token),
            Mode::InFrameset => self.in_frameset(token),
            Mode::AfterFrameset => self.after_frameset(token),
            Mode::AfterAfterBody | Mode::AfterAfterFrameset => self.after_all(mode, token),
        }
    }

    fn doctype(&mut self, mode: Mode, text: &str) -> Step<'a> {
        if mode == Mode::Initial {
            self.quirks = doctype::quirks(text);
            self.add(Data::Doctype, ROOT);
            self.mode = Mode::BeforeHtml;
        }
        Step::Done
    }

    /// Text of an element that holds nothing else.
    fn in_text(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => self.add_text(text),
            Token::Eof => {
                self.pop();
                return Step::Again(self.original, token);
            }
            Token::End(_) => {
                self.pop();
                self.mode = self.original;
            }
            Token::Start(_) | Token::Null | Token::Comment(_) | Token::Doctype { .. } => {}
        }
        Step::Done
    }
}

/// Elements that rows and fields are made of.
fn is_structure(name: Name) -> bool {
    matches!(
        name,
        Name::TABLE
            | Name::TBODY
            | Name::TR
            | Name::TD
            | Name::TH
            | Name::FORM
            | Name::SELECT
            | Name::OPTION
            | Name::INPUT
    )
}

fn without_first_line_break(text: Cow<'_, str>) -> Cow<'_, str> {
    let length = match &text {
        Cow::Borrowed(text) if text.starts_with("\r\n") => 2,
        Cow::Borrowed(text) => usize::from(text.starts_with(['\r', '\n'])),
        Cow::Owned(text) => usize::from(text.starts_with('\n')),
    };
    split(text, length).1
}
