//! The portal at its best: which page a request gets when nothing misbehaves.

use axum::http::Method;

use super::answer::Answer;
use super::config::DeadSession;
use super::faults::Visit;
use super::form::Asked;
use super::pages::{self, Notices, ResultTwist};
use super::sessions::Visitor;
use super::world::{Login, World};

const HEADER_PATH: &str = "/GFR/barrasp/topo-basico-preto.html";
const LOGOUT_PATH: &str = "/gefor/SGU/logout.do";
/// Where pages wait for a meta refresh.
pub(super) const PARKED_PATH: &str = "/gefor/SGU/aguarde.do";

const WRONG: &str = "CPF ou senha inválidos.";
const BLOCKED: &str = "Usuário bloqueado. Procure a Unidade de Trânsito.";
pub(super) const STALE: &str = "Esta página já foi enviada ou expirou. Tente novamente.";

/// What a page shall get wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Twist {
    /// Login with other fields, search without its form.
    pub(super) layout: bool,
    /// The result's own.
    pub(super) result: ResultTwist,
    /// The result is that of another day.
    pub(super) wrong_date: bool,
}

/// One request on its way through the portal.
pub(super) struct Request<'a> {
    pub(super) world: &'a World,
    pub(super) asked: &'a Asked,
    /// The living session it came with.
    pub(super) visitor: Option<Visitor>,
    pub(super) twist: Twist,
}

impl<'a> Request<'a> {
    pub(super) fn new(world: &'a World, asked: &'a Asked) -> Self {
        let session = asked.session.as_deref();
        Self {
            world,
            asked,
            visitor: session.and_then(|id| world.sessions.touch(id)),
            twist: Twist::default(),
        }
    }

    /// What is asked for.
    pub(super) fn visit(&self) -> Visit {
        let names = &self.world.config.names;
        let path = self.asked.path.as_str();
        if path == pages::path_of(&names.agenda_path) {
            self.agenda_visit()
        } else if path == "/" || path == HEADER_PATH || path == pages::path_of(&names.entry_path) {
            Visit::Entry
        } else if path == LOGOUT_PATH {
            Visit::Logout
        } else {
            Visit::Other
        }
    }

    fn agenda_visit(&self) -> Visit {
        let names = &self.world.config.names;
        let method = self.asked.field(&names.method_field).unwrap_or_default();
        let stale = self.asked.session.is_some() && self.visitor.is_none();
        if self.asked.field(&names.login_password_field).is_some() {
            Visit::LoginPost
        } else if method == names.method_list_dates {
            Visit::Dates
        } else if method == names.method_search {
            Visit::Result
        } else if self.examiner().is_some() || stale {
            Visit::Search
        } else {
            Visit::LoginPage
        }
    }

    /// Whose request it is: by his session, or by the CPF he gives.
    pub(super) fn whose(&self) -> Option<usize> {
        let field = &self.world.config.names.login_user_field;
        let named = self.asked.field(field).map(digits);
        named
            .and_then(|cpf| self.world.by_cpf(&cpf))
            .or(self.examiner())
    }

    /// Who is logged in.
    pub(super) fn examiner(&self) -> Option<usize> {
        self.visitor.as_ref().and_then(|visitor| visitor.examiner)
    }

    /// The page.
    pub(super) fn page(&self, visit: Visit) -> Answer {
        match visit {
            Visit::Entry => self.entry(),
            Visit::LoginPage => self.login_page(&Notices::default()),
            Visit::LoginPost => self.login(),
            Visit::Search => self.signed_in(|examiner, visitor| {
                Answer::page(&self.search_page(examiner, visitor, &Notices::default()))
            }),
            Visit::Dates => self.signed_in(|examiner, visitor| self.dates(examiner, visitor)),
            Visit::Result => self.signed_in(|examiner, visitor| self.result(examiner, visitor)),
            Visit::Logout => self.logout(),
            Visit::Other => self.other(),
        }
    }

    /// The login page saying why.
    pub(super) fn refuse_login(&self, blocked: bool) -> Answer {
        self.login_page(&Notices::error(if blocked { BLOCKED } else { WRONG }))
    }

