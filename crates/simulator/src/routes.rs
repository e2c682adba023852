//! The portal at its best: which page a request gets when nothing misbehaves. Logins are in
//! `login_routes`, what comes after them in `agenda_routes`.

use axum::http::Method;

use super::answer::Answer;
use super::config::DeadSession;
use super::faults::{DialogSpelling, Visit};
use super::form::ReceivedRequest;
use super::invent::Unit;
use super::pages::{self, AGENDA_PATH, Entry, LoginDefects, ResultDefects, SearchDefects};
use super::sessions::Visitor;
use super::world::World;

const HEADER_PATH: &str = "/GFR/barrasp/topo-basico-preto.html";
/// Where pages wait for a meta refresh.
pub(super) const PARKED_PATH: &str = "/gefor/SGU/aguarde.do";
/// Value of the method field of a login.
const AUTHENTICATE: &str = "autenticar";

/// What a page shall get wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PageDefects {
    /// The agenda login page's own.
    pub(super) login: LoginDefects,
    /// How a call that opens a dialog is written.
    pub(super) dialog: DialogSpelling,
    /// The list is the one around today.
    pub(super) list_ignores_reference: bool,
    pub(super) list_for_all_units: bool,
    /// The search page's own.
    pub(super) search: SearchDefects,
    /// The result's own.
    pub(super) result: ResultDefects,
    /// The result is that of another day.
    pub(super) wrong_date: bool,
}

/// One request on its way through the portal.
pub(super) struct Request<'a> {
    pub(super) world: &'a World,
    pub(super) received: &'a ReceivedRequest,
    /// The living session it came with.
    pub(super) visitor: Option<Visitor>,
    pub(super) twist: PageDefects,
}

impl<'a> Request<'a> {
    pub(super) fn new(world: &'a World, received: &'a ReceivedRequest) -> Self {
        let session = received.session.as_deref();
        Self {
            world,
            received,
            visitor: session.and_then(|id| world.sessions.touch(id)),
            twist: PageDefects::default(),
        }
    }

    /// What is asked for.
    pub(super) fn visit(&self) -> Visit {
        let names = &self.world.config.names;
        let path = self.received.path.as_str();
        if path == "/" || path == HEADER_PATH {
            Visit::Entry
        } else if self.received.is_at(&names.logout_path) {
            Visit::Logout
        } else if self.received.is_at(&names.choice_path) {
            Visit::Choice
        } else if self.has_agenda_path() && self.received.is_at(&names.agenda_path) {
            Visit::Agenda
        } else if self.received.method == Method::GET && self.received.is_at(&names.entry_path) {
            Visit::Entry
        } else if path == pages::path_of(&names.entry_path) {
            self.login_visit()
        } else if path == AGENDA_PATH && self.received.method == Method::POST {
            match self.method_field() {
                Some(method) if method == names.method_list_dates => Visit::Dates,
                Some(_) | None => Visit::Result,
            }
        } else if !names.search_path.is_empty() && self.received.is_at(&names.search_path) {
            Visit::Search
        } else if pages::script(names, path).is_some() {
            Visit::Script
        } else {
            Visit::Other
        }
    }

    fn login_visit(&self) -> Visit {
        let names = &self.world.config.names;
        let posted = self.received.method == Method::POST;
        match self.method_field() {
            None => Visit::Other,
            Some(method) if method == names.agenda_method => Visit::Agenda,
            Some(AUTHENTICATE) if posted && self.is_forced() => Visit::Force,
            Some(AUTHENTICATE) if posted => Visit::Login,
            Some(_) => Visit::Entry,
        }
    }

    /// Whether the agenda login has an address of its own.
    pub(super) fn has_agenda_path(&self) -> bool {
        !self.world.config.names.agenda_path.is_empty()
    }

    pub(super) fn method_field(&self) -> Option<&str> {
        self.received.field(&self.world.config.names.method_field)
    }

    pub(super) fn is_forced(&self) -> bool {
        self.received.field(&self.world.config.names.force_field) == Some("true")
    }

    /// Whose request it is: by the CPF it gives, or by its session.
    pub(super) fn whose(&self) -> Option<usize> {
        let field = &self.world.config.names.login_user_field;
        let named = self.received.field(field).map(digits);
        named
            .and_then(|cpf| self.world.by_cpf(&cpf))
            .or(self.examiner().map(|(examiner, _)| examiner))
    }

    /// Who is logged in, and for which unit.
    pub(super) fn examiner(&self) -> Option<(usize, Unit)> {
        self.visitor.as_ref().and_then(|visitor| visitor.examiner)
    }

