//! `agendad sync`: one examiner now, with progress for people and one JSON object a run for programs.

use std::io::IsTerminal;

use chrono::NaiveDate;
use indicatif::ProgressBar;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::actor::actor;
use super::day::{Day, in_order};
use super::follow::{Followed, follow};
use super::language::say;
use super::output::{self, Usage};
use super::problem;
use super::reading::{READING, days, exit_of, spinner, style};
use super::who::Who;
use crate::app::App;
use crate::config::Config;
use crate::domain::{Origin, PauseReason, Totals, Window};
use crate::sync::{Progress, Refusal, RunReport, SyncOutcome, SyncRequest};
use crate::telemetry::beside;
use crate::words::cli::sync as words;
use crate::words::{Sentence, note};

/// Whoever is read again and again may keep a person waiting so often.
const FOLLOWED_AT_MOST: u8 = 5;

/// Without dates, every configured window is read in turn.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad sync --user 3\n  agendad sync --user 3 --window near\n  \
    agendad sync --user souza --from hoje --to sex\n  agendad sync --user 3 --from 2026-11-24 --to 2026-12-08 --json"
)]
pub(super) struct Args {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
    /// First day: 28/11, 28/11/2026, hoje, tomorrow, seg, 2026-11-28 [default with --to: today]
    #[arg(long, value_name = "DAY", conflicts_with = "window")]
    from: Option<Day>,
    /// Last day [default with --from: 14 days after today]
    #[arg(long, value_name = "DAY", conflicts_with = "window")]
    to: Option<Day>,
    /// Only this configured window
    #[arg(long, value_name = "NAME")]
    window: Option<String>,
}

pub(super) async fn run(
    args: Args,
    config: Config,
    json: bool,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    let today = crate::clock::Clock::system(config.timezone).today();
    let mut requests = requests(&args, &config, today)?;
    let windows = config.windows.clone();
    let app = App::start_on_existing(config).await?;
    let mut exit = Exit::Done;
    let mut outcome = Ok(());
    match args.user.find(&app.database.store).await {
        Ok(user) => requests
            .iter_mut()
            .for_each(|request| request.usuario_id = user),
        Err(error) => {
            outcome = Err(error);
            requests.clear();
        }
    }
    for (left, request) in (0..requests.len()).rev().zip(&requests) {
        match one(&app, request, &windows, json, &stop).await {
            Ok(Ended::With(one)) => exit = worse(exit, one),
            Ok(Ended::Refused) => {
                exit = worse(exit, Exit::Failed);
                if !json {
                    // It is said once: the other windows would be refused for the same reason.
                    break;
                }
            }
            Err(error) => outcome = Err(error),
        }
        // The window that was read to its end is not all that was asked for.
        if stop.is_cancelled() && left > 0 {
            exit = worse(exit, Exit::Partial);
            output::remark(say(words::left_out(left)));
        }
        if outcome.is_err() || stop.is_cancelled() || exit == Exit::Busy {
            break;
        }
    }
    let closed = app.close().await;
    outcome.and(closed).map(|()| exit)
}

fn requests(args: &Args, config: &Config, today: NaiveDate) -> anyhow::Result<Vec<SyncRequest>> {
    let request = |window: Option<&str>, from: NaiveDate, to: NaiveDate| SyncRequest {
        // Whose it is, the database says, which is opened once the rest is known to be right.
        usuario_id: 0,
        window: window.map(str::to_owned),
        from,
        to,
        tick: None,
        origin: Origin::Cli,
    };
    if args.from.is_some() || args.to.is_some() {
        let from = args.from.map_or(today, |day| day.ahead(today));
        let last = today + chrono::Days::new(14);
        let to = args.to.map_or(last, |day| day.ahead(today));
        in_order(from, to)?;
        return Ok(vec![request(None, from, to)]);
    }
    let names: Vec<&str> = config.windows.iter().map(|w| w.name.as_str()).collect();
    if let Some(name) = &args.window
        && !names.contains(&name.as_str())
    {
        return Err(Usage(say(words::no_window(name, &names))).into());
    }
    let chosen = config
        .windows
        .iter()
        .filter(|w| args.window.as_ref().is_none_or(|name| *name == w.name));
    Ok(chosen
        .map(|window| {
            let (from, to) = window.range(today);
            request(Some(&window.name), from, to)
        })
        .collect())
}

/// How what was asked for ended.
enum Ended {
    With(Exit),
    /// Nothing of this account is read at present.
    Refused,
}

/// Reads the days; or follows the reading of somebody else that reads them already.
async fn one(
    app: &App,
    request: &SyncRequest,
    windows: &[Window],
    json: bool,
    stop: &CancellationToken,
) -> anyhow::Result<Ended> {
    for _ in 0..FOLLOWED_AT_MOST {
        if let Some(ended) = Box::pin(read(app, request, windows, json, stop)).await? {
            return Ok(ended);
        }
        match follow(app, request.usuario_id, stop).await? {
            Followed::Ended(run) if run.covers(request.from, request.to) => {
                return run.tell(windows).map(Ended::With);
            }
            Followed::Ended(_) | Followed::Nothing => {}
            Followed::Left => return Ok(Ended::With(Exit::Busy)),
        }
    }
    not_run(request, "busy", words::BUSY.into(), json)?;
    Ok(Ended::With(Exit::Busy))
}

