//! An examiner's secret calendar address: what is known of it, and once, when it is new, the address itself.

use maud::{Markup, html};

use super::page::token;
use super::time::Times;
use super::visitor::Visitor;
use crate::store::calendars::CalendarState;

/// The address that has just been made.
pub(super) fn new_address(visitor: &Visitor, address: &str) -> Markup {
    let say = |pt, en| visitor.language.say(pt, en);
    html! {
        section.progress {
            p { strong { (say("Endereço do calendário", "Calendar address")) } " " (say("(mostrado só agora)", "(shown only now)")) }
            code.secret { (address) }
            p {
                (say(
                    "No celular do perito: acrescentar uma assinatura de calendário com este endereço. Quem o tiver vê a agenda; passe-o só ao perito.",
                    "On the examiner's phone: add a calendar subscription with this address. Whoever has it sees the agenda; give it to the examiner alone.",
                ))
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
    let say = |pt, en| times.language.say(pt, en);
    html! {
        div.empty {
            @match state {
                None => p { (say("A agenda no calendário do celular do perito, por um endereço secreto.", "The agenda in the calendar of the examiner's phone, by a secret address.")) },
                Some(state) => p {
                    (say("Endereço criado ", "Address made ")) (times.ago(state.created_at)) ", "
                    @match state.last_read_at {
                        Some(at) => { (say("lido ", "read ")) (times.ago(at)) }
                        None => (say("ainda não lido", "not read yet")),
                    } "."
                },
            }
            div.acts {
                form method="post" action=(format!("/peritos/{id}/calendario")) {
                    (token(visitor))
                    button { @if state.is_some() { (say("Trocar endereço", "Replace address")) } @else { (say("Criar endereço", "Make address")) } }
                }
                @if state.is_some() {
                    form method="post" action=(format!("/peritos/{id}/calendario/revogar")) { (token(visitor)) button { (say("Revogar", "Revoke")) } }
                }
            }
        }
    }
}
