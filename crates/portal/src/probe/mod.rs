//! Walks the portal step by step, as a run would, and says at each page what it is, what was found on it
//! and which keys of the profile were used, so that an operator can adapt the profile. Personal data are
//! blanked; nothing is stored.

mod cells;
mod describe;
mod finding;
mod forms;
mod known;
mod outline;
mod profile_key;
mod sent;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use url::Url;

use super::Portal;
use super::browser::charset;
use super::browser::page::Page;
use super::classify::ClassifiedPage;
use super::errors::PortalError;
use super::page_name::PageName;
use super::redact::{self, Secrets};
use super::request::Request;
use super::session::{Credentials, PortalSession};
use super::tab::Observed;
pub use finding::{Fact, Finding, Topic};
pub use profile_key::ProfileKey;
use sent::SentRequest;

/// A page on the way.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeStep {
    /// From 1.
    pub number: usize,
    pub page: PageName,
    /// Its path, without the query.
    pub path: String,
    pub asked: String,
    /// The names of the fields that were sent.
    pub sent: Vec<String>,
    pub findings: Vec<Finding>,
    /// The keys of `portal.profile` that decided.
    pub keys: Vec<ProfileKey>,
    /// The page, personal data blanked.
    #[serde(skip)]
    pub html: String,
}

impl ProbeStep {
    /// Whether it is the page that a password is posted from.
    #[must_use]
    pub fn is_login(&self) -> bool {
        self.page == PageName::AgendaLogin
    }
}

/// What a walk has seen: attached to a session, it describes every page. Cheap to clone.
#[derive(Clone)]
pub struct Notes(Arc<Inner>);

impl Notes {
    /// For a session of these credentials.
    #[must_use]
    pub fn new(portal: &Portal, credentials: &Credentials) -> Self {
        Self(Arc::new(Inner {
            portal: portal.clone(),
            own_secrets: credentials.secrets(),
            state: Mutex::default(),
        }))
    }

    /// Describes every further page of `session`.
    pub fn attach(&self, session: &mut PortalSession) {
        let notes = Arc::clone(&self.0);
        session.observe(Arc::new(move |request, observed, cookies| {
            notes.note(request, observed, cookies);
        }));
    }

    /// What is asked for from now on.
    pub fn begin(&self, asked: impl Into<String>) {
        self.0.lock().asked = asked.into();
    }

    /// Exam statuses on the last page that nobody knows.
    pub fn statuses_unknown(&self, statuses: BTreeSet<String>) {
        let mut state = self.0.lock();
        if let Some(step) = state.unreported.last_mut() {
            for status in statuses {
                let status = redact::line(&status);
                step.findings.push(Finding::Line(format!(
                    "the exam status {status:?} is unknown: put it into portal.profile.closing_statuses if it closes an exam, else into open_statuses"
                )));
            }
        }
    }

    /// The pages that nobody has been told of.
    #[must_use]
    pub fn take(&self) -> Vec<ProbeStep> {
        std::mem::take(&mut self.0.lock().unreported)
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notes")
    }
}

/// Keeps the page of a step in `dir`, readable by its owner only; `01-front-door.html` and so on.
///
/// # Errors
/// If it cannot be written.
pub fn save(step: &ProbeStep, dir: &Path) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let name = step.page.as_str().replace(' ', "-");
    let path = dir.join(format!("{:02}-{name}.html", step.number));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(step.html.as_bytes())?;
    Ok(path)
}

struct Inner {
    portal: Portal,
    own_secrets: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seen: usize,
    asked: String,
    /// What redirects on the way to the next page said.
    redirects: Vec<Finding>,
    unreported: Vec<ProbeStep>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, request: &Request, observed: Observed<'_>, cookies: Vec<String>) {
        let secrets = Secrets::new(self.own_secrets.iter().cloned().chain(cookies));
        match observed {
            Observed::Redirect(to) => {
                let line = format!(
                    "redirected to {}",
                    redact::text(&secrets.cut(&readable(to)))
                );
                self.lock().redirects.push(line.into());
            }
            Observed::Page(page, seen) => self.note_page(request, page, seen, &secrets),
            Observed::Failure(error) => self.note_failure(request, error, &secrets),
        }
    }

    fn note_page(&self, request: &Request, page: &Page, seen: &ClassifiedPage, secrets: &Secrets) {
        let profile = &self.portal.shared.config.profile;
        let request = SentRequest::of(request, profile);
        let (mut findings, mut keys) = describe::page(page, seen, &request, profile);
        let mut look_at = request.keys_to_look_at(page, seen, profile);
        look_at.retain(|key| keys.iter().all(|known| known.key != key.key));
        keys.extend(look_at);
        let redirects = std::mem::take(&mut self.lock().redirects);
        findings.splice(1..1, redirects);
        self.push(ProbeStep {
            page: seen.page_kind.name(),
            path: path(&page.url),
            sent: request.sent,
            findings: without(findings, secrets),
            keys,
            html: redact::page(&page.text, secrets, profile).unwrap_or_default(),
            ..empty()
        });
    }

    /// A request that led to no page, after all retries.
    fn note_failure(&self, request: &Request, error: &PortalError, secrets: &Secrets) {
        let profile = &self.portal.shared.config.profile;
        let sent = SentRequest::of(request, profile);
        let mut findings = std::mem::take(&mut self.lock().redirects);
        findings.push(format!("{error} ({})", error.failure_kind()).into());
        self.push(ProbeStep {
            page: PageName::NoPage,
            path: path(&request.url),
            keys: sent.keys_of_failure(error, profile),
            sent: sent.sent,
            findings: without(findings, secrets),
            ..empty()
        });
    }

    fn push(&self, step: ProbeStep) {
        let mut state = self.lock();
        state.seen += 1;
        let (number, asked) = (state.seen, state.asked.clone());
        state.unreported.push(ProbeStep {
            number,
            asked,
            ..step
        });
    }
}

fn empty() -> ProbeStep {
    ProbeStep {
        number: 0,
        page: PageName::NoPage,
        path: String::new(),
        asked: String::new(),
        sent: Vec::new(),
        findings: Vec::new(),
        keys: Vec::new(),
        html: String::new(),
    }
}

fn without(findings: Vec<Finding>, secrets: &Secrets) -> Vec<Finding> {
    let findings = findings.into_iter();
    findings
        .map(|finding| finding.map(|text| secrets.cut(text)))
        .collect()
}

fn path(url: &Url) -> String {
    let path = url.path();
    path.split(';').next().unwrap_or(path).to_owned()
}

/// An address with its query as people read it.
fn readable(url: &Url) -> String {
    let query = charset::readable(url.query().unwrap_or_default());
    format!("{} {query}", path(url))
}
