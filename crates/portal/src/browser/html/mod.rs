//! Text to the tree that browsers make of it, within bounds: the tokenizer and the tree builder of the HTML standard,
//! for whole documents without scripts that run. Texts and values are slices of the page wherever they can be.
//!
//! The builder looks through all open elements at many tags, through all attributes of a tag at each further one, and
//! opens formatting elements again and again, so that a page of a few hundred kilobytes could hold a worker for
//! minutes or take all memory. What that costs is counted; a page beyond the bounds is given up.

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the modes of the standard end with \"anything else\""
)]
mod build;
mod doctype;
pub(crate) mod lines;
pub(crate) mod name;
mod raw;
pub(crate) mod reference;
mod tokens;
pub(crate) mod tree;

#[cfg(test)]
mod tests;

use build::Builder;
use tokens::{Token, Tokenizer};
use tree::Tree;

/// What a page may cost.
#[derive(Clone, Copy)]
struct Bounds {
    /// Tokens times open elements.
    steps: usize,
    /// Nodes and attributes, at about a hundred bytes each.
    nodes: usize,
    /// Bytes of a single tag or comment.
    token: usize,
}

/// The portal's largest pages cost a hundredth of this. In a tag an image or the state of a page may stand whole.
const BOUNDS: Bounds = Bounds {
    steps: 30_000_000,
    nodes: 1_000_000,
    token: 4 * 1024 * 1024,
};

/// The tree of a page; `None` if it cannot be read within the bounds.
pub(crate) fn parse(text: &str) -> Option<Tree<'_>> {
    parse_within(text, BOUNDS)
}

fn parse_within(text: &str, bounds: Bounds) -> Option<Tree<'_>> {
    let mut tokens = Tokenizer::new(text);
    let mut builder = Builder::new();
    loop {
        let start = tokens.position();
        let foreign = builder.is_in_foreign_element();
        let tree = &mut builder.tree;
        let token = tokens.next(foreign, &mut tree.names, &mut tree.attributes);
        let is_text = matches!(token, Token::Text(_));
        if (!is_text && tokens.position() - start > bounds.token) || tokens.is_spent {
            return None;
        }
        let is_last = matches!(token, Token::Eof);
        if let Some(content) = builder.take(token) {
            tokens.content = content;
        }
        // Attributes of tags that came to nothing are kept too.
        let weight = builder.weight.max(builder.tree.attributes.len());
        if builder.steps > bounds.steps || weight > bounds.nodes {
            return None;
        }
        if is_last {
            return Some(builder.tree);
        }
    }
}
