//! A reading that somebody else has begun, followed to its end: for whoever asks for one while it goes on.

use std::io::IsTerminal;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::language::say;
use super::output;
use super::reading::{days, exit_of, spinner};
use crate::app::App;
use crate::domain::{FailureKind, RunStatus, Window};
use crate::store::listing::RunView;
use crate::telemetry::beside;
use crate::words::cli::sync as words;

/// How often it is looked for.
const EVERY: Duration = Duration::from_millis(300);
/// A lock is taken shortly before its run is recorded.
const UNTIL_RECORDED: Duration = Duration::from_secs(3);
/// More than a reading may take: its record is written then too.
const LONGER: Duration = Duration::from_secs(30);

/// What became of it.
pub(super) enum Followed {
    Ended(Box<EndedRun>),
    /// There is none (any more).
    Nothing,
    /// Nobody waits any more; it goes on.
    Left,
}

/// A run of somebody else's that has ended.
pub(super) struct EndedRun(RunView);

/// Waits for the end of an examiner's reading, no longer than one may take, or until the wait is ended.
pub(super) async fn follow(
    app: &App,
    usuario_id: i32,
    stop: &CancellationToken,
) -> anyhow::Result<Followed> {
    output::remark(say(words::FOLLOWING));
    let bar = std::io::stderr()
        .is_terminal()
        .then(|| spinner(words::FOLLOWED));
    if let Some(bar) = bar.clone() {
        beside::make_room(Some(Box::new(move |write| bar.suspend(write))));
    }
    let longest = app.config().scheduler.run_timeout + LONGER;
    let followed = tokio::select! {
        followed = until_ended(app, usuario_id) => followed,
        () = stop.cancelled() => Ok(Followed::Left),
        () = tokio::time::sleep(longest) => Ok(Followed::Left),
    };
    if let Some(bar) = bar {
        beside::make_room(None);
        bar.finish_and_clear();
    }
    if matches!(followed, Ok(Followed::Left)) {
        output::remark(say(words::NOT_FOLLOWED));
    }
    followed
}

async fn until_ended(app: &App, usuario_id: i32) -> anyhow::Result<Followed> {
    let store = &app.database.store;
    let begun = Instant::now();
    let id = loop {
        let running = Some(RunStatus::Running);
        if let Some(run) = store
            .list_runs(Some(usuario_id), running, None, 1)
            .await?
            .pop()
        {
            break run.id;
        }
        if begun.elapsed() > UNTIL_RECORDED {
            return Ok(Followed::Nothing);
        }
        tokio::time::sleep(EVERY).await;
    };
    loop {
        match store.run(id, Some(usuario_id)).await? {
            Some(run) if run.status == RunStatus::Running => tokio::time::sleep(EVERY).await,
            Some(run) => return Ok(Followed::Ended(Box::new(EndedRun(run)))),
            None => return Ok(Followed::Nothing),
        }
    }
}

impl EndedRun {
    /// Whether it has read all of these days.
    pub(super) fn covers(&self, from: chrono::NaiveDate, to: chrono::NaiveDate) -> bool {
        self.0.window_start <= from && self.0.window_end >= to
    }

    /// Whether the portal refused the password.
    pub(super) fn is_refused(&self) -> bool {
        self.0.kind == Some(FailureKind::Auth)
    }

    /// Says how it went, as if it were the caller's own; the exit code of that.
    pub(super) fn tell(&self, windows: &[Window]) -> anyhow::Result<Exit> {
        let run = &self.0;
        let name = run.window_name.as_deref();
        let days = days(name, run.window_start, run.window_end, windows);
        let number = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        let portal_use = words::PortalUse {
            requests: number(run.requests),
            retries: number(run.retries),
            session_reused: run.session_reused.unwrap_or_default(),
        };
        let totals = run.totals.unwrap_or_default();
        output::tell(words::ended(&days, run.id, run.status, &totals, portal_use));
        if let (Some(kind), Some(message)) = (run.kind, &run.error) {
            output::remark(say(words::trouble(kind, message)));
        }
        Ok(exit_of(run.status))
    }
}
