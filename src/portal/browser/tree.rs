//! Text to the HTML parser's tree, within bounds. The parser looks through all open elements at many tags,
//! through all attributes of a tag at each further one, and opens formatting elements again and again, so
//! that a page of a few hundred kilobytes could hold a worker for minutes or take all memory. What it
//! spends is counted token by token; a page beyond the bounds is given up.

use std::cell::Cell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::{Html, HtmlTreeSink, Node};

/// What a page may cost.
#[derive(Clone, Copy)]
struct Bounds {
    /// Tokens times open elements.
    steps: u64,
    /// Nodes and attributes, at a few hundred bytes each.
    nodes: usize,
    /// Bytes of a single tag or comment.
    token: usize,
}

/// The portal's largest pages cost a hundredth of this, and the parser needs about a second for it.
const BOUNDS: Bounds = Bounds {
    steps: 30_000_000,
    nodes: 1_000_000,
    token: 64 * 1024,
};

/// The parser is fed so many bytes at once.
const CHUNK: usize = 4 * 1024;

/// What a text behind `&` is among the names of characters.
pub(crate) enum Named {
    /// The name of this one, and perhaps the beginning of a longer name.
    Whole(char),
    /// The beginning of a name.
    Beginning,
}

/// What `name` (`ecirc;`, or without its semicolon where that is allowed) names; `None` if no name begins so.
pub(crate) fn named(name: &str) -> Option<Named> {
    let (first, second) = html5ever::data::NAMED_ENTITIES.get(name)?;
    let whole = char::from_u32(*first).filter(|c| *c != '\0' && *second == 0);
    Some(whole.map_or(Named::Beginning, Named::Whole))
}

/// A page's tree.
pub(crate) struct Tree {
    pub html: Html,
    /// Whether the markup is closed: `</html>` stands behind the last row, field and form, and is neither
    /// in a comment nor in a script.
    pub is_closed: bool,
    /// Whether every table has its end tag too: no cell is open that could go on.
    pub is_balanced: bool,
}

/// The tree of a page; `None` if it cannot be read within the bounds.
pub(crate) fn parse(text: &str) -> Option<Tree> {
    parse_within(text, BOUNDS)
}

fn parse_within(text: &str, bounds: Bounds) -> Option<Tree> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let builder = TreeBuilder::new(sink, TreeBuilderOpts::default());
    let tokenizer = Tokenizer::new(Counting::new(builder, bounds), TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
        rest = after;
        input.push_back(chunk.into());
        // It stops behind every script, for whoever would run it.
        while tokenizer.feed(&input) != TokenizerResult::Done {}
        if !tokenizer.sink.bears(chunk.len()) {
            return None;
        }
    }
    tokenizer.end();
    tokenizer.sink.finish()
}

/// Between the tokenizer and the tree builder: counts what each token costs, and lets none through once
/// it is too much.
struct Counting {
    bounds: Bounds,
    builder: TreeBuilder<ego_tree::NodeId, HtmlTreeSink>,
    steps: Cell<u64>,
    deepest: Cell<usize>,
    /// Nodes of the tree.
    nodes: Cell<usize>,
    /// Nodes and their attributes.
    weight: Cell<usize>,
    /// Bytes since the last token, in whole chunks.
    silence: Cell<usize>,
    /// Tables that have no end tag yet.
    tables: Cell<usize>,
    is_closed: Cell<bool>,
}

impl Counting {
    fn new(builder: TreeBuilder<ego_tree::NodeId, HtmlTreeSink>, bounds: Bounds) -> Self {
        Self {
            bounds,
            builder,
            steps: Cell::new(0),
            deepest: Cell::new(1),
            nodes: Cell::new(0),
            weight: Cell::new(0),
            silence: Cell::new(0),
            tables: Cell::new(0),
            is_closed: Cell::new(false),
        }
    }

    fn is_spent(&self) -> bool {
        self.steps.get() > self.bounds.steps || self.weight.get() > self.bounds.nodes
    }

    /// Whether the page is still within bounds, `length` bytes further on.
    fn bears(&self, length: usize) -> bool {
        let silence = self.silence.get();
        self.silence.set(silence + length);
        silence <= self.bounds.token && !self.is_spent()
    }

    fn finish(self) -> Option<Tree> {
        let (is_closed, is_balanced) = (self.is_closed.get(), self.tables.get() == 0);
        let within = !self.is_spent();
        let html = self.builder.sink.0.into_inner();
        within.then_some(Tree {
            html,
            is_closed,
            is_balanced,
        })
    }

