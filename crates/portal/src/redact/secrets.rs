//! Texts that must not appear anywhere, found in whatever spelling: see `spelling`. A secret is searched for
//! character by character, so that every character may be spelled its own way.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use encoding_rs::WINDOWS_1252;
use unicode_normalization::UnicodeNormalization;

use super::spelling::{DEPTH, may_begin, units};
use crate::browser::charset;

/// Texts shorter than this are no secrets and would be found everywhere.
const SHORTEST: usize = 4;

/// So many other characters may stand between two digits of a CPF.
const MOST_BETWEEN: usize = 3;

/// A tag within a secret is no longer than this.
const LONGEST_TAG: usize = 200;

/// What a letter is shown as that a charset lacks, or that was broken on the way.
const LOST: [char; 2] = ['?', '\u{fffd}'];

/// What a secret is replaced by.
const CUT: &str = "…";

/// Texts that must not appear anywhere: cookies, password, CPF of the session.
#[derive(Default)]
pub(crate) struct Secrets {
    patterns: Vec<Pattern>,
    /// With what they begin, if their first character is spelled as itself.
    starts: Vec<char>,
}

/// A secret as it is searched for.
struct Pattern {
    text: Vec<char>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// Digits, with any punctuation between them.
    Digits,
    /// Part of a longer run in base64, which all belongs to it.
    Base64,
    /// The same in hexadecimal.
    Hexadecimal,
}

impl Kind {
    /// Whether this character beside a secret is part of it.
    fn goes_on(self, c: char) -> bool {
        match self {
            Self::Text | Self::Digits => false,
            Self::Base64 => c.is_ascii_alphanumeric() || "+/-_=".contains(c),
            Self::Hexadecimal => c.is_ascii_hexdigit(),
        }
    }
}

impl Secrets {
    /// Secrets of these texts.
    pub(crate) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut patterns = Vec::new();
        for text in texts.into_iter().filter(|t| t.chars().count() >= SHORTEST) {
            patterns.extend(patterns_of(&text));
        }
        let firsts = patterns.iter().filter_map(|pattern| pattern.text.first());
        let mut starts: Vec<char> = firsts
            .flat_map(|first| [Some(*first), first.nfd().next()])
            .flatten()
            .chain(LOST)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        Self { patterns, starts }
    }

    /// The text without them.
    pub(crate) fn cut(&self, text: &str) -> String {
        if self.patterns.is_empty() {
            return text.to_owned();
        }
        let mut kept = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let may_begin = may_begin(c) || self.starts.contains(&c);
            let found = may_begin.then(|| self.found_at(text, at)).flatten();
            let Some((end, kind)) = found else {
                kept.push(c);
                at += c.len_utf8();
                continue;
            };
            at = end;
            while kept.ends_with(|c| kind.goes_on(c)) {
                kept.pop();
            }
            let rest = &text[at..];
            at += rest.find(|c| !kind.goes_on(c)).unwrap_or(rest.len());
            kept.push_str(CUT);
        }
        kept
    }

    /// Where the longest secret that begins here ends.
    fn found_at(&self, text: &str, at: usize) -> Option<(usize, Kind)> {
        let first = units(text, at, DEPTH);
        let begins = |pattern: &&Pattern| {
            let wanted = pattern.text.first();
            wanted.is_some_and(|wanted| first.iter().any(|(c, _)| begins_with(*c, *wanted)))
        };
        let found = self.patterns.iter().filter(begins).filter_map(|pattern| {
            let end = pattern.end_at(text, at)?;
            Some((end, pattern.kind))
        });
        found.max_by_key(|(end, _)| *end)
    }
}

fn patterns_of(text: &str) -> Vec<Pattern> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_cpf = digits.len() == 11 && !text.chars().any(char::is_alphabetic);
    let plain = if is_cpf { digits } else { text.to_owned() };
    let kind = if is_cpf { Kind::Digits } else { Kind::Text };
    let mut patterns = vec![Pattern {
        text: plain.chars().collect(),
        kind,
    }];
    let latin = WINDOWS_1252.encode(text).0.into_owned();
    // As a page shows it in which two of its letters are one of UTF-8.
    let read = charset::windows_1252(&latin);
    if read != text {
        patterns.push(Pattern {
            text: read.chars().collect(),
            kind,
        });
    }
    let mut spellings = vec![text.as_bytes().to_vec(), latin];
    spellings.dedup();
    for bytes in spellings {
        patterns.extend(packed(&bytes));
    }
    patterns
}

