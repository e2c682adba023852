//! The language of the command line: `AGENDAD_LANG`, else that of the terminal. What programs read (JSON) and the log
//! have none.

use crate::config::layers::LANGUAGE;
use crate::words::{Language, Sentence, Shown};

/// In the order in which POSIX asks them: the first that is not empty counts.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language in which this process speaks to people.
pub(super) fn language() -> Language {
    chosen(|name| std::env::var(name).ok())
}

/// The sentence in this process's language.
pub(super) fn say<T: Shown>(sentence: Sentence<T>) -> T {
    language().say(sentence)
}

/// Portuguese where that is asked for; English else, and where nothing is.
fn chosen(variable: impl Fn(&str) -> Option<String>) -> Language {
    let variables = std::iter::once(LANGUAGE).chain(LOCALE);
    let wanted = variables
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let is_portuguese = wanted.get(..2).is_some_and(|start| {
        let end = wanted[2..].chars().next();
        start.eq_ignore_ascii_case("pt") && end.is_none_or(|c| !c.is_alphabetic())
    });
    if is_portuguese {
        Language::Portuguese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agendad_lang_counts_before_the_locale_and_lc_all_before_lang() {
        let language = |variables: &[(&str, &str)]| {
            chosen(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for (variables, expected) in [
            (&[][..], Language::English),
            (&[("LANG", "C")], Language::English),
            (&[("LANG", "pt_BR.UTF-8")], Language::Portuguese),
            (&[("LANG", "pt_PT")], Language::Portuguese),
            (&[("LANG", "ptx")], Language::English),
            (
                &[("LANG", "pt_BR.UTF-8"), ("LC_ALL", "C")],
                Language::English,
            ),
            (
                &[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "pt_BR.UTF-8")],
                Language::Portuguese,
            ),
            (
                &[("LANG", "pt_BR.UTF-8"), ("LC_ALL", "")],
                Language::Portuguese,
            ),
            (
                &[("AGENDAD_LANG", "pt"), ("LC_ALL", "C")],
                Language::Portuguese,
            ),
            (
                &[("AGENDAD_LANG", "PT-BR"), ("LC_ALL", "C")],
                Language::Portuguese,
            ),
            (
                &[("AGENDAD_LANG", "en"), ("LANG", "pt_BR.UTF-8")],
                Language::English,
            ),
        ] {
            assert_eq!(language(variables), expected, "{variables:?}");
        }
    }
}
