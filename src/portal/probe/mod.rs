//! Walks the portal step by step, as a run would, and says at each page what it is, what was found on it
//! and which keys of the profile were used, so that an operator can adapt the profile. Personal data are
//! blanked; nothing is stored.

mod describe;
mod known;
mod outline;

use std::fmt;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::blank::{self, Secrets};
use super::browser::page::Page;
use super::classify::Seen;
use super::errors::PortalError;
use super::session::{Credentials, PortalSession};
use super::{Portal, visit};
use crate::domain::Unit;

/// A page on the way.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeStep {
    /// From 1.
    pub number: usize,
    /// What the page is.
    pub page: &'static str,
    /// Its path, without the query.
    pub path: String,
    /// What was asked for.
    pub asked: String,
    /// What was found on it, one finding a line.
    pub findings: Vec<String>,
    /// The keys of `portal.profile` that decided.
    pub keys: Vec<ProfileKey>,
    /// The page, personal data blanked.
    #[serde(skip)]
    pub html: String,
}

/// A key of the profile, and whether the page had what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileKey {
    /// Its name under `portal.profile`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Whether the page had it.
    pub found: bool,
}

/// Days from today on for which appointments are looked for.
const DAYS: u64 = 8;

/// Walks from the front door to the agenda of one day; `tell` is given each page. One login at most.
///
/// # Errors
/// Where the walk ended, if not at the end. The pages up to there were told.
pub async fn walk(
    portal: &Portal,
    credentials: Credentials,
    today: NaiveDate,
    mut tell: impl FnMut(ProbeStep),
) -> Result<(), PortalError> {
    let notes = Arc::new(Notes::new(portal, &credentials));
    let mut session = portal.session(credentials, None);
    session.observe(notes.observer());
    let outcome = go(&mut session, today, &notes, &mut tell).await;
    notes.drain(&mut tell);
    outcome
}

async fn go(
    session: &mut PortalSession,
    today: NaiveDate,
    notes: &Notes,
    tell: &mut impl FnMut(ProbeStep),
) -> Result<(), PortalError> {
    let profile = &notes.portal.shared.config.profile;
    notes.begin("the way in");
    let units = session.open().await?;
    notes.drain(tell);
    let wanted: Vec<NaiveDate> = (0..DAYS).map(|n| today + Days::new(n)).collect();
    let mut chosen: Option<(Unit, NaiveDate)> = None;
    for unit in units {
        let (method, format) = (&profile.method_list_dates, &profile.reference_format);
        notes.begin(format!(
            "the dates of unit {} from {today} (method_list_dates = {method}, reference_format = {format})",
            unit.code
        ));
        let dates = session.offered_dates(&unit, &wanted).await?;
        notes.drain(tell);
        if let Some(date) = dates.first() {
            chosen = Some((unit, *date));
            break;
        }
        chosen.get_or_insert((unit, today));
    }
    if let Some((unit, date)) = chosen {
        let method = &profile.method_search;
        notes.begin(format!(
            "the agenda of unit {} on {date} (method_search = {method})",
            unit.code
        ));
        session.read_day(&unit, date).await?;
    }
    Ok(())
}

/// Keeps the page of a step in `dir`, readable by its owner only; `01-front-door.html` and so on.
///
/// # Errors
/// If it cannot be written.
pub fn save(step: &ProbeStep, dir: &Path) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let name = step.page.replace(' ', "-");
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

/// What has been seen and not yet told.
struct Notes {
    portal: Portal,
    own_secrets: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seen: usize,
    asked: String,
    untold: Vec<ProbeStep>,
}

impl Notes {
    fn new(portal: &Portal, credentials: &Credentials) -> Self {
        Self {
            portal: portal.clone(),
            own_secrets: credentials.secrets(),
            state: Mutex::default(),
        }
    }

    fn observer(self: &Arc<Self>) -> visit::Observer {
        let notes = Arc::clone(self);
        Arc::new(move |page, seen, cookies| notes.note(page, seen, cookies))
    }

    /// What is asked for from now on.
    fn begin(&self, asked: impl Into<String>) {
        self.lock().asked = asked.into();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, page: &Page, seen: &Seen, cookies: Vec<String>) {
        let profile = &self.portal.shared.config.profile;
        let secrets = Secrets::new(self.own_secrets.iter().cloned().chain(cookies));
        let html = blank::page(&page.text, &secrets).unwrap_or_default();
        let (findings, keys) = describe::page(page, seen, profile);
        let mut state = self.lock();
        state.seen += 1;
        let (number, asked) = (state.seen, state.asked.clone());
        state.untold.push(ProbeStep {
            number,
            page: seen.sight.name(),
            path: path(page),
            asked,
            findings: findings.iter().map(|line| secrets.cut(line)).collect(),
            keys,
            html,
        });
    }

    fn drain(&self, tell: &mut impl FnMut(ProbeStep)) {
        let mut state = self.lock();
        let steps = std::mem::take(&mut state.untold);
        drop(state);
        steps.into_iter().for_each(tell);
    }
}

fn path(page: &Page) -> String {
    let path = page.url.path();
    path.split(';').next().unwrap_or(path).to_owned()
}

impl fmt::Display for ProbeStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}. {} ({})", self.number, self.page, self.path)?;
        writeln!(f, "   asked for: {}", self.asked)?;
        for finding in &self.findings {
            writeln!(f, "   {finding}")?;
        }
        for key in &self.keys {
            writeln!(f, "   {key}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ProfileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = if self.found { "found" } else { "NOT found" };
        write!(f, "portal.profile.{} = {}: {found}", self.key, self.value)
    }
}
