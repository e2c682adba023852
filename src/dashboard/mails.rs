//! Which mails an examiner gets, on their page: for operators, and for themself.

use maud::{Markup, html};

use super::page::token;
use super::visitor::Visitor;
use crate::config::Config;
use crate::store::mail_preferences::MailPreferences;
use crate::words::pages::mails as words;
use crate::words::trouble;

/// What they get, and the form that changes it.
pub(super) fn section(
    visitor: &Visitor,
    config: &Config,
    id: i32,
    wishes: &MailPreferences,
) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let known = wishes.known_email.as_deref();
    html! {
        section id="emails" {
            h2 { (say(words::MAILS)) }
            @if config.alerts.email.host.is_empty() { p.notice.warn { (say(if visitor.is_operator() { words::NO_SERVER } else { words::NONE_SENT })) } }
            form.filters method="post" action=(format!("/peritos/{id}/emails")) {
                (token(visitor))
                label { (visitor.language.say(words::tomorrow(&config.tomorrow.hour))) input type="checkbox" name="amanha" value="1" checked[wishes.tomorrow]; }
                label { (say(words::CHANGES)) input type="checkbox" name="mudancas" value="1" checked[wishes.changes]; }
                label {
                    (say(words::ADDRESS))
                    input type="text" inputmode="email" name="email" size="28" autocomplete="email" value=[wishes.email.as_deref()] placeholder=[known];
                }
                button { (say(words::SAVE)) }
            }
            @if let Some(error) = &wishes.last_error {
                p.hint { (say(words::LAST_ERROR)) code { (visitor.language.say(trouble::recorded(wishes.last_error_kind, error))) } }
            }
            p.hint { (say(words::HINT)) }
        }
    }
}