    /// What stands in place of an inner page.
    pub(super) fn dead_session(&self) -> Answer {
        self.world.counters.dead_session();
        let style = match self.world.config.variants.dead_session {
            DeadSession::Mixed => {
                let styles = [
                    DeadSession::Frameset,
                    DeadSession::Login,
                    DeadSession::Entry,
                ];
                styles[self.world.next_dead_answer() % styles.len()]
            }
            chosen @ (DeadSession::Frameset | DeadSession::Entry | DeadSession::Login) => chosen,
        };
        let nobody = Request {
            visitor: None,
            ..*self
        };
        match style {
            DeadSession::Frameset | DeadSession::Mixed => nobody.frameset(),
            DeadSession::Entry => nobody.entry_page(),
            DeadSession::Login => nobody.login_page(&Notices::default()),
        }
    }

    fn entry(&self) -> Answer {
        match self.asked.path.as_str() {
            "/" => self.frameset(),
            HEADER_PATH => Answer::page(pages::header()),
            _ => self.entry_page(),
        }
    }

    fn frameset(&self) -> Answer {
        self.in_session(|_| pages::frameset(&self.world.config.names))
    }

    fn entry_page(&self) -> Answer {
        let config = &self.world.config;
        let notices = match self.asked.field("cpf") {
            Some(_) => Notices::error("Credenciado não encontrado."),
            None => Notices::default(),
        };
        self.in_session(|visitor| {
            pages::entry(
                &config.names,
                config.variants.agenda_link,
                &visitor.token,
                &notices,
            )
        })
    }

    fn login_page(&self, notices: &Notices) -> Answer {
        let names = &self.world.config.names;
        self.in_session(|visitor| pages::login(names, &visitor.token, notices, self.twist.layout))
    }

    fn login(&self) -> Answer {
        let names = &self.world.config.names;
        let Some(visitor) = self
            .visitor
            .as_ref()
            .filter(|visitor| self.has_token(visitor))
        else {
            self.world.counters.wrong_token();
            return self.login_page(&Notices::error(STALE));
        };
        if self.asked.method != Method::POST {
            return self.login_page(&Notices::default());
        }
        let cpf = digits(
            self.asked
                .field(&names.login_user_field)
                .unwrap_or_default(),
        );
        let senha = self
            .asked
            .field(&names.login_password_field)
            .unwrap_or_default();
        match self.world.login(&cpf, senha) {
            Login::Wrong => self.refuse_login(false),
            Login::Blocked => self.refuse_login(true),
            Login::Welcome(examiner) => {
                self.world.sessions.sign_in(&visitor.id, examiner);
                if self.world.config.variants.redirect_after_login {
                    Answer::redirect(302, &names.agenda_path)
                } else {
                    Answer::page(&self.search_page(examiner, visitor, &Notices::default()))
                }
            }
        }
    }

    fn logout(&self) -> Answer {
        if let Some(visitor) = &self.visitor {
            self.world.sessions.close(&visitor.id);
        }
        Request {
            visitor: None,
            ..*self
        }
        .frameset()
    }

    fn other(&self) -> Answer {
        match self.asked.path.as_str() {
            PARKED_PATH => {
                let number = self
                    .asked
                    .field("pagina")
                    .and_then(|text| text.parse().ok());
                let page = number.and_then(|number| self.world.parked(number));
                page.map_or_else(|| Answer::error(404, None), Answer::bytes)
            }
            "/gefor/js/geral.js" => Answer::file("text/javascript", pages::script()),
            "/gefor/css/estilo.css" => Answer::file("text/css", pages::style()),
            _ => Answer::error(404, None),
        }
    }

    /// A page of the request's session, or of a new one.
    fn in_session(&self, page: impl Fn(&Visitor) -> String) -> Answer {
        match &self.visitor {
            Some(visitor) => Answer::page(&page(visitor)),
            None => {
                let visitor = self.world.sessions.open();
                Answer::page(&page(&visitor)).opening(visitor.id)
            }
        }
    }

    /// A page for who is logged in; for others, what a dead session gets.
    fn signed_in(&self, page: impl Fn(usize, &Visitor) -> Answer) -> Answer {
        match (self.examiner(), &self.visitor) {
            (Some(examiner), Some(visitor)) => page(examiner, visitor),
            _ => self.dead_session(),
        }
    }

    pub(super) fn has_token(&self, visitor: &Visitor) -> bool {
        self.asked.token() == Some(visitor.token.as_str())
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
