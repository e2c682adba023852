//! How a character may be spelled in a page: as itself, as an HTML entity, by the escapes of scripts, of addresses
//! or of mail, in UTF-8 that was read as windows-1252, and by one of these within another.

use encoding_rs::WINDOWS_1252;

use crate::browser::html::reference::{self, Named};

/// How deep spellings are looked for within one another (`&amp;#39;` is two).
pub(super) const DEPTH: usize = 3;

/// No entity's name is longer.
const LONGEST_NAME: usize = 32;

/// A character, and where its spelling ends.
pub(super) type Unit = (char, usize);

/// Every character that the text may mean at a place, by spellings within spellings up to `depth`.
pub(super) fn units(text: &str, at: usize, depth: usize) -> Vec<Unit> {
    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return Vec::new();
    };
    let mut found = vec![(c, at + c.len_utf8())];
    if depth == 0 || !may_begin(c) {
        return found;
    }
    for (c, end) in units(text, at, depth - 1) {
        push(&mut found, (c, end));
        let inner = Inner {
            text,
            depth: depth - 1,
        };
        match c {
            '&' => inner.entity(end, &mut found),
            '\\' => inner.escape(end, &mut found),
            '%' | '=' => inner.percent(c, end, &mut found),
            '+' => push(&mut found, (' ', end)),
            _ => inner.garbled(c, end, &mut found),
        }
    }
    found
}

/// The text with every character taken for what it means most deeply.
pub(super) fn meant(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((c, end)) = units(text, at, DEPTH)
        .into_iter()
        .max_by_key(|(_, end)| *end)
    {
        meant.push(c);
        at = end;
    }
    meant
}

/// Whether more than itself may begin with this character.
pub(super) fn may_begin(c: char) -> bool {
    let is_lead = || byte_of(c).is_some_and(|byte| byte >= 0xc2);
    matches!(c, '&' | '\\' | '%' | '=' | '+') || (!c.is_ascii() && is_lead())
}

fn push(found: &mut Vec<Unit>, unit: Unit) {
    if !found.contains(&unit) {
        found.push(unit);
    }
}

/// The byte that windows-1252 reads as this character.
fn byte_of(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ 0..=0xff => u8::try_from(code).ok(),
        _ => {
            let mut buffer = [0; 4];
            let (bytes, _, unmappable) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            bytes.first().copied().filter(|_| !unmappable)
        }
    }
}

/// What follows the first character of a spelling, each of its characters perhaps spelled itself.
struct Inner<'a> {
    text: &'a str,
    depth: usize,
}

