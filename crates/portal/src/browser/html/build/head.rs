//! What comes before the body, framesets, and templates.

use std::borrow::Cow;

use super::builder::{Builder, Mode, Step, spaces_of, split_space};
use crate::browser::html::doctype::Quirks;
use crate::browser::html::name::Name;
use crate::browser::html::tokens::{Content, Token};
use crate::browser::html::tree::{Data, ROOT, Space};

/// What a token is to a mode in which most tokens mean that the next mode is on.
enum Early<'a> {
    Taken,
    Other(Token<'a>),
}

impl<'a> Builder<'a> {
    /// White space means nothing here, and comments stand where they stand.
    fn early(&mut self, token: Token<'a>, into_document: bool) -> Early<'a> {
        match token {
            Token::Text(text) => {
                let (_, rest) = split_space(text);
                if rest.is_empty() {
                    Early::Taken
                } else {
                    Early::Other(Token::Text(rest))
                }
            }
            Token::Comment(text) => {
                if into_document {
                    self.add(Data::Comment(text), ROOT);
                } else {
                    self.add_comment(text);
                }
                Early::Taken
            }
            other => Early::Other(other),
        }
    }

    pub(super) fn initial(&mut self, token: Token<'a>) -> Step<'a> {
        match self.early(token, true) {
            Early::Taken => Step::Done,
            Early::Other(token) => {
                self.quirks = Quirks::Yes;
                Step::Again(Mode::BeforeHtml, token)
            }
        }
    }

    pub(super) fn before_html(&mut self, token: Token<'a>) -> Step<'a> {
        match self.early(token, true) {
            Early::Taken => Step::Done,
            Early::Other(Token::Start(tag)) if tag.name == Name::HTML => {
                self.insert(tag);
                self.mode = Mode::BeforeHead;
                Step::Done
            }
            Early::Other(Token::End(name)) if !is_early_end(name) => Step::Done,
            Early::Other(token) => {
                self.insert_implied(Name::HTML);
                Step::Again(Mode::BeforeHead, token)
            }
        }
    }

    pub(super) fn before_head(&mut self, token: Token<'a>) -> Step<'a> {
        match self.early(token, false) {
            Early::Taken => Step::Done,
            Early::Other(Token::Start(tag)) if tag.name == Name::HTML => {
                self.add_to_root(tag);
                Step::Done
            }
            Early::Other(Token::Start(tag)) if tag.name == Name::HEAD => {
                self.head = Some(self.insert(tag));
                self.mode = Mode::InHead;
                Step::Done
            }
            Early::Other(Token::End(name)) if !is_early_end(name) => Step::Done,
            Early::Other(token) => {
                self.head = Some(self.insert_implied(Name::HEAD));
                Step::Again(Mode::InHead, token)
            }
        }
    }

    pub(super) fn in_head(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => {
                if let Some(rest) = self.add_space(text) {
                    return self.leave_head(Token::Text(rest));
                }
            }
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) => match tag.name {
                Name::HTML => self.add_to_root(tag),
                Name::BASE | Name::BASEFONT | Name::BGSOUND | Name::LINK | Name::META => {
                    self.insert_leaf(tag);
                }
                Name::TITLE => return self.raw(tag, Content::Escapable),
                Name::NOFRAMES | Name::STYLE | Name::NOSCRIPT => {
                    return self.raw(tag, Content::Raw);
                }
                Name::SCRIPT => return self.raw(tag, Content::Script),
                Name::TEMPLATE => {
                    self.formatting.push(None);
                    self.frameset_ok = false;
                    self.mode = Mode::InTemplate;
                    self.template_modes.push(Mode::InTemplate);
                    self.insert(tag);
                }
                Name::HEAD => {}
                _ => return self.leave_head(token),
            },
            Token::End(name) => match name {
                Name::HEAD => {
                    self.pop();
                    self.mode = Mode::AfterHead;
                }
                Name::TEMPLATE => self.end_template(),
                Name::BODY | Name::HTML | Name::BR => return self.leave_head(token),
                _ => {}
            },
            Token::Null | Token::Eof => return self.leave_head(token),
            Token::Doctype { .. } => {}
        }
        Step::Done
    }

    fn leave_head(&mut self, token: Token<'a>) -> Step<'a> {
        self.pop();
        Step::Again(Mode::AfterHead, token)
    }

    /// Adds the white space with which a text begins, and gives the rest.
    pub(super) fn add_space(&mut self, text: Cow<'a, str>) -> Option<Cow<'a, str>> {
        let (space, rest) = split_space(text);
        if !space.is_empty() {
            self.add_text(space);
        }
        (!rest.is_empty()).then_some(rest)
    }

    fn end_template(&mut self) {
        if self.has_open(Name::TEMPLATE) {
            self.close_implied_thoroughly();
            self.close(Name::TEMPLATE);
            self.clear_formatting();
            self.template_modes.pop();
            self.mode = self.mode_of_open();
        }
    }

    pub(super) fn after_head(&mut self, token: Token<'a>) -> Step<'a> {
        let token = match token {
            Token::Text(text) => match self.add_space(text) {
                Some(rest) => Token::Text(rest),
                None => return Step::Done,
            },
            token => token,
        };
        match &token {
            Token::Comment(text) => {
                self.add_comment(text);
                return Step::Done;
            }
            Token::Start(tag) => match tag.name {
                Name::HTML => {
                    self.add_to_root(*tag);
                    return Step::Done;
                }
                Name::BODY => {
                    self.insert(*tag);
                    self.frameset_ok = false;
                    self.mode = Mode::InBody;
                    return Step::Done;
                }
                Name::FRAMESET => {
                    self.insert(*tag);
                    self.mode = Mode::InFrameset;
                    return Step::Done;
                }
                Name::BASE
                | Name::BASEFONT
                | Name::BGSOUND
                | Name::LINK
                | Name::META
                | Name::NOFRAMES
                | Name::SCRIPT
                | Name::STYLE
                | Name::TEMPLATE
                | Name::TITLE => return self.in_head_again(token),
                Name::HEAD => return Step::Done,
                _ => {}
            },
            Token::End(Name::TEMPLATE) => return self.in_head(token),
            Token::End(name) if !matches!(*name, Name::BODY | Name::HTML | Name::BR) => {
                return Step::Done;
            }
            Token::End(_) | Token::Text(_) | Token::Null | Token::Eof | Token::Doctype { .. } => {}
        }
        self.insert_implied(Name::BODY);
        Step::Again(Mode::InBody, token)
    }

    /// An element that belongs into the head, behind its end.
    fn in_head_again(&mut self, token: Token<'a>) -> Step<'a> {
        let Some(head) = self.head else {
            return Step::Done;
        };
        self.open.push(head);
        let step = self.in_head(token);
        self.remove(head.id);
        step
    }
}

/// End tags that are not passed over where nothing has begun.
fn is_early_end(name: Name) -> bool {
    matches!(name, Name::HEAD | Name::BODY | Name::HTML | Name::BR)
}

/// Framesets and templates.
impl<'a> Builder<'a> {
    pub(super) fn in_frameset(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => self.add_spaces(&text),
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) => match tag.name {
                Name::HTML => self.add_to_root(tag),
                Name::FRAMESET => {
                    self.insert(tag);
                }
                Name::FRAME => {
                    self.insert_leaf(tag);
                }
                Name::NOFRAMES => return self.in_head(token),
                _ => {}
            },
            Token::End(Name::FRAMESET) if self.open.len() > 1 => {
                self.pop();
                if !self.current_is(Name::FRAMESET) {
                    self.mode = Mode::AfterFrameset;
                }
            }
            Token::End(_) | Token::Null | Token::Eof | Token::Doctype { .. } => {}
        }
        Step::Done
    }

    pub(super) fn after_frameset(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => self.add_spaces(&text),
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) if tag.name == Name::HTML => self.add_to_root(tag),
            Token::Start(tag) if tag.name == Name::NOFRAMES => return self.in_head(token),
            Token::End(Name::HTML) => self.mode = Mode::AfterAfterFrameset,
            Token::Start(_) | Token::End(_) | Token::Null | Token::Eof | Token::Doctype { .. } => {}
        }
        Step::Done
    }

    /// Nothing but white space stands between frames.
    pub(super) fn add_spaces(&mut self, text: &Cow<'_, str>) {
        let spaces = spaces_of(text);
        if !spaces.is_empty() {
            self.add_text(spaces.into());
        }
    }

    pub(super) fn in_template(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::Text(_) | Token::Comment(_) => self.in_body(token),
            Token::Start(tag) => {
                let mode = match tag.name {
                    Name::BASE
                    | Name::BASEFONT
                    | Name::BGSOUND
                    | Name::LINK
                    | Name::META
                    | Name::NOFRAMES
                    | Name::SCRIPT
                    | Name::STYLE
                    | Name::TEMPLATE
                    | Name::TITLE => return self.in_head(token),
                    Name::CAPTION | Name::COLGROUP | Name::TBODY | Name::TFOOT | Name::THEAD => {
                        Mode::InTable
                    }
                    Name::COL => Mode::InColumnGroup,
                    Name::TR => Mode::InTableBody,
                    Name::TD | Name::TH => Mode::InRow,
                    _ => Mode::InBody,
                };
                self.template_modes.pop();
                self.template_modes.push(mode);
                Step::Again(mode, token)
            }
            Token::End(Name::TEMPLATE) => self.in_head(token),
            Token::Eof if self.has_open(Name::TEMPLATE) => {
                self.close(Name::TEMPLATE);
                self.clear_formatting();
                self.template_modes.pop();
                Step::Again(self.mode_of_open(), token)
            }
            Token::End(_) | Token::Null | Token::Eof | Token::Doctype { .. } => Step::Done,
        }
    }

    /// The mode that the open elements ask for.
    pub(super) fn mode_of_open(&self) -> Mode {
        for (index, open) in self.open.iter().enumerate().rev() {
            if open.space != Space::Html {
                continue;
            }
            return match open.name {
                Name::TD | Name::TH if index > 0 => Mode::InCell,
                Name::TR => Mode::InRow,
                Name::TBODY | Name::THEAD | Name::TFOOT => Mode::InTableBody,
                Name::CAPTION => Mode::InCaption,
                Name::COLGROUP => Mode::InColumnGroup,
                Name::TABLE => Mode::InTable,
                Name::TEMPLATE => self.template_modes.last().copied().unwrap_or(Mode::InBody),
                Name::HEAD if index > 0 => Mode::InHead,
                Name::BODY => Mode::InBody,
                Name::FRAMESET => Mode::InFrameset,
                Name::HTML if self.head.is_none() => Mode::BeforeHead,
                Name::HTML => Mode::AfterHead,
                _ => continue,
            };
        }
        Mode::InBody
    }
}
