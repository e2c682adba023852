//! Whether a result goes on on a further page: its rows are then not all of the day's.

use std::ops::Range;

use super::table::DataTable;
use crate::browser::document::Document;
use crate::browser::link::Link;
use agendad_domain::text::fold;

/// The label of the link that ends a result, folded.
pub(super) const BACK: &str = "voltar";

/// The labels of links to a further page, folded.
const NEXT: [&str; 24] = [
    "proxima",
    "proximo",
    "proximas",
    "proximos",
    "proxima pagina",
    "proximos registros",
    "proximos resultados",
    "seguinte",
    "pagina seguinte",
    "avancar",
    "ultima",
    "ultimo",
    "ultima pagina",
    "ver mais",
    "exibir mais",
    "mostrar mais",
    "carregar mais",
    "mais registros",
    "mais resultados",
    "ver todos",
    "exibir todos",
    "mostrar todos",
    "next",
    "last",
];

/// Every month has a day of this number, and no day so many pages.
const CALENDAR: u32 = 28;

/// What addresses name that lead to days or hours.
const DAYS: [&str; 5] = ["dia", "data", "date", "day", "hora"];

/// How words begin that say which of all appointments are shown, folded.
const SHOWN: [&str; 10] = [
    "exibi",
    "mostra",
    "visualiza",
    "lista",
    "apresenta",
    "display",
    "showing",
    "registro",
    "resultado",
    "itens",
];

/// So many words lie at most between such a word and the first number, and so many between a total and that.
const TO_RANGE: usize = 3;
const TO_TOTAL: usize = 8;

/// Whether a link or a sentence of the result, from its legend on, says that there are further pages: in its table but in
/// no appointment, above it or behind it.
pub(super) fn has_more(document: &Document<'_>, table: &DataTable, legend: Option<usize>) -> bool {
    let header = table.apart.first().cloned();
    let header = header.unwrap_or(table.at..table.at);
    let end = back_behind(document, table).unwrap_or(usize::MAX);
    let is_apart = |at: usize| table.apart.iter().any(|place| place.contains(&at));
    let within = |places: Range<usize>| {
        let links = document.links.iter();
        let links = links.filter(|link| places.contains(&link.at) && !is_apart(link.at));
        links.collect::<Vec<_>>()
    };
    let start = legend.unwrap_or(0).min(header.start);
    let above = within(start..header.start);
    leads_on(&within(header.end..end))
        || above.iter().any(|link| is_named(link))
        || legend.is_some() && is_run(&above)
        || says_more(&document.text_but_for(start..end, &table.apart))
}

/// Where the link stands that ends the result.
pub(super) fn back_behind(document: &Document<'_>, table: &DataTable) -> Option<usize> {
    let mut links = document.links.iter();
    let back = links.find(|link| link.at > table.end && link.label == BACK);
    back.map(|link| link.at)
}

/// What the label of a pager's link says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Further {
    /// The number of a page beyond the first.
    Page(u32),
    Next,
    /// Next, by a sign alone.
    Sign,
}

impl Further {
    fn of(label: &str) -> Option<Self> {
        let bare = label.trim_matches(|c: char| c.is_whitespace() || "<>«»‹›[]()|.".contains(c));
        if bare.is_empty() {
            return label.contains(['>', '»', '›']).then_some(Self::Sign);
        }
        if NEXT.contains(&bare) {
            return Some(Self::Next);
        }
        let number = ["pagina", "pag"]
            .iter()
            .find_map(|word| bare.strip_prefix(word));
        let number = number.unwrap_or(bare).trim_matches(['.', ':', ' ']);
        let is_digits = number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        let page = number.parse().ok().filter(|page| is_digits && *page > 1);
        page.map(Self::Page)
    }

    fn page(self) -> Option<u32> {
        match self {
            Self::Page(page) => Some(page),
            Self::Next | Self::Sign => None,
        }
    }
}