/// `None`: somebody else reads, and the caller may wait for them.
async fn read(
    app: &App,
    request: &SyncRequest,
    windows: &[Window],
    json: bool,
    stop: &CancellationToken,
) -> anyhow::Result<Option<Ended>> {
    let bar = (!json && std::io::stderr().is_terminal()).then(progress_bar);
    if let Some(bar) = bar.clone() {
        beside::make_room(Some(Box::new(move |write| bar.suspend(write))));
    }
    let watch = |progress: Progress| {
        if let Some(bar) = &bar {
            match progress {
                Progress::Recorded { .. } => {}
                Progress::Open { days } => {
                    bar.set_length(days as u64);
                    bar.set_style(style(READING));
                    bar.set_message(say(words::READING));
                }
                Progress::Day(_) => bar.inc(1),
            }
        }
    };
    let outcome = app.syncer.sync(request, stop, &watch).await;
    // Before anything is said of it, a failure too.
    if let Some(bar) = &bar {
        beside::make_room(None);
        bar.finish_and_clear();
    }
    let outcome = outcome?;
    if matches!(outcome, SyncOutcome::Busy) && may_follow(json) {
        return Ok(None);
    }
    let ended = ended(app, request, outcome, windows, json).await?;
    Ok(Some(ended))
}

/// A person who looks on waits for the reading that keeps the examiner busy; a program is told that they are.
fn may_follow(json: bool) -> bool {
    !json && std::io::stderr().is_terminal()
}

async fn ended(
    app: &App,
    request: &SyncRequest,
    outcome: SyncOutcome,
    windows: &[Window],
    json: bool,
) -> anyhow::Result<Ended> {
    match outcome {
        SyncOutcome::Ran(report) => {
            let told = tell(request, &report, windows, json);
            if let Err(error) = app.syncer.write_down(request, &report, &actor()).await {
                output::remark(say(words::not_audited(&problem::in_a_line(&error))));
            }
            told.map(Ended::With)
        }
        SyncOutcome::Busy => {
            not_run(request, "busy", words::BUSY.into(), json)?;
            Ok(Ended::With(Exit::Busy))
        }
        SyncOutcome::TickDone => Ok(Ended::With(Exit::Done)),
        SyncOutcome::Refused(refusal) => {
            not_run(request, refusal_kind(&refusal), refused(&refusal), json)?;
            Ok(Ended::Refused)
        }
    }
}

fn progress_bar() -> ProgressBar {
    spinner(words::LOGGING_IN).with_prefix(say(words::DAYS))
}

fn tell(
    request: &SyncRequest,
    report: &RunReport,
    windows: &[Window],
    json: bool,
) -> anyhow::Result<Exit> {
    if json {
        let mut object = serde_json::to_value(report)?;
        object["usuario_id"] = json!(request.usuario_id);
        object["window"] =
            json!({ "name": request.window, "start": request.from, "end": request.to });
        output::json(&object)?;
    } else {
        let portal_use = words::PortalUse {
            requests: report.requests,
            retries: report.retries,
            session_reused: report.session_reused,
        };
        let days = days(request.window.as_deref(), request.from, request.to, windows);
        output::tell(words::ended(
            &days,
            report.run_id,
            report.status,
            &report.totals,
            portal_use,
        ));
        if let Some(error) = &report.error {
            output::remark(say(words::trouble(error.kind, &error.message)));
        }
        for note in &report.notes.0 {
            output::remark(format!("  {}", say(note::sentence(note))));
        }
    }
    Ok(exit_of(report.status))
}

fn not_run(
    request: &SyncRequest,
    kind: &str,
    message: Sentence<String>,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        let message = message.en;
        return output::json(&json!({
            "status": "failed",
            "run_id": null,
            "usuario_id": request.usuario_id,
            "window": { "name": request.window, "start": request.from, "end": request.to },
            "totals": Totals::default(),
            "requests": 0,
            "retries": 0,
            "logins": 0,
            "session_reused": false,
            "error": { "kind": kind, "message": message },
        }));
    }
    output::remark(say(message));
    Ok(())
}

/// Why nothing was read; in English as the refusal says it.
pub(super) fn refused(refusal: &Refusal) -> Sentence<String> {
    match refusal {
        Refusal::NoAccount(user) => words::no_account(*user),
        Refusal::Unreadable(_) => Sentence {
            pt: words::UNREADABLE.pt.to_owned(),
            en: refusal.to_string(),
        },
        Refusal::Inactive(user) => words::inactive(*user),
        Refusal::NotScheduled(user) => words::not_scheduled(*user),
        Refusal::Paused {
            usuario_id,
            reason,
            pause_of,
        } => words::paused(*usuario_id, *reason, *pause_of),
    }
}

/// A paused account answers with the kind that paused it.
fn refusal_kind(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Paused { reason, .. } => match reason {
            PauseReason::Captcha => "captcha",
            PauseReason::Manual => "paused",
            PauseReason::DuplicateCpf => "duplicate_cpf",
            PauseReason::Refused
            | PauseReason::Blocked
            | PauseReason::ChangePassword
            | PauseReason::Unexplained => "auth",
        },
        Refusal::NoAccount(_) => "no_account",
        Refusal::Unreadable(_) => "bad_account",
        Refusal::Inactive(_) | Refusal::NotScheduled(_) => "inactive",
    }
}

fn worse(a: Exit, b: Exit) -> Exit {
    let rank = |exit| match exit {
        Exit::Done => 0,
        Exit::Partial => 1,
        Exit::Failed => 2,
        Exit::Busy => 3,
        Exit::Configuration => 4,
    };
    if rank(b) > rank(a) { b } else { a }
}
