//! Which paths code names, read off its text.

/// A path as it stands in the code, in parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) path: Vec<&'a str>,
    /// What it is called from there on: by its last part, or by what follows `as`.
    pub(super) alias: &'a str,
    pub(super) is_import: bool,
}

/// The code without comments and texts.
pub(super) fn bare(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' && code.trim_end_matches('#').ends_with('r') {
            let hashes = &code[code.trim_end_matches('#').len()..];
            let end = format!("\"{hashes}");
            rest[1..]
                .find(&end)
                .map_or(rest.len(), |at| 1 + at + end.len())
        } else if first == '"' || is_character(rest) {
            quoted(rest, first)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    code
}

/// `'x'` or `'\…'`, and no lifetime.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('\'') && (chars.next() == Some('\\') || chars.next() == Some('\''))
}

/// How long what begins with `mark` is, up to its end.
fn quoted(rest: &str, mark: char) -> usize {
    let mut is_escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let is_end = *c == mark && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    end.map_or(rest.len(), |(at, c)| at + c.len_utf8())
}

/// All imports of bare code, and all paths of several parts.
pub(super) fn names(code: &str) -> Vec<Name<'_>> {
    let mut names = Vec::new();
    let (mut rest, mut last) = (code, "");
    while let Some(at) = rest.find(is_part) {
        let (word, behind) = first_word(&rest[at..]);
        let is_import = last == "use";
        last = "";
        if is_import || behind.starts_with("::") {
            rest = tree(&rest[at..], Vec::new(), is_import, &mut names);
        } else {
            (rest, last) = (behind, word);
        }
    }
    names
}

/// Reads a path, or several that begin alike: `a::{b, c::{d, self}}`. What is left behind it.
fn tree<'a>(
    mut rest: &'a str,
    mut path: Vec<&'a str>,
    is_import: bool,
    names: &mut Vec<Name<'a>>,
) -> &'a str {
    while !rest.starts_with('{') {
        let (part, behind) = first_word(rest);
        path.push(part);
        let Some(next) = behind.strip_prefix("::") else {
            if part == "self" && path.len() > 1 {
                path.pop();
            }
            let alias = behind.strip_prefix(" as ").map(|name| first_word(name).0);
            let alias = alias.or(path.last().copied()).unwrap_or_default();
            names.push(Name {
                path,
                alias,
                is_import,
            });
            return behind;
        };
        rest = next;
    }
    rest = &rest[1..];
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() || rest.starts_with('}') {
            return rest.get(1..).unwrap_or_default();
        }
        rest = tree(rest, path.clone(), is_import, names);
        rest = rest.find([',', '}']).map_or("", |at| &rest[at..]);
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // All that is there: `a::*`.
    text.split_at(if text.starts_with('*') { 1 } else { end })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn paths_are_read_where_they_are_code_and_as_what_they_are_called() {
    let code = bare(
        r##"//! `crate::comment::A`
        use crate::a::{self, B, c::{D as E, F}, g::*};
        pub(crate) use super::h::I;
        fn f<'x>(_: &'x str) -> char { j::k::<L>("crate::text::M \" crate::text::N"); '"'; crate::o::P { q: 1 } }
        const R: &str = r#""crate::text::S""#; // crate::comment::T
        const U: u8 = b'\''; mod v {}"##,
    );
    let found: Vec<_> = names(&code)
        .iter()
        .map(|name| format!("{} {} {}", name.path.join("::"), name.alias, name.is_import))
        .collect();
    assert_eq!(
        found,
        [
            "crate::a a true",
            "crate::a::B B true",
            "crate::a::c::D E true",
            "crate::a::c::F F true",
            "crate::a::g::* * true",
            "super::h::I I true",
            "j::k::  false",
            "crate::o::P P false",
        ]
    );
}
