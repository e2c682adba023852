//! What texts of a page say, accents and case ignored.

use agendad_domain::text::fold;

/// Whether one of `texts` holds one of `parts`, accents and case ignored.
pub(crate) fn says(texts: &[String], parts: &[String]) -> bool {
    says_which(texts, parts).is_some()
}

/// The first of `parts` that one of `texts` holds, accents and case ignored.
pub(crate) fn says_which<'a>(texts: &[String], parts: &'a [String]) -> Option<&'a String> {
    let texts: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    parts.iter().find(|part| {
        let part = fold(part);
        !part.is_empty() && texts.iter().any(|text| text.contains(part.as_str()))
    })
}
