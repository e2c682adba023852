//! One user's browser tab: asks for a page with the session's cookies and pace, retries, follows
//! redirects, and looks at what came before anybody else sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use super::browser::jar::Jar;
use super::browser::origin::{OffLimits, Origin};
use super::browser::page::Page;
use super::classify::ClassifiedPage;
use super::errors::{PortalError, PortalErrorKind};
use super::firewall::TurnedAway;
use super::http::{Answer, Connection, Http, Outgoing};
use super::page_kind::PageKind;
use super::politeness::Pace;
use super::request::{Password, Purpose, Request};
use super::visit::{Visit, understand};
use super::words::Words;
use agendad_config::portal::PortalConfig;
use agendad_config::retry::RetryConfig;
use agendad_retry::Decision;
use agendad_telemetry::metrics::names::PORTAL_RETRIES;

/// What an observer is shown of a request.
pub(crate) enum Observed<'a> {
    /// A page, and what it was taken for.
    Page(&'a Page, &'a ClassifiedPage),
    /// It leads to this address.
    Redirect(&'a Url),
    /// No page that could be read, whatever was tried.
    Failure(&'a PortalError),
}

/// Is shown what every request led to, with the values of the cookies that must not be shown to others.
pub(crate) type Observer = Arc<dyn Fn(&Request, Observed<'_>, Vec<String>) + Send + Sync>;

/// What the session has cost so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub requests: u32,
    pub retries: u32,
    /// Posts of a password that may have been acted upon.
    pub passwords: u32,
}

/// A body of more bytes takes tens of milliseconds to read, and must not hold an async worker that long.
const LARGE: usize = 256 * 1024;

pub(crate) struct Tab {
    http: Arc<Http>,
    connection: Connection,
    config: Arc<PortalConfig>,
    retry: Arc<RetryConfig>,
    origin: Origin,
    /// Behind a lock because the tries of the retry loop share the tab. Never held across an
    /// `await`, and never contended.
    inner: Mutex<Inner>,
    /// Whether a password is on its way, and nobody knows yet what the portal says to it.
    password_sent: watch::Sender<bool>,
}

#[derive(Default)]
struct Inner {
    pace: Pace,
    jar: Jar,
    counts: Counts,
    /// Whether any request of this session was answered.
    answered: bool,
    /// Whether a page, or a way to one, was among the answers.
    served: bool,
    /// The page on show, which the next request names as its referer.
    shown: Option<Url>,
    observer: Option<Observer>,
}

enum Step {
    Page(Box<Visit>),
    Redirect(Url, RedirectKind),
}

/// Whether a redirect repeats the request with its form (307, 308).
#[derive(Clone, Copy, PartialEq, Eq)]
enum RedirectKind {
    Get,
    Repeat,
}

impl Tab {
    pub(crate) fn new(
        http: Arc<Http>,
        connection: Connection,
        config: Arc<PortalConfig>,
        retry: Arc<RetryConfig>,
    ) -> Self {
        let inner = Inner {
            pace: Pace::new(config.pause_between_requests),
            ..Inner::default()
        };
        Self {
            origin: Origin::new(&config.base_url),
            http,
            connection,
            config,
            retry,
            inner: Mutex::new(inner),
            password_sent: watch::Sender::new(false),
        }
    }

    /// See [`PortalSession::password_sent`](super::session::PortalSession::password_sent).
    pub(crate) fn password_sent(&self) -> watch::Receiver<bool> {
        self.password_sent.subscribe()
    }

    /// What the portal says to the password is known, or will not be.
    pub(crate) fn password_answered(&self) {
        self.password_sent.send_replace(false);
    }

    /// What it has cost so far.
    pub(crate) fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// Whether the portal has answered with a page, whatever page.
    pub(crate) fn was_shown_anything(&self) -> bool {
        self.lock().served
    }

    /// Puts other cookies in the place of the present ones.
    pub(crate) fn set_cookies(&self, jar: Jar) {
        self.lock().jar = jar;
    }

    /// The cookies as JSON, for the next run.
    pub(crate) fn save(&self) -> Option<serde_json::Value> {
        self.lock().jar.to_json()
    }

    /// Shows every further page to `observer`.
    pub(crate) fn observe(&self, observer: Observer) {
        self.lock().observer = Some(observer);
    }

    pub(crate) fn cookie_values(&self) -> Vec<String> {
        self.lock().jar.values()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An address of the profile.
    ///
    /// # Errors
    /// `layout` if the profile's path is none.
    pub(crate) fn address(&self, path: &str) -> Result<Url, PortalError> {
        self.origin.path(path).map_err(|error| {
            PortalError::layout("a path of portal.profile is not an address").caused_by(error)
        })
    }

    /// Asks for a page; redirects, frames and refreshes are followed up to `max_redirects`.
    ///
    /// Frames that lead to the front door are left standing when `inside` (a session is thought to be
    /// alive): they *are* the answer, which says that it is not.
    ///
    /// # Errors
    /// As the transport and [`look`](super::classify::look); `layout` for an address outside the portal.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        request: Request,
        inside: bool,
    ) -> Result<Visit, PortalError> {
        let mut request = request;
        let profile = &self.config.profile;
        for hop in 0..=self.config.max_redirects {
            let step = self.try_step(&request).await;
            // What leads on was acted upon.
            let step = step.map_err(|error| error.not_alone(hop > 0));
            let step = step.map_err(|error| request.refusal(profile).unwrap_or(error))?;
            request = match step {
                Step::Redirect(url, RedirectKind::Repeat) => {
                    if request.password != Password::None {
                        let what = "the login was redirected with its password";
                        return Err(PortalError::layout(what));
                    }
                    Request { url, ..request }
                }
                Step::Redirect(url, RedirectKind::Get) => {
                    let says = Words::of_address(&url);
                    request.onward(url, || says)
                }
                Step::Page(visit) => match self.onward(&visit.seen, inside) {
                    Some(url) => request.onward(url, || Words::of(&visit.page, profile)),
                    None => {
                        return Ok(Visit {
                            answer: request.answer,
                            ..*visit
                        });
                    }
                },
            };
        }
        let what = format!("more than {} redirects", self.config.max_redirects);
        let refusal = request.refusal(profile);
        Err(refusal.unwrap_or_else(|| PortalError::layout(what)))
    }

    fn onward(&self, seen: &ClassifiedPage, inside: bool) -> Option<Url> {
        match &seen.page_kind {
            PageKind::Frames(url) if inside && self.is_entry(url) => None,
            PageKind::Frames(url) | PageKind::Refresh(url) => Some(url.clone()),
            PageKind::Captcha
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::AgendaLogin(_)
            | PageKind::Choice(_)
            | PageKind::Entry { .. }
            | PageKind::Expired
            | PageKind::Unknown(_) => None,
        }
    }

    fn is_entry(&self, url: &Url) -> bool {
        let entry = self.config.profile.entry_path.split('?').next();
        url.path() == "/" || entry == Some(url.path())
    }

    /// One step, retried.
    ///
    /// The tries own what they need: a retry loop whose tries borrow cannot be shown to be `Send`.
    async fn try_step(self: &Arc<Self>, request: &Request) -> Result<Step, PortalError> {
        let max_wait = self.config.max_retry_after;
        let (tab, again) = (Arc::clone(self), Arc::new(request.clone()));
        let mut may_have_arrived = false;
        // What a page says of maintenance may be meant for one account: the answer counts as lost, and a password that was
        // never accepted does not go out again.
        let mut was_maintenance = false;
        let step = agendad_retry::with_backoff(
            &self.retry,
            move || {
                let (tab, request) = (Arc::clone(&tab), Arc::clone(&again));
                async move { tab.step(&request).await }
            },
            |error: &PortalError| match request.password {
                Password::None => error.decision(max_wait),
                Password::Carried { proven } => {
                    was_maintenance |= error.is_maintenance();
                    if error.is_maintenance() && !proven {
                        Decision::GiveUp
                    } else {
                        error.login_decision(proven, max_wait)
                    }
                }
            },
            |error, delay| {
                may_have_arrived |= error.may_have_arrived();
                self.lock().counts.retries += 1;
                if request.password != Password::None {
                    self.password_answered();
                }
                let kind = error.failure_kind();
                PORTAL_RETRIES.one([kind.as_str()]);
                tracing::info!(%kind, %error, ?delay, "the portal failed; trying again");
            },
        )
        .await;
        step.map_err(|error| error.not_alone(may_have_arrived || was_maintenance))
            .inspect_err(|error| self.show(request, Observed::Failure(error)))
    }

    async fn step(&self, request: &Request) -> Result<Step, PortalError> {
        let passwords = self.lock().counts.passwords;
        let step = self.exchange(request).await;
        if let Err(error) = &step
            && !error.may_have_arrived()
        {
            self.lock().counts.passwords = passwords;
        }
        step
    }

    async fn exchange(&self, request: &Request) -> Result<Step, PortalError> {
        let outgoing = self.prepare(request)?;
        let pause = self.lock().pace.pause();
        pause.await;
        let mut left = Instant::now();
        let sent = self
            .http
            .send(&self.connection, &outgoing, || {
                left = Instant::now();
                self.lock().counts.requests += 1;
                if request.password != Password::None {
                    self.lock().counts.passwords += 1;
                    self.password_sent.send_replace(true);
                }
            })
            .await;
        self.lock().pace.ended();
        let (answer, permit) = sent.map_err(|error| {
            if error.status().is_some() {
                self.http.firewall().answered(left);
            }
            self.perhaps_firewall(error)
        })?;
        // What stands in for the portal while it is down may have cookies of its own: the session's stay.
        if answer.refusal.is_none() {
            self.lock().jar.take(&request.url, &answer.set_cookies);
        }
        let step = self.read(request, answer).await;
        match &step {
            Err(error) if *error.kind() == PortalErrorKind::Firewall => {
                self.http.firewall().turned_away(TurnedAway::Page);
            }
            Ok(_) | Err(_) => {
                self.lock().answered = true;
                self.http.firewall().answered(left);
            }
        }
        self.lock().served |= step.is_ok();
        match &step {
            Err(error) if error.blames_portal() => permit.failure(error.retry_after()),
            Ok(_) | Err(_) => permit.success(),
        }
        match &step {
            Ok(Step::Page(visit)) => {
                // A list is fetched by a script of the page, which stays on show.
                if !matches!(visit.seen.page_kind, PageKind::Dates(_)) {
                    self.lock().shown = Some(visit.page.url.clone());
                }
                self.show(request, Observed::Page(&visit.page, &visit.seen));
            }
            Ok(Step::Redirect(url, _)) => self.show(request, Observed::Redirect(url)),
            Err(_) => {}
        }
        step
    }

    /// A session's first request that is reset again and again, while nothing else is answered, meets the firewall.
    fn perhaps_firewall(&self, error: PortalError) -> PortalError {
        let firewall = self.http.firewall();
        if !error.is_reset() || self.lock().answered || !firewall.first_request_was_reset() {
            return error;
        }
        firewall.turned_away(TurnedAway::Resets);
        error.with_kind(PortalErrorKind::Firewall)
    }

    fn show(&self, request: &Request, observed: Observed<'_>) {
        let inner = self.lock();
        if let Some(observer) = inner.observer.clone() {
            let cookies = inner.jar.values();
            drop(inner);
            observer(request, observed, cookies);
        }
    }

    /// The request as it will leave, if it may.
    fn prepare(&self, request: &Request) -> Result<Outgoing, PortalError> {
        let inner = self.lock();
        if inner.counts.requests >= self.config.max_pages_per_run {
            return Err(PortalError::page_limit(self.config.max_pages_per_run));
        }
        self.check(request, inner.shown.as_ref())
            .map_err(off_limits)?;
        Ok(Outgoing {
            purpose: request.purpose,
            url: request.url.clone(),
            form: request.form.clone(),
            referer: inner.shown.clone().or_else(|| self.first_referer(request)),
            cookies: inner.jar.header(&request.url),
        })
    }

    /// Where a browser would come from that shows no page yet: the root, or for a session that goes on the page that
    /// its login led to.
    fn first_referer(&self, request: &Request) -> Option<Url> {
        if request.purpose == Purpose::Entry {
            return self.origin.path("/").ok();
        }
        let mut login = self.origin.path(&self.config.profile.entry_path).ok()?;
        login.set_query(None);
        Some(login)
    }

    /// Whether a password may be posted to an address.
    ///
    /// # Errors
    /// `layout` if it may not.
    pub(crate) fn may_post_password(&self, to: &Url) -> Result<(), PortalError> {
        let shown = self.lock().shown.clone();
        let allowed = self.origin.check(shown.as_ref(), to);
        let allowed = allowed.and_then(|()| self.origin.check_password(to));
        allowed.map_err(off_limits)
    }

    fn check(&self, request: &Request, from: Option<&Url>) -> Result<(), OffLimits> {
        self.origin.check(from, &request.url)?;
        match request.password {
            Password::None => Ok(()),
            Password::Carried { .. } => self.origin.check_password(&request.url),
        }
    }

    async fn read(&self, request: &Request, answer: Answer) -> Result<Step, PortalError> {
        let location = answer.location.as_deref();
        if let Some(location) = location.filter(|_| answer.status.is_redirection()) {
            let target = request.url.join(location).map_err(|error| {
                PortalError::layout("a redirect leads nowhere").caused_by(error)
            })?;
            let kind = match answer.status.as_u16() {
                307 | 308 => RedirectKind::Repeat,
                _ => RedirectKind::Get,
            };
            return Ok(Step::Redirect(self.origin.upgraded(target), kind));
        }
        let (url, said) = (request.url.clone(), request.answer.clone());
        let config = Arc::clone(&self.config);
        let visit = if answer.body.len() > LARGE {
            aside(move || understand(url, answer, said, &config.profile)).await?
        } else {
            understand(url, answer, said, &config.profile)?
        };
        Ok(Step::Page(Box::new(visit)))
    }
}

/// Does long work beside the async workers, as if it were done here: a panic of it is a panic here.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PortalError> + Send + 'static,
) -> Result<T, PortalError> {
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => Err(PortalError::unavailable("the process is ending").caused_by(error)),
    })
}

fn off_limits(error: OffLimits) -> PortalError {
    PortalError::layout(format!("a link, form or redirect {error}"))
}
