//! What all pages have in common: the head, the way around, the foot.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, SCRIPT, STYLE};
use super::language::{Language, address_in, tag};
use super::time::{Times, machine};
use super::visitor::Visitor;
use crate::domain::Role;
use crate::words::Sentence;
use crate::words::pages::{audit, login_page, page as words, past, people, settings};

/// In the address of a page that a browser without scripts loads anew by itself: nobody has done anything.
pub(super) const BY_ITSELF: &str = "auto=1";
/// In the address of a page that a link of another site has led to, when it is asked for once more.
pub(super) const FROM_OUTSIDE: &str = "veio=1";

/// A page before it has content.
pub(super) struct Page<'a> {
    language: Language,
    title: &'a str,
    visitor: Option<&'a Visitor>,
    /// Where it is found; for the link to the other language.
    address: &'a str,
    /// Where it is at home in the navigation.
    section: &'static str,
    /// So often does a browser without scripts load it anew, in seconds; 0: never.
    renewed: u8,
}

impl<'a> Page<'a> {
    /// For somebody who has logged in.
    pub(super) fn of(visitor: &'a Visitor, title: &'a str) -> Self {
        Self {
            language: visitor.language,
            title,
            visitor: Some(visitor),
            address: &visitor.address,
            section: "/",
            renewed: 0,
        }
    }

    /// For everybody.
    pub(super) fn open(language: Language, title: &'a str, address: &'a str) -> Self {
        Self {
            language,
            title,
            visitor: None,
            address,
            section: "",
            renewed: 0,
        }
    }

    pub(super) fn section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// Found elsewhere than where its visitor is.
    pub(super) fn at(mut self, address: &'a str) -> Self {
        self.address = address;
        self
    }

    /// What it shows grows old; and soon, if something is under way. The answer to a form cannot be loaded
    /// anew.
    pub(super) fn grows_old(mut self, is_under_way: bool) -> Self {
        let is_answer = self.visitor.is_some_and(|visitor| visitor.is_answer);
        self.renewed = match (is_answer, is_under_way) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 60,
        };
        self
    }

    /// What it shows is as it will ever be, unless it is still going on.
    pub(super) fn renewed_while(self, is_going_on: bool) -> Self {
        if is_going_on {
            self.grows_old(true)
        } else {
            self
        }
    }

    pub(super) fn show(self, content: &Markup) -> Response {
        let page = html! {
            (DOCTYPE)
            html lang=(tag(self.language)) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · agendad" }
                    link rel="icon" href=(ICON.address) type="image/svg+xml";
                    link rel="stylesheet" href=(STYLE.address);
                    script src=(SCRIPT.address) defer {}
                    @if self.renewed > 0 { noscript { meta http-equiv="refresh" content=(self.renewal()); } }
                }
                (self.body(content))
            }
        };
        Html(page.into_string()).into_response()
    }

    /// When, and where: the same page, wherever it lies.
    fn renewal(&self) -> String {
        let seconds = self.renewed;
        match self.address.split_once('?') {
            Some((_, query)) => format!("{seconds}; url=?{query}&{BY_ITSELF}"),
            None => format!("{seconds}; url=?{BY_ITSELF}"),
        }
    }

    fn body(&self, content: &Markup) -> Markup {
        let say = |sentence| self.language.say(sentence);
        let times = self.visitor.map(|visitor| visitor.times);
        html! {
                body
                    data-contact=[times.map(|_| "/contato")]
                    data-login=[times.map(|_| "/entrar")]
                    data-page=(self.address)
                    data-at=[times.map(|times| machine(times.now))]
                    data-midnight=[times.map(|times| machine(times.midnight()))]
                    data-day=[times.map(Times::today)]
                    data-zone=[times.map(|times| times.zone.name())]
                    data-lost=(say(words::NO_CONTACT))
                    data-past=[times.map(|_| say(words::NOT_OF_TODAY))]
                    data-ended=[times.map(|_| say(words::ENDED))] data-enter=[times.map(|_| say(login_page::LOG_IN))]
                    data-ago=(say(words::AGO)) data-soon=(say(words::SOON)) data-now=(say(words::NOW)) {
                    a.skip href="#content" { (say(words::SKIP_TO_CONTENT)) }
                    header.top {
                        a.brand href="/" { img src=(ICON.address) alt="" width="22" height="22"; "agendad" }
                        @if let Some(visitor) = self.visitor { (self.ways(visitor)) }
                        (self.languages())
                        @if let Some(visitor) = self.visitor {
                            a.who href="/conta" aria-current=[(self.section == "/conta").then_some("page")] { (visitor.name().unwrap_or_else(|| say(people::ACCOUNT).to_owned())) }
                            form method="post" action="/sair" { (token(visitor)) button.quiet { (say(words::LOG_OUT)) } }
                        }
                    }
                    p.contact id="contact" role="alert" hidden {}
                    main id="content" { (content) }
                    footer {
                        "agendad " (env!("CARGO_PKG_VERSION"))
                        @if let Some(times) = times { " · " (say(words::PAGE_OF)) (times.moment(times.now)) }
                    }
                }
        }
    }

    fn ways(&self, visitor: &Visitor) -> Markup {
        let say = |sentence| self.language.say(sentence);
        let home = visitor.inside.home();
        let operators = [
            ("/", say(words::OVERVIEW)),
            ("/agenda", say(words::AGENDA)),
            ("/leituras", say(past::RUNS)),
            ("/alertas", say(past::ALERTS)),
            ("/historico", say(words::HISTORY)),
            ("/pessoas", say(people::PEOPLE)),
            ("/auditoria", say(audit::AUDIT)),
            ("/ajustes", say(settings::SETTINGS)),
        ];
        let examiners = [
            (home.as_str(), say(words::OWN_PAGE)),
            ("/agenda", say(words::AGENDA)),
        ];
        let ways = match visitor.role() {
            Role::Operator => operators.as_slice(),
            Role::Reception => &operators[1..2],
            Role::Examiner => examiners.as_slice(),
        };
        html! {
            nav aria-label=(self.language.say(words::PAGES)) {
                @for (address, name) in ways {
                    a href=(address) aria-current=[self.is_at(address).then_some("page")] { (name) }
                }
            }
        }
    }

    /// Whether this is the page, or one of those behind it. A problem is at home nowhere.
    fn is_at(&self, address: &str) -> bool {
        !self.section.is_empty() && (self.section == address || self.address == address)
    }

    fn languages(&self) -> Markup {
        let other = match self.language {
            Language::Portuguese => Language::English,
            Language::English => Language::Portuguese,
        };
        html! {
            a.language href=(address_in(other, self.address)) lang=(tag(other)) hreflang=(tag(other)) {
                (other.say(words::LANGUAGE_NAME))
            }
        }
    }
}

/// The page of a form that was refused, with what was typed in it.
pub(super) fn refused(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// What is done by a second tap only: what it is, the way back to `page`, and the button that posts it to `/remover` there.
pub(super) fn confirm(
    visitor: &Visitor,
    title: &str,
    question: &Markup,
    page: &str,
    label: Sentence,
) -> Markup {
    html! {
        section.panel {
            h1 { (title) }
            (question)
            p { a.button href=(page) { (visitor.language.say(words::BACK)) } }
            (button(visitor, &format!("{page}/remover"), label))
        }
    }
}

/// A button that posts one thing.
pub(super) fn button(visitor: &Visitor, to: &str, label: Sentence) -> Markup {
    html! { form method="post" action=(to) { (token(visitor)) button { (visitor.language.say(label)) } } }
}

/// What every form must send along.
pub(super) fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="token" value=(visitor.form_token()); }
}
