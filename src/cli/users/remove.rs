//! `agendad users remove`: an examiner is taken away, once their name has been typed.

use std::io::IsTerminal;

use anyhow::bail;
use serde_json::json;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::actor::actor;
use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::who::Who;
use crate::config::Config;
use crate::domain::text::fold;
use crate::sync::Removal;
use crate::words::cli::{users as words, who as who_words};

pub(super) async fn run(who: &Who, config: Config, json: bool) -> anyhow::Result<Exit> {
    // With its own connection for locks, and the way to the portal: a session there is ended.
    let app = App::start_on_existing(config).await?;
    let done = remove(who, &app, json).await;
    let closed = app.close().await;
    done.and_then(|exit| closed.map(|()| exit))
}

async fn remove(who: &Who, app: &App, json: bool) -> anyhow::Result<Exit> {
    let store = &app.database.store;
    let user = who.find(store).await?;
    let Some(profile) = store.profile(user).await? else {
        bail!(say(who_words::no_account(user)));
    };
    if std::io::stdin().is_terminal() {
        output::remark(say(words::WHAT_REMOVING_DOES));
    }
    let typed = output::ask(&say(words::type_name(&output::name(&profile.nome))))?;
    if typed.is_empty() || fold(&typed) != fold(&profile.nome) {
        return Err(Usage(say(words::OTHER_NAME).to_owned()).into());
    }
    let removed = match app.syncer.remove(user, &actor()).await? {
        Removal::Done(removed) => removed,
        Removal::NoAccount => bail!(say(who_words::no_account(user))),
        Removal::Busy => {
            output::remark(say(words::BUSY));
            return Ok(Exit::Busy);
        }
    };
    if json {
        output::json(&json!({ "usuario_id": user, "removed": removed }))?;
    } else {
        output::tell(words::removed(user, removed.slots, removed.runs));
    }
    Ok(Exit::Done)
}
