//! What looks personal in a text: numbers long enough for a CPF or a telephone, e-mail addresses,
//! session ids.

use crate::parse::date;

/// A number of at least this many digits may be a telephone number or a CPF.
const PERSONAL_DIGITS: usize = 8;

/// Runs of letters and digits from this length on may be a session or a token.
const TOKEN_LENGTH: usize = 24;

/// Whether a text holds something by which a person is recognised.
pub(crate) fn is_personal(text: &str) -> bool {
    has_email(text) || numbers(text).any(|(start, end)| is_personal_number(&text[start..end]))
}

/// Every letter becomes `x`, every digit `0`.
pub(super) fn whole(text: &str) -> String {
    text.chars().map(veil).collect()
}

fn veil(c: char) -> char {
    if c.is_numeric() {
        '0'
    } else if c.is_alphabetic() {
        'x'
    } else {
        c
    }
}

/// Blanks what looks personal or secret, and leaves the rest.
pub(crate) fn text(text: &str) -> String {
    let text = without_sessions(text);
    let mut blanked = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, end) in numbers(&text).filter(|(s, e)| is_personal_number(&text[*s..*e])) {
        blanked.push_str(&text[rest..start]);
        blanked.push_str(&whole(&text[start..end]));
        rest = end;
    }
    blanked.push_str(&text[rest..]);
    words(&blanked)
}

/// Blanks e-mail addresses and tokens, word by word.
fn words(text: &str) -> String {
    text.split_inclusive(|c: char| c.is_whitespace() || "<>\"'(),;=&?".contains(c))
        .map(|word| {
            if has_email(word) || is_token(word) {
                whole(word)
            } else {
                word.to_owned()
            }
        })
        .collect()
}

fn has_email(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || "._-+".contains(c);
    text.match_indices('@')
        .any(|(at, _)| text[..at].ends_with(is_word) && text[at + 1..].starts_with(is_word))
}

fn is_token(word: &str) -> bool {
    let runs = word.split(|c: char| !c.is_ascii_alphanumeric());
    runs.filter(|run| run.len() >= TOKEN_LENGTH)
        .any(|run| run.contains(|c: char| c.is_ascii_digit()))
}

/// The stretches of digits with what stands between the digits of a CPF or a telephone.
fn numbers(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let in_number = |c: char| c.is_ascii_digit() || ". ()-\u{a0}".contains(c);
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c: char| c.is_ascii_digit())?;
        let length = text[start..].find(|c| !in_number(c));
        let end = length.map_or(text.len(), |length| start + length);
        from = end;
        Some((start, end))
    })
}

fn is_personal_number(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let is_date = digits == 8 && date::parse(number).is_some();
    digits >= PERSONAL_DIGITS && !is_date
}

/// Blanks the values of `;jsessionid=`.
fn without_sessions(text: &str) -> String {
    const MARK: &str = "jsessionid=";
    let lower = text.to_ascii_lowercase();
    let mut kept = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, _) in lower.match_indices(MARK) {
        if at < rest {
            continue;
        }
        let value = at + MARK.len();
        let end = text[value..].find(|c: char| !(c.is_alphanumeric() || "._-!".contains(c)));
        kept.push_str(&text[rest..value]);
        kept.push('…');
        rest = end.map_or(text.len(), |end| value + end);
    }
    kept.push_str(&text[rest..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_personal_is_blanked_and_the_rest_stays() {
        for (before, after) in [
            ("CPF 529.982.247-25.", "CPF 000.000.000-00."),
            (
                "(11) 2345-6789 / (11) 98765--4321",
                "(00) 0000-0000 / (00) 00000--0000",
            ),
            ("m.silva@example.com, ok", "x.xxxxx@xxxxxxx.xxx, ok"),
            ("24/11/2026 às 14:00", "24/11/2026 às 14:00"),
            ("2026-11-24", "2026-11-24"),
            ("24112026", "24112026"),
            ("24112026 52998224725", "00000000 00000000000"),
            ("v3.94 (30/10/2025)", "v3.94 (30/10/2025)"),
            ("x.do;jsessionid=AB12.n1?a=1", "x.do;jsessionid=…?a=1"),
            (
                "t=0123456789abcdef01234567&b",
                "t=0000000000xxxxxx00000000&b",
            ),
            ("@ home", "@ home"),
        ] {
            assert_eq!(text(before), after);
        }
    }

    #[test]
    fn a_number_with_wide_spaces_is_still_one() {
        assert!(is_personal("529\u{a0}982\u{a0}247 25"));
        assert!(!is_personal("Tempo restante: 00:29:55"));
    }
}
