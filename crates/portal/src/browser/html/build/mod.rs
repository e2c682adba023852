//! Tokens to a tree: which elements are open, and where a node belongs. The modes are named as the standard names
//! its "insertion modes", and what each does with a token is in a file of its own.

mod after;
mod body;
mod foreign;
mod formatting;
mod head;
mod scope;
mod table;

use std::borrow::Cow;

use super::doctype::{self, Quirks};
use super::name::Name;
use super::tokens::{Content, Tag, Token};
use super::tree::{Data, Element, Id, NONE, ROOT, Space, Span, Tree};
use super::with_unix_lines;

/// An element whose end tag has not come yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    id: Id,
    name: Name,
    space: Space,
}

impl Open {
    fn is(self, name: Name) -> bool {
        self.name == name && self.space == Space::Html
    }

    fn is_one_of(self, names: &[Name]) -> bool {
        self.space == Space::Html && names.contains(&self.name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    Text,
    InTable,
    InTableText,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
    InFrameset,
    AfterFrameset,
    AfterAfterBody,
    AfterAfterFrameset,
}

/// What a mode did with a token.
enum Step<'a> {
    Done,
    /// Another mode is on, and it is for that to take the token.
    Again(Mode, Token<'a>),
    /// What follows is read as this.
    Content(Content),
}

/// Where a node is put.
enum Place {
    In(Id),
    Before(Id),
}

pub(super) struct Builder<'a> {
    pub(super) tree: Tree<'a>,
    /// Tokens times open elements, so far.
    pub(super) steps: usize,
    /// Nodes and attributes, so far.
    pub(super) weight: usize,
    mode: Mode,
    /// The mode to go back to from `Text` and `InTableText`.
    original: Mode,
    template_modes: Vec<Mode>,
    open: Vec<Open>,
    /// Formatting elements, to be opened again where they were closed too early; `None` is a border that none crosses.
    formatting: Vec<Option<Open>>,
    head: Option<Open>,
    form: Option<Id>,
    /// Text between the cells of a table.
    pending: Vec<Cow<'a, str>>,
    /// Whether a frameset may still take the place of the body.
    frameset_ok: bool,
    /// Whether what stands between cells goes before the table.
    foster: bool,
    quirks: Quirks,
    /// Whether a line break that comes first is left out.
    skip_line_break: bool,
    /// Tables that have no end tag yet.
    tables: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new() -> Self {
        Self {
            tree: Tree::new(),
            steps: 0,
            weight: 0,
            mode: Mode::Initial,
            original: Mode::InBody,
            template_modes: Vec::new(),
            open: Vec::new(),
            formatting: Vec::new(),
            head: None,
            form: None,
            pending: Vec::new(),
            frameset_ok: true,
            foster: false,
            quirks: Quirks::No,
            skip_line_break: false,
            tables: 0,
        }
    }

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

    fn raw(&mut self, tag: Tag, content: Content) -> Step<'a> {
        self.insert(tag);
        self.original = self.mode;
        self.mode = Mode::Text;
        Step::Content(content)
    }
}

/// The open elements.
impl<'a> Builder<'a> {
    fn current(&self) -> Option<Open> {
        self.open.last().copied()
    }

    fn current_is(&self, name: Name) -> bool {
        self.current().is_some_and(|open| open.is(name))
    }

    pub(super) fn is_in_foreign_element(&self) -> bool {
        self.current().is_some_and(|open| open.space != Space::Html)
    }

    /// The root stays open, whatever ends.
    fn pop(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    fn pop_to_one_of(&mut self, names: &[Name]) {
        while self.open.len() > 1 && !self.current().is_some_and(|open| open.is_one_of(names)) {
            self.open.pop();
        }
    }

    /// Closes elements up to one of this name.
    fn close(&mut self, name: Name) {
        while self.open.len() > 1 {
            if self.open.pop().is_some_and(|open| open.is(name)) {
                return;
            }
        }
    }

    fn remove(&mut self, id: Id) {
        if let Some(index) = self.open.iter().rposition(|open| open.id == id)
            && index > 0
        {
            self.open.remove(index);
        }
    }

    fn has_open(&self, name: Name) -> bool {
        self.open.iter().any(|open| open.is(name))
    }

    fn body(&self) -> Option<Open> {
        self.open.get(1).copied().filter(|open| open.is(Name::BODY))
    }
}

/// Putting nodes into the tree.
impl<'a> Builder<'a> {
    fn add(&mut self, data: Data<'a>, parent: Id) {
        let id = self.orphan(data);
        self.tree.append(parent, id);
    }

    fn orphan(&mut self, data: Data<'a>) -> Id {
        self.weight += 1;
        self.tree.orphan(data)
    }

    fn add_comment(&mut self, text: &'a str) {
        let id = self.orphan(Data::Comment(text));
        self.put(id, None);
    }

