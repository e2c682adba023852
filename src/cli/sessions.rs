//! `agendad sessions`: whose portal sessions are open, and ending them.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::{Exit, open, output};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::session::SharedSessions;
use crate::store::audit::Action;
use crate::store::kept_sessions::SessionListed;
use crate::sync::Closed;

#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "The portal allows one session a person. Whose it is, is written in the database, whatever session.store is.\n\
    A session that the portal no longer honours is replaced by a login by itself."
)]
pub(super) enum Command {
    /// Whose sessions are open, until when, and where the examiner's own session is waited for
    List,
    /// Log out and forget: the next run logs in
    #[command(
        after_help = "With session.store = \"memory\" only the daemon itself can log out: it does so within a minute."
    )]
    Clear(ClearArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct ClearArgs {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::List => list(&config, json).await,
        Command::Clear(args) => Box::pin(clear(args.user, config, json)).await,
    }
}

async fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let (ttl, idle) = (config.session.ttl, config.session.portal_idle);
    let sessions = open::store(config, async |store| {
        Ok(store.list_sessions(ttl, idle).await?)
    })
    .await?;
    if json {
        output::json(&sessions)?;
        return Ok(Exit::Done);
    }
    let rows = sessions
        .iter()
        .map(|session| row(session, config))
        .collect();
    output::table(
        &["user", "CPF", "state", "opened", "last used", "until"],
        rows,
        "no sessions are open",
    );
    Ok(Exit::Done)
}

fn row(session: &SessionListed, config: &Config) -> Vec<String> {
    let local = |at| output::local(at, config.timezone);
    let (state, until) = if session.state == "in_use" {
        let until = match session.other_wait_until {
            Some(until) => format!("waits until {}", local(Some(until))),
            None => "left alone".to_owned(),
        };
        ("the examiner is there".to_owned(), until)
    } else {
        (session.state.to_owned(), local(session.dies_at))
    };
    vec![
        session.usuario_id.to_string(),
        session.cpf.clone(),
        state,
        local(session.opened_at),
        local(session.last_used_at),
        until,
    ]
}

async fn clear(user: Option<i32>, config: Config, json: bool) -> anyhow::Result<Exit> {
    let shared = SharedSessions::of(&config, Clock::system(config.timezone))?;
    if let Some(shared) = &shared {
        // Before anything is written: else what is there would be forgotten here only.
        shared.try_out().await?;
    }
    let app = App::start(config).await?;
    let done = end(&app, user).await;
    let closed = app.close().await;
    let done = done?;
    closed?;
    if let (Some(shared), None) = (&shared, user) {
        shared.clear().await?;
    }
    if json {
        output::json(&json!({ "cleared": done.closed, "left": done.left }))?;
    } else {
        output::line(format!("{} sessions are ended", done.closed));
        if done.left > 0 {
            output::remark(format!(
                "{} are in use, or in a daemon's memory: the daemon that has them ends them within a minute",
                done.left
            ));
        }
    }
    Ok(Exit::Done)
}

async fn end(app: &App, user: Option<i32>) -> anyhow::Result<Closed> {
    let store = &app.database.store;
    if let Some(user) = user
        && !store.user_exists(user).await?
        && store.ask_to_close_sessions(Some(user)).await? == 0
    {
        bail!("there is no user {user}; see: agendad users list");
    }
    store.ask_to_close_sessions(user).await?;
    let mut sum = Closed::default();
    loop {
        let closed = app.syncer.close_sessions(user).await?;
        sum.closed += closed.closed;
        sum.left = closed.left;
        if closed.closed == 0 {
            break;
        }
    }
    let action = Action {
        actor: &actor(),
        action: "sessions.clear",
        usuario_id: user,
        details: json!({ "ended": sum.closed, "left": sum.left }),
    };
    store.record_action(&action).await?;
    Ok(sum)
}
