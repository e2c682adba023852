//! What is clicked to see a further page: a link, a button, or whatever else has a script for it.

use std::borrow::Cow;

use super::look::{Look, look};
use crate::browser::document::Document;
use crate::browser::link::{Click, Link};
use agendad_domain::text::{fold, visible};

/// By which words a label leads to a further page, folded.
const NEXT: [&str; 15] = [
    "prox",
    "proxima",
    "proximo",
    "proximas",
    "proximos",
    "seguinte",
    "seguintes",
    "avancar",
    "ultima",
    "ultimo",
    "fim",
    "mais",
    "next",
    "last",
    "more",
];

/// By which it does so beside other words only: a filter may be called so, too.
const ALL: [&str; 3] = ["todos", "todas", "all"];

/// What stands beside them: a step to another day or to one appointment says more.
const BESIDE: [&str; 17] = [
    "ver",
    "exibir",
    "mostrar",
    "carregar",
    "listar",
    "ir",
    "show",
    "view",
    "load",
    "pagina",
    "paginas",
    "registros",
    "resultados",
    "itens",
    "linhas",
    "page",
    "results",
];

/// What says nothing among them.
const BETWEEN: [&str; 5] = ["a", "as", "os", "para", "de"];

/// What scripts call pages that have no number.
const STEPS: [&str; 9] = [
    "next",
    "last",
    "fastforward",
    "forward",
    "proxima",
    "proximo",
    "seguinte",
    "ultima",
    "ultimo",
];

/// The names of what an address is to do.
const METHODS: [&str; 5] = ["method", "metodo", "acao", "action", "cmd"];

/// What addresses name that say how much of pages is shown, or print them.
const SIZES: [&str; 10] = [
    "por", "per", "size", "tam", "qt", "quant", "total", "max", "imprim", "print",
];

/// Every month has a day of this number, and no day so many pages.
const CALENDAR: u32 = 28;

/// What addresses name that lead to days or hours.
const DAYS: [&str; 5] = ["dia", "data", "date", "day", "hora"];

/// How functions begin that show another month; exams and names end alike.
const SWITCHES: [&str; 11] = [
    "", "muda", "mudar", "troca", "trocar", "altera", "alterar", "avancar", "proximo", "ir",
    "irpara",
];

/// Whatever is clicked has a longer label if more tags stand in it.
const MOST_TAGS: usize = 12;

/// Something to click whose label may mean a further page.
pub(super) struct Lead {
    further: Further,
    /// What its address or its script says, in lower case.
    address: String,
    /// Whether a click does anything.
    leads: bool,
    /// Whether it is made to lead somewhere, though perhaps nowhere now.
    is_link: bool,
    /// Whether nothing but its label says its number.
    is_bare: bool,
}

/// What the label of a pager's link says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Further {
    /// The number of a page beyond the first.
    Page(u32),
    Next,
    /// Next, by a sign alone.
    Sign,
    /// `13-18`: rows, or hours of the day.
    Rows,
}

impl Further {
    fn of(label: &str) -> Option<Self> {
        let bare = label.trim_matches(|c: char| c.is_whitespace() || "<>«»‹›[]()|.".contains(c));
        if bare.is_empty() {
            return label.contains(['>', '»', '›']).then_some(Self::Sign);
        }
        if says_next(bare) {
            return Some(Self::Next);
        }
        if let Some(first) = range(bare) {
            // Pages have five rows, or ten, or some such number.
            let are_rows = first % 5 == 1;
            return Some(if are_rows { Self::Next } else { Self::Rows });
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
            Self::Next | Self::Sign | Self::Rows => None,
        }
    }
}

/// Whether nothing is said but next or more, perhaps of what, and of how many or to which page.
fn says_next(label: &str) -> bool {
    let words = label.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let is_number = |word: &str| word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let has = |list: &[&str]| words.clone().any(|word| list.contains(&word));
    let lists = [&NEXT[..], &ALL, &BESIDE, &BETWEEN];
    let is_known = |word: &str| is_number(word) || lists.iter().any(|list| list.contains(&word));
    // Of a date or an hour there would be more.
    let is_one = words.clone().filter(|word| is_number(word)).count() < 2;
    words.clone().all(is_known) && is_one && (has(&NEXT) || has(&ALL) && has(&BESIDE))
}

