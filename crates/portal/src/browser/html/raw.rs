//! Where text ends in which there are no tags.

use memchr::{memchr, memchr2};

/// Where the end tag stands whose name fits; at the end if nowhere.
pub(super) fn end(text: &str, mut fits: impl FnMut(&str) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        if bytes.get(at + 1) == Some(&b'/')
            && let Some(name) = word(text, at + 2)
            && fits(name)
        {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Where the script ends that begins here. Within `<!--` and `-->` a script may hold another one with its end tag.
pub(super) fn script_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut place = Place::Script;
    let mut at = 0;
    while let Some(found) = memchr2(b'<', b'-', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if rest.starts_with(b"-->") {
            place = Place::Script;
            at += 3;
            continue;
        }
        if rest[0] == b'-' {
            at += 1;
            continue;
        }
        if place == Place::Script && rest.starts_with(b"<!--") {
            place = Place::Comment;
            // Its dashes may be those of the end.
            at += 2;
            continue;
        }
        let is_script = |start| word(text, start).is_some_and(|w| w.eq_ignore_ascii_case("script"));
        if rest.get(1) == Some(&b'/') && is_script(at + 2) {
            match place {
                Place::Script | Place::Comment => return at,
                Place::Inner => place = Place::Comment,
            }
        } else if place == Place::Comment && is_script(at + 1) {
            place = Place::Inner;
        }
        at += 1;
    }
    text.len()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Script,
    Comment,
    Inner,
}

/// The letters that stand there, if what follows them ends the name of a tag.
fn word(text: &str, start: usize) -> Option<&str> {
    let bytes = &text.as_bytes()[start..];
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let after = bytes.get(length)?;
    let ends = is_space(*after) || matches!(after, b'/' | b'>');
    (length > 0 && ends).then(|| &text[start..start + length])
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}
