//! From the front door to the search page: entry → the agenda's own login → password, perhaps the end of
//! another session, perhaps the choice of a unit. The password is posted here and nowhere else.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use tokio::sync::watch;
use url::Url;

use super::browser::form::Form;
use super::errors::{AuthReason, PortalError, PortalErrorKind};
use super::login_page::LoginPage;
use super::page_kind::{Dialog, PageKind};
use super::request::{Password, Purpose, Request};
use super::said;
use super::session::{PortalSession, State};
use super::verdict::{self, PasswordAnswer};
use super::visit::Visit;
use super::words::Words;
use agendad_config::portal::CpfFormat;
use agendad_domain::{LoginResult, Unit};
use agendad_telemetry::metrics::names::LOGINS;

/// What the portal answers to a password that it does not refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginAnswer {
    /// The search page.
    In,
    /// The examiner has a session elsewhere, which would have to be ended.
    Elsewhere,
    /// A unit is to be chosen: see [`PortalSession::choices`].
    Choice,
}

/// What goes with the password.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoginWith<'a> {
    /// End the session that the examiner has elsewhere.
    pub force: bool,
    /// The unit that was chosen, as the choice page names it.
    pub unit: Option<&'a str>,
}

impl PortalSession {
    /// Goes to the page on which the password is posted, with empty cookies. Posts none.
    ///
    /// # Errors
    /// Network kinds, `firewall`, `captcha`; `layout` if the way is not found.
    pub async fn begin_login(&mut self) -> Result<(), PortalError> {
        self.forget();
        self.choice = None;
        // Apart, so that what waits for it stays small: it holds whole pages.
        let began = Box::pin(self.go_to_login()).await;
        began.map_err(|error| self.failed(error).during("find the agenda's login"))
    }

    /// Posts the password. What comes of it is the answer to a password, whatever it is called: see
    /// [`PortalError::answers_password`].
    ///
    /// # Errors
    /// `auth` for everything that is not understood or says no; the kinds of a way that failed; `captcha`.
    ///
    /// Not to be dropped while [`PortalSession::password_sent`] says so: what the portal answers would be lost.
    pub async fn post_password(&mut self, with: LoginWith<'_>) -> Result<LoginAnswer, PortalError> {
        let answer = Box::pin(self.post(with)).await;
        self.tab.password_answered();
        let result = match &answer {
            Ok(LoginAnswer::In) => LoginResult::Accepted,
            Ok(LoginAnswer::Elsewhere) => LoginResult::InUse,
            Ok(LoginAnswer::Choice) => LoginResult::Choice,
            Err(error) => match error.kind() {
                PortalErrorKind::Auth(AuthReason::Refused) => LoginResult::Refused,
                PortalErrorKind::Auth(AuthReason::Blocked) => LoginResult::Blocked,
                PortalErrorKind::Auth(AuthReason::ChangePassword) => LoginResult::ChangePassword,
                PortalErrorKind::Auth(AuthReason::Unexplained) => LoginResult::Unexplained,
                PortalErrorKind::Network
                | PortalErrorKind::Timeout
                | PortalErrorKind::Unavailable { .. }
                | PortalErrorKind::SessionExpired
                | PortalErrorKind::Captcha
                | PortalErrorKind::Firewall
                | PortalErrorKind::InUse
                | PortalErrorKind::Layout => LoginResult::Failed,
            },
        };
        LOGINS.one([result.as_str()]);
        answer.map_err(|error| self.failed(error).during("log in"))
    }

    /// Whether a password has left and its answer is not known yet: at most for `portal.request_timeout`, and what
    /// redirects after it take.
    #[must_use]
    pub fn password_sent(&self) -> watch::Receiver<bool> {
        self.tab.password_sent()
    }

    /// How many posts of a password the portal may have acted upon.
    #[must_use]
    pub fn passwords_posted(&self) -> u32 {
        self.tab.counts().passwords
    }

