//! What can go wrong with the portal: a failure carries its kind, and the kind decides what happens
//! next. How transport failures get their kind is in `transport`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use agendad_domain::FailureKind;
use agendad_retry::Decision;

/// The kind of a portal failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalErrorKind {
    /// The portal could not be reached, or the connection broke.
    Network,
    /// The request took too long, or the run asked for more pages than `max_pages_per_run` allows.
    Timeout,
    /// The portal cannot serve now: 5xx, 429, a maintenance page, half a page, or our own breaker is open.
    Unavailable {
        /// How long the portal asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The portal honours our session no more.
    SessionExpired,
    /// The login was not accepted.
    Auth(AuthReason),
    /// A CAPTCHA was shown.
    Captcha,
    /// The portal's firewall turned this machine away.
    Firewall,
    /// The examiner has a session of their own, which the portal would end for ours.
    InUse,
    /// A page that is not understood.
    Layout,
}

/// Why a login was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthReason {
    /// Wrong CPF or password.
    Refused,
    /// The account is blocked.
    Blocked,
    /// The portal wants another password first.
    ChangePassword,
    /// An answer that nobody can explain: it may be a refusal.
    Unexplained,
}

/// A failed conversation with the portal.
///
/// `Display` is a fragment that fits "failed to …" and holds no secret, no query of a URL and no
/// personal data.
pub struct PortalError(Box<Inner>);

struct Inner {
    kind: PortalErrorKind,
    doing: Option<Cow<'static, str>>,
    what: Cow<'static, str>,
    delivery: Delivery,
    alone: bool,
    status: Option<u16>,
    breaker_open: Option<Duration>,
    page_limit: bool,
    reset: bool,
    answers_password: bool,
    serves_nobody: bool,
    maintenance: bool,
    evidence: Option<PathBuf>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is known of the request that failed. Decides whether a password may be posted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It never left this machine.
    NotSent,
    /// It was answered, and the answer says that it was not acted upon.
    Declined,
    /// It may have been acted upon.
    Unknown,
}

impl PortalError {
    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> &PortalErrorKind {
        &self.0.kind
    }

    /// The same, in the words that records, metrics and API answers share.
    #[must_use]
    pub fn failure_kind(&self) -> FailureKind {
        match self.0.kind {
            PortalErrorKind::Network => FailureKind::Network,
            PortalErrorKind::Timeout => FailureKind::Timeout,
            PortalErrorKind::Unavailable { .. } => FailureKind::Unavailable,
            PortalErrorKind::SessionExpired => FailureKind::SessionExpired,
            PortalErrorKind::Auth(_) => FailureKind::Auth,
            PortalErrorKind::Captcha => FailureKind::Captcha,
            PortalErrorKind::Firewall => FailureKind::Firewall,
            PortalErrorKind::InUse => FailureKind::InUse,
            PortalErrorKind::Layout => FailureKind::Layout,
        }
    }

