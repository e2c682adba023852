//! Text to tokens, as the HTML standard says, by slices of the text wherever nothing in them has to be changed.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

use super::lines::{unix_lines, with_unix_lines};
use super::name::{Name, Names};
use super::raw::{self, is_space};
use super::reference;
use super::tree::{Attribute, Span};

/// What the text is read as, which depends on the element that was opened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Markup,
    /// References count, tags do not: `title`, `textarea`.
    Escapable,
    /// Nothing counts but the end tag.
    Raw,
    Script,
    /// All of the rest is text.
    Plain,
}

#[derive(Debug)]
pub(super) enum Token<'a> {
    Doctype {
        text: &'a str,
    },
    Start(Tag),
    End(Name),
    Text(Cow<'a, str>),
    /// U+0000, which means this or that.
    Null,
    Comment(&'a str),
    Eof,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub(super) name: Name,
    pub(super) attributes: Span,
    pub(super) closes_itself: bool,
}

/// More attributes than these no tag may have: each is compared with all before it.
const MOST_ATTRIBUTES: usize = 7_700;

pub(super) struct Tokenizer<'a> {
    text: &'a str,
    at: usize,
    pub(super) content: Content,
    /// The end tag that ends raw text is that of this one.
    last_start: Option<Name>,
    /// Where the `<![CDATA[` ends that is open.
    section: Option<usize>,
    /// Whether a tag has too many attributes.
    pub(super) is_spent: bool,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
            content: Content::Markup,
            last_start: None,
            section: None,
            is_spent: false,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The next token. `foreign`: whether the current element is of SVG or MathML, where `<![CDATA[` counts.
    pub(super) fn next(
        &mut self,
        foreign: bool,
        names: &mut Names,
        attributes: &mut Vec<Attribute<'a>>,
    ) -> Token<'a> {
        while self.at < self.text.len() {
            let token = match self.content {
                Content::Markup => self.markup(foreign, names, attributes),
                Content::Plain => Some(self.replaced(self.text.len())),
                Content::Escapable | Content::Raw | Content::Script => self.raw(names, attributes),
            };
            if let Some(token) = token {
                return token;
            }
        }
        Token::Eof
    }

    /// `None` for what is no token at all (`</>`), and for a tag that the page breaks off in.
    fn markup(
        &mut self,
        foreign: bool,
        names: &mut Names,
        attributes: &mut Vec<Attribute<'a>>,
    ) -> Option<Token<'a>> {
        if let Some(end) = self.section {
            return self.in_section(end);
        }
        match self.byte(self.at)? {
            0 => {
                self.at += 1;
                Some(Token::Null)
            }
            b'<' => match (self.byte(self.at + 1), self.byte(self.at + 2)) {
                (Some(b'a'..=b'z' | b'A'..=b'Z'), _) => {
                    self.at += 1;
                    self.tag(names, attributes, true)
                }
                (Some(b'/'), Some(b'a'..=b'z' | b'A'..=b'Z')) => {
                    self.at += 2;
                    self.tag(names, attributes, false)
                }
                (Some(b'/'), Some(b'>')) => {
                    self.at += 3;
                    None
                }
                (Some(b'/'), Some(_)) => Some(self.bogus_comment(2)),
                (Some(b'?'), _) => Some(self.bogus_comment(1)),
                (Some(b'!'), _) => self.declaration(foreign),
                _ => Some(self.characters()),
            },
            _ => Some(self.characters()),
        }
    }

    /// Text up to the next tag, comment or U+0000.
    fn characters(&mut self) -> Token<'a> {
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let mut from = start;
        let bytes = self.text.as_bytes();
        loop {
            let found = memchr3(b'<', b'&', 0, &bytes[self.at..]);
            self.at = found.map_or(bytes.len(), |at| self.at + at);
            match self.byte(self.at) {
                Some(b'&') => {
                    if let Some(reference) = reference::read(self.rest(), false) {
                        let text = text.to_mut();
                        text.push_str(&unix_lines(&self.text[from..self.at]));
                        text.push(reference.first);
                        text.extend(reference.second);
                        self.at += reference.length;
                        from = self.at;
                    } else {
                        self.at += 1;
                    }
                }
                Some(b'<') if !self.is_tag() => self.at += 1,
                Some(_) | None => break,
            }
        }
        if from == start {
            return Token::Text(Cow::Borrowed(&self.text[start..self.at]));
        }
        text.to_mut()
            .push_str(&unix_lines(&self.text[from..self.at]));
        Token::Text(text)
    }

    /// Whether the `<` here is more than itself.
    fn is_tag(&self) -> bool {
        match self.byte(self.at + 1) {
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?') => true,
            Some(b'/') => self.byte(self.at + 2).is_some(),
            Some(_) | None => false,
        }
    }

    fn declaration(&mut self, foreign: bool) -> Option<Token<'a>> {
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("<!--") {
            let (length, end) = comment_length(comment);
            self.at += 4 + end;
            return Some(Token::Comment(&comment[..length]));
        }
        if rest
            .get(2..9)
            .is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
        {
            let end = memchr(b'>', rest.as_bytes());
            self.at += end.map_or(rest.len(), |end| end + 1);
            let text = &rest[9..end.unwrap_or(rest.len())];
            return Some(Token::Doctype { text });
        }
        if foreign && let Some(section) = rest.strip_prefix("<![CDATA[") {
            self.at += 9;
            self.section = Some(self.at + section.find("]]>").unwrap_or(section.len()));
            return None;
        }
        Some(self.bogus_comment(2))
    }

    /// Text of a section that ends at `end`.
    fn in_section(&mut self, end: usize) -> Option<Token<'a>> {
        if self.at == end {
            self.section = None;
            self.at = (end + 3).min(self.text.len());
            return None;
        }
        let start = self.at;
        self.at = memchr(0, &self.text.as_bytes()[start..end]).map_or(end, |at| start + at);
        if self.at == start {
            self.at += 1;
            return Some(Token::Null);
        }
        Some(Token::Text(Cow::Borrowed(&self.text[start..self.at])))
    }

    fn bogus_comment(&mut self, mark: usize) -> Token<'a> {
        let rest = &self.text[self.at + mark..];
        let end = memchr(b'>', rest.as_bytes());
        self.at += mark + end.map_or(rest.len(), |end| end + 1);
        Token::Comment(&rest[..end.unwrap_or(rest.len())])
    }

    /// A tag whose name begins here.
    fn tag(
        &mut self,
        names: &mut Names,
        attributes: &mut Vec<Attribute<'a>>,
        is_start: bool,
    ) -> Option<Token<'a>> {
        let start = self.at;
        self.skip_until(|byte| is_space(byte) || matches!(byte, b'/' | b'>'));
        let name = names.name(&self.text[start..self.at]);
        let first = attributes.len();
        let mut closes_itself = false;
        loop {
            self.skip_until(|byte| !is_space(byte));
            // A page that breaks off in a tag ends before it.
            match self.byte(self.at)? {
                b'>' => break,
                b'/' => closes_itself = self.byte(self.at + 1) == Some(b'>'),
                _ => {
                    let attribute = self.attribute();
                    let before = &attributes[first..];
                    if before.len() >= MOST_ATTRIBUTES {
                        self.is_spent = true;
                    } else if !before.iter().any(|other| other.name == attribute.name) {
                        attributes.push(attribute);
                    }
                    continue;
                }
            }
            self.at += 1;
        }
        self.at += 1;
        if !is_start {
            attributes.truncate(first);
            return Some(Token::End(name));
        }
        self.last_start = Some(name);
        let attributes = Span {
            start: first as u32,
            end: attributes.len() as u32,
        };
        Some(Token::Start(Tag {
            name,
            attributes,
            closes_itself,
        }))
    }

    fn attribute(&mut self) -> Attribute<'a> {
        let start = self.at;
        // A `=` that comes first belongs to the name.
        self.at += 1;
        self.skip_until(|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let name = &self.text[start..self.at];
        let is_plain = |byte: u8| !byte.is_ascii_uppercase() && byte != 0;
        let name = if name.bytes().all(is_plain) {
            Cow::Borrowed(name)
        } else {
            without_nulls(Cow::Owned(name.to_ascii_lowercase()))
        };
        let end = self.at;
        self.skip_until(|byte| !is_space(byte));
        if self.byte(self.at) != Some(b'=') {
            self.at = end;
            let value = Cow::Borrowed("");
            return Attribute { name, value };
        }
        self.at += 1;
        self.skip_until(|byte| !is_space(byte));
        let value = match self.byte(self.at) {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                let rest = self.rest();
                let end = memchr(quote, rest.as_bytes());
                self.at += end.map_or(rest.len(), |end| end + 1);
                &rest[..end.unwrap_or(rest.len())]
            }
            _ => {
                let start = self.at;
                self.skip_until(|byte| is_space(byte) || byte == b'>');
                &self.text[start..self.at]
            }
        };
        let value = attribute_value(value);
        Attribute { name, value }
    }

    fn skip_until(&mut self, stops: impl Fn(u8) -> bool) {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|byte| !stops(*byte)) {
            self.at += 1;
        }
    }

    /// Text of an element in which there are no tags, or its end tag.
    fn raw(&mut self, names: &mut Names, attributes: &mut Vec<Attribute<'a>>) -> Option<Token<'a>> {
        let rest = self.rest();
        let end = match (self.content, self.last_start) {
            (_, None) => rest.len(),
            (Content::Script, Some(_)) => raw::script_end(rest),
            (_, Some(name)) => raw::end(rest, |spelled| names.name(spelled) == name),
        };
        if end > 0 {
            return Some(self.replaced(self.at + end));
        }
        self.at += 2;
        self.content = Content::Markup;
        self.tag(names, attributes, false)
    }

    /// Text up to a place, as one token.
    fn replaced(&mut self, end: usize) -> Token<'a> {
        let text = &self.text[self.at..end];
        self.at = end;
        if self.content == Content::Escapable && memchr2(b'&', 0, text.as_bytes()).is_some() {
            return Token::Text(without_nulls(decoded(text, false)));
        }
        Token::Text(without_nulls(Cow::Borrowed(text)))
    }
}

