//! Which day a page says that it shows.

use chrono::NaiveDate;

use super::table::RawRow;
use super::{date, time};
use agendad_config::portal::Profile;
use agendad_domain::text::{fold, is_invisible};

/// Among so many words behind the label the date is looked for.
const WORDS_TO_A_DATE: usize = 6;

/// Among so many words behind a date of the head an hour makes a clock of it.
const WORDS_TO_AN_HOUR: usize = 3;

/// So many digits has a date of the head at least: other numbers stand in sentences there.
const DIGITS_OF_A_DATE: usize = 6;

/// What stands beside the date of a heading, folded; a sentence that names a date says something else, too.
const BESIDE_A_DATE: [&str; 20] = [
    "segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo", "feira", "seg", "ter",
    "qua", "qui", "sex", "sab", "dom", "dia", "data", "agenda", "do", "de",
];

/// The date that a result page says it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownDate {
    One(NaiveDate),
    None,
    /// It says one that is not understood.
    Odd,
    Several,
}

/// The one date that follows the label. Where something else with digits follows it, that is a date in another
/// spelling, and may be another day's.
pub(super) fn shown_date(text: &str, profile: &Profile) -> ShownDate {
    shown_by(date_among_words, text, profile)
}

/// The one date that follows the label in what stands above a result. A clock there (`Data: 30/11/2026 10:15`) says when
/// the page was made, and what is no date there is said of something else.
pub(super) fn shown_above(text: &str, profile: &Profile) -> ShownDate {
    match shown_by(date_without_hour, text, profile) {
        ShownDate::Odd => ShownDate::None,
        date @ (ShownDate::One(_) | ShownDate::None | ShownDate::Several) => date,
    }
}

fn shown_by(find: fn(&str) -> Option<&str>, text: &str, profile: &Profile) -> ShownDate {
    let folded = |text: &str| fold(text).replace(" :", ":");
    let (folded, label) = (folded(text), folded(&profile.date_label));
    if label.is_empty() {
        return ShownDate::None;
    }
    let words = folded.split(label.as_str()).skip(1).filter_map(find);
    let format = &profile.date_format;
    let dates: Option<Vec<NaiveDate>> = words
        .map(|word| {
            let word = word.trim_matches(is_invisible);
            // The next text may stand close behind it.
            let end = word.find(char::is_alphabetic).unwrap_or(word.len());
            let alone = word[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
            date::parse_as(word, format).or_else(|| date::parse_as(alone, format))
        })
        .collect();
    let Some(mut dates) = dates else {
        return ShownDate::Odd;
    };
    dates.dedup();
    match dates.as_slice() {
        [date] => ShownDate::One(*date),
        [] => ShownDate::None,
        _ => ShownDate::Several,
    }
}

/// The first word with digits behind the label, up to the next label: the day of the week may stand before a date
/// (`terça-feira, 25/11/2026`, `3ª-feira`).
fn date_among_words(behind: &str) -> Option<&str> {
    words_up_to_label(behind).find(|word| digits(word) > 0 && !word.contains('ª'))
}

/// The same of a word that is as long as a date, unless an hour follows it.
fn date_without_hour(behind: &str) -> Option<&str> {
    let date = words_up_to_label(behind).find(|word| digits(word) >= DIGITS_OF_A_DATE)?;
    let (_, after) = behind.split_once(date)?;
    let is_hour = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_digit());
        time::parse(&word.replace('h', ":")).is_some()
    };
    let mut words = after.split_whitespace().take(WORDS_TO_AN_HOUR);
    (!words.any(is_hour)).then_some(date)
}

fn words_up_to_label(behind: &str) -> impl Iterator<Item = &str> {
    let words = behind.split_whitespace().take(WORDS_TO_A_DATE);
    words.take_while(|word| !word.ends_with(':'))
}

