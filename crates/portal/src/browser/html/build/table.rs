//! Tables: what stands between their cells goes before them, and rows and cells end where the next one begins.

use super::builder::{BETWEEN_CELLS, Builder, Mode, Step, is_space};
use super::scope::Scope;
use crate::browser::html::name::Name;
use crate::browser::html::tokens::Token;
use crate::browser::html::tree::Data;

const TABLE: &[Name] = &[Name::HTML, Name::TABLE, Name::TEMPLATE];

const BODIES: &[Name] = &[
    Name::TBODY,
    Name::TFOOT,
    Name::THEAD,
    Name::TEMPLATE,
    Name::HTML,
];

const ROW: &[Name] = &[Name::TR, Name::TEMPLATE, Name::HTML];

const CELLS: &[Name] = &[Name::TD, Name::TH];

impl<'a> Builder<'a> {
    pub(super) fn in_table(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::Text(_) | Token::Null => {
                if self
                    .current()
                    .is_some_and(|open| open.is_one_of(BETWEEN_CELLS))
                {
                    self.original = self.mode;
                    return Step::Again(Mode::InTableText, token);
                }
                return self.before_table(token);
            }
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) => match tag.name {
                Name::CAPTION => {
                    self.pop_to_one_of(TABLE);
                    self.formatting.push(None);
                    self.insert(*tag);
                    self.mode = Mode::InCaption;
                }
                Name::COLGROUP => {
                    self.pop_to_one_of(TABLE);
                    self.insert(*tag);
                    self.mode = Mode::InColumnGroup;
                }
                Name::COL => {
                    self.pop_to_one_of(TABLE);
                    self.insert_implied(Name::COLGROUP);
                    return Step::Again(Mode::InColumnGroup, token);
                }
                Name::TBODY | Name::TFOOT | Name::THEAD => {
                    self.pop_to_one_of(TABLE);
                    self.insert(*tag);
                    self.mode = Mode::InTableBody;
                }
                Name::TD | Name::TH | Name::TR => {
                    self.pop_to_one_of(TABLE);
                    self.insert_implied(Name::TBODY);
                    return Step::Again(Mode::InTableBody, token);
                }
                Name::TABLE => {
                    if self.has_in_scope(Scope::Table, Name::TABLE) {
                        self.cut_table();
                        self.close(Name::TABLE);
                        return Step::Again(self.mode_of_open(), token);
                    }
                }
                Name::STYLE | Name::SCRIPT | Name::TEMPLATE => return self.in_head(token),
                Name::INPUT if self.has_hidden_type(*tag) => {
                    self.insert_leaf(*tag);
                }
                Name::FORM => {
                    if self.form.is_none() && !self.has_open(Name::TEMPLATE) {
                        self.form = Some(self.insert_leaf(*tag).id);
                    }
                }
                _ => return self.before_table(token),
            },
            Token::End(name) => match *name {
                Name::TABLE => {
                    if self.has_in_scope(Scope::Table, Name::TABLE) {
                        self.close(Name::TABLE);
                        self.mode = self.mode_of_open();
                    }
                }
                Name::TEMPLATE => return self.in_head(token),
                other if ends_nothing(other) => {}
                _ => return self.before_table(token),
            },
            Token::Eof => return self.in_body(token),
            Token::Doctype { .. } => {}
        }
        Step::Done
    }

    fn cut_table(&mut self) {
        let table = self.open.iter().rfind(|open| open.is(Name::TABLE));
        if let Some(id) = table.map(|open| open.id)
            && let Data::Element(element) = &mut self.tree.nodes[id as usize].data
        {
            element.is_cut = true;
        }
    }

    /// What does not belong into a table goes before it.
    fn before_table(&mut self, token: Token<'a>) -> Step<'a> {
        self.foster = true;
        let step = self.in_body(token);
        self.foster = false;
        step
    }

    pub(super) fn in_table_text(&mut self, token: Token<'a>) -> Step<'a> {
        match token {
            Token::Text(text) => {
                self.pending.push(text);
                Step::Done
            }
            Token::Null => Step::Done,
            token => {
                let pending = std::mem::take(&mut self.pending);
                let is_space = pending.iter().all(|text| is_space(text));
                for text in pending {
                    if is_space {
                        self.add_text(text);
                    } else {
                        // Text is always taken at once.
                        let _taken = self.before_table(Token::Text(text));
                    }
                }
                Step::Again(self.original, token)
            }
        }
    }

    pub(super) fn in_caption(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::Start(tag) if is_of_table(tag.name) => self.end_caption(token),
            Token::End(Name::TABLE) => self.end_caption(token),
            Token::End(Name::CAPTION) => {
                if self.close_caption() {
                    self.mode = Mode::InTable;
                }
                Step::Done
            }
            Token::End(name) if ends_nothing(*name) => Step::Done,
            _ => self.in_body(token),
        }
    }

    fn end_caption(&mut self, token: Token<'a>) -> Step<'a> {
        if self.close_caption() {
            Step::Again(Mode::InTable, token)
        } else {
            Step::Done
        }
    }

    fn close_caption(&mut self) -> bool {
        let is_open = self.has_in_scope(Scope::Table, Name::CAPTION);
        if is_open {
            self.close_implied(None);
            self.close(Name::CAPTION);
            self.clear_formatting();
        }
        is_open
    }

    pub(super) fn in_column_group(&mut self, token: Token<'a>) -> Step<'a> {
        let token = match token {
            Token::Text(text) => match self.add_space(text) {
                Some(rest) => Token::Text(rest),
                None => return Step::Done,
            },
            token => token,
        };
        match &token {
            Token::Text(text) if !self.current_is(Name::COLGROUP) => self.add_spaces(text),
            Token::Comment(text) => self.add_comment(text),
            Token::Start(tag) if tag.name == Name::HTML => self.add_to_root(*tag),
            Token::Start(tag) if tag.name == Name::COL => {
                self.insert_leaf(*tag);
            }
            Token::Start(tag) if tag.name == Name::TEMPLATE => return self.in_head(token),
            Token::End(Name::TEMPLATE) => return self.in_head(token),
            Token::End(Name::COLGROUP) if self.current_is(Name::COLGROUP) => {
                self.pop();
                self.mode = Mode::InTable;
            }
            Token::End(Name::COL) => {}
            Token::Eof => return self.in_body(token),
            _ if self.current_is(Name::COLGROUP) => {
                self.pop();
                return Step::Again(Mode::InTable, token);
            }
            _ => {}
        }
        Step::Done
    }

    pub(super) fn in_table_body(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::Start(tag) if tag.name == Name::TR => {
                self.pop_to_one_of(BODIES);
                self.insert(*tag);
                self.mode = Mode::InRow;
                Step::Done
            }
            Token::Start(tag) if CELLS.contains(&tag.name) => {
                self.pop_to_one_of(BODIES);
                self.insert_implied(Name::TR);
                Step::Again(Mode::InRow, token)
            }
            Token::Start(tag) if is_of_table(tag.name) => self.end_table_body(token),
            Token::End(Name::TABLE) => self.end_table_body(token),
            Token::End(name @ (Name::TBODY | Name::TFOOT | Name::THEAD)) => {
                if self.has_in_scope(Scope::Table, *name) {
                    self.pop_to_one_of(BODIES);
                    self.pop();
                    self.mode = Mode::InTable;
                }
                Step::Done
            }
            Token::End(name) if ends_nothing(*name) => Step::Done,
            _ => self.in_table(token),
        }
    }

    fn end_table_body(&mut self, token: Token<'a>) -> Step<'a> {
        let bodies = [Name::TABLE, Name::TBODY, Name::TFOOT];
        if !self.in_scope(Scope::Table, |open| open.is_one_of(&bodies)) {
            return Step::Done;
        }
        self.pop_to_one_of(BODIES);
        self.pop();
        Step::Again(Mode::InTable, token)
    }

    pub(super) fn in_row(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::Start(tag) if CELLS.contains(&tag.name) => {
                self.pop_to_one_of(ROW);
                self.insert(*tag);
                self.mode = Mode::InCell;
                self.formatting.push(None);
                Step::Done
            }
            Token::Start(tag) if is_of_table(tag.name) => self.end_row(token),
            Token::End(Name::TABLE) => self.end_row(token),
            Token::End(Name::TR) => {
                if self.close_row() {
                    self.mode = Mode::InTableBody;
                }
                Step::Done
            }
            Token::End(name @ (Name::TBODY | Name::TFOOT | Name::THEAD)) => {
                if self.has_in_scope(Scope::Table, *name) {
                    self.end_row(token)
                } else {
                    Step::Done
                }
            }
            Token::End(name) if ends_nothing(*name) => Step::Done,
            _ => self.in_table(token),
        }
    }

    fn end_row(&mut self, token: Token<'a>) -> Step<'a> {
        if self.close_row() {
            Step::Again(Mode::InTableBody, token)
        } else {
            Step::Done
        }
    }

    fn close_row(&mut self) -> bool {
        let is_open = self.has_in_scope(Scope::Table, Name::TR);
        if is_open {
            self.pop_to_one_of(ROW);
            self.pop();
        }
        is_open
    }

    pub(super) fn in_cell(&mut self, token: Token<'a>) -> Step<'a> {
        match &token {
            Token::End(name @ (Name::TD | Name::TH)) => {
                if self.has_in_scope(Scope::Table, *name) {
                    self.close_implied(None);
                    self.close(*name);
                    self.clear_formatting();
                    self.mode = Mode::InRow;
                }
                Step::Done
            }
            Token::Start(tag) if is_of_table(tag.name) => {
                if self.in_scope(Scope::Table, |open| open.is_one_of(CELLS)) {
                    self.close_cell();
                    Step::Again(Mode::InRow, token)
                } else {
                    Step::Done
                }
            }
            Token::End(
                name @ (Name::TABLE | Name::TBODY | Name::TFOOT | Name::THEAD | Name::TR),
            ) => {
                if self.has_in_scope(Scope::Table, *name) {
                    self.close_cell();
                    Step::Again(Mode::InRow, token)
                } else {
                    Step::Done
                }
            }
            Token::End(name) if ends_nothing(*name) => Step::Done,
            _ => self.in_body(token),
        }
    }

    fn close_cell(&mut self) {
        self.close_implied(None);
        self.pop_to_one_of(CELLS);
        self.pop();
        self.clear_formatting();
    }
}

/// Start tags that end a cell, a row or a caption.
fn is_of_table(name: Name) -> bool {
    matches!(
        name,
        Name::CAPTION
            | Name::COL
            | Name::COLGROUP
            | Name::TBODY
            | Name::TD
            | Name::TFOOT
            | Name::TH
            | Name::THEAD
            | Name::TR
    )
}

/// End tags that mean nothing within a table, but where a mode has a use for them.
fn ends_nothing(name: Name) -> bool {
    is_of_table(name) || matches!(name, Name::BODY | Name::HTML)
}