    /// Leaves the login, or the session, without a request: the examiner's own is to stay, or a logout was not answered.
    pub fn abandon_login(&mut self) {
        self.forget();
    }

    /// The units of the choice page.
    ///
    /// # Errors
    /// `layout` for a page without choices or with another question; network kinds.
    pub async fn choices(&mut self) -> Result<Vec<Unit>, PortalError> {
        let choices = self.ask_choices().await;
        choices.map_err(|error| self.failed(error).during("read the choice of units"))
    }

    async fn go_to_login(&mut self) -> Result<(), PortalError> {
        let profile = &self.portal.config.profile;
        let entry = self.tab.address(&profile.entry_path)?;
        let request = Request::get(Purpose::Entry, entry);
        let visit = self.tab.ask(request, false).await?;
        let mut said = Words::of(&visit.page, profile);
        let asks_password = matches!(visit.seen.page_kind, PageKind::Entry { login: Some(_), .. });
        let visit = self.onward_to_agenda(visit).await?;
        let form = match &visit.seen.page_kind {
            PageKind::AgendaLogin(Ok(form)) => form.as_ref().clone(),
            PageKind::AgendaLogin(Err(problem)) => {
                return Err(self.layout(&visit, problem.clone()).await);
            }
            // It repeats the link that led to it. A front door with a login of its own, shown again, is none.
            PageKind::Entry {
                login: Some(form), ..
            } if !asks_password => form.as_ref().clone(),
            PageKind::Captcha
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::Choice(_)
            | PageKind::Entry { .. }
            | PageKind::Frames(_)
            | PageKind::Refresh(_)
            | PageKind::Expired
            | PageKind::Unknown(_) => return Err(self.no_way(&visit, NO_LOGIN).await),
        };
        let Some(action) = self.action_of(&form, &visit) else {
            return Err(self
                .layout(&visit, "the login form leads nowhere".to_owned())
                .await);
        };
        // Known before a password is posted, so that nobody takes it for the answer to one.
        self.tab.may_post_password(&action)?;
        said.add(Words::of(&visit.page, profile));
        self.state = State::LoggingIn(Box::new(LoginPage {
            form,
            action,
            charset: visit.page.charset,
            newest: Vec::new(),
            said: Arc::new(said),
            cyberark: None,
            posts: 0,
        }));
        Ok(())
    }

    /// From the front door to the agenda's login.
    async fn onward_to_agenda(&self, visit: Visit) -> Result<Visit, PortalError> {
        let profile = &self.portal.config.profile;
        let request = match &visit.seen.page_kind {
            PageKind::Captcha => return Err(self.refuse(&visit, "").await),
            // A front door that asks for CPF and password itself needs no further step.
            PageKind::AgendaLogin(_) => return Ok(visit),
            PageKind::Entry {
                form: Some(form), ..
            } if !profile.agenda_method.is_empty() => self.to_agenda(form, &visit)?,
            PageKind::Entry {
                agenda: Some(url), ..
            } => Request::get(Purpose::Agenda, url.clone()),
            PageKind::Entry { .. }
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::Choice(_)
            | PageKind::Frames(_)
            | PageKind::Refresh(_)
            | PageKind::Expired
            | PageKind::Unknown(_) => {
                if !profile.agenda_method.is_empty() {
                    return Err(self.no_way(&visit, NO_ENTRY).await);
                }
                tracing::warn!(
                    "the front door has no link to the agenda (portal.profile.agenda_link); using portal.profile.agenda_path"
                );
                let agenda = self.tab.address(&profile.agenda_path)?;
                Request::get(Purpose::Agenda, agenda)
            }
        };
        self.tab.ask(request, false).await
    }

