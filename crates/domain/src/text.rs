//! Folding of text, so that what people see as equal is equal.

use std::borrow::Cow;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Runs of white space (non-breaking space included) become one space; none at the ends.
#[must_use]
pub fn fold_space(text: &str) -> String {
    folded_space(text).into_owned()
}

/// The same, by a slice of the text where that is all that is to be done.
#[must_use]
pub fn folded_space(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let mut last = b'x';
    let is_folded = text.bytes().all(|byte| {
        let double = byte == b' ' && last == b' ';
        last = byte;
        !double && !matches!(byte, b'\t'..=b'\r')
    });
    let other = |c: char| !c.is_ascii() && c.is_whitespace();
    if is_folded && (text.is_ascii() || !text.contains(other)) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    Cow::Owned(folded)
}

/// What another machine says, to be shown in a line: without control characters, and without the marks that stand where
/// bytes were no letters.
#[must_use]
pub fn readable(text: &str) -> String {
    let shown = |c: char| match c {
        char::REPLACEMENT_CHARACTER => None,
        c if c.is_control() => Some(' '),
        c => Some(c),
    };
    fold_space(&text.chars().filter_map(shown).collect::<String>())
}

/// Whether a character takes no room: where a word may break, where it may not, which way it is written.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// The text without characters that take no room.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
}

/// For comparing words: white space folded, accents and case gone (`"Órgão  B"` → `"orgao b"`).
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = Folded::with_capacity(text.len());
    // Of all letters this one alone has a small form that depends on what follows.
    if text.contains('Σ') {
        let mut bare = String::with_capacity(text.len());
        text.chars()
            .for_each(|c| without_marks(c, |c| bare.push(c)));
        bare.to_lowercase().chars().for_each(|c| folded.push(c));
        return folded.text;
    }
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            without_marks(c, |c| c.to_lowercase().for_each(|c| folded.push(c)));
        }
    }
    folded.text
}

/// Whether a text folds to this one, which is folded; without folding it where a look is enough.
#[must_use]
pub fn folds_to(text: &str, folded: &str) -> bool {
    if !text.is_ascii() {
        return fold(text) == folded;
    }
    let mut rest = folded.as_bytes();
    let (mut begun, mut gap) = (false, false);
    for byte in text.bytes() {
        if matches!(byte, b'\t'..=b'\r' | b' ') {
            gap = begun;
            continue;
        }
        if gap {
            let Some(after) = rest.strip_prefix(b" ") else {
                return false;
            };
            rest = after;
        }
        (begun, gap) = (true, false);
        let Some(after) = rest.strip_prefix(&[byte.to_ascii_lowercase()]) else {
            return false;
        };
        rest = after;
    }
    rest.is_empty()
}

/// A person's name as people write it, where it is written in capitals throughout: `MARIA D'ÁVILA DA SILVA` is
/// `Maria D'Ávila da Silva`. One that has small letters already stays as it is.
#[must_use]
pub fn title_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut cased = String::with_capacity(name.len());
    for (place, word) in name.split(' ').enumerate() {
        if place > 0 {
            cased.push(' ');
        }
        let small = word.to_lowercase();
        if place > 0 && is_particle(word) {
            cased.push_str(&small);
            continue;
        }
        let mut begins = true;
        for c in small.chars() {
            if begins {
                cased.extend(c.to_uppercase());
            } else {
                cased.push(c);
            }
            begins = !c.is_alphanumeric() && !is_combining_mark(c);
        }
    }
    cased
}

/// Whether a word only joins the names of a person, as in `Ana da Silva e Souza`.
#[must_use]
pub fn is_particle(word: &str) -> bool {
    ["da", "de", "do", "das", "dos", "e"].contains(&word.to_lowercase().as_str())
}

/// A character without the accents that stand on it.
fn without_marks(c: char, mut take: impl FnMut(char)) {
    decompose_canonical(c, |part| {
        if !is_combining_mark(part) {
            take(part);
        }
    });
}

/// A text that takes white space as one space, and none at the ends.
struct Folded {
    text: String,
    gap: bool,
}

impl Folded {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            gap: false,
        }
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.gap = !self.text.is_empty();
            return;
        }
        if std::mem::take(&mut self.gap) {
            self.text.push(' ');
        }
        self.text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn accents_case_and_space_do_not_matter() {
        assert_eq!(fold("  Órgão\u{a0}\n de  TRÂNSITO "), "orgao de transito");
        assert_eq!(fold_space("\u{a0}MARIA \t D'ÁVILA\n"), "MARIA D'ÁVILA");
        assert!(matches!(
            folded_space("\n MARIA D'ÁVILA "),
            Cow::Borrowed("MARIA D'ÁVILA")
        ));
    }

    #[test]
    fn what_another_machine_says_is_shown_without_what_cannot_be() {
        let said = String::from_utf8_lossy(b"\0N\xe3o\x1b[1m agora\r\n\0\xc2\x85 ");
        assert_eq!(readable(&said), "No [1m agora");
        assert_eq!(readable("Não – já…"), "Não – já…");
    }

    #[test]
    fn what_takes_no_room_is_not_seen() {
        let text = "\u{feff}M\u{ad}ar\u{200b}ia\u{200e} \u{200c}D'Ávila\u{2060}";
        assert_eq!(visible(text), "Maria D'Ávila");
        assert!(matches!(
            visible("D'Ávila – 1"),
            Cow::Borrowed("D'Ávila – 1")
        ));
    }

    #[test]
    fn names_in_capitals_are_written_as_people_write_them() {
        for (name, shown) in [
            (
                "MARIA D'ÁVILA DA SILVA E SOUZA",
                "Maria D'Ávila da Silva e Souza",
            ),
            ("DE LUCCA, JOSÉ DOS SANTOS", "De Lucca, José dos Santos"),
            ("ANA-MARIA DAS DORES", "Ana-Maria das Dores"),
            ("Ana McDonald", "Ana McDonald"),
            ("ÂNGELA  DO  Ó", "Ângela  do  Ó"),
            ("", ""),
        ] {
            assert_eq!(title_case(name), shown);
        }
    }

    proptest! {
        /// By the definitions, which take several passes.
        #[test]
        fn a_fold_is_what_its_definition_says(text in "([ -~]|[\u{80}-\u{3ff}]|[ \t\u{a0}\u{2003}]|\\PC){0,24}") {
            let bare: String = text.nfd().filter(|c| !is_combining_mark(*c)).collect();
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let folded = words(&bare.to_lowercase());
            prop_assert_eq!(fold(&text), folded.clone());
            prop_assert_eq!(fold_space(&text), words(&text));
            prop_assert!(folds_to(&text, &folded));
            let longer = format!("{folded}x");
            prop_assert!(!folds_to(&text, &longer));
            prop_assert_eq!(folds_to("Ana  Lu ", &folded), folded == "ana lu");
        }
    }
}
