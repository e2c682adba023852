//! Whom a number or a part of a name means.

use crate::domain::text::fold;
use crate::store::names::Named;

/// Whose number it is (`12` or `#12`), else whose name has all the words, in whatever order; one whose name is just
/// these is meant alone.
pub(crate) fn meant<'a>(everybody: &'a [Named], text: &str) -> Vec<&'a Named> {
    let text = text.trim();
    if let Ok(number) = text.strip_prefix('#').unwrap_or(text).parse::<i32>() {
        let named = everybody.iter().filter(|one| one.usuario_id == number);
        return named.collect();
    }
    let wanted = fold(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let folded = everybody.iter().map(|one| (one, fold(&one.nome)));
    let has_all = folded.filter(|(_, nome)| wanted.split(' ').all(|word| nome.contains(word)));
    let (whole, part): (Vec<_>, Vec<_>) = has_all.partition(|(_, nome)| *nome == wanted);
    let found = if whole.len() == 1 {
        whole
    } else {
        [whole, part].concat()
    };
    found.into_iter().map(|(one, _)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_examiner_is_meant_by_number_or_by_words_of_the_name() {
        let all = [
            (1, "Ângela Prado"),
            (12, "Bruno Prado"),
            (20, "Bruno Prado Lima"),
        ]
        .map(|(usuario_id, nome)| Named {
            usuario_id,
            nome: nome.to_owned(),
        });
        let ids = |text: &str| -> Vec<i32> {
            let found = meant(&all, text).into_iter();
            found.map(|one| one.usuario_id).collect()
        };
        for (text, expected) in [
            ("1", &[1][..]),
            ("#12", &[12]),
            ("ANGELA", &[1]),
            ("prado", &[1, 12, 20]),
            ("Bruno Prado", &[12]),
            ("prado bruno", &[12, 20]),
            ("lima prado", &[20]),
            ("2", &[]),
            ("pedro", &[]),
            (" ", &[]),
        ] {
            assert_eq!(ids(text), expected, "{text:?}");
        }
    }
}
