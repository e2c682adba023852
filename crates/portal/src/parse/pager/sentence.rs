//! Sentences that count more than is shown.

/// How words begin that say that some are shown, folded.
const SHOWING: [&str; 7] = [
    "exibi",
    "mostra",
    "visualiza",
    "lista",
    "apresenta",
    "display",
    "showing",
];

/// Those of them that begin other words, too: `lista de espera`, `apresentaram-se`.
const LISTING: [&str; 2] = ["lista", "apresenta"];

/// How words begin that say what is counted, folded.
const COUNTED: [&str; 4] = ["registro", "resultado", "itens", "record"];

/// How words begin that do so where a total stands beside them.
const ITEMS: [&str; 3] = ["agendamento", "item", "appointment"];

/// What stands between a month and its days, too: `1 a 5 de 12`.
const MONTHS: u32 = 12;

/// A word of no letters for what was cut out of a text: no sentence goes on behind it, though a total may be told there.
pub(super) const CUT: &str = " § ";

/// How words begin that say that a day is meant, folded.
const DAYS: [&str; 3] = ["dia", "data", "date"];

/// So many words lie at most between such a word and the first number, and so many between a total and that.
const TO_RANGE: usize = 3;
const TO_TOTAL: usize = 8;

/// No day has so many appointments.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// How words begin that say that all of them are counted, folded.
const FOUND: [&str; 2] = ["encontrad", "localizad"];

/// What may stand before a total of the result; before another word it may be that of something else.
const OPENING: [&str; 7] = [
    "resultado",
    "resultados",
    "total",
    "foram",
    "foi",
    "ha",
    "existem",
];

/// With what a total goes on that is not that of the result: `encontrados no período`.
const CLOSING: [&str; 14] = [
    "a", "ate", "com", "da", "de", "do", "em", "entre", "na", "nas", "no", "nos", "para", "sem",
];

/// `1-15`, `1/2` and `1-15/25` as they are spoken; a date has more parts.
fn spoken(word: &str) -> Option<Vec<&str>> {
    let is_digit = |c: char| c.is_ascii_digit();
    let signs: String = word.chars().filter(|c| !is_digit(*c)).collect();
    let between: &[&str] = match signs.as_str() {
        "-" | "–" => &["a"],
        "/" => &["/"],
        "-/" | "–/" => &["a", "/"],
        _ => return None,
    };
    let numbers: Vec<&str> = word.split(|c: char| !is_digit(c)).collect();
    if numbers.iter().any(|number| number.is_empty()) {
        return None;
    }
    let mut spoken = vec![numbers[0]];
    for (between, number) in between.iter().zip(&numbers[1..]) {
        spoken.extend([between, number]);
    }
    Some(spoken)
}

/// The words of a text.
pub(super) struct Sentence<'a> {
    words: Vec<&'a str>,
}

impl<'a> Sentence<'a> {
    pub(super) fn of(folded: &'a str) -> Self {
        let is_between = |c: char| c.is_whitespace() || ",;:()[]|<>".contains(c);
        let mut words = Vec::new();
        let is_plural = |word: &str| matches!(word, "s" | "es");
        // Of `registro(s)` the first part says it all.
        let said = folded.split(is_between);
        for word in said.filter(|word| !word.is_empty() && !is_plural(word)) {
            match spoken(word) {
                Some(spoken) => words.extend(spoken),
                None => words.push(word.trim_matches('.')),
            }
        }
        Self { words }
    }

    /// Whether a sentence says that more is there than is shown: `25 registros encontrados, exibindo 1 a 15`, `exibindo 16
    /// a 25 de 25`, `mostrando 15 de um total de 25`, `Página 1 de 2`.
    pub(super) fn says_more(&self) -> bool {
        (0..self.words.len()).any(|at| {
            self.pages_say_more(at) || self.range_says_more(at) || self.count_says_more(at)
        })
    }

    /// How many rows a sentence says that there are in all: `25 registros encontrados`, `Foram encontrados 25 registros`,
    /// `Total de registros: 25`, `Exibindo 15 registros de um total de 25`. Where sentences differ, nobody knows which is
    /// meant.
    pub(super) fn counted(&self) -> Option<usize> {
        let mut totals = (0..self.words.len()).filter_map(|at| self.total_of_all(at));
        let total = totals.next()?;
        let is_one = totals.all(|other| other == total);
        usize::try_from(total).ok().filter(|_| is_one)
    }

