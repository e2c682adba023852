//! Folding of text, so that what people see as equal is equal.

use unicode_normalization::UnicodeNormalization;

/// Runs of white space (non-breaking space included) become one space; none at the ends.
#[must_use]
pub fn fold_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For comparing words: white space folded, accents and case gone (`"Órgão  B"` → `"orgao b"`).
#[must_use]
pub fn fold(text: &str) -> String {
    // Most of a page is ASCII, and has no accents to look for.
    if text.is_ascii() {
        return fold_space(&text.to_ascii_lowercase());
    }
    let bare: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect();
    fold_space(&bare.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_space_do_not_matter() {
        assert_eq!(fold("  Órgão\u{a0}\n de  TRÂNSITO "), "orgao de transito");
        assert_eq!(fold_space("\u{a0}MARIA \t D'ÁVILA\n"), "MARIA D'ÁVILA");
    }
}
