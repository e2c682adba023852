//! Formatting elements (`b`, `font`, `a`), which pages close in any order: they are opened again where they were closed
//! too early, and taken apart where they overlap others.

use super::builder::{Builder, Open};
use super::scope::{Scope, is_special};
use crate::browser::html::name::Name;
use crate::browser::html::tokens::Tag;
use crate::browser::html::tree::{Attribute, Id, Space, Span};

/// So often an end tag looks for what it overlaps, and so deep.
const OUTER: usize = 8;
const INNER: usize = 3;

/// So much memory a node takes, about.
const BYTES_OF_A_NODE: usize = 100;

impl Builder<'_> {
    /// Opens again what was closed though it goes on.
    pub(super) fn reopen_formatting(&mut self) {
        let is_closed =
            |entry: &Option<Open>| entry.is_some_and(|element| !self.is_open(element.id));
        let count = self
            .formatting
            .iter()
            .rev()
            .take_while(|entry| is_closed(entry))
            .count();
        self.steps += count * self.open.len();
        for index in self.formatting.len() - count..self.formatting.len() {
            if let Some(element) = self.formatting[index] {
                let attributes = self.attributes_again(element.id);
                let again = self.insert(Tag {
                    name: element.name,
                    attributes,
                    closes_itself: false,
                });
                self.formatting[index] = Some(again);
            }
        }
    }

    fn is_open(&self, id: Id) -> bool {
        self.open.iter().rev().any(|open| open.id == id)
    }

    fn attributes_of(&self, id: Id) -> Span {
        self.tree
            .element(id)
            .map_or_else(Span::default, |element| element.attributes)
    }

    /// The same for an element that is opened again: whoever walks the tree meets long values once more.
    fn attributes_again(&mut self, id: Id) -> Span {
        let span = self.attributes_of(id);
        let attributes = &self.tree.attributes[span.start as usize..span.end as usize];
        let bytes: usize = attributes.iter().map(|a| a.value.len()).sum();
        self.weight += bytes / BYTES_OF_A_NODE;
        span
    }

    /// Opens a formatting element; of more than three that are the same the first is forgotten.
    pub(super) fn insert_formatting(&mut self, tag: Tag) {
        let mut same = 0;
        let mut first = None;
        for index in (0..self.formatting.len()).rev() {
            let Some(element) = self.formatting[index] else {
                break;
            };
            if element.name != tag.name {
                continue;
            }
            let attributes = self.attributes_of(element.id);
            self.steps += tag.attributes.len();
            if self.are_same(attributes, tag.attributes) {
                same += 1;
                first = Some(index);
            }
        }
        if let Some(first) = first.filter(|_| same >= 3) {
            self.formatting.remove(first);
        }
        let element = self.insert(tag);
        self.formatting.push(Some(element));
    }

    fn are_same(&mut self, one: Span, other: Span) -> bool {
        if one.len() != other.len() {
            return false;
        }
        let slice = |span: Span| &self.tree.attributes[span.start as usize..span.end as usize];
        let (one, other) = (slice(one), slice(other));
        let is = |a: &Attribute<'_>, b: &Attribute<'_>| a.name == b.name && a.value == b.value;
        let same = one.iter().zip(other).take_while(|(a, b)| is(a, b)).count();
        let (one, other) = (&one[same..], &other[same..]);
        self.steps += one.len() * one.len();
        one.iter().all(|a| other.iter().any(|b| is(a, b)))
    }

    /// Forgets formatting elements down to the last border.
    pub(super) fn clear_formatting(&mut self) {
        while let Some(Some(_)) = self.formatting.pop() {}
    }

    /// `<a>` within another one ends it.
    pub(super) fn close_open_link(&mut self) {
        let Some(link) = self
            .find_formatting(Name::A)
            .and_then(|index| self.formatting[index])
        else {
            return;
        };
        self.end_formatting(Name::A);
        if let Some(index) = self.position(link.id) {
            self.formatting.remove(index);
        }
        self.remove(link.id);
    }

    /// The last formatting element of this name on this side of the last border.
    fn find_formatting(&self, name: Name) -> Option<usize> {
        let entries = self.formatting.iter().enumerate().rev();
        let mut entries = entries.map_while(|(index, entry)| Some((index, (*entry)?)));
        entries
            .find(|(_, element)| element.name == name)
            .map(|(index, _)| index)
    }

    fn position(&self, id: Id) -> Option<usize> {
        let is = |entry: &Option<Open>| entry.is_some_and(|element| element.id == id);
        self.formatting.iter().position(is)
    }

    /// The end tag of a formatting element, by what the standard calls the adoption agency.
    pub(super) fn end_formatting(&mut self, name: Name) {
        if let Some(current) = self.current()
            && current.is(name)
            && self.position(current.id).is_none()
        {
            self.pop();
            return;
        }
        for _ in 0..OUTER {
            let Some(entry) = self.find_formatting(name) else {
                return self.end_other(name);
            };
            let Some(element) = self.formatting[entry] else {
                return;
            };
            let Some(index) = self.open.iter().rposition(|open| open.id == element.id) else {
                self.formatting.remove(entry);
                return;
            };
            if !self.in_scope(Scope::Default, |open| open.id == element.id) {
                return;
            }
            let block = self.open[index..].iter().position(|open| is_special(*open));
            let Some(block) = block.map(|offset| index + offset) else {
                self.open.truncate(index);
                self.formatting.remove(entry);
                return;
            };
            self.adopt(element, index, block);
        }
    }

    /// Takes a formatting element apart that a block overlaps: what is in the block gets one of its own.
    fn adopt(&mut self, element: Open, index: usize, block_index: usize) {
        let block = self.open[block_index];
        let ancestor = self.open[index - 1];
        let mut bookmark = element.id;
        let mut is_behind = false;
        let mut last = block.id;
        let mut at = block_index;
        let mut count = 0;
        loop {
            count += 1;
            at -= 1;
            let node = self.open[at];
            if node.id == element.id {
                break;
            }
            let entry = self.position(node.id);
            let Some(entry) = entry.filter(|_| count <= INNER) else {
                if let Some(entry) = entry {
                    self.formatting.remove(entry);
                }
                self.open.remove(at);
                continue;
            };
            let attributes = self.attributes_again(node.id);
            let again = self.element(node.name, Space::Html, attributes);
            self.open[at] = again;
            self.formatting[entry] = Some(again);
            if last == block.id {
                (bookmark, is_behind) = (again.id, true);
            }
            self.tree.detach(last);
            self.tree.append(again.id, last);
            last = again.id;
        }
        self.tree.detach(last);
        self.put(last, Some(ancestor));
        let attributes = self.attributes_again(element.id);
        let again = self.element(element.name, Space::Html, attributes);
        self.tree.move_children(block.id, again.id);
        self.tree.append(block.id, again.id);
        if let Some(place) = self.position(bookmark) {
            if is_behind {
                self.formatting.insert(place + 1, Some(again));
                if let Some(old) = self.position(element.id) {
                    self.formatting.remove(old);
                }
            } else {
                self.formatting[place] = Some(again);
            }
        }
        self.remove(element.id);
        if let Some(place) = self.open.iter().position(|open| open.id == block.id) {
            self.open.insert(place + 1, again);
        }
    }
}
