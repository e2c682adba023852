//! `agendad verify --all`: all logins tried one after another, without reading anything.

use std::cell::Cell as Shared;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::actor::actor;
use super::language::say;
use super::output::{self, Usage};
use crate::app::App;
use crate::config::Config;
use crate::domain::verification::{End, Login};
use crate::examiners::verify::{self, Begun, Tried};
use crate::words::pages::verify as words;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "One login each, as a run makes it; nothing of the agenda is read. Whoever is paused, or has a password that the portal has\n\
    refused, is not tried. It ends where the portal does not answer. Exit code 3: not every login was accepted."
)]
pub(super) struct Args {
    /// All examiners: each password is posted to the portal once
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(
    args: Args,
    config: Config,
    json: bool,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    if !args.all {
        return Err(Usage(say(words::ALL_NEEDED).to_owned()).into());
    }
    let app = App::start_on_existing(config).await?;
    let done = Box::pin(round(&app, json, &stop)).await;
    let closed = app.close().await;
    done.and_then(|exit| closed.map(|()| exit))
}

async fn round(app: &App, json: bool, stop: &CancellationToken) -> anyhow::Result<Exit> {
    let Begun::Round(round) = verify::begin(&app.syncer, &actor()).await? else {
        output::remark(say(words::ANOTHER));
        return Ok(Exit::Busy);
    };
    if round.tried().is_empty() && !json {
        output::remark(say(words::NOBODY));
    }
    let (told, last) = (Shared::new(0), Shared::new(Vec::new()));
    let tell = |tried: &[Tried]| {
        let is_over = |one: &&Tried| !matches!(one.login, Login::Waiting | Login::Trying);
        let over = tried.iter().take_while(is_over).count();
        for one in &tried[told.get().min(over)..over] {
            if !json {
                let what = say(words::login(one.login));
                output::line(format!(
                    "{:>4}  {}: {what}",
                    one.usuario_id,
                    output::name(&one.nome)
                ));
            }
        }
        told.set(over);
        last.set(tried.to_vec());
    };
    let end = Box::pin(round.run(&app.syncer, stop, stop, tell)).await;
    let tried = last.take();
    if json {
        let lines: Vec<_> = tried.iter().map(as_json).collect();
        output::json(&json!({ "logins": lines, "complete": end == End::Done }))?;
    } else {
        output::remark(say(words::end(end)));
    }
    let is_good = |one: &Tried| matches!(one.login, Login::Accepted | Login::Off);
    Ok(match end {
        End::Done if tried.iter().all(is_good) => Exit::Done,
        End::Done => Exit::Partial,
        End::Failed(_) | End::Unexplained | End::Stopped => Exit::Failed,
    })
}

fn as_json(one: &Tried) -> serde_json::Value {
    json!({ "usuario_id": one.usuario_id, "nome": one.nome, "login": one.login.code() })
}
