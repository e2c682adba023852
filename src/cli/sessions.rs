//! `agendad sessions`: whose portal sessions are open, and ending them.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::table::{self, Cell, Column};
use super::who::{self, Who};
use super::{Exit, open, output};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{ActionKind, Detail};
use crate::session::SharedSessions;
use crate::store::audit::Action;
use crate::store::kept_sessions::{SessionListed, SessionState};
use crate::sync::Closed;
use crate::words::cli::{acts, list as words, who as who_words};

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
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
}

const COLUMNS: [Column; 6] = [
    Column::new(words::USER),
    Column::new(words::CPF).rank(0),
    Column::text(words::STATE),
    Column::new(words::OPENED).rank(1),
    Column::new(words::LAST_USED).rank(2),
    Column::text(words::UNTIL),
];

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
    table::show(&COLUMNS, rows, words::NO_SESSIONS);
    Ok(Exit::Done)
}

fn row(session: &SessionListed, config: &Config) -> Vec<Cell> {
    let local = |at| output::local(at, config.timezone);
    let until = match (session.state, session.other_wait_until) {
        (SessionState::InUse, Some(until)) => say(words::waits_until(&local(Some(until)))),
        (SessionState::InUse, None) => say(words::LEFT_ALONE).to_owned(),
        _ => local(session.dies_at),
    };
    vec![
        session.usuario_id.into(),
        output::cpf(session.cpf.as_ref()).into(),
        say(words::session(session.state)).into(),
        local(session.opened_at).into(),
        local(session.last_used_at).into(),
        until.into(),
    ]
}

async fn clear(user: Option<Who>, config: Config, json: bool) -> anyhow::Result<Exit> {
    let shared = SharedSessions::of(&config, Clock::system(config.timezone))?;
    if let Some(shared) = &shared {
        // Before anything is written: else what is there would be forgotten here only.
        shared.try_out().await?;
    }
    let app = App::start_on_existing(config).await?;
    let everybody = user.is_none();
    let done = end(&app, user.as_ref()).await;
    let closed = app.close().await;
    let done = done?;
    closed?;
    if let (Some(shared), true) = (&shared, everybody) {
        shared.clear().await?;
    }
    if json {
        output::json(&json!({ "cleared": done.closed, "left": done.left }))?;
    } else {
        output::tell(acts::sessions_ended(done.closed));
        if done.left > 0 {
            output::remark(say(acts::sessions_left(done.left)));
        }
    }
    Ok(if done.left > 0 {
        Exit::Partial
    } else {
        Exit::Done
    })
}

async fn end(app: &App, user: Option<&Who>) -> anyhow::Result<Closed> {
    let store = &app.database.store;
    let user = who::find(user, store).await?;
    if let Some(user) = user
        && !store.user_exists(user).await?
        && store.ask_to_close_sessions(Some(user)).await? == 0
    {
        bail!(say(who_words::no_such_user(user)));
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
        action: ActionKind::SessionsClear,
        usuario_id: user,
        details: [Detail::Ended.with(sum.closed), Detail::Left.with(sum.left)].into(),
    };
    store.record_action(&action).await?;
    Ok(sum)
}