    /// The front door's form, as its link to the agenda sends it.
    fn to_agenda(&self, form: &Form, visit: &Visit) -> Result<Request, PortalError> {
        let profile = &self.portal.config.profile;
        let mut form = form.clone();
        form.set(&profile.method_field, &profile.agenda_method);
        let action = self
            .action_of(&form, visit)
            .ok_or_else(|| PortalError::layout("the front door's form leads nowhere"))?;
        Ok(Request::submit(
            Purpose::Agenda,
            &form,
            action,
            visit.page.charset,
            Password::None,
        ))
    }

    fn action_of(&self, form: &Form, visit: &Visit) -> Option<Url> {
        let base = visit.seen.base.as_deref();
        visit.page.resolve_action(base, form.action.as_deref())
    }

    async fn post(&mut self, with: LoginWith<'_>) -> Result<LoginAnswer, PortalError> {
        let request = self.login_request(with)?;
        let answer = match self.tab.ask(request, false).await {
            Ok(answer) => answer.into_search(),
            Err(error) => return Err(unexplained_unless_known(error)),
        };
        if let Some(login) = self.login_page_mut() {
            login.newest.clone_from(&answer.seen.hidden);
        }
        if let PageKind::Search(_) = &answer.seen.page_kind {
            self.choice = with.unit.map(ToOwned::to_owned);
            self.check_search(&answer).await?;
            self.enter(answer);
            return Ok(LoginAnswer::In);
        }
        match &answer.seen.dialog {
            Some(Dialog::Elsewhere) => return Ok(LoginAnswer::Elsewhere),
            Some(Dialog::Choice { cyberark }) => {
                if let Some(login) = self.login_page_mut() {
                    login.cyberark.clone_from(cyberark);
                }
                return Ok(LoginAnswer::Choice);
            }
            None => {}
        }
        if let PageKind::Captcha = &answer.seen.page_kind {
            return Err(self.refuse(&answer, "").await.answering_password());
        }
        Err(self.no(&answer).await)
    }

    fn login_request(&mut self, with: LoginWith<'_>) -> Result<Request, PortalError> {
        let profile = &self.portal.config.profile;
        let State::LoggingIn(login) = &mut self.state else {
            return Err(PortalError::layout("there is no login form to send"));
        };
        let cpf = match profile.login_user_format {
            CpfFormat::Digits => self.credentials.cpf.digits().to_owned(),
            CpfFormat::Punctuated => self.credentials.cpf.formatted(),
        };
        let mut form = login.form.clone();
        let named = [
            profile.method_field.as_str(),
            &profile.login_user_field,
            &profile.login_password_field,
            &profile.force_field,
            &profile.choice_unit_field,
        ];
        form.renew(&login.newest, &named);
        form.set(&profile.login_user_field, cpf);
        form.set(
            &profile.login_password_field,
            self.credentials.password.expose_secret(),
        );
        if with.force {
            form.set_or_append(&profile.force_field, "true");
        }
        if let Some(unit) = with.unit {
            form.set_or_append(&profile.choice_unit_field, unit);
        }
        form.press();
        // A password must never become part of an address.
        form.post = true;
        if login.posts == 0 {
            self.logins += 1;
        }
        login.posts += 1;
        let password = Password::Carried {
            proven: self.credentials.proven,
        };
        let (action, charset) = (login.action.clone(), login.charset);
        Ok(Request {
            answer: Some(PasswordAnswer::after(Arc::clone(&login.said))),
            ..Request::submit(Purpose::Login, &form, action, charset, password)
        })
    }

