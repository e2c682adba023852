//! What the modes build with: the open elements, and the ways to put a node into the tree.

use std::borrow::Cow;

use crate::browser::html::doctype::Quirks;
use crate::browser::html::lines::with_unix_lines;
use crate::browser::html::name::Name;
use crate::browser::html::raw::is_space as is_space_byte;
use crate::browser::html::tokens::{Content, Tag, Token};
use crate::browser::html::tree::{Data, Element, Id, NONE, ROOT, Space, Span, Tree};

/// Elements of a table in which nothing may stand but others of them.
pub(super) const BETWEEN_CELLS: &[Name] =
    &[Name::TABLE, Name::TBODY, Name::TFOOT, Name::THEAD, Name::TR];

/// An element whose end tag has not come yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) id: Id,
    pub(super) name: Name,
    pub(super) space: Space,
}

impl Open {
    pub(super) fn is(self, name: Name) -> bool {
        self.name == name && self.space == Space::Html
    }

    pub(super) fn is_one_of(self, names: &[Name]) -> bool {
        self.space == Space::Html && names.contains(&self.name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
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
pub(super) enum Step<'a> {
    Done,
    /// Another mode is on, and it is for that to take the token.
    Again(Mode, Token<'a>),
    /// What follows is read as this.
    Content(Content),
}

/// Where a node is put.
pub(super) enum Place {
    In(Id),
    Before(Id),
}

pub(in crate::browser::html) struct Builder<'a> {
    pub(in crate::browser::html) tree: Tree<'a>,
    /// Tokens times open elements, so far.
    pub(in crate::browser::html) steps: usize,
    /// Nodes and attributes, so far.
    pub(in crate::browser::html) weight: usize,
    pub(super) mode: Mode,
    /// The mode to go back to from `Text` and `InTableText`.
    pub(super) original: Mode,
    pub(super) template_modes: Vec<Mode>,
    pub(super) open: Vec<Open>,
    /// Formatting elements, to be opened again where they were closed too early; `None` is a border that none crosses.
    pub(super) formatting: Vec<Option<Open>>,
    pub(super) head: Option<Open>,
    pub(super) form: Option<Id>,
    /// Text between the cells of a table.
    pub(super) pending: Vec<Cow<'a, str>>,
    /// Whether a frameset may still take the place of the body.
    pub(super) frameset_ok: bool,
    /// Whether what stands between cells goes before the table.
    pub(super) foster: bool,
    pub(super) quirks: Quirks,
    /// Whether a line break that comes first is left out.
    pub(super) skip_line_break: bool,
    /// Tables that have no end tag yet.
    pub(super) tables: usize,
}

impl<'a> Builder<'a> {
    pub(in crate::browser::html) fn new() -> Self {
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

    /// Opens an element whose text is read as `content`.
    pub(super) fn raw(&mut self, tag: Tag, content: Content) -> Step<'a> {
        self.insert(tag);
        self.original = self.mode;
        self.mode = Mode::Text;
        Step::Content(content)
    }
}

/// The open elements.
impl<'a> Builder<'a> {
    pub(super) fn current(&self) -> Option<Open> {
        self.open.last().copied()
    }

    pub(super) fn current_is(&self, name: Name) -> bool {
        self.current().is_some_and(|open| open.is(name))
    }

    pub(in crate::browser::html) fn is_in_foreign_element(&self) -> bool {
        self.current().is_some_and(|open| open.space != Space::Html)
    }

    /// The root stays open, whatever ends.
    pub(super) fn pop(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    pub(super) fn pop_to_one_of(&mut self, names: &[Name]) {
        while self.open.len() > 1 && !self.current().is_some_and(|open| open.is_one_of(names)) {
            self.open.pop();
        }
    }

    /// Closes elements up to one of this name.
    pub(super) fn close(&mut self, name: Name) {
        while self.open.len() > 1 {
            if self.open.pop().is_some_and(|open| open.is(name)) {
                return;
            }
        }
    }

    pub(super) fn remove(&mut self, id: Id) {
        if let Some(index) = self.open.iter().rposition(|open| open.id == id)
            && index > 0
        {
            self.open.remove(index);
        }
    }

    pub(super) fn has_open(&self, name: Name) -> bool {
        self.open.iter().any(|open| open.is(name))
    }

    pub(super) fn body(&self) -> Option<Open> {
        self.open.get(1).copied().filter(|open| open.is(Name::BODY))
    }
}

/// Putting nodes into the tree.
impl<'a> Builder<'a> {
    pub(super) fn add(&mut self, data: Data<'a>, parent: Id) {
        let id = self.orphan(data);
        self.tree.append(parent, id);
    }

    pub(super) fn orphan(&mut self, data: Data<'a>) -> Id {
        self.weight += 1;
        self.tree.orphan(data)
    }

    pub(super) fn add_comment(&mut self, text: &'a str) {
        let id = self.orphan(Data::Comment(text));
        self.put(id, None);
    }

    pub(super) fn add_text(&mut self, text: Cow<'a, str>) {
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
    pub(super) fn put(&mut self, id: Id, target: Option<Open>) {
        match self.place(target) {
            Place::In(parent) => self.tree.append(parent, id),
            Place::Before(table) => self.tree.insert_before(table, id),
        }
    }

    pub(super) fn place(&self, target: Option<Open>) -> Place {
        let Some(target) = target.or_else(|| self.current()) else {
            return Place::In(ROOT);
        };
        if !self.foster || !target.is_one_of(BETWEEN_CELLS) {
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

    pub(super) fn element(&mut self, name: Name, space: Space, attributes: Span) -> Open {
        self.weight += attributes.len();
        let element = Element {
            name,
            attributes,
            is_cut: false,
        };
        let id = self.orphan(Data::Element(element));
        Open { id, name, space }
    }

    /// Puts an element of this tag into the tree.
    pub(super) fn insert_leaf(&mut self, tag: Tag) -> Open {
        let open = self.element(tag.name, Space::Html, tag.attributes);
        self.put(open.id, None);
        open
    }

    /// The same, and opens it.
    pub(super) fn insert(&mut self, tag: Tag) -> Open {
        let open = self.insert_leaf(tag);
        self.open.push(open);
        open
    }

    /// Opens an element that the page does not spell.
    pub(super) fn insert_implied(&mut self, name: Name) -> Open {
        self.insert(Tag {
            name,
            attributes: Span::default(),
            closes_itself: false,
        })
    }

    /// Adds the attributes of a tag that an element lacks.
    pub(super) fn add_attributes(&mut self, id: Id, tag: Tag) {
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

    pub(super) fn has_hidden_type(&self, tag: Tag) -> bool {
        let Span { start, end } = tag.attributes;
        let mut attributes = self.tree.attributes[start as usize..end as usize].iter();
        attributes.any(|a| a.name == "type" && a.value.eq_ignore_ascii_case("hidden"))
    }
}

pub(super) fn is_space(text: &str) -> bool {
    text.bytes().all(is_space_byte)
}

/// The white space of a text.
pub(super) fn spaces_of(text: &Cow<'_, str>) -> String {
    let text = with_unix_lines(text);
    let is_space = |c: &char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    text.chars().filter(is_space).collect()
}

/// A text cut behind the white space with which it begins.
pub(super) fn split_space<'a>(text: Cow<'a, str>) -> (Cow<'a, str>, Cow<'a, str>) {
    let end = text.bytes().take_while(|byte| is_space_byte(*byte)).count();
    split(text, end)
}

pub(super) fn split(text: Cow<'_, str>, at: usize) -> (Cow<'_, str>, Cow<'_, str>) {
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