    fn total_of_all(&self, at: usize) -> Option<u32> {
        let is_row = |word: &str| {
            let bare = word.strip_suffix('s').unwrap_or(word);
            matches!(bare, "registro" | "agendamento")
        };
        let is_found = |at| begins(self.word(at), &FOUND);
        let is_total = self.words[at..].starts_with(&["total", "de"])
            && matches!(self.word(at + 2), "registro" | "registros");
        let (number, end) = if is_row(self.word(at + 1)) && is_found(at + 2) {
            (at, at + 3)
        } else if is_found(at) && is_row(self.word(at + 2)) {
            (at + 1, at + 3)
        } else if is_total {
            (at + 3, at + 4)
        } else {
            return self.total_beside_shown(at);
        };
        let mut before = &self.words[..at];
        if let [rest @ .., "total", "de"] = before {
            before = rest;
        }
        let is_said = |word: &str| word.contains(char::is_alphabetic);
        let opens = before
            .last()
            .is_none_or(|word| OPENING.contains(word) || !is_said(word));
        let closes = !CLOSING.contains(&self.word(end));
        self.number(number).filter(|_| opens && closes)
    }

    /// `exibindo 15 registros de um total de 25`, `mostrando 15 agendamentos de 25`: if that is all that is said, or a
    /// total by name.
    fn total_beside_shown(&self, at: usize) -> Option<u32> {
        self.number(at)?;
        let total = self.total(at + 2)?;
        let mut before = self.before(at, TO_RANGE).iter();
        let is_shown = before.any(|word| begins(word, &SHOWING) && *word != "lista");
        let is_named = self.words[at + 2..total].contains(&"total");
        let behind = self.word(total + 1);
        let ends = behind.is_empty() || behind == CUT.trim() || is_counted(behind);
        let is_all = ends || is_named && !CLOSING.contains(&behind);
        let is_said = is_shown && is_counted(self.word(at + 1)) && is_all;
        self.number(total).filter(|_| is_said)
    }

    fn word(&self, at: usize) -> &'a str {
        self.words.get(at).copied().unwrap_or_default()
    }

    /// Those before a place.
    fn before(&self, at: usize, most: usize) -> &[&'a str] {
        &self.words[at.saturating_sub(most)..at]
    }

    fn number(&self, at: usize) -> Option<u32> {
        let word = self.word(at);
        let is_number = word.len() <= 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        word.parse().ok().filter(|_| is_number)
    }

    /// The place of the total that is told from here on: `de 25`, `de um total de 25`, `/ 25`, `total 25`. A year is none.
    fn total(&self, at: usize) -> Option<usize> {
        if !matches!(self.word(at), "de" | "do" | "of" | "/" | "total") {
            return None;
        }
        let mut total = at + 1;
        while total < at + 5 && matches!(self.word(total), "um" | "a" | "total" | "de" | "of") {
            total += 1;
        }
        let is_year = |at: usize| {
            self.number(at)
                .is_some_and(|number| YEARS.contains(&number))
        };
        let is_date =
            is_year(total) || matches!(self.word(total + 1), "de" | "/") && is_year(total + 2);
        Some(total).filter(|total| self.number(*total).is_some() && !is_date)
    }

    /// `pagina 1 de 2`; `pagina de 2`, where the first number stands in a field; `total de paginas 2`; `em 2 paginas`
    fn pages_say_more(&self, at: usize) -> bool {
        let total = match self.word(at) {
            "pagina" | "pag" | "page" => {
                let first = self.number(at + 1).map_or(at + 1, |_| at + 2);
                self.total(first).and_then(|total| self.number(total))
            }
            "paginas" | "pages" => {
                let is_total = |word: &&str| matches!(*word, "total" | "numero" | "quantidade");
                let behind = self.number(at + 1);
                let behind = behind.filter(|_| self.before(at, 2).iter().any(is_total));
                behind.or_else(|| {
                    let total = self.number(at.checked_sub(1)?);
                    total.filter(|_| at > 1 && self.tells_pages(at - 2))
                })
            }
            _ => None,
        };
        total.is_some_and(|total| total > 1)
    }

    /// Whether a number of pages stands behind this word: `25 registros em`, `1 de`, `total de`. What is printed has
    /// pages, too.
    fn tells_pages(&self, at: usize) -> bool {
        let before = self.before(at, TO_RANGE);
        match self.word(at) {
            "em" | "in" => before
                .iter()
                .any(|word| is_counted(word) && word.ends_with('s')),
            "de" | "of" => before.last().is_some_and(|word| {
                let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
                is_number || matches!(*word, "total" | "pagina" | "pag" | "page")
            }),
            _ => false,
        }
    }

    /// `exibindo 1 a 15`, with a total before it or behind it; `1 a 15 de 25`
    fn range_says_more(&self, at: usize) -> bool {
        let is_range = matches!(self.word(at + 1), "a" | "ate" | "to" | "-" | "–");
        let (Some(first), Some(last), true) = (self.number(at), self.number(at + 2), is_range)
        else {
            return false;
        };
        if first > last || at > 0 && self.word(at - 1) == "/" {
            return false;
        }
        let place = self.total(at + 3);
        let behind = place.and_then(|total| self.number(total));
        let total = if self.are_shown(at) {
            behind.or_else(|| {
                let mut before = (at.saturating_sub(TO_TOTAL)..at).rev();
                before.find_map(|at| self.number(at))
            })
        } else {
            let is_counted = place.is_some_and(|total| is_counted(self.word(total + 1)));
            behind
                .filter(|_| first == 1 && !self.is_of_days(at))
                .filter(|total| is_counted || *total > MONTHS && self.stands_alone(at))
        };
        total.is_some_and(|total| total > last || total == last && first > 1)
    }

    /// `exibindo 15 de 25 registros`
    fn count_says_more(&self, at: usize) -> bool {
        let total = match self.word(at + 1) {
            "de" | "of" => self.total(at + 1),
            _ => None,
        };
        let (Some(shown), Some(total)) = (self.number(at), total) else {
            return false;
        };
        let before = self.before(at, TO_RANGE);
        let is_range = matches!(before.last(), Some(&("a" | "ate" | "to" | "-" | "–" | "/")));
        let is_day = before.iter().any(|word| begins(word, &DAYS));
        let behind = self.word(total + 1);
        let shows =
            |word: &str| begins(word, &SHOWING) && (is_counted(behind) || !begins(word, &LISTING));
        let is_shown = before.iter().any(|word| shows(word)) && !is_day;
        let is_counted = begins(behind, &COUNTED) && !self.goes_on(at)
            || before
                .last()
                .is_some_and(|word| begins(word, &COUNTED) && word.ends_with('s'));
        let is_more = self.number(total).is_some_and(|total| total > shown);
        is_more && !is_range && (is_shown || is_counted)
    }

    /// Whether a word before a place says which of all appointments are shown.
    fn are_shown(&self, at: usize) -> bool {
        let before = self.before(at, TO_RANGE);
        // The legend says `Resultado` of whatever stands in it.
        let is_meant = |word: &&str| word.ends_with('s') || before.last() == Some(word);
        before.iter().any(|word| {
            let is_shown = begins(word, &SHOWING) && *word != "lista";
            is_shown || begins(word, &COUNTED) && is_meant(word)
        })
    }

    /// Whether a word stands before a place.
    fn goes_on(&self, at: usize) -> bool {
        let mut before = self.before(at, 1).iter();
        before.any(|word| word.contains(char::is_alphabetic))
    }

    /// Whether no word stands before a place, or what is counted.
    fn stands_alone(&self, at: usize) -> bool {
        let mut before = self.before(at, 1).iter();
        before.all(|word| is_counted(word) || *word == "lista") || !self.goes_on(at)
    }

    /// `dias 1 a 5 de 12`
    fn is_of_days(&self, at: usize) -> bool {
        match self.before(at, 2) {
            [.., day, "de" | "do"] | [.., day] => begins(day, &DAYS),
            [] => false,
        }
    }
}