fn digits(word: &str) -> usize {
    word.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether a row says the page's date and nothing else: in a cell of its own, or beside its label.
pub(super) fn says_date(row: &RawRow, date: ShownDate, profile: &Profile) -> bool {
    let is_shown = |text: &str| shown_date(text, profile) == date;
    let mut texts = row.cells.iter().filter(|text| !text.is_empty());
    match (date, texts.next(), texts.next(), texts.next()) {
        (ShownDate::One(_), Some(text), None, _) if !row.nested => is_shown(text),
        (ShownDate::One(_), Some(label), Some(text), None) if !row.nested => {
            is_shown(&format!("{label} {text}"))
        }
        _ => false,
    }
}

/// The day of the rows below, if a row but heads them with it: `25/11/2026 - Quarta`, `Dia 25/11/2026 (5)`.
pub(super) fn heading(row: &RawRow, profile: &Profile) -> Option<NaiveDate> {
    let text = row.cells.first().filter(|_| row.single && !row.nested)?;
    let text = fold(text);
    let is_between = |c: char| !c.is_alphanumeric();
    let mut found = None;
    for word in text.split_whitespace() {
        match date::parse_as(word.trim_matches(is_between), &profile.date_format) {
            Some(_) if found.is_some() => return None,
            Some(day) => found = Some(day),
            None => {
                let parts = word.split(is_between).filter(|part| !part.is_empty());
                let mut others = parts.filter(|part| !BESIDE_A_DATE.contains(part));
                // `5` or `4ª`; an hour and a CPF have several.
                let is_short = |part: &str| {
                    let number = part.trim_end_matches(['a', 'ª']);
                    (1..=3).contains(&digits(number)) && digits(number) == number.len()
                };
                if others.next().is_some_and(|part| !is_short(part)) || others.next().is_some() {
                    return None;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        *agendad_config::Config::shipped().unwrap().portal.profile
    }

    fn date() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()
    }

    #[test]
    fn the_date_stands_in_the_next_few_words_behind_its_label() {
        for (text, shown) in [
            ("DATA: 25/11/2026", ShownDate::One(date())),
            ("DATA\u{a0}: 25/11/2026", ShownDate::One(date())),
            ("Data :25/11/2026", ShownDate::One(date())),
            ("DATA: \u{200b}25/11/2026\u{ad}", ShownDate::One(date())),
            ("DATA: Terça-feira, 25/11/2026", ShownDate::One(date())),
            ("DATA: 4ª-feira, dia 25/11/2026", ShownDate::One(date())),
            ("DATA: quarta, 25.11.2026 24/11/2026", ShownDate::Odd),
            ("DATA: quarta, 25 de novembro", ShownDate::Odd),
            (
                "DATA : 25/11/2026 DATA: terça 24/11/2026",
                ShownDate::Several,
            ),
            ("DATA: Unidade: 18", ShownDate::None),
            ("DATA: sem nada até o fim de 2026", ShownDate::None),
            ("DATA 25/11/2026", ShownDate::None),
        ] {
            assert_eq!(shown_date(text, &profile()), shown, "{text}");
        }
    }

    #[test]
    fn a_date_heads_rows_where_nothing_else_is_said() {
        for (text, is_heading) in [
            ("25/11/2026", true),
            ("25/11/2026 - Quarta", true),
            ("Quarta-feira, 25/11/2026", true),
            ("4ª-feira (25/11/2026)", true),
            ("Agenda do dia 25/11/2026: 12", true),
            ("25/11/2026 10:15", false),
            ("25/11/2026 a 26/11/2026", false),
            ("25/11/2026 26/11/2026", false),
            ("Remarcado de 25/11/2026", false),
            ("25/11/2026 529.982.247-25", false),
            ("Quarta", false),
            ("", false),
        ] {
            let row = RawRow {
                cells: vec![text.to_owned()],
                nested: false,
                single: true,
                hidden: false,
                beside: false,
                scripted: Vec::new(),
            };
            let expected = is_heading.then(date);
            assert_eq!(heading(&row, &profile()), expected, "{text}");
        }
    }

    #[test]
    fn above_a_result_neither_a_clock_nor_a_number_in_a_sentence_is_a_date() {
        for (text, shown) in [
            ("DATA: 25/11/2026", ShownDate::One(date())),
            (
                "Data: quarta-feira, 25/11/2026 Agenda",
                ShownDate::One(date()),
            ),
            ("DATA: 25.11.2026", ShownDate::None),
            (
                "Data: 30/11/2026 10:15 DATA: 25/11/2026",
                ShownDate::One(date()),
            ),
            ("Data: 24/11/2026 DATA: 25/11/2026", ShownDate::Several),
            ("Data: 30/11/2026 10:15:32", ShownDate::None),
            ("Data: 30/11/2026 - 10:15", ShownDate::None),
            ("Data: 30/11/2026, às 10h15.", ShownDate::None),
            ("Data: 30/11/2026 Hora: 10:15", ShownDate::None),
            ("Data: até 7 dias depois", ShownDate::None),
        ] {
            assert_eq!(shown_above(text, &profile()), shown, "{text}");
        }
    }
}
