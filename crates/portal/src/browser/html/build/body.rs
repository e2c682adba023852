//! The body of a page.

use super::builder::{Builder, Mode, Open, Step, is_space};
use super::scope::{Scope, is_special};
use crate::browser::html::doctype::Quirks;
use crate::browser::html::name::Name;
use crate::browser::html::tokens::{Content, Tag, Token};
use crate::browser::html::tree::{Space, Span};

const HEADINGS: &[Name] = &[Name::H1, Name::H2, Name::H3, Name::H4, Name::H5, Name::H6];

impl<'a> Builder<'a> {
    pub(super) fn in_body(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => {
                self.reopen_formatting();
                if !is_space(&text) {
                    self.frameset_ok = false;
                }
                self.add_text(text);
                Step::Done
            }
            Token::Start(tag) => self.start_in_body(tag),
            Token::End(name) => self.end_in_body(name),
            Token::Comment(text) => {
                self.add_comment(text);
                Step::Done
            }
            Token::Eof if !self.template_modes.is_empty() => self.in_template(token),
            Token::Null | Token::Eof | Token::Doctype { .. } => Step::Done,
        }
    }

    fn start_in_body(&mut self, tag: Tag) -> Step<'a> {
        match tag.name {
            Name::HTML => self.add_to_root(tag),
            Name::BASE
            | Name::BASEFONT
            | Name::BGSOUND
            | Name::LINK
            | Name::META
            | Name::NOFRAMES
            | Name::SCRIPT
            | Name::STYLE
            | Name::TEMPLATE
            | Name::TITLE => return self.in_head(Token::Start(tag)),
            Name::BODY => {
                if let Some(body) = self.body().filter(|_| !self.has_open(Name::TEMPLATE)) {
                    self.frameset_ok = false;
                    self.add_attributes(body.id, tag);
                }
            }
            Name::FRAMESET => self.replace_body(tag),
            Name::ADDRESS
            | Name::ARTICLE
            | Name::ASIDE
            | Name::BLOCKQUOTE
            | Name::CENTER
            | Name::DETAILS
            | Name::DIALOG
            | Name::DIR
            | Name::DIV
            | Name::DL
            | Name::FIELDSET
            | Name::FIGCAPTION
            | Name::FIGURE
            | Name::FOOTER
            | Name::HEADER
            | Name::HGROUP
            | Name::MAIN
            | Name::MENU
            | Name::NAV
            | Name::OL
            | Name::P
            | Name::SEARCH
            | Name::SECTION
            | Name::SUMMARY
            | Name::UL => {
                self.close_paragraph();
                self.insert(tag);
            }
            name if HEADINGS.contains(&name) => {
                self.close_paragraph();
                if self.current().is_some_and(|open| open.is_one_of(HEADINGS)) {
                    self.pop();
                }
                self.insert(tag);
            }
            Name::PRE | Name::LISTING => {
                self.close_paragraph();
                self.insert(tag);
                self.skip_line_break = true;
                self.frameset_ok = false;
            }
            Name::FORM => self.start_form(tag),
            Name::LI | Name::DD | Name::DT => self.start_item(tag),
            Name::PLAINTEXT => {
                self.close_paragraph();
                self.insert(tag);
                return Step::Content(Content::Plain);
            }
            Name::BUTTON => {
                if self.has_in_scope(Scope::Default, Name::BUTTON) {
                    self.close_implied(None);
                    self.close(Name::BUTTON);
                }
                self.reopen_formatting();
                self.insert(tag);
                self.frameset_ok = false;
            }
            Name::A => {
                self.close_open_link();
                self.reopen_formatting();
                self.insert_formatting(tag);
            }
            Name::B
            | Name::BIG
            | Name::CODE
            | Name::EM
            | Name::FONT
            | Name::I
            | Name::S
            | Name::SMALL
            | Name::STRIKE
            | Name::STRONG
            | Name::TT
            | Name::U => {
                self.reopen_formatting();
                self.insert_formatting(tag);
            }
            Name::NOBR => {
                self.reopen_formatting();
                if self.has_in_scope(Scope::Default, Name::NOBR) {
                    self.end_formatting(Name::NOBR);
                    self.reopen_formatting();
                }
                self.insert_formatting(tag);
            }
            Name::APPLET | Name::MARQUEE | Name::OBJECT => {
                self.reopen_formatting();
                self.insert(tag);
                self.formatting.push(None);
                self.frameset_ok = false;
            }
            Name::TABLE => {
                if self.quirks == Quirks::No {
                    self.close_paragraph();
                }
                self.insert(tag);
                self.frameset_ok = false;
                self.mode = Mode::InTable;
            }
            Name::AREA | Name::BR | Name::EMBED | Name::IMG | Name::KEYGEN | Name::WBR => {
                self.reopen_formatting();
                self.insert_leaf(tag);
                self.frameset_ok = false;
            }
            Name::IMAGE => {
                let name = Name::IMG;
                return self.start_in_body(Tag { name, ..tag });
            }
            Name::INPUT => {
                if self.has_in_scope(Scope::Default, Name::SELECT) {
                    self.close(Name::SELECT);
                }
                self.reopen_formatting();
                self.insert_leaf(tag);
                if !self.has_hidden_type(tag) {
                    self.frameset_ok = false;
                }
            }
            Name::PARAM | Name::SOURCE | Name::TRACK => {
                self.insert_leaf(tag);
            }
            Name::HR => {
                self.close_paragraph();
                if self.has_in_scope(Scope::Default, Name::SELECT) {
                    self.close_implied(None);
                }
                self.insert_leaf(tag);
                self.frameset_ok = false;
            }
            Name::TEXTAREA => {
                self.skip_line_break = true;
                self.frameset_ok = false;
                return self.raw(tag, Content::Escapable);
            }
            Name::XMP => {
                self.close_paragraph();
                self.reopen_formatting();
                self.frameset_ok = false;
                return self.raw(tag, Content::Raw);
            }
            Name::IFRAME => {
                self.frameset_ok = false;
                return self.raw(tag, Content::Raw);
            }
            // Scripts run in a browser, so what is for those without them is no markup.
            Name::NOEMBED | Name::NOSCRIPT => return self.raw(tag, Content::Raw),
            Name::SELECT => {
                if self.has_in_scope(Scope::Default, Name::SELECT) {
                    self.close(Name::SELECT);
                } else {
                    self.reopen_formatting();
                    self.insert(tag);
                    self.frameset_ok = false;
                }
            }
            Name::OPTION | Name::OPTGROUP => self.start_option(tag),
            Name::RB | Name::RTC | Name::RP | Name::RT => {
                let inner = matches!(tag.name, Name::RP | Name::RT);
                if self.has_in_scope(Scope::Default, Name::RUBY) {
                    self.close_implied(inner.then_some(Name::RTC));
                }
                self.insert(tag);
            }
            Name::MATH => {
                self.reopen_formatting();
                self.insert_foreign(tag, Space::MathMl);
            }
            Name::SVG => {
                self.reopen_formatting();
                self.insert_foreign(tag, Space::Svg);
            }
            Name::CAPTION
            | Name::COL
            | Name::COLGROUP
            | Name::FRAME
            | Name::HEAD
            | Name::TBODY
            | Name::TD
            | Name::TFOOT
            | Name::TH
            | Name::THEAD
            | Name::TR => {}
            _ => {
                self.reopen_formatting();
                self.insert(tag);
            }
        }
        Step::Done
    }

    fn end_in_body(&mut self, name: Name) -> Step<'a> {
        match name {
            Name::TEMPLATE => return self.in_head(Token::End(name)),
            Name::BODY => {
                if self.has_in_scope(Scope::Default, Name::BODY) {
                    self.mode = Mode::AfterBody;
                }
            }
            Name::HTML => {
                if self.has_in_scope(Scope::Default, Name::BODY) {
                    return Step::Again(Mode::AfterBody, Token::End(name));
                }
            }
            Name::ADDRESS
            | Name::ARTICLE
            | Name::ASIDE
            | Name::BLOCKQUOTE
            | Name::BUTTON
            | Name::CENTER
            | Name::DETAILS
            | Name::DIALOG
            | Name::DIR
            | Name::DIV
            | Name::DL
            | Name::FIELDSET
            | Name::FIGCAPTION
            | Name::FIGURE
            | Name::FOOTER
            | Name::HEADER
            | Name::HGROUP
            | Name::LISTING
            | Name::MAIN
            | Name::MENU
            | Name::NAV
            | Name::OL
            | Name::PRE
            | Name::SEARCH
            | Name::SECTION
            | Name::SELECT
            | Name::SUMMARY
            | Name::UL => self.end_block(name, Scope::Default, None),
            Name::FORM => self.end_form(),
            Name::P => {
                if !self.has_in_scope(Scope::Button, Name::P) {
                    self.insert_implied(Name::P);
                }
                self.close_paragraph();
            }
            Name::LI => self.end_block(name, Scope::List, Some(name)),
            Name::DD | Name::DT => self.end_block(name, Scope::Default, Some(name)),
            name if HEADINGS.contains(&name) => {
                if self.in_scope(Scope::Default, |open| open.is_one_of(HEADINGS)) {
                    self.close_implied(None);
                    self.pop_to_one_of(HEADINGS);
                    self.pop();
                }
            }
            Name::A
            | Name::B
            | Name::BIG
            | Name::CODE
            | Name::EM
            | Name::FONT
            | Name::I
            | Name::NOBR
            | Name::S
            | Name::SMALL
            | Name::STRIKE
            | Name::STRONG
            | Name::TT
            | Name::U => self.end_formatting(name),
            Name::APPLET | Name::MARQUEE | Name::OBJECT => {
                if self.has_in_scope(Scope::Default, name) {
                    self.end_block(name, Scope::Default, None);
                    self.clear_formatting();
                }
            }
            Name::BR => {
                let attributes = Span::default();
                return self.start_in_body(Tag {
                    name,
                    attributes,
                    closes_itself: false,
                });
            }
            _ => self.end_other(name),
        }
        Step::Done
    }

    fn end_block(&mut self, name: Name, scope: Scope, except: Option<Name>) {
        if self.has_in_scope(scope, name) {
            self.close_implied(except);
            self.close(name);
        }
    }

    /// An end tag of which the standard says nothing: it closes down to its element, if nothing special is between.
    pub(super) fn end_other(&mut self, name: Name) {
        let found = self.open.iter().enumerate().rev();
        let mut found = found.take_while(|(_, open)| open.is(name) || !is_special(**open));
        let index = found
            .find(|(_, open)| open.is(name))
            .map(|(index, _)| index);
        if let Some(index) = index.filter(|index| *index > 0) {
            self.open.truncate(index);
        }
    }

    pub(super) fn add_to_root(&mut self, tag: Tag) {
        if let Some(root) = self
            .open
            .first()
            .copied()
            .filter(|_| !self.has_open(Name::TEMPLATE))
        {
            self.add_attributes(root.id, tag);
        }
    }

    fn replace_body(&mut self, tag: Tag) {
        if let Some(body) = self.body().filter(|_| self.frameset_ok) {
            self.tree.detach(body.id);
            self.open.truncate(1);
            self.insert(tag);
            self.mode = Mode::InFrameset;
        }
    }

    fn start_form(&mut self, tag: Tag) {
        let in_template = self.has_open(Name::TEMPLATE);
        if self.form.is_some() && !in_template {
            return;
        }
        self.close_paragraph();
        let form = self.insert(tag);
        if !in_template {
            self.form = Some(form.id);
        }
    }

    fn end_form(&mut self) {
        if self.has_open(Name::TEMPLATE) {
            self.end_block(Name::FORM, Scope::Default, None);
            return;
        }
        let Some(form) = self.form.take() else {
            return;
        };
        if self.in_scope(Scope::Default, |open| open.id == form) {
            self.close_implied(None);
            self.remove(form);
        }
    }

    fn start_item(&mut self, tag: Tag) {
        let ended: &[Name] = match tag.name {
            Name::LI => &[Name::LI],
            _ => &[Name::DD, Name::DT],
        };
        self.frameset_ok = false;
        let mut open = self.open.iter().rev();
        let stops = |open: &&Open| {
            open.is_one_of(ended)
                || is_special(**open) && !open.is_one_of(&[Name::ADDRESS, Name::DIV, Name::P])
        };
        let found = open.find(stops).filter(|open| open.is_one_of(ended));
        if let Some(name) = found.map(|open| open.name) {
            self.close_implied(Some(name));
            self.close(name);
        }
        self.close_paragraph();
        self.insert(tag);
    }

    fn start_option(&mut self, tag: Tag) {
        if self.has_in_scope(Scope::Default, Name::SELECT) {
            let is_option = tag.name == Name::OPTION;
            self.close_implied(is_option.then_some(Name::OPTGROUP));
        } else if self.current_is(Name::OPTION) {
            self.pop();
        }
        self.reopen_formatting();
        self.insert(tag);
    }
}