    async fn ask_choices(&mut self) -> Result<Vec<Unit>, PortalError> {
        let cyberark = self
            .login_page()
            .and_then(|login| login.cyberark.as_deref());
        let cyberark = utf8_percent_encode(cyberark.unwrap_or("false"), NON_ALPHANUMERIC);
        let path = &self.portal.config.profile.choice_path;
        let path = path.replace("{cyberark}", &cyberark.to_string());
        let request = Request::get(Purpose::Choice, self.tab.address(&path)?);
        let visit = self.tab.ask(request, false).await?;
        let problem = match &visit.seen.page_kind {
            PageKind::Choice(Ok(units)) if !units.is_empty() => {
                let units = units.clone();
                if let Some(login) = self.login_page_mut() {
                    login.newest.clone_from(&visit.seen.hidden);
                }
                return Ok(units);
            }
            PageKind::Choice(Ok(_)) => "the choice page offers no unit".to_owned(),
            PageKind::Choice(Err(problem)) => problem.clone(),
            PageKind::Captcha
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::AgendaLogin(_)
            | PageKind::Entry { .. }
            | PageKind::Frames(_)
            | PageKind::Refresh(_)
            | PageKind::Expired
            | PageKind::Unknown(_) => format!("{NO_CHOICE}, but a {}", visit.seen.page_kind.name()),
        };
        Err(self.layout(&visit, problem).await)
    }

    /// What an answer means that lets nobody in: what it says that the pages before did not say already.
    async fn no(&self, answer: &Visit) -> PortalError {
        let profile = &self.portal.config.profile;
        let said = answer.answer.clone().unwrap_or_default();
        let new = said.with(&answer.page, profile);
        let (page, evidence) = (&answer.page, &self.portal.evidence);
        if let Some(refusal) = verdict::refusal(&new, profile) {
            // Words may be misread, and a pause waits for a person, who can look.
            let what = refusal.to_string();
            let kept = evidence.save(page, &what, self.secrets()).await;
            return refusal.with_evidence(kept);
        }
        if !new.tell_of_tries() && said::says(&new.told, &profile.maintenance_texts) {
            return PortalError::login_unavailable();
        }
        let what = match &answer.seen.page_kind {
            PageKind::Unknown(why) => format!("{UNEXPLAINED}: {why}"),
            PageKind::Captcha
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::AgendaLogin(_)
            | PageKind::Choice(_)
            | PageKind::Entry { .. }
            | PageKind::Frames(_)
            | PageKind::Refresh(_)
            | PageKind::Expired => UNEXPLAINED.to_owned(),
        };
        let kept = evidence.save(page, &what, self.secrets()).await;
        let kind = PortalErrorKind::Auth(AuthReason::Unexplained);
        PortalError::new(kind, what)
            .answering_password()
            .with_evidence(kept)
    }

    /// The page where the agenda's login should be is something else. Nobody is logged in yet, so even a
    /// page that would mean "session over" is one that is not understood.
    async fn no_way(&self, visit: &Visit, what: &str) -> PortalError {
        if let PageKind::Captcha = &visit.seen.page_kind {
            return self.refuse(visit, what).await;
        }
        let found = if let PageKind::Unknown(why) = &visit.seen.page_kind {
            why
        } else {
            visit.seen.page_kind.name().as_str()
        };
        self.layout(visit, format!("{what}: {found}")).await
    }
}

/// An answer to a password that could not even be read (a redirect to elsewhere, a page without end) may be a
/// refusal; a way that failed is none.
fn unexplained_unless_known(error: PortalError) -> PortalError {
    match error.kind() {
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::Firewall
        | PortalErrorKind::Auth(_) => error,
        PortalErrorKind::SessionExpired
        | PortalErrorKind::Captcha
        | PortalErrorKind::InUse
        | PortalErrorKind::Layout => error
            .with_kind(PortalErrorKind::Auth(AuthReason::Unexplained))
            .answering_password(),
    }
}

const NO_ENTRY: &str = "the front door has no form that leads to the agenda (portal.profile.entry_path, \
    method_field, login_user_field)";

const NO_LOGIN: &str = "the page has no login of the agenda (portal.profile.agenda_method, agenda_link, \
    agenda_path, login_user_field, login_password_field)";

const NO_CHOICE: &str =
    "the answer is no choice of units (portal.profile.choice_path, choice_unit_field)";

const UNEXPLAINED: &str = "the portal let nobody in and did not say why in words that portal.profile knows \
    (refused_texts, blocked_texts, change_password_texts)";