    /// Whether the session is gone, so that its cached cookies must be forgotten too.
    #[must_use]
    pub fn session_is_dropped(&self) -> bool {
        match self.0.kind {
            PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha => true,
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. }
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => false,
        }
    }

    /// If no request was made because the breaker is open: when to come again. Such work is to be
    /// put off, not counted as failed.
    #[must_use]
    pub fn breaker_open(&self) -> Option<Duration> {
        self.0.breaker_open
    }

    /// The saved page that was not understood, or that refuses a password, personal data blanked.
    #[must_use]
    pub fn evidence(&self) -> Option<&Path> {
        self.0.evidence.as_deref()
    }

    /// Whether this is what the portal answered to a password, so that it may be a refusal whatever it is called.
    #[must_use]
    pub fn answers_password(&self) -> bool {
        self.0.answers_password
    }

    /// Whether the portal has looked at the login and refused it. Of a session that it had of the person before, that
    /// says nothing: whoever has changed the password was there to do so, and is met as the examiner.
    #[must_use]
    pub fn refuses_login(&self) -> bool {
        match self.0.kind {
            PortalErrorKind::Auth(reason) => reason != AuthReason::Unexplained,
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. }
            | PortalErrorKind::SessionExpired
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => false,
        }
    }

    /// Whether the portal has looked at the login and serves nobody now.
    #[must_use]
    pub fn serves_nobody(&self) -> bool {
        self.0.serves_nobody
    }

    /// Whether nobody knows what the portal made of the request: it has left, and no answer came of it, or one that says
    /// only that nobody is served.
    #[must_use]
    pub fn answer_is_lost(&self) -> bool {
        let no_answer = match self.0.kind {
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. } => {
                !self.0.answers_password && !self.is_of_the_way()
            }
            PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => false,
        };
        no_answer && self.0.delivery == Delivery::Unknown
    }

    /// Whether the portal has not judged the request: it never left, or was turned away, by a gateway for one.
    #[must_use]
    pub fn was_not_judged(&self) -> bool {
        self.0.delivery != Delivery::Unknown
            || self.0.kind == PortalErrorKind::Firewall
            || self.is_of_the_way()
    }

    /// An answer that says nothing but that the portal is not there, by its status: to the request itself, not to where a
    /// redirect of the portal's led. What broke (500) may have judged it first, and a gateway that has waited in vain (504;
    /// of some makers 524, 598, 599) or makes nothing of the answer (520) says that the portal's answer is lost.
    fn is_of_the_way(&self) -> bool {
        let says_so = |status| !matches!(status, 500 | 504 | 520 | 524 | 598 | 599);
        self.is_unavailable() && self.0.alone && self.0.status.is_some_and(says_so)
    }

    /// How long the portal asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self.0.kind {
            PortalErrorKind::Unavailable { retry_after } => retry_after,
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => None,
        }
    }

    /// Whether the portal cannot serve now.
    pub(crate) fn is_unavailable(&self) -> bool {
        matches!(self.0.kind, PortalErrorKind::Unavailable { .. })
    }

    /// Whether a page in place of the one that was asked for says that the portal is under maintenance.
    pub(crate) fn is_maintenance(&self) -> bool {
        self.0.maintenance
    }

    /// Whether the connection was reset before any byte of an answer.
    pub(crate) fn is_reset(&self) -> bool {
        self.0.reset
    }

    /// The HTTP status that says it all, if one does.
    pub(crate) fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Whether the breaker counts this against the portal.
    pub(crate) fn blames_portal(&self) -> bool {
        match self.0.kind {
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. } => true,
            PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => false,
        }
    }

    /// Whether the same request is worth another try.
    pub(crate) fn decision(&self, max_retry_after: Duration) -> Decision {
        if self.0.breaker_open.is_some() || self.0.page_limit {
            return Decision::GiveUp;
        }
        match self.0.kind {
            PortalErrorKind::Network | PortalErrorKind::Timeout => Decision::Retry {
                at_least: Duration::ZERO,
            },
            PortalErrorKind::Unavailable { retry_after } => {
                let at_least = retry_after.unwrap_or_default();
                if at_least <= max_retry_after {
                    Decision::Retry { at_least }
                } else {
                    Decision::GiveUp
                }
            }
            PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse
            | PortalErrorKind::Layout => Decision::GiveUp,
        }
    }

    /// The same for a request that carries a password: if nobody knows whether the portal has judged
    /// it, it is posted again only if this very password was accepted before.
    pub(crate) fn login_decision(&self, proven: bool, max_retry_after: Duration) -> Decision {
        match self.0.delivery {
            Delivery::NotSent | Delivery::Declined => self.decision(max_retry_after),
            Delivery::Unknown if proven => self.decision(max_retry_after),
            Delivery::Unknown => Decision::GiveUp,
        }
    }
}

const MAINTENANCE: &str = "the portal says that it is under maintenance";

