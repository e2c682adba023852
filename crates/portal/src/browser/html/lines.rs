//! Ends of lines, of which pages have three kinds and texts one.

use std::borrow::Cow;

use memchr::memchr;

/// A text of a tree with `\n` for every end of a line: only one that stands in the page so has others.
pub(crate) fn with_unix_lines<'t>(text: &'t Cow<'_, str>) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => unix_lines(text),
        Cow::Owned(text) => Cow::Borrowed(text),
    }
}

/// A text with `\n` for every end of a line.
pub(crate) fn unix_lines(text: &str) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut lines = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = memchr(b'\r', rest.as_bytes()) {
        lines.push_str(&rest[..end]);
        lines.push('\n');
        rest = &rest[end + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    lines.push_str(rest);
    Cow::Owned(lines)
}
