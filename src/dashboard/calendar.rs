//! An examiner's secret calendar address: what is known of it, and once, when it is new, the address itself.

use maud::{Markup, html};

use super::page::{button, token};
use super::time::Times;
use super::visitor::Visitor;
use crate::store::calendars::CalendarState;
use crate::words::pages::calendar as words;

/// The address that has just been made.
pub(super) fn new_address(visitor: &Visitor, address: &str) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        section.progress {
            p { strong { (say(words::CALENDAR_ADDRESS)) } " " (say(words::SHOWN_ONCE)) }
            code.secret { (address) }
            p {
                (say(words::HOW_TO_SUBSCRIBE))
            }
        }
    }
}

/// What is known of the address, and what can be done about it.
pub(super) fn section(
    visitor: &Visitor,
    times: Times,
    id: i32,
    state: Option<&CalendarState>,
) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        div.empty {
            @match state {
                None => p { (say(words::WHAT_IT_IS)) },
                Some(state) => p {
                    (say(words::ADDRESS_MADE)) (times.ago(state.created_at)) ", "
                    @match state.last_read_at {
                        Some(at) => { (say(words::READ)) (times.ago(at)) }
                        None => (say(words::NOT_READ_YET)),
                    } "."
                },
            }
            div.acts {
                form method="post" action=(format!("/peritos/{id}/calendario")) {
                    (token(visitor))
                    button { @if state.is_some() { (say(words::REPLACE_ADDRESS)) } @else { (say(words::MAKE_ADDRESS)) } }
                }
                @if state.is_some() {
                    (button(visitor, &format!("/peritos/{id}/calendario/revogar"), words::REVOKE))
                }
            }
        }
    }
}