    fn add_text(&mut self, text: Cow<'a, str>) {
        match self.place(None) {
            Place::In(parent) => {
                let last = self.tree.last_child(parent);
                if !self.tree.extend_text(last, &text) {
                    self.add(Data::Text(text), parent);
                }
            }
            Place::Before(table) => {
                let previous = self.tree.previous(table);
                if !self.tree.extend_text(previous, &text) {
                    let id = self.orphan(Data::Text(text));
                    self.tree.insert_before(table, id);
                }
            }
        }
    }

    /// Puts a node where one belongs now, or where one would belong in `target`.
    fn put(&mut self, id: Id, target: Option<Open>) {
        match self.place(target) {
            Place::In(parent) => self.tree.append(parent, id),
            Place::Before(table) => self.tree.insert_before(table, id),
        }
    }

    fn place(&self, target: Option<Open>) -> Place {
        let Some(target) = target.or_else(|| self.current()) else {
            return Place::In(ROOT);
        };
        if !self.foster || !target.is_one_of(table::BETWEEN_CELLS) {
            return Place::In(target.id);
        }
        let around = [Name::TABLE, Name::TEMPLATE];
        let index = self.open.iter().rposition(|open| open.is_one_of(&around));
        match index.map(|index| (index, self.open[index])) {
            Some((_, template)) if template.is(Name::TEMPLATE) => Place::In(template.id),
            Some((index, table)) if self.tree.node(table.id).parent == NONE => {
                Place::In(self.open[index.saturating_sub(1)].id)
            }
            Some((_, table)) => Place::Before(table.id),
            None => Place::In(self.open.first().map_or(ROOT, |root| root.id)),
        }
    }

    fn element(&mut self, name: Name, space: Space, attributes: Span) -> Open {
        self.weight += attributes.len();
        let element = Element { name, attributes };
        let id = self.orphan(Data::Element(element));
        Open { id, name, space }
    }

    /// Puts an element of this tag into the tree.
    fn insert_leaf(&mut self, tag: Tag) -> Open {
        let open = self.element(tag.name, Space::Html, tag.attributes);
        self.put(open.id, None);
        open
    }

    /// The same, and opens it.
    fn insert(&mut self, tag: Tag) -> Open {
        let open = self.insert_leaf(tag);
        self.open.push(open);
        open
    }

    /// Opens an element that the page does not spell.
    fn insert_implied(&mut self, name: Name) -> Open {
        self.insert(Tag {
            name,
            attributes: Span::default(),
            closes_itself: false,
        })
    }

    /// Adds the attributes of a tag that an element lacks.
    fn add_attributes(&mut self, id: Id, tag: Tag) {
        let Some(element) = self.tree.element(id) else {
            return;
        };
        if tag.attributes.len() == 0 {
            return;
        }
        let present = self.tree.attributes(element).to_vec();
        let range = tag.attributes.start as usize..tag.attributes.end as usize;
        let more = self.tree.attributes[range].to_vec();
        self.steps += present.len() * more.len() + present.len();
        let start = self.tree.attributes.len() as u32;
        let new = more
            .into_iter()
            .filter(|new| present.iter().all(|old| old.name != new.name));
        let new: Vec<_> = new.collect();
        self.weight += new.len();
        self.tree.attributes.extend(present);
        self.tree.attributes.extend(new);
        let attributes = Span {
            start,
            end: self.tree.attributes.len() as u32,
        };
        self.tree.nodes[id as usize].data = Data::Element(Element {
            attributes,
            ..element
        });
    }

    fn has_hidden_type(&self, tag: Tag) -> bool {
        let Span { start, end } = tag.attributes;
        let mut attributes = self.tree.attributes[start as usize..end as usize].iter();
        attributes.any(|a| a.name == "type" && a.value.eq_ignore_ascii_case("hidden"))
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

fn is_space(text: &str) -> bool {
    text.bytes().all(super::raw::is_space)
}

/// The white space of a text.
fn spaces_of(text: &Cow<'_, str>) -> String {
    let text = with_unix_lines(text);
    let is_space = |c: &char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    text.chars().filter(is_space).collect()
}

/// A text cut behind the white space with which it begins.
fn split_space<'a>(text: Cow<'a, str>) -> (Cow<'a, str>, Cow<'a, str>) {
    let end = text
        .bytes()
        .take_while(|byte| super::raw::is_space(*byte))
        .count();
    split(text, end)
}

fn split(text: Cow<'_, str>, at: usize) -> (Cow<'_, str>, Cow<'_, str>) {
    match text {
        Cow::Borrowed(text) => {
            let (before, after) = text.split_at(at);
            (Cow::Borrowed(before), Cow::Borrowed(after))
        }
        Cow::Owned(text) => {
            let (before, after) = text.split_at(at);
            (Cow::Owned(before.to_owned()), Cow::Owned(after.to_owned()))
        }
    }
}

fn without_first_line_break(text: Cow<'_, str>) -> Cow<'_, str> {
    let length = match &text {
        Cow::Borrowed(text) if text.starts_with("\r\n") => 2,
        Cow::Borrowed(text) => usize::from(text.starts_with(['\r', '\n'])),
        Cow::Owned(text) => usize::from(text.starts_with('\n')),
    };
    split(text, length).1
}