/// Base64 and hexadecimal of some bytes, wherever they stand in a longer text.
fn packed(bytes: &[u8]) -> Vec<Pattern> {
    let run = |text: &str, kind| Pattern {
        text: text.chars().collect(),
        kind,
    };
    let mut patterns = Vec::new();
    for before in 0..3 {
        let padded = [&[0; 3][..before], bytes].concat();
        // Only the characters that depend on these bytes alone.
        let (from, to) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for text in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            patterns.push(run(&text[from..to], Kind::Base64));
        }
    }
    let hexadecimal = hex::encode(bytes);
    patterns.push(run(&hexadecimal.to_uppercase(), Kind::Hexadecimal));
    patterns.push(run(&hexadecimal, Kind::Hexadecimal));
    patterns
}

impl Pattern {
    /// Where this secret ends if it begins here.
    fn end_at(&self, text: &str, at: usize) -> Option<usize> {
        let mut places = vec![at];
        for (index, wanted) in self.text.iter().enumerate() {
            let mut next = Vec::new();
            for place in places {
                let starts = if index == 0 {
                    vec![place]
                } else {
                    self.after_gaps(text, place)
                };
                for start in starts {
                    spelled(text, start, *wanted, &mut next);
                }
            }
            next.sort_unstable();
            next.dedup();
            places = next;
            if places.is_empty() {
                return None;
            }
        }
        places.into_iter().max()
    }

    /// Where the next character may begin: here, or behind what does not count.
    fn after_gaps(&self, text: &str, at: usize) -> Vec<usize> {
        let mut starts = vec![at];
        let mut rest = 0;
        let mut skipped = 0;
        while let Some(start) = starts.get(rest).copied() {
            rest += 1;
            let mut push = |end: usize| {
                if !starts.contains(&end) {
                    starts.push(end);
                }
            };
            invisible(text, start).into_iter().for_each(&mut push);
            if self.kind == Kind::Digits && skipped < MOST_BETWEEN {
                let between = units(text, start, DEPTH).into_iter();
                between
                    .filter(|(c, _)| !c.is_alphanumeric())
                    .for_each(|(_, end)| push(end));
                skipped += 1;
            }
        }
        starts
    }
}

/// Ends of the spellings of a character.
fn spelled(text: &str, at: usize, wanted: char, ends: &mut Vec<usize>) {
    for (c, end) in units(text, at, DEPTH) {
        if is_same(c, wanted) {
            ends.push(end);
        }
    }
    // Letter and accent apart.
    if !wanted.is_ascii() {
        let mut places = vec![at];
        for part in wanted.nfd() {
            let next = |place: &usize| units(text, *place, DEPTH).into_iter();
            places = places
                .iter()
                .flat_map(next)
                .filter(|(c, _)| *c == part)
                .map(|(_, end)| end)
                .collect();
        }
        ends.extend(places);
    }
}

fn begins_with(c: char, wanted: char) -> bool {
    is_same(c, wanted) || (!wanted.is_ascii() && wanted.nfd().next() == Some(c))
}

fn is_same(c: char, wanted: char) -> bool {
    // Whatever a broken letter was read as.
    let lost = !wanted.is_ascii() && (!c.is_ascii() || LOST.contains(&c));
    c == wanted || lost || (wanted == ' ' && c.is_whitespace())
}

/// Ends of what is not seen between two characters: tags, the joints of a string in a script, marks without width.
fn invisible(text: &str, at: usize) -> Vec<usize> {
    let rest = &text[at..];
    let mut ends = Vec::new();
    match rest.chars().next() {
        Some('<') => {
            let tag = rest.find('>').filter(|length| *length < LONGEST_TAG);
            ends.extend(tag.map(|length| at + length + 1));
        }
        Some(quote @ ('\'' | '"')) => {
            let joint = rest[1..]
                .trim_start()
                .strip_prefix('+')
                .map(str::trim_start);
            let behind = joint.and_then(|rest| rest.strip_prefix(['\'', '"', quote]));
            ends.extend(behind.map(|behind| text.len() - behind.len()));
        }
        Some('\\') => {
            let line = rest[1..]
                .strip_prefix("\r\n")
                .or(rest[1..].strip_prefix('\n'));
            ends.extend(line.map(|behind| text.len() - behind.len()));
        }
        Some(c @ ('\0' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}')) => {
            ends.push(at + c.len_utf8());
        }
        _ => {}
    }
    ends
}

#[cfg(test)]
mod tests;
