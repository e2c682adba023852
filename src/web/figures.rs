//! What the page of metrics shows beside what was counted: how things stand now, in this process and in the
//! installation. The database is queried rarely and briefly, however often the page is requested; what it does not
//! answer is shown as not known (NaN).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::config::Config;
use crate::config::deadlines::deadlines;
use crate::domain::PauseReason;
use crate::domain::causes::in_a_line;
use crate::portal::{BreakerState, FirewallState};
use crate::store::StoreError;
use crate::store::figures::{AccountFigures, QueueFigures, WindowFigures, WindowLimit};
use crate::sync::Syncer;
use crate::telemetry::metrics::names::{
    ACCOUNTS, ACCOUNTS_PAUSED, BREAKER_STATE, DATABASE_CONNECTIONS, DATABASE_CONNECTIONS_MAX,
    DATABASE_UP, EXAMINERS_OVERDUE, FIREWALL_RESTING, LAST_SUCCESS, QUEUE_JOBS, QUEUE_OLDEST_DUE,
    SESSION_STORE_UP, SESSIONS_CACHED,
};

/// Answers of the database are good for so long.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// It has so much time to give them.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

/// Looks how things stand.
#[derive(Debug)]
pub(crate) struct Figures {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    /// Locked while the database is last.
    last: Mutex<LastQuery>,
}

/// The last time that the database was last.
#[derive(Debug, Default)]
struct LastQuery {
    when: Option<Instant>,
    /// The windows that are on the page.
    windows: Vec<String>,
    failed: bool,
}

impl Figures {
    pub(crate) fn new(syncer: Arc<Syncer>, config: watch::Receiver<Arc<Config>>) -> Self {
        Self {
            syncer,
            config,
            last: Mutex::default(),
        }
    }

    /// Puts everything into the metrics as it is now.
    pub(crate) async fn look(&self) {
        self.portal();
        self.connections();
        self.sessions();
        let mut last = self.last.lock().await;
        if last.when.is_some_and(|when| when.elapsed() < GOOD_FOR) {
            return;
        }
        let limits = self.limits();
        let counts = tokio::time::timeout(QUERY_TIMEOUT, self.query(&limits)).await;
        last.when = Some(Instant::now());
        last.forget_all_but(&limits);
        let problem = match counts {
            Ok(Ok(counts)) => {
                counts.show();
                None
            }
            Ok(Err(error)) => Some(in_a_line(&error)),
            Err(_) => Some(format!("no answer within {QUERY_TIMEOUT:?}")),
        };
        if problem.is_some() {
            unknown(&limits);
        }
        last.log_change(problem);
    }

    fn portal(&self) {
        let settings = self.syncer.settings.get();
        let state = settings.portal.breaker().state();
        let is = |shown: bool| f64::from(u8::from(shown));
        BREAKER_STATE.set(["closed"], is(state == BreakerState::Closed));
        BREAKER_STATE.set(["half_open"], is(state == BreakerState::HalfOpen));
        BREAKER_STATE.set(["open"], is(matches!(state, BreakerState::Open { .. })));
        let firewall = settings.portal.firewall().state();
        FIREWALL_RESTING.set([], is(firewall != FirewallState::Open));
    }

    fn connections(&self) {
        let connections = self.syncer.store.connections();
        DATABASE_CONNECTIONS.set(["in_use"], connections.in_use.into());
        DATABASE_CONNECTIONS.set(["idle"], connections.idle.into());
        DATABASE_CONNECTIONS_MAX.set([], connections.max.into());
    }

    fn sessions(&self) {
        let sessions = &self.syncer.sessions;
        let usable = sessions.shared().is_none_or(|shared| shared.answers);
        SESSION_STORE_UP.set([sessions.name()], f64::from(u8::from(usable)));
        SESSIONS_CACHED.set([sessions.name()], sessions.kept() as f64);
    }

    async fn query(&self, limits: &[WindowLimit]) -> Result<Counts, StoreError> {
        let store = &self.syncer.store;
        Ok(Counts {
            accounts: store.account_figures().await?,
            windows: store.window_figures(limits).await?,
            queue: store.queue_figures().await?,
        })
    }

