//! What the walk knows at each place of a page.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::browser::document::{Cell, Document};
use crate::browser::form::{Choice, Field};
use crate::browser::html::name::Name;
use crate::browser::html::tree::{Attribute, Id};
use agendad_domain::text::{fold_space, folded_space};

/// An element and what its tag says.
#[derive(Clone, Copy)]
pub(super) struct Element<'t, 'a> {
    pub(super) name: Name,
    pub(super) attributes: &'t [Attribute<'a>],
}

impl<'t, 'a> Element<'t, 'a> {
    /// The value as it stands.
    pub(super) fn attr(self, name: &str) -> Option<&'t Cow<'a, str>> {
        let mut attributes = self.attributes.iter();
        let attribute = attributes.find(|attribute| attribute.name == name);
        attribute.map(|attribute| &attribute.value)
    }

    /// The value without white space around it.
    pub(super) fn trimmed(self, name: &str) -> Option<Cow<'a, str>> {
        self.attr(name).map(|value| match value {
            Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
            Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
        })
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        self.trimmed(name).map(Cow::into_owned)
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.attr(name).is_some()
    }

    /// Whether nobody sees it, by what its own tag says.
    pub(super) fn is_hidden(self) -> bool {
        let style = || self.attr("style").is_some_and(|style| hides(style));
        self.has("hidden") || style()
    }
}

/// A text with its white space folded, by a slice of the page where that is all that is to be done.
pub(super) fn folded<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => folded_space(text),
        Cow::Owned(text) => Cow::Owned(fold_space(text)),
    }
}

/// Whether the last of a style's declarations of `display` is `none`.
fn hides(style: &str) -> bool {
    let declarations = style.split(';').filter_map(|part| part.split_once(':'));
    let mut display = declarations
        .filter(|(property, _)| property.trim().eq_ignore_ascii_case("display"))
        .map(|(_, value)| value.split('!').next().unwrap_or_default());
    display
        .next_back()
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("none"))
}

/// The walk's state: what is open at this place. Tables nest, so theirs is a stack.
#[derive(Default)]
pub(super) struct Reader<'a> {
    pub(super) document: Document<'a>,
    pub(super) at: usize,
    pub(super) hidden: usize,
    /// Elements that are open, from one on that nobody sees.
    pub(super) unseen: usize,
    /// Whether nothing but letters has changed since the last text.
    pub(super) in_line: bool,
    /// Templates that are open: nothing in one is there before a script takes it out.
    pub(super) templates: usize,
    pub(super) script: bool,
    pub(super) title: bool,
    pub(super) legend: bool,
    pub(super) tables: Vec<OpenTable<'a>>,
    pub(super) form: Option<usize>,
    pub(super) forms_by_id: HashMap<String, usize>,
    /// A form that a table has cut off from its fields: they follow it, but are not in it.
    pub(super) cut_off: Option<usize>,
    /// Links that are open; HTML forbids nesting, pages do not always care.
    pub(super) links: Vec<usize>,
    /// What else is clicked and is open.
    pub(super) clicks: Vec<(Id, usize)>,
    pub(super) select: Option<(usize, usize)>,
    /// A select that stands in no form.
    pub(super) select_outside_forms: Option<Field>,
    pub(super) select_multiple: bool,
    pub(super) textarea: Option<(usize, usize)>,
    pub(super) option: Option<Choice>,
    pub(super) option_has_value: bool,
}

pub(super) struct OpenTable<'a> {
    pub(super) index: usize,
    pub(super) in_cell: bool,
    /// Elements that are open in its cell, from one on that nobody sees.
    pub(super) unseen: usize,
    /// The texts of each such element of its cell, as if it were a cell of its own.
    pub(super) unseen_texts: Vec<Cell<'a>>,
    /// What fields and images say in its cell, as if it were a cell of its own.
    pub(super) spoken: Cell<'a>,
    /// Whether a script writes in its cell.
    pub(super) scripted: bool,
    /// Whether nobody sees the group of rows that is open.
    pub(super) group_hidden: bool,
    /// Whether that group is the table's head or foot.
    pub(super) group_beside: bool,
}