impl Inner<'_> {
    fn next(&self, at: usize) -> Vec<Unit> {
        units(self.text, at, self.depth)
    }

    /// Where this character may end, if it stands there.
    fn ends(&self, wanted: char, at: usize) -> impl Iterator<Item = usize> + use<'_> {
        let next = self.next(at).into_iter();
        next.filter(move |(c, _)| *c == wanted).map(|(_, end)| end)
    }

    /// All numbers that begin here, of `least` to `most` digits.
    fn numbers(&self, at: usize, radix: u32, least: usize, most: usize) -> Vec<(u32, usize)> {
        let mut all = Vec::new();
        let mut open = vec![(0_u32, at)];
        for count in 1..=most {
            open = open
                .into_iter()
                .flat_map(|(value, at)| {
                    self.next(at).into_iter().filter_map(move |(c, end)| {
                        let more = c.to_digit(radix)?;
                        Some((value.checked_mul(radix)?.checked_add(more)?, end))
                    })
                })
                .collect();
            open.dedup();
            if count >= least {
                all.extend(&open);
            }
        }
        all
    }

    /// `&#39;`, `&#x27;`, `&apos;`, with or without their semicolon.
    fn entity(&self, at: usize, found: &mut Vec<Unit>) {
        for (c, end) in self.next(at) {
            if c == '#' {
                let hexadecimal = ['x', 'X'].into_iter().flat_map(|x| self.ends(x, end));
                let mut numbers = self.numbers(end, 10, 1, 7);
                numbers.extend(hexadecimal.flat_map(|at| self.numbers(at, 16, 1, 6)));
                for (code, end) in numbers {
                    let Some(c) = char::from_u32(code) else {
                        continue;
                    };
                    // Numbers of the C1 range mean what windows-1252 has there.
                    let c = u8::try_from(code).map_or(c, of_byte);
                    push(found, (c, end));
                    self.ends(';', end).for_each(|end| push(found, (c, end)));
                }
            } else if c.is_ascii_alphabetic() {
                self.named(c, end, found);
            }
        }
    }

    fn named(&self, first: char, at: usize, found: &mut Vec<Unit>) {
        let mut open = vec![(first.to_string(), at)];
        while let Some((name, at)) = open.pop() {
            match reference::named(&name) {
                Some(Named::Whole(c)) => push(found, (c, at)),
                Some(Named::Beginning) => {}
                None => continue,
            }
            if name.len() < LONGEST_NAME {
                let more = self.next(at).into_iter();
                let more = more.filter(|(c, _)| c.is_ascii_alphanumeric() || *c == ';');
                open.extend(more.map(|(c, end)| (format!("{name}{c}"), end)));
            }
        }
    }

    /// `\'`, `\x27`, `\u0027`, `\u{27}`, `\47`.
    fn escape(&self, at: usize, found: &mut Vec<Unit>) {
        let mut numbers = self.numbers(at, 8, 1, 3);
        for (c, end) in self.next(at) {
            push(found, (c, end));
            match c {
                'x' => numbers.extend(self.numbers(end, 16, 2, 2)),
                'u' => {
                    numbers.extend(self.numbers(end, 16, 4, 4));
                    for open in self.ends('{', end) {
                        for (code, at) in self.numbers(open, 16, 1, 6) {
                            numbers.extend(self.ends('}', at).map(|end| (code, end)));
                        }
                    }
                }
                _ => {}
            }
        }
        for (code, end) in numbers {
            // A script means the character of that number; who wrote a page may have meant the charset's.
            let of_charset = u8::try_from(code).ok().map(of_byte);
            for c in char::from_u32(code).into_iter().chain(of_charset) {
                push(found, (c, end));
            }
        }
    }

    /// `%E9`, `%C3%A9`, `%u00E9`; the same with `=`, as in mail.
    fn percent(&self, mark: char, at: usize, found: &mut Vec<Unit>) {
        for u in self.ends('u', at) {
            for (code, end) in self.numbers(u, 16, 4, 4) {
                char::from_u32(code)
                    .into_iter()
                    .for_each(|c| push(found, (c, end)));
            }
        }
        for (byte, end) in self.bytes(at) {
            push(found, (of_byte(byte), end));
            self.utf_8(byte, end, found, |at| {
                let marks = self.ends(mark, at);
                marks.flat_map(|at| self.bytes(at)).collect()
            });
        }
    }

    fn bytes(&self, at: usize) -> Vec<(u8, usize)> {
        let numbers = self.numbers(at, 16, 2, 2).into_iter();
        numbers
            .filter_map(|(code, end)| Some((u8::try_from(code).ok()?, end)))
            .collect()
    }

    /// `Ã©`: UTF-8 that was read as windows-1252.
    fn garbled(&self, c: char, end: usize, found: &mut Vec<Unit>) {
        let Some(byte) = byte_of(c) else {
            return;
        };
        self.utf_8(byte, end, found, |at| {
            let next = self.next(at).into_iter();
            next.filter_map(|(c, end)| Some((byte_of(c)?, end)))
                .collect()
        });
    }

    /// The character whose first byte in UTF-8 is `lead`; `more` gives what may be the next byte.
    fn utf_8(
        &self,
        lead: u8,
        end: usize,
        found: &mut Vec<Unit>,
        more: impl Fn(usize) -> Vec<(u8, usize)>,
    ) {
        let length = match lead {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return,
        };
        let mut open = vec![(vec![lead], end)];
        for _ in 1..length {
            open = open
                .into_iter()
                .flat_map(|(bytes, at)| {
                    let more = more(at).into_iter();
                    more.filter(|(byte, _)| (0x80..0xc0).contains(byte))
                        .map(move |(byte, end)| ([bytes.as_slice(), &[byte]].concat(), end))
                })
                .collect();
        }
        for (bytes, end) in open {
            let c = std::str::from_utf8(&bytes).ok();
            let c = c.and_then(|text| text.chars().next());
            c.into_iter().for_each(|c| push(found, (c, end)));
        }
    }
}

/// What windows-1252 reads for a byte.
fn of_byte(byte: u8) -> char {
    let bytes = [byte];
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    text.chars().next().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_has_many_spellings() {
        for spelled in [
            "ê",
            "&ecirc;",
            "&ecirc",
            "&#234;",
            "&#0234",
            "&#xEA;",
            "&#XeA",
            "\\xea",
            "\\u00EA",
            "\\u{ea}",
            "\\352",
            "%EA",
            "%ea",
            "%C3%AA",
            "%u00ea",
            "%25C3%25AA",
            "%25EA",
            "=C3=AA",
            "Ãª",
            "ÃƒÂª",
            "&Atilde;&ordf;",
            "&amp;ecirc;",
            "&amp;#234;",
            "\\u0026#234;",
            "%26ecirc%3B",
            "&#37;EA",
            "\\\\xea",
        ] {
            let whole = units(spelled, 0, DEPTH);
            assert!(
                whole.contains(&('ê', spelled.len())),
                "{spelled}: {whole:?}"
            );
            assert_eq!(meant(spelled), "ê", "{spelled}");
        }
    }

    #[test]
    fn a_number_of_the_charset_is_understood_in_a_script_too() {
        for spelled in ["\\x80", "\\200", "\\u0080", "&#128;", "%80"] {
            let whole = units(spelled, 0, DEPTH);
            assert!(
                whole.contains(&('€', spelled.len())),
                "{spelled}: {whole:?}"
            );
        }
    }

    #[test]
    fn what_breaks_off_is_only_itself() {
        for text in [
            "&", "\\", "%", "%4", "&#", "&#x", "\\x4", "\\u{", "=", "Ã", "%C3%",
        ] {
            assert!(!meant(text).is_empty(), "{text}");
        }
        assert_eq!(meant("100% & mais"), "100% & mais");
    }
}
