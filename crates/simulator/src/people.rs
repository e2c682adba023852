//! Invented people: examiners who log in and candidates who are examined. Nobody here exists: CPFs are
//! made by chance with valid check digits, names come from a word list, e-mails end in `example.com`.

use std::collections::HashSet;
use std::fmt;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

const FIRST: [&str; 40] = [
    "ANA",
    "ANTÔNIO",
    "APARECIDA",
    "ÂNGELA",
    "BEATRIZ",
    "BRUNO",
    "CAIO",
    "CAMILA",
    "CECÍLIA",
    "CLÁUDIO",
    "CONCEIÇÃO",
    "DANIEL",
    "DÉBORA",
    "EDUARDO",
    "FÁBIO",
    "FERNANDA",
    "FLÁVIA",
    "FRANCISCO",
    "GABRIEL",
    "HELENA",
    "INÊS",
    "IVO",
    "JOÃO",
    "JOSÉ",
    "JÚLIA",
    "LARISSA",
    "LUÍS",
    "LUZIA",
    "MÁRCIO",
    "MARIA",
    "MATEUS",
    "NATÁLIA",
    "OTÁVIO",
    "PATRÍCIA",
    "PAULO",
    "RAFAEL",
    "SEBASTIÃO",
    "SÔNIA",
    "TEREZINHA",
    "VINÍCIUS",
];

const LAST: [&str; 40] = [
    "ABRANTES",
    "ALMEIDA",
    "ARAÚJO",
    "ASSUNÇÃO",
    "BARBOSA",
    "BRANDÃO",
    "CAMARGO",
    "CARDOSO",
    "CONCEIÇÃO",
    "CORRÊA",
    "D'ÁVILA",
    "D'OLIVEIRA",
    "DIAS",
    "ESTEVÃO",
    "FERREIRA",
    "FRANÇA",
    "GALVÃO",
    "GONÇALVES",
    "GUIMARÃES",
    "HENRIQUE",
    "IANELLI",
    "JARDIM",
    "KLÜGER",
    "LACERDA",
    "LEÃO",
    "MAGALHÃES",
    "MÜLLER",
    "NÓBREGA",
    "OLIVEIRA",
    "PEÇANHA",
    "PRADO",
    "QUEIRÓS",
    "RAMOS",
    "SANT'ANNA",
    "SIMÕES",
    "SOUZA",
    "TAVARES",
    "URSINI",
    "VALADÃO",
    "XAVIER",
];

/// Some have letters that not every client sends as the pages' charset wants them; not the first two.
const PASSWORDS: [&str; 5] = ["Sabia", "Jatoba", "Maçã", "Araucaria", "Açaí"];

/// An examiner with an account on the simulated portal.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Examiner {
    /// Position among the simulator's examiners, from 0.
    pub index: usize,
    /// The account's CPF, eleven digits.
    pub cpf: String,
    /// The account's password. Some hold letters that ISO-8859-1 and UTF-8 write differently.
    pub senha: String,
    /// Full name.
    pub nome: String,
    /// A physician, not a psychologist.
    pub physician: bool,
    /// What the pages call them: value of `idUsuarioMedicoConsulta`.
    pub portal_id: String,
}

impl fmt::Debug for Examiner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examiner")
            .field("index", &self.index)
            .field("nome", &self.nome)
            .finish_non_exhaustive()
    }
}

/// The examiners of a seed, each with a CPF of their own.
pub(super) fn examiners(
    count: usize,
    seed: u64,
    is_physician: impl Fn(usize) -> bool,
) -> Vec<Examiner> {
    let mut taken = HashSet::new();
    (0..count)
        .map(|index| {
            let mut rng = rng(&[seed, 1, index as u64]);
            let cpf = loop {
                let cpf = cpf(&mut rng);
                if taken.insert(cpf.clone()) {
                    break cpf;
                }
            };
            let word = PASSWORDS[index % PASSWORDS.len()];
            Examiner {
                index,
                cpf,
                senha: format!("{word}-{:04}", rng.random_range(0..10_000)),
                nome: name(&mut rng),
                physician: is_physician(index),
                portal_id: portal_id(index),
            }
        })
        .collect()
}

/// Five digits by which the portal knows an examiner.
pub(super) fn portal_id(index: usize) -> String {
    (20_417 + index).to_string()
}

/// A generator that depends on nothing but `parts`.
pub(super) fn rng(parts: &[u64]) -> SmallRng {
    let mixed = parts.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |state, part| {
        let mut z = (state ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 32)
    });
    SmallRng::seed_from_u64(mixed)
}

/// Eleven digits, the last two of which follow from the others.
pub(super) fn cpf(rng: &mut SmallRng) -> String {
    let mut digits: Vec<u32> = (0..9).map(|_| rng.random_range(0..10)).collect();
    if digits.iter().all(|digit| *digit == digits[0]) {
        digits[8] = (digits[8] + 1) % 10; // eleven equal digits pass the sum but are no CPF
    }
    for _ in 0..2 {
        digits.push(check_digit(&digits));
    }
    digits.iter().map(ToString::to_string).collect()
}

