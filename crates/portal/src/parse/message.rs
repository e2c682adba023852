//! What texts that are no appointment say: of a failure, or of the rows around them.

use agendad_domain::text::fold;

/// What messages of a failure say, folded.
const TROUBLE: [&str; 5] = ["erro", "tente", "nao foi possivel", "falh", "indispon"];

/// How a row begins that counts other rows, or heads a group of them, folded.
const ASIDE: [&str; 7] = [
    "total",
    "totais",
    "quantidade",
    "manha",
    "tarde",
    "noite",
    "periodo",
];

/// With so many digits a text may be somebody's.
const DIGITS_OF_SOMEBODY: usize = 9;

/// With so many several texts together may be.
const DIGITS_OF_SOME_NUMBER: usize = 6;

pub(super) fn tells_trouble(text: &str) -> bool {
    let folded = fold(text);
    TROUBLE.iter().any(|word| folded.contains(word))
}

/// Whether a text counts rows or heads a group of them: `Total de agendamentos: 12`, `MANHÃ`, `2º período (6)`.
pub(super) fn is_aside(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let folded = fold(text);
    let mut words = folded.split(|c: char| !c.is_alphabetic() || "ªº".contains(c));
    let first = words.find(|word| !word.is_empty());
    digits < DIGITS_OF_SOMEBODY
        && first.is_some_and(|word| ASIDE.contains(&word))
        && !says_hour(text)
        && !tells_trouble(text)
}

/// Whether nothing that the cells of a row say is of an appointment.
pub(super) fn is_nobodys(cells: &[String]) -> bool {
    let digits = cells.iter().flat_map(|text| text.bytes());
    let digits = digits.filter(u8::is_ascii_digit).count();
    let is_other = |text: &String| !says_hour(text) && !tells_trouble(text);
    digits < DIGITS_OF_SOME_NUMBER && cells.iter().all(is_other)
}

fn says_hour(text: &str) -> bool {
    let mut windows = text.as_bytes().windows(3);
    windows.any(|part| {
        let [before, colon, after] = [part[0], part[1], part[2]];
        colon == b':' && before.is_ascii_digit() && after.is_ascii_digit()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_and_the_head_of_a_group_are_told_from_what_may_be_an_appointment() {
        for (text, is) in [
            ("Total de agendamentos: 12", true),
            ("TOTAL: 12", true),
            ("Quantidade de registros - 3", true),
            ("MANHÃ", true),
            ("- Tarde (6) -", true),
            ("2º período", true),
            ("Noite", true),
            ("Período: 13:00 às 18:00", false),
            ("Tarde, 13:00-18:00", false),
            ("Manhã 529.982.247-25", false),
            ("Total indisponível", false),
            ("Tarde demais, tente amanhã", false),
            ("Erro ao carregar o total", false),
            ("Tardelli, Ana", false),
            ("12", false),
            ("", false),
        ] {
            assert_eq!(is_aside(text), is, "{text}");
        }
    }
}