/// The first of `11-20`, the rows of a further page. Of days and months one mostly has a zero in front.
fn range(label: &str) -> Option<u32> {
    let number = |part: &str| {
        let part = part.trim();
        let is_number = part.bytes().all(|byte| byte.is_ascii_digit()) && !part.starts_with('0');
        part.parse::<u32>().ok().filter(|_| is_number)
    };
    let parts = label.split_once(['-', '–']);
    let ends = parts.and_then(|(first, last)| Some((number(first)?, number(last)?)));
    let ends = ends.filter(|(first, last)| 1 < *first && first < last && *last < 1000);
    ends.map(|(first, _)| first)
}

impl Lead {
    pub(super) fn of_link(link: &Link<'_>) -> Option<Self> {
        let parts = [link.href.as_deref(), link.onclick.as_deref()];
        let address = address(parts, link.page.as_deref());
        let look = || look(link.class.as_deref(), link.image.as_deref());
        let further = further(&link.label, link.title.as_ref(), look, &address)?;
        let lead = Self {
            further,
            address,
            leads: link.leads() || link.page.is_some(),
            is_link: link.href.is_some(),
            is_bare: false,
        };
        Some(lead).filter(|lead| further != Further::Rows || lead.names_page())
    }

    /// A sign alone opens and closes things, too: it is to name pages, as is a range. A number may count what is shown
    /// by a click.
    pub(super) fn of_click(click: &Click<'_>, document: &Document<'_>) -> Option<Self> {
        if click.end > click.at + MOST_TAGS {
            return None;
        }
        let label = fold(&document.text_between(click.at, click.end));
        let address = address([None, click.onclick.as_deref()], click.page.as_deref());
        let look = || look(click.class.as_deref(), click.image.as_deref());
        let further = further(&label, click.title.as_ref(), look, &address)?;
        let mut lead = Self {
            further,
            address,
            leads: true,
            is_link: true,
            is_bare: false,
        };
        let is_vague = matches!(further, Further::Sign | Further::Rows);
        let is_bare = |lead: &Self| {
            let page = further.page();
            let is_told = |page| words(&lead.address).iter().any(|word| word.is(page));
            !label.contains("pag") && page.is_some_and(|page| !is_told(page))
        };
        if !lead.names_page() {
            lead.is_bare = is_bare(&lead);
            return Some(lead).filter(|_| !is_vague);
        }
        Some(lead)
    }

    /// Whether it is a number or a word, and its address or script names pages. Above the header other numbers stand
    /// too, in a calendar or a menu.
    pub(super) fn is_named(&self) -> bool {
        self.further != Further::Sign && self.names_page()
    }

    /// Whether pages are named right before a number, that of the label if it has one, or by the function or the method
    /// that is called: `?d-16544-p=2`, `paginar('lista', 2)`, `{'page': 'next'}`, `?method=proximaPagina`. A path may have
    /// pages in it, too.
    fn names_page(&self) -> bool {
        let words = words(&self.address);
        let is_page = |word: &str| matches!(word, "p" | "pg") || word.contains("pag");
        let mut pages = words.iter().enumerate();
        if let Further::Page(page) = self.further {
            // A page is looked for behind many words: where it stands last is enough.
            let last = words.iter().rposition(|word| word.is(page));
            let last_of_no_day = last_of_no_day(&words, page);
            return pages.any(|(at, word)| {
                let is_method = at > 0 && METHODS.contains(&words[at - 1].text);
                is_page(word.text)
                    && (words.get(at + 1).is_some_and(|word| word.is(page))
                        || word.called && last > Some(at)
                        || is_method && last_of_no_day > Some(at))
            });
        }
        let is_step = |word: &Word<'_>| STEPS.contains(&word.text);
        let last = words.iter().rposition(is_step);
        pages.any(|(at, word)| {
            let is_number = |word: &Word<'_>| word.number().is_some();
            is_page(word.text)
                && (word.called
                    || STEPS.iter().any(|step| word.text.contains(step))
                    || words.get(at + 1).is_some_and(is_number)
                    || last == Some(at + 1)
                    || !word.is_folder && last > Some(at))
        })
    }