/// How long a comment is whose `<!--` is behind us, without its end and with it.
fn comment_length(text: &str) -> (usize, usize) {
    for end in [">", "->"] {
        if text.starts_with(end) {
            return (0, end.len());
        }
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr(b'-', &bytes[at..]) {
        at += found;
        for end in [&b"-->"[..], b"--!>"] {
            if bytes[at..].starts_with(end) {
                return (at, at + end.len());
            }
        }
        at += 1;
    }
    (text.len(), text.len())
}

fn attribute_value(value: &str) -> Cow<'_, str> {
    if memchr3(b'&', b'\r', 0, value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    without_nulls(decoded(value, true))
}

/// A text whose references are resolved.
fn decoded(text: &str, in_attribute: bool) -> Cow<'_, str> {
    let mut decoded = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = memchr(b'&', &text.as_bytes()[at..]) {
        at += found;
        if let Some(reference) = reference::read(&text[at..], in_attribute) {
            decoded.push_str(&unix_lines(&text[from..at]));
            decoded.push(reference.first);
            decoded.extend(reference.second);
            at += reference.length;
            from = at;
        } else {
            at += 1;
        }
    }
    if from == 0 {
        return unix_lines(text);
    }
    decoded.push_str(&unix_lines(&text[from..]));
    Cow::Owned(decoded)
}

fn without_nulls(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr(0, text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(with_unix_lines(&text).replace('\0', "\u{fffd}"))
}
