//! From the front door to the search page: entry → link → the agenda's own login. The password is posted
//! here and nowhere else.

use secrecy::ExposeSecret;
use url::Url;

use super::browser::form::Form;
use super::classify::{self, Sight};
use super::errors::{AuthReason, PortalError, PortalErrorKind};
use super::request::{Password, Purpose, Request};
use super::session::{PortalSession, State};
use super::visit::Visit;
use crate::config::portal::CpfFormat;
use crate::telemetry::metrics::names::LOGINS;

impl PortalSession {
    /// Logs in with an empty cookie jar and gives the page that follows, which is the search page.
    ///
    /// # Errors
    /// `auth` if the portal refuses; a refused login is never tried again.
    pub(super) async fn log_in(&mut self) -> Result<Visit, PortalError> {
        let turn = self.portal.logins.turn(&self.credentials.cpf);
        let _turn = turn.lock().await;
        self.forget();
        let agenda = self.find_agenda().await?;
        let asked = Request::get(Purpose::Agenda, agenda.clone());
        let visit = self.window.ask(asked, false).await?;
        // A portal that asks for no login here is odd, but its search page is what is wanted.
        let visit = if let Sight::Search(_) = &visit.seen.sight {
            visit
        } else if let Sight::AgendaLogin(form) = &visit.seen.sight {
            self.post_login(form.as_ref().clone(), &visit).await?
        } else {
            return Err(self.no_login(&visit).await);
        };
        self.state = State::In;
        self.agenda = Some(agenda);
        Ok(visit)
    }

    /// The address of the agenda: the link on the front door, else the profile's path.
    async fn find_agenda(&mut self) -> Result<Url, PortalError> {
        let entry = self
            .window
            .address(&self.portal.config.profile.entry_path)?;
        let asked = Request::get(Purpose::Entry, entry);
        let visit = self.window.ask(asked, false).await?;
        match &visit.seen.sight {
            Sight::Entry { agenda: Some(url) } => Ok(url.clone()),
            Sight::Captcha => Err(self.refuse(&visit, "").await),
            Sight::Entry { agenda: None }
            | Sight::Result(_)
            | Sight::Search(_)
            | Sight::Dates(_)
            | Sight::AgendaLogin(_)
            | Sight::Frames(_)
            | Sight::Refresh(_)
            | Sight::Expired
            | Sight::Unknown(_) => {
                tracing::warn!(
                    "the front door has no link to the agenda (portal.profile.agenda_link); using portal.profile.agenda_path"
                );
                self.window.address(&self.portal.config.profile.agenda_path)
            }
        }
    }

    async fn post_login(&mut self, mut form: Form, page: &Visit) -> Result<Visit, PortalError> {
        let profile = &self.portal.config.profile;
        let cpf = match profile.login_user_format {
            CpfFormat::Digits => self.credentials.cpf.digits().to_owned(),
            CpfFormat::Punctuated => self.credentials.cpf.formatted(),
        };
        form.set(&profile.login_user_field, cpf);
        form.set(
            &profile.login_password_field,
            self.credentials.senha.expose_secret(),
        );
        form.press();
        // A password must never become part of an address.
        form.post = true;
        let target = form.action.as_deref().unwrap_or_default();
        let Some(action) = page.page.resolve(page.seen.base.as_deref(), target) else {
            return Err(self.refuse(page, "the login form leads nowhere").await);
        };
        let password = Password::Carried {
            proven: self.credentials.proven,
        };
        self.logins += 1;
        let request = Request::submit(Purpose::Login, &form, action, page.page.charset, password);
        let answer = self.window.ask(request, false).await.inspect_err(|_| {
            LOGINS.one(["failed"]);
        })?;
        let verdict = self.verdict(&answer);
        LOGINS.one([verdict.as_str()]);
        match verdict {
            Verdict::In => Ok(answer),
            Verdict::Refused(reason, what) => {
                Err(PortalError::new(PortalErrorKind::Auth(reason), what))
            }
            Verdict::Out => Err(PortalError::expired(
                "the session was over right after the login",
            )),
            Verdict::Odd => Err(self.odd_answer(&answer).await),
        }
    }

    async fn odd_answer(&self, answer: &Visit) -> PortalError {
        if let Sight::AgendaLogin(_) | Sight::Entry { .. } = &answer.seen.sight {
            return self.layout(answer, UNKNOWN_MESSAGE.to_owned()).await;
        }
        let what = "the page after the login is not the search page";
        self.refuse(answer, what).await
    }

    /// The page where the agenda's login should be is something else. Nobody is logged in yet, so even a
    /// page that would mean "session over" is one that is not understood.
    async fn no_login(&self, visit: &Visit) -> PortalError {
        if let Sight::Captcha = &visit.seen.sight {
            return self.refuse(visit, NO_LOGIN).await;
        }
        let found = if let Sight::Unknown(why) = &visit.seen.sight {
            why
        } else {
            visit.seen.sight.name()
        };
        self.layout(visit, format!("{NO_LOGIN}: {found}")).await
    }

    /// What the page after the login post means. Everything but the search page is suspicious.
    fn verdict(&self, answer: &Visit) -> Verdict {
        let profile = &self.portal.config.profile;
        let seen = &answer.seen;
        let texts = [seen.errors.as_slice(), &seen.messages].concat();
        match &seen.sight {
            Sight::Search(_) => Verdict::In,
            Sight::Captcha => Verdict::Odd,
            _ if classify::says(&texts, &profile.blocked_texts) => {
                Verdict::Refused(AuthReason::Blocked, "the account is blocked")
            }
            _ if classify::says(&texts, &profile.refused_texts) => {
                Verdict::Refused(AuthReason::Refused, "CPF or password refused")
            }
            Sight::Expired => Verdict::Out,
            // An error that the profile does not know, about a password that was never accepted: taken
            // for a refusal, because trying again could lock a person out, while a paused account only
            // needs somebody to look.
            Sight::AgendaLogin(_) | Sight::Entry { .. } if !seen.errors.is_empty() => {
                if self.credentials.proven {
                    Verdict::Odd
                } else {
                    Verdict::Refused(AuthReason::Refused, UNKNOWN_MESSAGE)
                }
            }
            Sight::AgendaLogin(_) | Sight::Entry { .. } | Sight::Frames(_) => Verdict::Out,
            Sight::Result(_) | Sight::Dates(_) | Sight::Refresh(_) | Sight::Unknown(_) => {
                Verdict::Odd
            }
        }
    }
}

const NO_LOGIN: &str = "the page has no login of the agenda (portal.profile.agenda_link, \
    agenda_path, login_user_field, login_password_field)";

const UNKNOWN_MESSAGE: &str = "the login was not accepted, with a message that neither \
    portal.profile.refused_texts nor blocked_texts knows";

enum Verdict {
    In,
    Refused(AuthReason, &'static str),
    Out,
    Odd,
}

impl Verdict {
    /// As metrics name it.
    const fn as_str(&self) -> &'static str {
        match self {
            Self::In => "accepted",
            Self::Refused(AuthReason::Refused, _) => "refused",
            Self::Refused(AuthReason::Blocked, _) => "blocked",
            Self::Out | Self::Odd => "failed",
        }
    }
}