    /// Whether a word that says a day stands right before the number of the label, or before a date of that day.
    fn names_its_day(&self, is_day: impl Fn(&str) -> bool) -> bool {
        let Further::Page(day) = self.further else {
            return false;
        };
        let words = words(&self.address);
        let is_meant = |behind: &[Word<'_>]| {
            let mut behind = behind.iter().skip_while(|word| word.text == "this");
            let first = behind.next();
            let is_year = first.is_some_and(|word| word.text.len() == 4);
            let written = if is_year { behind.nth(1) } else { first };
            written.is_some_and(|word| word.is(day) || word.is_date_of(day))
        };
        let mut words = words.iter().zip(behind(&words));
        words.any(|(word, behind)| is_day(word.text) && is_meant(behind))
    }

    /// Whether it leads to a month, and nothing that it says can be anything else.
    fn switches_month(&self) -> bool {
        let words = words(&self.address);
        let is_month = |word: &Word<'_>| {
            let verb = word.text.strip_suffix("mes");
            verb.is_some_and(|verb| SWITCHES.contains(&verb)) || word.text.contains("month")
        };
        let names_time = |word: &Word<'_>| {
            let is_other = matches!(word.text, "ano" | "year") || DAYS.contains(&word.text);
            is_month(word) || is_other || word.number().is_some()
        };
        let names_month = words.iter().zip(behind(&words)).any(|(word, behind)| {
            let is_numbered = || behind.first().is_some_and(|word| word.number().is_some());
            is_month(word) && (word.called || is_numbered())
        });
        let mut pairs = words.windows(2);
        names_month && pairs.all(|pair| pair[1].number().is_none() || names_time(&pair[0]))
    }
}

/// What a label says, or else a title; where neither says it, what stands in their place, or the address.
fn further(
    label: &str,
    title: Option<&Cow<'_, str>>,
    look: impl FnOnce() -> Look,
    address: &str,
) -> Option<Further> {
    let title = title.map(|title| fold(title)).unwrap_or_default();
    let is_blank = |text: &str| visible(text).trim().is_empty();
    if is_blank(label) && is_blank(&title) {
        return by_look(look(), address);
    }
    Further::of(label).or_else(|| Further::of(&title))
}

/// What an image says without words. One of which nothing is known leads on if its address tells to which page.
fn by_look(look: Look, address: &str) -> Option<Further> {
    match look {
        Look::Next => Some(Further::Next),
        Look::Other => None,
        Look::Unknown => names_step(address).then_some(Further::Sign),
    }
}

/// Whether a step or the number of a further page stands right behind a word for pages: `paginar('proxima')`,
/// `?d-16544-p=2`.
fn names_step(address: &str) -> bool {
    let words = words(address);
    let is_page = |word: &str| {
        let is_named = matches!(word, "p" | "pg" | "pag") || word.contains("pagin");
        let is_size = || SIZES.iter().any(|size| word.contains(size));
        (is_named || word.contains("page")) && !is_size()
    };
    words.windows(2).any(|pair| {
        let is_further = || pair[1].number().is_some_and(|page| page > 1);
        is_page(pair[0].text) && (STEPS.contains(&pair[1].text) || is_further())
    })
}

/// A word of an address or a script.
struct Word<'a> {
    text: &'a str,
    /// Whether it is a function that is called.
    called: bool,
    /// Whether the path goes on behind it.
    is_folder: bool,
}

impl Word<'_> {
    fn number(&self) -> Option<u32> {
        let is_number = self.text.bytes().all(|byte| byte.is_ascii_digit());
        self.text.parse().ok().filter(|_| is_number)
    }

    fn is(&self, number: u32) -> bool {
        self.number() == Some(number)
    }

    /// `24112026` or `20261124`
    fn is_date_of(&self, day: u32) -> bool {
        let is_written = self.text.len() == 8 && self.number().is_some();
        let day = format!("{day:02}");
        is_written && (self.text.starts_with(&day) || self.text.ends_with(&day))
    }
}

fn words(address: &str) -> Vec<Word<'_>> {
    let is_between = |c: char| !c.is_alphanumeric();
    let pieces = address.split_inclusive(is_between);
    let words = pieces.map(|piece| Word {
        text: piece.trim_end_matches(is_between),
        called: piece.ends_with('('),
        is_folder: piece.ends_with('/'),
    });
    words.filter(|word| !word.text.is_empty()).collect()
}