/// Making them.
impl PortalError {
    pub(crate) fn new(kind: PortalErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            doing: None,
            what: what.into(),
            delivery: Delivery::Unknown,
            alone: true,
            status: None,
            breaker_open: None,
            page_limit: false,
            reset: false,
            answers_password: false,
            serves_nobody: false,
            maintenance: false,
            evidence: None,
            source: None,
        }))
    }

    /// An answer that is not what it should be.
    #[must_use]
    pub fn layout(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PortalErrorKind::Layout, what)
    }

    pub(crate) fn unavailable(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PortalErrorKind::Unavailable { retry_after: None }, what)
    }

    /// A page that says nothing but that the portal is under maintenance.
    pub(crate) fn maintenance() -> Self {
        let mut error = Self::unavailable(MAINTENANCE).delivery(Delivery::Declined);
        error.0.maintenance = true;
        error
    }

    /// The same failure, with how long a page of maintenance asks to be left alone by its header.
    pub(crate) fn asking_for(self, retry_after: Option<Duration>) -> Self {
        if self.0.maintenance {
            self.with_kind(PortalErrorKind::Unavailable { retry_after })
        } else {
            self
        }
    }

    /// The portal has looked at the login, and cannot serve anybody now.
    pub(crate) fn login_unavailable() -> Self {
        let mut error = Self::unavailable(MAINTENANCE);
        error.0.serves_nobody = true;
        error
    }

    /// The page of the portal's firewall. The request did not reach the portal.
    pub(crate) fn firewall() -> Self {
        let what = "the portal's firewall turned this machine away";
        Self::new(PortalErrorKind::Firewall, what).delivery(Delivery::Declined)
    }

    /// Nothing was asked: the firewall turned this process away a while ago.
    pub(crate) fn firewall_rests(retry_in: Duration) -> Self {
        let what = "this process leaves the portal alone for a while: its firewall turned it away";
        let mut error = Self::new(PortalErrorKind::Firewall, what);
        error.0.breaker_open = Some(retry_in);
        error.0.delivery = Delivery::NotSent;
        error
    }

    /// The examiner's own session is left alone.
    #[must_use]
    pub fn in_use(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PortalErrorKind::InUse, what)
    }

    /// The same failure, with what makes it final.
    #[must_use]
    pub fn after(mut self, what: impl fmt::Display) -> Self {
        self.0.what = format!("{} ({what})", self.0.what).into();
        self
    }

    pub(crate) fn expired(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(PortalErrorKind::SessionExpired, what)
    }

    /// The run has asked for as many pages as it may. A kind of time-out: the run took too long.
    pub(crate) fn page_limit(pages: u32) -> Self {
        let what = format!("the run has asked for {pages} pages; raise portal.max_pages_per_run");
        let mut error = Self::new(PortalErrorKind::Timeout, what);
        error.0.page_limit = true;
        error.0.delivery = Delivery::NotSent;
        error
    }

    pub(crate) fn breaker_is_open(retry_in: Duration) -> Self {
        let mut error = Self::unavailable("the portal rests after too many failures");
        error.0.breaker_open = Some(retry_in);
        error.0.delivery = Delivery::NotSent;
        error
    }

    pub(crate) fn answered(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The connection was reset before any byte of an answer.
    pub(crate) fn reset(mut self) -> Self {
        self.0.reset = true;
        self
    }

    /// This is what the portal answered to a password.
    pub(crate) fn answering_password(mut self) -> Self {
        self.0.answers_password = true;
        self
    }

    /// The same failure under another kind.
    pub(crate) fn with_kind(mut self, kind: PortalErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    /// Whether the request may have been acted upon.
    pub(crate) fn may_have_arrived(&self) -> bool {
        self.0.delivery == Delivery::Unknown
    }

    /// The same failure of a request of which an earlier try, or what led to it, may have been acted upon.
    pub(crate) fn not_alone(mut self, may_have_arrived: bool) -> Self {
        if may_have_arrived {
            self.0.delivery = Delivery::Unknown;
            self.0.alone = false;
        }
        self
    }

    pub(crate) fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Says during which step it happened; the innermost step stays.
    pub(crate) fn during(mut self, doing: impl Into<Cow<'static, str>>) -> Self {
        self.0.doing.get_or_insert_with(|| doing.into());
        self
    }

    pub(crate) fn with_evidence(mut self, evidence: Option<PathBuf>) -> Self {
        self.0.evidence = evidence;
        self
    }
}

impl fmt::Display for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(doing) = &self.0.doing {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalError")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("breaker_open", &self.0.breaker_open)
            .field("evidence", &self.0.evidence)
            .field("source", &self.0.source)
            .finish()
    }
}

impl Error for PortalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
