//! Which mails an examiner gets, on their page: for operators, and for themself.

use maud::{Markup, html};

use super::page::token;
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::config::Config;
use crate::domain::Trouble;
use crate::store::mail_preferences::MailPreferences;
use crate::words::pages::mails as words;
use crate::words::trouble;

/// What the form holds.
pub(super) struct Wishes {
    pub(super) tomorrow: bool,
    pub(super) changes: bool,
    /// Where to; empty: to the address on file.
    pub(super) email: String,
    /// Where the changes go, if they have a field of their own.
    changes_email: Option<String>,
}

impl Wishes {
    /// As they are kept. Where both mails go to one place, it is asked for once.
    fn kept(kept: &MailPreferences) -> Self {
        let [tomorrow, changes] = [&kept.tomorrow_email, &kept.changes_email];
        let is_apart = kept.tomorrow && kept.changes && tomorrow != changes;
        let email = if is_apart {
            tomorrow.as_ref()
        } else {
            tomorrow.as_ref().or(changes.as_ref())
        };
        Self {
            tomorrow: kept.tomorrow,
            changes: kept.changes,
            email: email.cloned().unwrap_or_default(),
            changes_email: is_apart.then(|| changes.clone().unwrap_or_default()),
        }
    }

    pub(super) fn sent(posted: &Posted) -> Self {
        let is_ticked = |name: &str| !posted.text(name).is_empty();
        Self {
            tomorrow: is_ticked("amanha"),
            changes: is_ticked("mudancas"),
            email: posted.text("email").to_owned(),
            changes_email: posted.given("email-mudancas").map(ToOwned::to_owned),
        }
    }

    /// Where the changes go.
    pub(super) fn changes_email(&self) -> &str {
        self.changes_email.as_ref().unwrap_or(&self.email)
    }
}

/// What they get, and the form that changes it; `sent`: what was sent, if that was refused.
pub(super) fn section(
    visitor: &Visitor,
    config: &Config,
    id: i32,
    kept: &MailPreferences,
    sent: Option<&Wishes>,
) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let known = kept.known_email.as_deref();
    let as_kept = Wishes::kept(kept);
    let wishes = sent.unwrap_or(&as_kept);
    let address = |label, name: &str, value: &str| {
        html! {
            label {
                (say(label))
                input type="text" inputmode="email" name=(name) size="28" autocomplete="email" value=(value) placeholder=[known];
            }
        }
    };
    html! {
        section id="emails" {
            h2 { (say(words::MAILS)) }
            @if config.alerts.email.host.is_empty() { p.notice.warn { (say(if visitor.is_operator() { words::NO_SERVER } else { words::NONE_SENT })) } }
            form.filters method="post" action=(format!("/peritos/{id}/emails")) {
                (token(visitor))
                label { (visitor.language.say(words::tomorrow(&config.tomorrow.hour))) input type="checkbox" name="amanha" value="1" checked[wishes.tomorrow]; }
                label { (say(words::CHANGES)) input type="checkbox" name="mudancas" value="1" checked[wishes.changes]; }
                @if let Some(changes) = &wishes.changes_email {
                    (address(words::ADDRESS_OF_TOMORROW, "email", &wishes.email))
                    (address(words::ADDRESS_OF_CHANGES, "email-mudancas", changes))
                } @else { (address(words::ADDRESS, "email", &wishes.email)) }
                button { (say(words::SAVE)) }
            }
            @if let Some(error) = &kept.last_error {
                @let about = if kept.last_error_kind == Some(Trouble::Unanswered) { words::LAST_UNANSWERED } else { words::LAST_ERROR };
                p.hint { (say(about)) code { (visitor.language.say(trouble::recorded(kept.last_error_kind, error))) } }
            }
            p.hint { (say(words::HINT)) }
        }
    }
}