    /// The windows in force, and which success is too old, as alerts see it. In a window that has not fired
    /// so often yet no examiner is late.
    pub(crate) fn limits(&self) -> Vec<WindowLimit> {
        let config = self.config.borrow().clone();
        let deadlines: HashMap<_, _> = deadlines(&config, self.syncer.clock.now())
            .into_iter()
            .collect();
        let limits = config.windows.iter().map(|window| WindowLimit {
            name: window.name.clone(),
            late_before: deadlines.get(&window.name).copied().unwrap_or_default(),
        });
        limits.collect()
    }
}

impl LastQuery {
    /// A gauge cannot be taken back: a window that is gone becomes not known.
    fn forget_all_but(&mut self, limits: &[WindowLimit]) {
        let kept: Vec<String> = limits.iter().map(|limit| limit.name.clone()).collect();
        for gone in self.windows.iter().filter(|name| !kept.contains(name)) {
            LAST_SUCCESS.set([gone], f64::NAN);
            EXAMINERS_OVERDUE.set([gone], f64::NAN);
        }
        self.windows = kept;
    }

    /// Logs when it begins to fail, and when it works again: the page is requested too often for a line each time.
    fn log_change(&mut self, problem: Option<String>) {
        match (&problem, self.failed) {
            (Some(error), false) => {
                tracing::warn!(error, "the database could not be asked for metrics");
            }
            (None, true) => tracing::info!("the database can be asked for metrics again"),
            (Some(_), true) | (None, false) => {}
        }
        self.failed = problem.is_some();
    }
}

/// Answers of the database.
struct Counts {
    accounts: AccountFigures,
    windows: Vec<WindowFigures>,
    queue: QueueFigures,
}

impl Counts {
    fn show(&self) {
        DATABASE_UP.set([], 1.0);
        accounts(&self.accounts);
        queue(&self.queue);
        for window in &self.windows {
            let name = window.name.as_str();
            EXAMINERS_OVERDUE.set([name], window.overdue as f64);
            if let Some(last) = window.last_success {
                LAST_SUCCESS.set([name], last.timestamp_millis() as f64 / 1000.0);
            }
        }
    }
}

/// The database does not answer. When a window last succeeded stays true.
fn unknown(limits: &[WindowLimit]) {
    DATABASE_UP.set([], 0.0);
    for limit in limits {
        EXAMINERS_OVERDUE.set([&limit.name], f64::NAN);
    }
    for state in ["scheduled", "paused", "off"] {
        ACCOUNTS.set([state], f64::NAN);
    }
    let reasons = PauseReason::ALL.iter().map(|reason| reason.as_str());
    for reason in reasons.chain(["other"]) {
        ACCOUNTS_PAUSED.set([reason], f64::NAN);
    }
    for state in [
        "available",
        "scheduled",
        "running",
        "retryable",
        "discarded",
    ] {
        QUEUE_JOBS.set([state], f64::NAN);
    }
    QUEUE_OLDEST_DUE.set([], f64::NAN);
}

fn accounts(accounts: &AccountFigures) {
    ACCOUNTS.set(["scheduled"], accounts.scheduled as f64);
    ACCOUNTS.set(["paused"], accounts.paused as f64);
    ACCOUNTS.set(["off"], accounts.off as f64);
    let mut other = accounts.paused;
    for &reason in PauseReason::ALL {
        let count = match reason {
            PauseReason::Refused => accounts.refused,
            PauseReason::Blocked => accounts.blocked,
            PauseReason::ChangePassword => accounts.change_password,
            PauseReason::Unexplained => accounts.unexplained,
            PauseReason::Captcha => accounts.captcha,
            PauseReason::DuplicateCpf => accounts.duplicate_cpf,
            PauseReason::Manual => accounts.manual,
        };
        ACCOUNTS_PAUSED.set([reason.as_str()], count as f64);
        other -= count;
    }
    ACCOUNTS_PAUSED.set(["other"], other as f64);
}

fn queue(queue: &QueueFigures) {
    for (state, jobs) in [
        ("available", queue.available),
        ("scheduled", queue.scheduled),
        ("running", queue.running),
        ("retryable", queue.retryable),
        ("discarded", queue.discarded),
    ] {
        QUEUE_JOBS.set([state], jobs as f64);
    }
    QUEUE_OLDEST_DUE.set([], queue.oldest_due.unwrap_or_default().max(0.0));
}
