//! Character references: `&nbsp;`, `&#160;`, `&#xA0`.

use markup5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// What a text behind `&` is among the names of characters.
pub(crate) enum Named {
    /// The name of this one, and perhaps the beginning of a longer name.
    Whole(char),
    Beginning,
}

/// What `name` (`ecirc;`, or without its semicolon where that is allowed) names; `None` if no name begins so.
pub(crate) fn named(name: &str) -> Option<Named> {
    let (first, second) = NAMED_ENTITIES.get(name)?;
    let whole = char::from_u32(*first).filter(|c| *c != '\0' && *second == 0);
    Some(whole.map_or(Named::Beginning, Named::Whole))
}

/// What a reference means: one character or two, and how long its spelling is.
pub(super) struct Reference {
    pub(super) first: char,
    pub(super) second: Option<char>,
    pub(super) length: usize,
}

/// The reference that begins at the `&` with which `text` begins; `None` if the `&` is only itself.
pub(super) fn read(text: &str, in_attribute: bool) -> Option<Reference> {
    match text.as_bytes().get(1)? {
        b'#' => numeric(text),
        byte if byte.is_ascii_alphanumeric() => longest(text, in_attribute),
        _ => None,
    }
}

fn numeric(text: &str) -> Option<Reference> {
    let bytes = text.as_bytes();
    let (radix, start) = match bytes.get(2) {
        Some(b'x' | b'X') => (16, 3),
        _ => (10, 2),
    };
    let mut code: u32 = 0;
    let mut at = start;
    while let Some(digit) = bytes
        .get(at)
        .and_then(|byte| char::from(*byte).to_digit(radix))
    {
        code = code.saturating_mul(radix).saturating_add(digit);
        at += 1;
    }
    if at == start {
        return None;
    }
    let length = at + usize::from(bytes.get(at) == Some(&b';'));
    Some(Reference {
        first: character(code),
        second: None,
        length,
    })
}

/// Numbers of the C1 range mean what windows-1252 has there, and those that are no character, U+FFFD.
fn character(code: u32) -> char {
    let replaced = code.checked_sub(0x80).and_then(|index| {
        let known = C1_REPLACEMENTS.get(index as usize).copied();
        known.flatten()
    });
    replaced
        .or_else(|| char::from_u32(code).filter(|c| *c != '\0'))
        .unwrap_or('\u{fffd}')
}

/// The longest name that stands there. Some need no semicolon, but in an attribute then neither `=` nor a letter may
/// follow, which would be a part of an address (`?a=1&copy=2`).
fn longest(text: &str, in_attribute: bool) -> Option<Reference> {
    let name = &text[1..];
    let bytes = name.as_bytes();
    let mut longest = None;
    let mut end = 0;
    while bytes
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b';')
    {
        end += 1;
        match NAMED_ENTITIES.get(&name[..end]) {
            None => break,
            Some((0, _)) => {}
            Some(characters) => longest = Some((*characters, end)),
        }
    }
    let ((first, second), end) = longest?;
    let goes_on = bytes
        .get(end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'=');
    if in_attribute && goes_on && bytes[end - 1] != b';' {
        return None;
    }
    Some(Reference {
        first: char::from_u32(first)?,
        second: char::from_u32(second).filter(|c| *c != '\0'),
        length: 1 + end,
    })
}
