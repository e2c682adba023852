//! `agendad sync`: one examiner now, with progress for people and one JSON object a run for programs.

use std::io::IsTerminal;

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::actor::actor;
use super::output::{self, Usage};
use crate::app::App;
use crate::config::Config;
use crate::domain::{Origin, PauseReason, RunStatus};
use crate::sync::{Progress, Refusal, RunReport, SyncOutcome, SyncRequest};

/// Without dates, every configured window is read in turn.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad sync --user 3\n  agendad sync --user 3 --window near\n  \
    agendad sync --user 3 --from 2026-11-24 --to 2026-12-08 --json"
)]
pub(super) struct Args {
    /// The examiner's id, as `agendad users list` shows it
    #[arg(long, value_name = "ID")]
    user: i32,
    /// First day (YYYY-MM-DD) [default with --to: today]
    #[arg(long, conflicts_with = "window")]
    from: Option<NaiveDate>,
    /// Last day (YYYY-MM-DD) [default with --from: 14 days after today]
    #[arg(long, conflicts_with = "window")]
    to: Option<NaiveDate>,
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
    let requests = requests(&args, &config, today)?;
    let app = App::start_on_existing(config).await?;
    let mut exit = Exit::Done;
    let mut outcome = Ok(());
    for request in &requests {
        match one(&app, request, json, &stop).await {
            Ok(one) => exit = worse(exit, one),
            Err(error) => outcome = Err(error),
        }
        if outcome.is_err() || stop.is_cancelled() || exit == Exit::Busy {
            break;
        }
    }
    let closed = app.close().await;
    outcome.and(closed).map(|()| exit)
}

fn requests(args: &Args, config: &Config, today: NaiveDate) -> anyhow::Result<Vec<SyncRequest>> {
    let request = |window: Option<&str>, (from, to): (NaiveDate, NaiveDate)| SyncRequest {
        usuario_id: args.user,
        window: window.map(str::to_owned),
        from,
        to,
        tick: None,
        origin: Origin::Cli,
    };
    if args.from.is_some() || args.to.is_some() {
        let from = args.from.unwrap_or(today);
        let to = args.to.unwrap_or(today + chrono::Days::new(14));
        if from > to {
            return Err(Usage(format!("--from {from} lies after --to {to}")).into());
        }
        return Ok(vec![request(None, (from, to))]);
    }
    let names: Vec<&str> = config.windows.iter().map(|w| w.name.as_str()).collect();
    if let Some(name) = &args.window
        && !names.contains(&name.as_str())
    {
        return Err(Usage(format!(
            "there is no window {name:?}; configured are {}",
            names.join(", ")
        ))
        .into());
    }
    let chosen = config
        .windows
        .iter()
        .filter(|w| args.window.as_ref().is_none_or(|name| *name == w.name));
    Ok(chosen
        .map(|window| request(Some(&window.name), window.range(today)))
        .collect())
}

async fn one(
    app: &App,
    request: &SyncRequest,
    json: bool,
    stop: &CancellationToken,
) -> anyhow::Result<Exit> {
    let bar = (!json && std::io::stderr().is_terminal()).then(progress_bar);
    let watch = |progress: Progress| {
        if let Some(bar) = &bar {
            match progress {
                Progress::Recorded { .. } => {}
                Progress::Open { days } => {
                    bar.set_length(days as u64);
                    bar.set_message("reading");
                }
                Progress::Day(_) => bar.inc(1),
            }
        }
    };
    let outcome = app.syncer.sync(request, stop, &watch).await?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    match outcome {
        SyncOutcome::Ran(report) => {
            app.syncer.write_down(request, &report, &actor()).await?;
            tell(request, &report, json)
        }
        SyncOutcome::Busy => {
            not_run(
                request,
                "busy",
                "another sync of this user is running",
                json,
            )?;
            Ok(Exit::Busy)
        }
        SyncOutcome::TickDone => Ok(Exit::Done),
        SyncOutcome::Refused(refusal) => {
            not_run(request, refusal_kind(&refusal), &refusal.to_string(), json)?;
            Ok(Exit::Failed)
        }
    }
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0).with_message("logging in");
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} days  {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

fn tell(request: &SyncRequest, report: &RunReport, json: bool) -> anyhow::Result<Exit> {
    if json {
        let mut object = serde_json::to_value(report)?;
        object["usuario_id"] = json!(request.usuario_id);
        object["window"] =
            json!({ "name": request.window, "start": request.from, "end": request.to });
        output::json(&object)?;
    } else {
        let t = report.totals;
        output::line(format!(
            "{} {}..{}: {} (run {}) — {} new, {} updated, {} unchanged, {} removed, {} held back, {} days failed; \
             {} appointments created, {} linked, {} cancelled; {} requests, {} retries{}",
            request.window.as_deref().unwrap_or("dates"),
            request.from,
            request.to,
            report.status.as_str(),
            report.run_id,
            t.inserted,
            t.updated,
            t.unchanged,
            t.removed,
            t.held,
            t.skipped,
            t.appointments_created,
            t.appointments_linked,
            t.appointments_cancelled,
            report.requests,
            report.retries,
            if report.session_reused {
                ", session reused"
            } else {
                ""
            },
        ));
        if let Some(error) = &report.error {
            output::remark(format!("  {}: {}", error.kind, error.message));
        }
        for note in &report.notes {
            output::remark(format!("  {note}"));
        }
    }
    Ok(match report.status {
        RunStatus::Success => Exit::Done,
        RunStatus::Partial => Exit::Partial,
        RunStatus::Failed | RunStatus::Running => Exit::Failed,
    })
}

fn not_run(request: &SyncRequest, kind: &str, message: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&json!({
            "status": "failed",
            "run_id": null,
            "usuario_id": request.usuario_id,
            "window": { "name": request.window, "start": request.from, "end": request.to },
            "error": { "kind": kind, "message": message },
        }));
    }
    output::remark(message);
    Ok(())
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
