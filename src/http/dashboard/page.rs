//! What all pages have in common: the head, the way around, the foot.

use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON, SCRIPT, STYLE};
use super::language::Language;
use super::visitor::Visitor;

/// A page before it has content.
pub(super) struct Page<'a> {
    language: Language,
    title: &'a str,
    visitor: Option<&'a Visitor>,
    /// Where it is found; for the link to the other language.
    address: &'a str,
    /// Where it is at home in the navigation.
    section: &'static str,
    /// A browser without scripts loads it anew.
    going_on: bool,
}

impl<'a> Page<'a> {
    /// For whom has logged in.
    pub(super) fn of(visitor: &'a Visitor, title: &'a str) -> Self {
        Self {
            language: visitor.language,
            title,
            visitor: Some(visitor),
            address: &visitor.address,
            section: "/",
            going_on: false,
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
            going_on: false,
        }
    }

    pub(super) fn section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// What it shows goes on.
    pub(super) fn going_on(mut self, going_on: bool) -> Self {
        self.going_on = going_on;
        self
    }

    pub(super) fn show(self, content: &Markup) -> Response {
        let say = |pt, en| self.language.say(pt, en);
        let page = html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · agendad" }
                    link rel="icon" href=(ICON.address) type="image/svg+xml";
                    link rel="stylesheet" href=(STYLE.address);
                    script src=(SCRIPT.address) defer {}
                    @if self.going_on { noscript { meta http-equiv="refresh" content="2"; } }
                }
                body {
                    a.skip href="#content" { (say("Ir ao conteúdo", "Skip to content")) }
                    header.top {
                        a.brand href="/" { img src=(ICON.address) alt="" width="22" height="22"; "agendad" }
                        @if self.visitor.is_some() { (self.ways()) }
                        (self.languages())
                        @if let Some(visitor) = self.visitor {
                            form method="post" action="/sair" { (token(visitor)) button.quiet { (say("Sair", "Log out")) } }
                        }
                    }
                    main id="content" { (content) }
                    footer { "agendad " (env!("CARGO_PKG_VERSION")) }
                }
            }
        };
        Html(page.into_string()).into_response()
    }

    fn ways(&self) -> Markup {
        let ways = [
            ("/", self.language.say("Visão geral", "Overview")),
            ("/historico", self.language.say("Histórico", "History")),
        ];
        html! {
            nav aria-label=(self.language.say("Páginas", "Pages")) {
                @for (address, name) in ways {
                    a href=(address) aria-current=[(self.section == address).then_some("page")] { (name) }
                }
            }
        }
    }

    fn languages(&self) -> Markup {
        let other = match self.language {
            Language::Portuguese => Language::English,
            Language::English => Language::Portuguese,
        };
        html! {
            a.language href=(other.address_of(self.address)) lang=(other.tag()) hreflang=(other.tag()) {
                (other.say("Português", "English"))
            }
        }
    }
}

/// What every form must send along.
pub(super) fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="token" value=(visitor.session.form_token); }
}
