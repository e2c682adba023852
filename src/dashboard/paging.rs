//! From one page of a long list to the next.

use maud::{Markup, html};
use serde::Deserialize;

use super::language::Language;
use crate::words::pages::paging as words;

/// Which page, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    pagina: String,
}

impl PageQuery {
    /// The first is 1.
    pub(super) fn page(&self) -> u32 {
        self.pagina.parse().unwrap_or(1).clamp(1, 1_000_000)
    }
}

/// That page, or the last one if the list has become shorter.
pub(super) fn within(page: u32, size: u32, of: i64) -> u32 {
    page.min(pages(size, of)).max(1)
}

fn pages(size: u32, of: i64) -> u32 {
    u32::try_from(of.max(0)).unwrap_or(u32::MAX).div_ceil(size)
}

/// Nothing, if all fits on one page.
pub(super) fn show(
    language: Language,
    page: u32,
    size: u32,
    of: i64,
    address: impl Fn(u32) -> String,
) -> Markup {
    let pages = pages(size, of);
    if pages <= 1 {
        return html! {};
    }
    let say = |sentence| language.say(sentence);
    html! {
        nav.paging aria-label=(say(words::PAGES_OF_LIST)) {
            @if page > 1 { a rel="prev" href=(address(page - 1)) { "‹ " (say(words::PREVIOUS)) } }
            span { (page) " / " (pages) }
            @if page < pages { a rel="next" href=(address(page + 1)) { (say(words::NEXT)) " ›" } }
        }
    }
}