/// Where a number stands last that is no part of a date or of what else says a day.
fn last_of_no_day(words: &[Word<'_>], number: u32) -> Option<usize> {
    let (mut last, mut is_of_day) = (None, false);
    for (at, word) in words.iter().enumerate() {
        if word.number().is_none() {
            is_of_day = DAYS.iter().any(|day| word.text.contains(day));
        } else if word.is(number) && !is_of_day {
            last = Some(at);
        }
    }
    last
}

/// What stands behind each word.
fn behind<'w, 'a>(words: &'w [Word<'a>]) -> impl Iterator<Item = &'w [Word<'a>]> {
    (1..=words.len()).map(move |next| &words[next..])
}

/// Where a click leads, in lower case.
fn address(parts: [Option<&str>; 2], page: Option<&str>) -> String {
    let page = page.map(|page| format!("page={page}"));
    let parts = parts.into_iter().chain([page.as_deref()]);
    let parts: Vec<&str> = parts.flatten().collect();
    parts.join(" ").to_lowercase()
}

/// Those without the bare numbers, unless they are those of several pages from the second on: one alone may count
/// anything.
pub(super) fn without_counts(leads: Vec<Lead>) -> Vec<Lead> {
    let bare = leads.iter().filter(|lead| lead.is_bare);
    let bare: Vec<u32> = bare.filter_map(|lead| lead.further.page()).collect();
    let are_pages = bare.len() > 1 && is_run(&bare);
    let leads = leads.into_iter();
    let leads = leads.filter(|lead| are_pages || !lead.is_bare);
    leads.collect()
}

/// The numbers of pages beyond the first, in order.
fn pages(leads: &[Lead]) -> Vec<u32> {
    let mut pages: Vec<u32> = leads
        .iter()
        .filter_map(|lead| lead.further.page())
        .collect();
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// Whether they are those from the second page on.
fn is_run(pages: &[u32]) -> bool {
    pages.iter().zip(2..).all(|(page, next)| *page == next)
}

/// Whether the numbers are the days of a month: all of them, or each in its own address as a day.
fn are_days(leads: &[Lead]) -> bool {
    let numbers = pages(leads);
    if numbers.last() >= Some(&CALENDAR) {
        return true;
    }
    let mut numbered = leads.iter().filter(|lead| lead.further.page().is_some());
    // Pages carry the day of the result in their addresses, too, and a run of them is only told from days by what
    // stands alone.
    let is_run = is_run(&numbers);
    let is_day = |word: &str| {
        let mut days = DAYS.iter();
        days.any(|day| word.ends_with(day) || !is_run && word.contains(day))
    };
    let can_be = !numbers.is_empty() && (!is_run || numbers.len() > 1);
    can_be && numbered.all(|lead| lead.names_its_day(is_day) && !lead.names_page())
}

/// Behind the header, where the result itself is. A number there leads to a further page wherever it leads, by a script
/// for one (of a day of one page there is no second), unless the days of a month stand there.
pub(super) fn lead_on(leads: &[Lead]) -> bool {
    let are_days = are_days(leads);
    let is_other = |lead: &Lead| are_days || lead.further.page().is_none() && lead.switches_month();
    let can_be = |lead: &&Lead| lead.leads || lead.further.page().is_some() && lead.is_link;
    let mut leads = leads.iter().filter(can_be);
    leads.any(|lead| lead.names_page() || !is_other(lead))
}

/// Whether the numbers are those from the second page on, each in its own address, and nothing tells of days.
pub(super) fn are_run(leads: &[Lead]) -> bool {
    let numbers = pages(leads);
    let is_calendar = numbers.last() >= Some(&CALENDAR);
    let mut numbered = leads.iter().filter_map(|lead| {
        let page = lead.further.page()?;
        Some((page, lead.address.as_str()))
    });
    let is_its_own = |(page, address): (u32, &str)| {
        let is_of_days = DAYS.iter().any(|word| address.contains(word));
        words(address).iter().any(|word| word.is(page)) && !is_of_days
    };
    !numbers.is_empty() && is_run(&numbers) && !is_calendar && numbered.all(is_its_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_very_many_calls_is_looked_at_once() {
        // A number that is not there, behind so many calls that looking behind each of them would not end.
        let calls = "p(".repeat(200_000);
        let lead = Lead {
            further: Further::Page(2),
            address: calls,
            leads: true,
            is_link: true,
            is_bare: false,
        };
        assert!(!lead.names_page());
    }
}