    pub(super) fn page(&self, visit: Visit) -> Answer {
        match visit {
            Visit::Entry => self.entry(),
            Visit::Agenda => self.agenda_login(),
            Visit::Login | Visit::Force => self.login(),
            Visit::Choice => self.choice(),
            Visit::Search => self.signed_in(visit, |examiner, unit| {
                self.search_page(examiner, unit, pages::Notices::default())
            }),
            Visit::Dates => self.signed_in(visit, |examiner, unit| self.dates(examiner, unit)),
            Visit::Result => self.signed_in(visit, |examiner, unit| self.result(examiner, unit)),
            Visit::Logout => self.logout(),
            Visit::Script | Visit::Other => self.other(),
        }
    }

    /// What stands in place of an inner page.
    pub(super) fn dead_session(&self, visit: Visit) -> Answer {
        self.world.counters.dead_session();
        let style = match self.world.config.variants.dead_session {
            DeadSession::Mixed => {
                let styles = [
                    DeadSession::Entry,
                    DeadSession::Frameset,
                    DeadSession::Unauthorized,
                    DeadSession::UnauthorizedPage,
                    DeadSession::EmptyList,
                ];
                styles[self.world.next_dead_answer() % styles.len()]
            }
            chosen @ (DeadSession::Entry
            | DeadSession::Told
            | DeadSession::Frameset
            | DeadSession::Unauthorized
            | DeadSession::UnauthorizedPage
            | DeadSession::EmptyList) => chosen,
        };
        let nobody = self.without_session();
        match style {
            DeadSession::EmptyList if visit == Visit::Dates => Answer::json("[]".to_owned()),
            DeadSession::Frameset => nobody.frameset(),
            DeadSession::Told => nobody.entry_page(&Entry {
                notices: pages::Notices::error(&self.world.config.names.expired_texts),
                ..Entry::default()
            }),
            DeadSession::Unauthorized => nobody.unauthorized(401),
            DeadSession::UnauthorizedPage => nobody.unauthorized(200),
            DeadSession::Entry | DeadSession::EmptyList | DeadSession::Mixed => {
                nobody.entry_page(&Entry::default())
            }
        }
    }

    fn without_session(&self) -> Request<'a> {
        Request {
            visitor: None,
            ..*self
        }
    }

    fn entry(&self) -> Answer {
        match self.received.path.as_str() {
            "/" => self.frameset(),
            HEADER_PATH => Answer::page(pages::header()),
            _ => self.entry_page(&Entry::default()),
        }
    }

    fn frameset(&self) -> Answer {
        self.in_session(Answer::page(pages::frameset(&self.world.config.names)))
    }

    fn unauthorized(&self, status: u16) -> Answer {
        self.in_session(Answer::text(&pages::unauthorized()).with_status(status))
    }

    pub(super) fn entry_page(&self, entry: &Entry) -> Answer {
        let config = &self.world.config;
        let entry = Entry {
            inline_dialogs: config.variants.inline_dialogs || entry.inline_dialogs,
            ..entry.clone()
        };
        self.in_session(Answer::page(pages::entry(&config.names, &entry)))
    }

    fn logout(&self) -> Answer {
        if let Some(visitor) = &self.visitor {
            self.world.sessions.close(&visitor.id);
        }
        self.without_session().entry_page(&Entry::default())
    }

    fn other(&self) -> Answer {
        let names = &self.world.config.names;
        let path = self.received.path.as_str();
        if path == PARKED_PATH {
            let number = self
                .received
                .field("pagina")
                .and_then(|text| text.parse().ok());
            let page = number.and_then(|number| self.world.parked(number));
            page.map_or_else(
                || Answer::error(404, None),
                |page| Answer::page(pages::Page::bytes(page)),
            )
        } else if path == pages::path_of(&names.entry_path) {
            self.unauthorized(401)
        } else if let Some(script) = pages::script(names, path) {
            Answer::file("text/javascript", &script)
        } else if path.starts_with("/GFR/css/") {
            Answer::file("text/css", pages::style())
        } else {
            Answer::error(404, None)
        }
    }

    /// An answer in the request's session, or in a new one.
    pub(super) fn in_session(&self, answer: Answer) -> Answer {
        match &self.visitor {
            Some(_) => answer,
            None => answer.opening(self.world.sessions.open().id),
        }
    }

    /// A page for who is logged in; for others, what a dead session gets.
    fn signed_in(&self, visit: Visit, page: impl Fn(usize, Unit) -> Answer) -> Answer {
        match self.examiner() {
            Some((examiner, unit)) => page(examiner, unit),
            None => self.dead_session(visit),
        }
    }
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
