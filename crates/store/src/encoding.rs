//! Which letters the database can hold. UTF-8 holds all; an older database in LATIN1 or WIN1252 refuses a statement
//! that brings it another one, so such a text is stored with the nearest letters. None holds the character NUL, so that one
//! is left out. Databases in other encodings are
//! not used at all: see [`Store::encoding`](crate::Store::encoding).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letters of a database's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseEncoding {
    /// All there are.
    Utf8,
    /// ISO-8859-1.
    Latin1,
    /// Windows' code page for Western Europe.
    Win1252,
}

/// What WIN1252 has in the place of LATIN1's control characters.
const WIN1252: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

impl DatabaseEncoding {
    /// Of an encoding by PostgreSQL's name; `None`: one in which the daemon does not work.
    #[must_use]
    pub fn of(encoding: &str) -> Option<Self> {
        match encoding {
            "UTF8" => Some(Self::Utf8),
            "LATIN1" => Some(Self::Latin1),
            "WIN1252" => Some(Self::Win1252),
            _ => None,
        }
    }

    /// PostgreSQL's name of the encoding.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF8",
            Self::Latin1 => "LATIN1",
            Self::Win1252 => "WIN1252",
        }
    }

    fn has(self, c: char) -> bool {
        match self {
            _ if c == '\0' => false,
            Self::Utf8 => true,
            Self::Latin1 => c <= '\u{ff}',
            Self::Win1252 => {
                c < '\u{80}' || ('\u{a0}'..='\u{ff}').contains(&c) || WIN1252.contains(c)
            }
        }
    }

    /// The text as the database can hold it: borrowed if that is as it is.
    #[must_use]
    pub fn nearest(self, text: &str) -> Cow<'_, str> {
        let common = self == Self::Utf8 || text.is_ascii();
        if !text.contains('\0') && (common || text.chars().all(|c| self.has(c))) {
            return Cow::Borrowed(text);
        }
        if self == Self::Utf8 {
            return Cow::Owned(text.replace('\0', ""));
        }
        let mut kept = String::with_capacity(text.len());
        // "a" and a combining tilde are one letter that the encoding may have.
        for c in text.nfc() {
            if self.has(c) {
                kept.push(c);
            } else {
                self.push_nearest(c, &mut kept);
            }
        }
        Cow::Owned(kept)
    }

    /// The same for every text within a JSON value, keys included.
    pub(super) fn nearest_json(self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.nearest(&text).into_owned()),
            Value::Array(values) => values.into_iter().map(|v| self.nearest_json(v)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(key, v)| (self.nearest(&key).into_owned(), self.nearest_json(v)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    fn push_nearest(self, c: char, kept: &mut String) {
        let known = match c {
            '…' => "...",
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
            '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' => "'",
            '“' | '”' | '„' | '‟' | '″' => "\"",
            '•' => "*",
            '€' => "EUR",
            '™' => "TM",
            'Œ' => "OE",
            'œ' => "oe",
            'ẞ' => "SS",
            'Ł' => "L",
            'ł' => "l",
            'Đ' => "D",
            'đ' => "d",
            'ı' => "i",
            '‹' => "<",
            '›' => ">",
            '→' => "->",
            '←' => "<-",
            '≤' => "<=",
            '≥' => ">=",
            // Invisible.
            '\0' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return,
            '\u{2028}' | '\u{2029}' => "\n",
            _ if c.is_whitespace() => " ",
            _ => "",
        };
        if !known.is_empty() {
            kept.push_str(known);
            return;
        }
        let before = kept.len();
        let parts = std::iter::once(c).nfkd();
        kept.extend(parts.filter(|part| self.has(*part) && !is_combining_mark(*part)));
        if kept.len() == before && !is_combining_mark(c) {
            kept.push('?');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseEncoding::{Latin1, Utf8, Win1252};
    use super::*;

    #[test]
    fn what_an_encoding_holds_stays_and_the_rest_becomes_the_nearest_letters() {
        let name = "JOÃO D’ÁVILA – Łódź… 😀 ﬁm\u{200b}";
        assert_eq!(Utf8.nearest(name), name);
        assert_eq!(Latin1.nearest(name), "JOÃO D'ÁVILA - Lódz... ? fim");
        assert_eq!(Win1252.nearest(name), "JOÃO D’ÁVILA – Lódz… ? fim");
        assert_eq!(Latin1.nearest("A\u{303}"), "Ã");
        assert!(matches!(
            Latin1.nearest("ÇÃÕ €".trim_end_matches(" €")),
            Cow::Borrowed("ÇÃÕ")
        ));
    }

    #[test]
    fn json_is_searched_to_its_leaves() {
        let value = serde_json::json!({"a–b": ["…", {"c": "’"}, 1, null]});
        let expected = serde_json::json!({"a-b": ["...", {"c": "'"}, 1, null]});
        assert_eq!(Latin1.nearest_json(value), expected);
    }

    #[test]
    fn all_that_comes_out_can_be_held() {
        for letters in [Utf8, Latin1, Win1252] {
            let all: String = ('\0'..='\u{ffff}').collect();
            assert!(letters.nearest(&all).chars().all(|c| letters.has(c)));
        }
    }
}