/// The numbers of pages beyond the first, in order.
fn pages(links: &[&Link<'_>]) -> Vec<u32> {
    let further = links.iter().filter_map(|link| Further::of(&link.label));
    let mut pages: Vec<u32> = further.filter_map(Further::page).collect();
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// Behind its header, where the result itself is. A number there leads to a further page wherever it leads, by a script
/// for one (of a day of one page there is no second), unless the days of a month stand there.
fn leads_on(links: &[&Link<'_>]) -> bool {
    let is_calendar = pages(links).last() >= Some(&CALENDAR);
    links.iter().any(|link| match Further::of(&link.label) {
        Some(Further::Page(_)) if is_calendar => is_named(link),
        Some(Further::Page(_)) => link.leads() || link.href.is_some(),
        Some(Further::Next | Further::Sign) => link.leads(),
        None => false,
    })
}

/// Whether the address or the script of a link to a further page names pages, as in `?d-16544-p=2` or `paginar(2)`. Above
/// the header other numbers stand too, in a calendar or a menu.
fn is_named(link: &Link<'_>) -> bool {
    let is_further = match Further::of(&link.label) {
        Some(Further::Page(_) | Further::Next) => true,
        Some(Further::Sign) | None => false,
    };
    let is_page = |word: &str| matches!(word, "p" | "pg") || word.contains("pag");
    is_further && words(&address(link)).any(is_page)
}

/// Whether the numbers are those from the second page on, each in its own address, and nothing tells of days.
fn is_run(links: &[&Link<'_>]) -> bool {
    let numbers = pages(links);
    let is_run = numbers.iter().zip(2..).all(|(page, next)| *page == next);
    let is_calendar = numbers.last() >= Some(&CALENDAR);
    let mut numbered = links.iter().filter_map(|link| {
        let page = Further::of(&link.label)?.page()?;
        Some((page, address(link)))
    });
    let is_its_own = |(page, address): (u32, String)| {
        let is_of_days = DAYS.iter().any(|word| address.contains(word));
        words(&address).any(|word| word.parse() == Ok(page)) && !is_of_days
    };
    !numbers.is_empty() && is_run && !is_calendar && numbered.all(is_its_own)
}

/// Where a link leads, in lower case.
fn address(link: &Link<'_>) -> String {
    let parts = [link.href.as_deref(), link.onclick.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(" ").to_lowercase()
}

fn words(address: &str) -> impl Iterator<Item = &str> {
    address.split(|c: char| !c.is_alphanumeric())
}

/// Whether a sentence says that more is there than is shown: `25 registros encontrados, exibindo 1 a 15`, `exibindo 16 a
/// 25 de 25`, `Página 1 de 2`.
fn says_more(text: &str) -> bool {
    let folded = fold(text);
    let is_between = |c: char| c.is_whitespace() || ",;:()[]".contains(c);
    let mut words = Vec::new();
    for word in folded.split(is_between) {
        match pair(word) {
            _ if word.is_empty() => {}
            Some(pair) => words.extend(pair),
            None => words.push(word.trim_matches('.')),
        }
    }
    (1..words.len()).any(|at| pages_say_more(&words, at) || range_says_more(&words, at))
}

/// `1-15` and `1/2` as they are spoken; a date has more parts.
fn pair(word: &str) -> Option<[&str; 3]> {
    let (first, last) = word.split_once(['-', '–', '/'])?;
    let between = if word.contains('/') { "de" } else { "a" };
    let are_numbers = [first, last]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    are_numbers.then_some([first, between, last])
}

fn number(words: &[&str], at: usize) -> Option<u32> {
    let word = words.get(at)?;
    let is_number = word.len() <= 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|_| is_number)
}

fn is_of(words: &[&str], at: usize) -> bool {
    matches!(words.get(at), Some(&("de" | "of")))
}

/// `pagina 1 de 2`
fn pages_say_more(words: &[&str], at: usize) -> bool {
    let is_page = matches!(words[at - 1], "pagina" | "pag" | "page");
    let is_first = is_page && number(words, at).is_some();
    let total = number(words, at + 2).filter(|_| is_of(words, at + 1));
    is_first && total.is_some_and(|total| total > 1)
}

/// `exibindo 1 a 15`, with a total before it or behind it.
fn range_says_more(words: &[&str], at: usize) -> bool {
    let is_range = matches!(words.get(at + 1), Some(&("a" | "ate" | "to" | "-" | "–")));
    let (Some(first), Some(last), true) = (number(words, at), number(words, at + 2), is_range)
    else {
        return false;
    };
    let is_shown = |word: &&str| SHOWN.iter().any(|shown| word.starts_with(shown));
    if first > last || !words[at.saturating_sub(TO_RANGE)..at].iter().any(is_shown) {
        return false;
    }
    let before = || {
        let mut before = (at.saturating_sub(TO_TOTAL)..at).rev();
        before.find_map(|at| number(words, at))
    };
    let behind = number(words, at + 4).filter(|_| is_of(words, at + 3));
    let total = behind.or_else(before);
    total.is_some_and(|total| total > last || total == last && first > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_more_only_if_it_counts_more_than_it_shows() {
        for (text, more) in [
            ("25 registros encontrados, exibindo 1 a 15.", true),
            (
                "25 registros encontrados, exibindo todos os registros.",
                false,
            ),
            ("15 registros encontrados, exibindo de 1 a 15", false),
            ("Exibindo 1 a 15 de 25", true),
            ("Exibindo 1 a 15 de 15 registros", false),
            ("Exibindo 16 até 25 de 25 registros", true),
            ("Mostrando de 1 até 10 de 25 registros", true),
            ("Mostrando agendamentos 1-10 de 25", true),
            ("Registros 1 - 10 de 10", false),
            (
                "25 items found, displaying 1 to 15. [First/Prev] 1, 2",
                true,
            ),
            ("Página 1 de 2", true),
            ("Pág. 1/2", true),
            ("Página 1 de 1", false),
            ("Exibindo 1 a 15", false),
            ("Resultado DATA: 24/11/2026 8 a 18 h", false),
            ("Resultado DATA: 05/11/2026", false),
            ("Resultado DATA: 05-11-2026", false),
            ("15 registros, resultado de 05/11 a 12/11", false),
            ("Atendimento de 8 a 18 de segunda a sexta", false),
            ("Exibindo os dias 24/11/2026 a 30/11/2026", false),
            ("", false),
        ] {
            assert_eq!(says_more(text), more, "{text}");
        }
    }
}
