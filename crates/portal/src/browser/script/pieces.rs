//! A script cut into code and strings, which is as far as scripts are understood.

use std::borrow::Cow;

/// A piece of a script: code between strings, or the content of a string.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Code(Cow<'a, str>),
    Text(Cow<'a, str>),
}

/// A script as code and strings, cut as far as somebody asks; comments are left out.
pub(super) fn pieces(script: &str) -> Pieces<'_> {
    Pieces {
        rest: Some(script),
        text: None,
    }
}

pub(super) struct Pieces<'a> {
    rest: Option<&'a str>,
    /// The string that follows the code that was given last.
    text: Option<Cow<'a, str>>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(text) = self.text.take() {
            return Some(Piece::Text(text));
        }
        let rest = self.rest.take()?;
        let mut code = Cow::Borrowed("");
        let (mut from, mut at) = (0, 0);
        let is_mark = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'/' | b'<');
        while let Some(found) = rest[at..].bytes().position(is_mark) {
            at += found;
            let quote = rest.as_bytes()[at];
            if matches!(quote, b'/' | b'<') {
                match comment_length(&rest[at..]) {
                    None => at += 1,
                    Some(comment) => {
                        code.to_mut().push_str(&rest[from..at]);
                        code.to_mut().push(' ');
                        at += comment;
                        from = at;
                    }
                }
                continue;
            }
            let (text, length) = string(&rest[at + 1..], quote);
            self.text = Some(text);
            self.rest = Some(&rest[at + 1 + length..]);
            return Some(Piece::Code(joined(code, &rest[from..at])));
        }
        Some(Piece::Code(joined(code, &rest[from..])))
    }
}

fn joined<'a>(before: Cow<'a, str>, after: &'a str) -> Cow<'a, str> {
    if before.is_empty() {
        Cow::Borrowed(after)
    } else {
        before + after
    }
}

fn comment_length(rest: &str) -> Option<usize> {
    if let Some(block) = rest.strip_prefix("/*") {
        return Some(block.find("*/").map_or(rest.len(), |end| end + 4));
    }
    // Old pages hide their scripts from older browsers: `<!--` begins a comment of one line.
    let line = rest.starts_with("//") || rest.starts_with("<!--");
    line.then(|| rest.find(['\n', '\r']).unwrap_or(rest.len()))
}

/// The string that begins here and the length of its source, closing quote included.
fn string(source: &str, quote: u8) -> (Cow<'_, str>, usize) {
    let ends = |byte: u8| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r');
    let end = source.bytes().position(ends).unwrap_or(source.len());
    if source.as_bytes().get(end) == Some(&quote) {
        return (Cow::Borrowed(&source[..end]), end + 1);
    }
    let mut text = source[..end].to_owned();
    let mut chars = source[end..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == char::from(quote) => return (Cow::Owned(text), end + at + 1),
            // A string does not go over its line: this was not one, or it is broken.
            '\n' | '\r' if quote != b'`' => return (Cow::Owned(text), end + at),
            '\r' => {
                skip_line_feed(&mut chars);
                text.push('\n');
            }
            '\\' => text.extend(escape(&mut chars)),
            _ => text.push(c),
        }
    }
    (Cow::Owned(text), source.len())
}

fn escape(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let (_, c) = chars.next()?;
    match c {
        'n' | 'r' | 't' | 'b' | 'f' | 'v' | '\n' => Some(' '),
        '\r' => {
            skip_line_feed(chars);
            Some(' ')
        }
        'u' => hex(chars, 4),
        'x' => hex(chars, 2),
        _ => Some(c),
    }
}

/// Scripts stand as in the page, where a line may end with two characters.
fn skip_line_feed(chars: &mut std::str::CharIndices<'_>) {
    if chars.as_str().starts_with('\n') {
        chars.next();
    }
}

fn hex(chars: &mut std::str::CharIndices<'_>, length: usize) -> Option<char> {
    let digits = chars.as_str().get(..length)?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    chars.nth(length - 1)?;
    char::from_u32(code)
}