/// `52998224725` as people write it: `529.982.247-25`.
pub(super) fn dotted(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}

fn check_digit(digits: &[u32]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(2..)
        .map(|(digit, w)| digit * w)
        .sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// A full name in capitals, as the portal shows it.
pub(super) fn name(rng: &mut SmallRng) -> String {
    let mut words = vec![pick(&FIRST, rng)];
    if rng.random_bool(0.4) {
        words.push(pick(&FIRST, rng));
    }
    words.push(pick(&LAST, rng));
    words.push(pick(&["DE", "DA", "DOS", "E", ""], rng));
    words.push(pick(&LAST, rng));
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// An address under `example.com` that fits the name, or nothing.
pub(super) fn email(name: &str, rng: &mut SmallRng) -> String {
    if rng.random_bool(0.25) {
        return String::new();
    }
    let plain = |word: &str| -> String {
        let letters = word.nfd().filter(char::is_ascii_alphabetic);
        letters.collect::<String>().to_lowercase()
    };
    let first = name.split(' ').next().map(plain).unwrap_or_default();
    let last = name.split(' ').next_back().map(plain).unwrap_or_default();
    format!("{first}.{last}{}@example.com", rng.random_range(1..1000))
}

/// None, one or several numbers, written as carelessly as people write them.
pub(super) fn phones(rng: &mut SmallRng) -> String {
    let count = *[0, 1, 1, 1, 2, 2, 3].choose(rng).unwrap_or(&1);
    (0..count)
        .map(|_| phone(rng))
        .collect::<Vec<_>>()
        .join(pick(&[" / ", "/", " /"], rng))
}

fn phone(rng: &mut SmallRng) -> String {
    if rng.random_bool(0.04) {
        return pick(&["(11) 99999-9999", "0000-0000", "11111111111"], rng).to_owned();
    }
    let area = pick(&["11", "12", "13", "16", "19"], rng);
    let mobile = rng.random_bool(0.6);
    let head = if mobile {
        format!("9{}", rng.random_range(1000..10_000))
    } else {
        format!("{}{}", rng.random_range(2..6), rng.random_range(100..1000))
    };
    let tail = rng.random_range(0..10_000);
    let joint = pick(&["-", "--", " ", ".", ""], rng);
    if mobile && rng.random_bool(0.15) {
        return format!("{head}{joint}{tail:04}");
    }
    match rng.random_range(0..5) {
        0 => format!("({area}){head}{joint}{tail:04}"),
        1 => format!("{area} {head}{joint}{tail:04}"),
        2 => format!("0{area} {head}{joint}{tail:04}"),
        _ => format!("({area}) {head}{joint}{tail:04}"),
    }
}

fn pick<'a>(words: &[&'a str], rng: &mut SmallRng) -> &'a str {
    words.choose(rng).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(count: usize, seed: u64) -> Vec<Examiner> {
        examiners(count, seed, |_| false)
    }

    #[test]
    fn check_digits_are_those_of_a_well_known_number() {
        assert_eq!(check_digit(&[5, 2, 9, 9, 8, 2, 2, 4, 7]), 2);
        assert_eq!(check_digit(&[5, 2, 9, 9, 8, 2, 2, 4, 7, 2]), 5);
        assert_eq!(dotted("52998224725"), "529.982.247-25");
    }

    #[test]
    fn every_cpf_is_valid_and_no_two_examiners_share_one() {
        let people = examiners(2000, 7, |_| false);
        let distinct: HashSet<_> = people.iter().map(|p| &p.cpf).collect();
        assert_eq!(distinct.len(), people.len());
        for person in &people {
            let digits: Vec<u32> = person.cpf.bytes().map(|b| u32::from(b - b'0')).collect();
            assert_eq!(digits.len(), 11);
            assert_eq!(check_digit(&digits[..9]), digits[9]);
            assert_eq!(check_digit(&digits[..10]), digits[10]);
        }
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(all(5, 1), all(5, 1));
        assert_ne!(all(5, 1), all(5, 2));
        assert_eq!(all(3, 1)[..], all(5, 1)[..3], "more examiners change none");
    }

    #[test]
    fn people_can_be_written_in_the_portals_charset_without_odd_space() {
        let mut rng = rng(&[3]);
        for _ in 0..500 {
            let name = name(&mut rng);
            let text = format!("{name}|{}|{}", email(&name, &mut rng), phones(&mut rng));
            assert!(text.chars().all(|c| u32::from(c) < 256), "{text}");
            assert!(!text.contains("  ") && text.trim() == text, "{text}");
        }
    }

    #[test]
    fn debug_shows_neither_cpf_nor_password() {
        let person = &all(1, 1)[0];
        let shown = format!("{person:?}");
        assert!(!shown.contains(&person.cpf) && !shown.contains(&person.senha));
    }
}
