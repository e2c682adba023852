//! A page's nodes, in one vector and tied by their places in it.

use std::borrow::Cow;

use super::lines::{unix_lines, with_unix_lines};
use super::name::{Name, Names};

/// A node's place.
pub(crate) type Id = u32;

/// No node.
pub(crate) const NONE: Id = Id::MAX;

/// The place of the document itself.
pub(crate) const ROOT: Id = 0;

/// What an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    Html,
    Svg,
    MathMl,
}

/// Some of the tree's attributes, which stand together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// An attribute: its name in lower case, and its value.
#[derive(Debug, Clone)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Element {
    pub(crate) name: Name,
    pub(super) attributes: Span,
    /// Whether it is a table that another has ended, and not its end tag.
    pub(crate) is_cut: bool,
}

/// Texts that are borrowed stand as in the page, their line breaks too.
#[derive(Debug)]
pub(crate) enum Data<'a> {
    Document,
    Doctype,
    Element(Element),
    Text(Cow<'a, str>),
    Comment(&'a str),
}

#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) data: Data<'a>,
    pub(crate) parent: Id,
    previous: Id,
    next: Id,
    first: Id,
    last: Id,
}

/// A page's tree.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(crate) names: Names,
    /// Whether the markup is closed: `</html>` stands behind the last row, field and form, and is neither
    /// in a comment nor in a script.
    pub(crate) is_closed: bool,
    /// Whether every table has its end tag too: no cell is open that could go on.
    pub(crate) is_balanced: bool,
    /// Whether rows, fields or forms stand behind an `</html>`.
    pub(crate) goes_on: bool,
}

/// A step of the walk over a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Open(Id),
    Close(Id),
}

impl Edge {
    fn id(self) -> Id {
        match self {
            Self::Open(id) | Self::Close(id) => id,
        }
    }
}

impl<'a> Tree<'a> {
    pub(super) fn new() -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            attributes: Vec::new(),
            names: Names::default(),
            is_closed: false,
            is_balanced: true,
            goes_on: false,
        };
        tree.orphan(Data::Document);
        tree
    }

    pub(crate) fn attributes(&self, element: Element) -> &[Attribute<'a>] {
        let Span { start, end } = element.attributes;
        &self.attributes[start as usize..end as usize]
    }

    /// The first edge of a walk; [`Tree::next_edge`] gives the others, in page order.
    pub(crate) fn first_edge(&self) -> Edge {
        Edge::Open(ROOT)
    }

    pub(crate) fn next_edge(&self, edge: Edge) -> Option<Edge> {
        match edge {
            Edge::Open(id) => Some(match self.node(id).first {
                NONE => Edge::Close(id),
                first => Edge::Open(first),
            }),
            Edge::Close(ROOT) => None,
            Edge::Close(id) => Some(match self.node(id).next {
                NONE => Edge::Close(self.node(id).parent),
                next => Edge::Open(next),
            }),
        }
    }

    pub(crate) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    pub(crate) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let first = Some(self.node(id).first).filter(|id| *id != NONE);
        std::iter::successors(first, |id| {
            Some(self.node(*id).next).filter(|id| *id != NONE)
        })
    }

    pub(super) fn element(&self, id: Id) -> Option<Element> {
        match &self.node(id).data {
            Data::Element(element) => Some(*element),
            Data::Document | Data::Doctype | Data::Text(_) | Data::Comment(_) => None,
        }
    }

    /// The name of a node that is an element.
    pub(crate) fn name(&self, id: Id) -> Option<Name> {
        if id == NONE {
            return None;
        }
        self.element(id).map(|element| element.name)
    }

    /// The nodes around a node, from the nearest.
    pub(crate) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let parent = |id: &Id| Some(self.node(*id).parent).filter(|id| *id != NONE);
        std::iter::successors(parent(&id), parent)
    }

    /// All texts within a node.
    pub(crate) fn texts_in(&self, id: Id) -> impl Iterator<Item = (Id, &str)> {
        let edges = std::iter::successors(Some(Edge::Open(id)), |edge| self.next_edge(*edge));
        let edges = edges.take_while(move |edge| *edge != Edge::Close(id));
        edges.filter_map(|edge| match (edge, &self.node(edge.id()).data) {
            (Edge::Open(id), Data::Text(text)) => Some((id, &**text)),
            _ => None,
        })
    }

    /// All texts, those of scripts too, in the order in which they were found.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match &node.data {
            Data::Text(text) => Some(&**text),
            Data::Document | Data::Doctype | Data::Element(_) | Data::Comment(_) => None,
        })
    }

    fn node_mut(&mut self, id: Id) -> &mut Node<'a> {
        &mut self.nodes[id as usize]
    }

    /// A node that stands nowhere yet.
    pub(super) fn orphan(&mut self, data: Data<'a>) -> Id {
        self.nodes.push(Node {
            data,
            parent: NONE,
            previous: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
        });
        (self.nodes.len() - 1) as Id
    }

    /// Puts a node that stands nowhere behind the last child of `parent`.
    pub(super) fn append(&mut self, parent: Id, child: Id) {
        let last = std::mem::replace(&mut self.node_mut(parent).last, child);
        let node = self.node_mut(child);
        (node.parent, node.previous) = (parent, last);
        match last {
            NONE => self.node_mut(parent).first = child,
            last => self.node_mut(last).next = child,
        }
    }

    /// Puts a node that stands nowhere before one that has a parent.
    pub(super) fn insert_before(&mut self, sibling: Id, child: Id) {
        let (parent, previous) = (self.node(sibling).parent, self.node(sibling).previous);
        self.node_mut(sibling).previous = child;
        let node = self.node_mut(child);
        (node.parent, node.previous, node.next) = (parent, previous, sibling);
        match previous {
            NONE => self.node_mut(parent).first = child,
            previous => self.node_mut(previous).next = child,
        }
    }

    pub(super) fn detach(&mut self, id: Id) {
        let node = self.node_mut(id);
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        if parent == NONE {
            return;
        }
        match previous {
            NONE => self.node_mut(parent).first = next,
            previous => self.node_mut(previous).next = next,
        }
        match next {
            NONE => self.node_mut(parent).last = previous,
            next => self.node_mut(next).previous = previous,
        }
    }

    /// Moves all children of one node behind those of another.
    pub(super) fn move_children(&mut self, from: Id, to: Id) {
        while self.node(from).first != NONE {
            let child = self.node(from).first;
            self.detach(child);
            self.append(to, child);
        }
    }

    pub(super) fn last_child(&self, id: Id) -> Id {
        self.node(id).last
    }

    pub(super) fn previous(&self, id: Id) -> Id {
        self.node(id).previous
    }

    /// Adds to a text node; `false` if it is none.
    pub(super) fn extend_text(&mut self, id: Id, more: &Cow<'_, str>) -> bool {
        if id == NONE {
            return false;
        }
        let Data::Text(text) = &mut self.node_mut(id).data else {
            return false;
        };
        if let Cow::Borrowed(borrowed) = text {
            *text = Cow::Owned(unix_lines(borrowed).into_owned());
        }
        text.to_mut().push_str(&with_unix_lines(more));
        true
    }
}