    fn look(&self, tag: &Tag) {
        let attributes = tag.attrs.len() as u64;
        self.steps
            .set(self.steps.get() + attributes * attributes / 2);
        match (&*tag.name, tag.kind) {
            ("html", TagKind::EndTag) => self.is_closed.set(true),
            (name, kind) if is_structure(name) => {
                self.is_closed.set(false);
                if name == "table" {
                    let open = self.tables.get();
                    self.tables.set(match kind {
                        TagKind::StartTag => open + 1,
                        TagKind::EndTag => open.saturating_sub(1),
                    });
                }
            }
            _ => {}
        }
    }

    /// What the last token made of the tree.
    fn count(&self) {
        let html = self.builder.sink.0.borrow();
        let mut nodes = html.tree.nodes();
        let new = nodes.len().saturating_sub(self.nodes.replace(nodes.len()));
        if let Some(last) = nodes.next_back().filter(|_| new > 0) {
            let others = nodes.rev().take(new - 1).map(|node| weight(node.value()));
            let more = weight(last.value()) + others.sum::<usize>();
            self.weight.set(self.weight.get() + more);
            let depth = last.ancestors().count();
            self.deepest.set(self.deepest.get().max(depth));
        }
        self.steps.set(self.steps.get() + self.deepest.get() as u64);
    }
}

impl TokenSink for Counting {
    type Handle = ego_tree::NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) => self.look(tag),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken => {}
        }
        self.silence.set(0);
        if self.is_spent() {
            return TokenSinkResult::Continue;
        }
        let result = self.builder.process_token(token, line);
        self.count();
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn weight(node: &Node) -> usize {
    1 + node.as_element().map_or(0, |element| element.attrs.len())
}

/// Elements that rows and fields are made of.
fn is_structure(name: &str) -> bool {
    matches!(
        name,
        "table" | "tbody" | "tr" | "td" | "th" | "form" | "select" | "option" | "input"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_the_parsers_own_wherever_the_text_is_split() {
        let row = "<tr class=x><td>&nbsp;14:00&Aacute;\r\n<td><font size=1>Á</font><script>a='</td>'</script>";
        let page = format!(
            "<!DOCTYPE html><table><p>{}</table><pre>\nx",
            row.repeat(2_000)
        );
        let tree = parse(&page).unwrap();
        assert_eq!(tree.html, Html::parse_document(&page));
    }

    #[test]
    fn what_grows_without_end_is_given_up_and_what_is_only_large_is_not() {
        let bounds = Bounds {
            steps: 300_000,
            nodes: 20_000,
            token: 8 * 1024,
        };
        let row = "<tr><td><font>14:00</font><td><b>x</b></tr>";
        assert!(parse_within(&row.repeat(1_000), bounds).is_some());
        let attributes = |count: usize| (0..count).map(|n| format!(" a{n}")).collect::<String>();
        let fonts: String = (0..200).map(|n| format!("<font color={n}>")).collect();
        for page in [
            "<div>".repeat(1_000),
            "<div><!--</div>-->".repeat(1_000),
            "<div></x>".repeat(1_000),
            "<div></body></html><!---->".repeat(1_000),
            // Elements that are opened again with every paragraph.
            format!("<div>{fonts}</div>{}", "<p>x</p>".repeat(200)),
            format!(
                "<div><font{}></div>{}",
                attributes(200),
                "<p>x</p>".repeat(200)
            ),
            format!("<p{}>", attributes(1_000)),
            format!("<p{}", attributes(3_000)),
        ] {
            assert!(parse_within(&page, bounds).is_none(), "{}", &page[..60]);
        }
    }

    #[test]
    fn only_a_real_end_behind_rows_and_fields_closes() {
        for (page, closed) in [
            ("<table><tr><td>x</table></html>", true),
            ("<table><tr><td>x</html>", true),
            ("<table><tr><td>x<!-- </table></html> -->", false),
            ("<table><tr><td>x<!-- </table></html>", false),
            ("<script>document.write('</table></html>')</script>", false),
            ("<input value='</html>", false),
            ("<table></html><tr><td>y", false),
            ("<table></table></html", false),
        ] {
            assert_eq!(parse(page).unwrap().is_closed, closed, "{page}");
        }
    }
}
