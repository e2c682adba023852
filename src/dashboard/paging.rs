//! From one page of a long list to the next.

use maud::{Markup, html};

use super::language::Language;
use crate::words::pages::paging as words;

/// Nothing, if all fits on one page.
pub(super) fn show(
    language: Language,
    page: u32,
    size: u32,
    of: i64,
    address: impl Fn(u32) -> String,
) -> Markup {
    let pages = u32::try_from(of.max(0)).unwrap_or(u32::MAX).div_ceil(size);
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