fn is_counted(word: &str) -> bool {
    begins(word, &COUNTED) || begins(word, &ITEMS)
}

fn begins(word: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_domain::text::fold;

    fn says_more(text: &str) -> bool {
        Sentence::of(&fold(text)).says_more()
    }

    #[test]
    fn a_total_counts_only_if_it_is_that_of_the_result() {
        for (text, total) in [
            ("25 registros encontrados", Some(25)),
            (
                "Resultado § 25 registros encontrados. § Exibindo todos",
                Some(25),
            ),
            ("DATA: 24/11/2026 1 agendamento encontrado", Some(1)),
            ("Foram 25 agendamentos localizados", Some(25)),
            ("Total de 25 registros encontrados", Some(25)),
            ("Total de registros: 25", Some(25)),
            (
                "25 registros encontrados § Total de registros: 25",
                Some(25),
            ),
            ("25 registro(s) encontrado(s)", Some(25)),
            ("1 registro(s) encontrado(s).", Some(1)),
            ("Total de registro(s): 25", Some(25)),
            ("Foram encontrados 25 registros", Some(25)),
            ("Foram encontrados 25 registro(s). Exibindo todos", Some(25)),
            ("§ Encontrado 1 agendamento", Some(1)),
            ("Exibindo 15 registros de um total de 25", Some(25)),
            ("Exibindo 15 registro(s) de um total de 25 VOLTAR", Some(25)),
            ("Mostrando 15 agendamentos de 25", Some(25)),
            ("Listando 15 registros de 25 registros § DATA", Some(25)),
            (
                "25 registros encontrados § Exibindo 15 registros de um total de 25",
                Some(25),
            ),
            ("Foram encontrados 25 registros no período", None),
            ("Não foram encontrados registros", None),
            ("Bloqueios encontrados: 3", None),
            ("Exibindo 15 registros de um total de 25 no período", None),
            ("Exibindo 15 registros de 8 a 18 h", None),
            ("Exibindo 5 registros de 12 de novembro", None),
            ("Exibindo 5 registros de 12/11", None),
            ("Exibindo 5 registros de 24/11/2026", None),
            ("Exibindo 5 registros do dia 24", None),
            ("Lista de espera: 3 agendamentos de um total de 5", None),
            ("Realizados 5 agendamentos de 12", None),
            ("25 registros encontrados § 30 registros encontrados", None),
            ("Bloqueios: 3 registros encontrados", None),
            ("25 registros encontrados no período", None),
            ("Total de registros: 25 de 30", None),
            ("Total de agendamentos: 12", None),
            ("Total de vagas: 30", None),
            ("30 vagas encontradas", None),
            ("Nenhum registro encontrado", None),
            ("registros encontrados", None),
            ("Total de registros", None),
            ("", None),
        ] {
            assert_eq!(Sentence::of(&fold(text)).counted(), total, "{text}");
        }
    }

    #[test]
    fn a_sentence_says_more_only_if_it_counts_more_than_it_shows() {
        for text in [
            "25 registros encontrados, exibindo 1 a 15.",
            "Exibindo 1 a 15 de 25",
            "Exibindo 16 até 25 de 25 registros",
            "Mostrando de 1 até 10 de 25 registros",
            "Mostrando agendamentos 1-10 de 25",
            "25 items found, displaying 1 to 15. [First/Prev] 1, 2",
            "Página 1 de 2",
            "Pág. 1/2",
            "Exibindo 15 de 25 registros",
            "Mostrando 15 de um total de 25",
            "Exibindo registros de 1 a 15 de um total de 25",
            "Exibindo 1 - 15 / 25",
            "Exibindo 1-15/25",
            "1 a 15 de 25 registros",
            "1-15 de 25",
            "Resultado DATA: 24/11/2026 1-15 de 25 VOLTAR",
            "15 de 25 registros",
            "Página 1 / 2",
            "Página 1 de um total de 2",
            "Total de páginas: 2",
            "25 registros em 2 páginas",
            "Página de 2",
            "Exibindo 1 de 2 páginas",
            "Agendamentos 1-15 de 25",
            "1 a 5 de 12 registros",
            "Listando 15 de 25 agendamentos",
            "25 registros no total. § Exibindo 1 a 15",
            "Psicólogo § 1-15 de 25",
            "Psicólogo § 15 de 25 registros",
        ] {
            assert!(says_more(text), "{text}");
        }
        for text in [
            "25 registros encontrados, exibindo todos os registros.",
            "15 registros encontrados, exibindo de 1 a 15",
            "Exibindo 1 a 15 de 15 registros",
            "Registros 1 - 10 de 10",
            "Página 1 de 1",
            "Exibindo 1 a 15",
            "Resultado DATA: 24/11/2026 8 a 18 h",
            "Resultado DATA: 05/11/2026",
            "Resultado DATA: 05-11-2026",
            "15 registros, resultado de 05/11 a 12/11",
            "15 registros, resultado de 05/01 a 03/12",
            "Atendimento de 8 a 18 de segunda a sexta",
            "Exibindo os dias 24/11/2026 a 30/11/2026",
            "Exibindo 15 de 15 registros",
            "15 de 15",
            "1 a 25 de 25",
            "1-25 de 25",
            "Exibindo registros de 1 a 25 de um total de 25",
            "Exibindo 1 - 15 / 15",
            "Página 1 / 1",
            "Página de 1",
            "Total de páginas: 1",
            "15 registros em 1 páginas",
            "Lista de 5 de 12 de 2026",
            "Exibindo o dia 5 de 12",
            "Atendimento dos dias 1 a 5 de 12",
            "Resultado 24 de novembro de 2026",
            "Realizados 5 de 12 agendamentos",
            "Recesso de 1 a 5 de 12",
            "Vagas 1 a 15 de 20",
            "Turno 1-2/3",
            "Lista de espera: 1 de 3",
            "Lista de espera: 1 a 3 de 5",
            "Apresentaram-se 5 de 12 candidatos",
            "Apresentar 1 de 2 documentos",
            "Realizados: 5 de 12 registros",
            "Impresso em 2 páginas",
            "Documento de 2 páginas",
            "em 2 páginas",
            "2 páginas",
            "páginas",
            "",
        ] {
            assert!(!says_more(text), "{text}");
            for before in ["Resultado", "Resultado da pesquisa DATA: 24/11/2026", "§"] {
                let text = format!("{before} {text}");
                assert!(!says_more(&text), "{text}");
            }
        }
    }
}
