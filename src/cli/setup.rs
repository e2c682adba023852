//! `agendad setup`: the steps of the dashboard's page `/comecar`, asked one after another on a terminal. What is done is
//! shown, and asked again only if that is wanted, so that it can be left at any step and taken up later.

mod ask;
mod examiner;
mod settings;

use std::io::{self, IsTerminal};

use tokio_util::sync::CancellationToken;

use super::Exit;
use super::actor::actor;
use super::language::say;
use super::output::{self, Usage};
use super::people::confirm_login_password;
use super::users::typed_secret;
use crate::app::App;
use crate::config::Config;
use crate::domain::{LoginName, Role};
use crate::first_steps::{Backup, FirstSteps};
use crate::staff::Hashed;
use crate::store::staff::{NewPerson, PersonChanged};
use crate::words::cli::{people as people_words, setup as words, users as users_words};
use crate::words::command::here;
use crate::words::pages::first_steps::{self, Stand, Step};
use ask::{a_name, ask_until, later, tell_left, until_good};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same steps as the dashboard's first page: an operator, the clinic's contact, the first examiner with a test of\n\
    the login, when the agenda is read, who is told with a test message, key and backup, the address. Can be stopped and\n\
    taken up again."
)]
pub(super) struct Args {}

pub(super) async fn run(
    _: Args,
    mut config: Config,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    if !io::stdin().is_terminal() {
        return Err(Usage(say(words::NO_TERMINAL).to_owned()).into());
    }
    // What is logged is of no use between questions: what concerns whoever answers is said.
    if std::env::var_os("AGENDAD_LOG__LEVEL").is_none() {
        "error".clone_into(&mut config.log.level);
    }
    let app = App::start(config).await?;
    output::leave_questions_at(&stop);
    let done = Box::pin(all(&app, &stop)).await;
    let closed = app.close().await;
    if done.as_ref().is_err_and(is_left) {
        closed?;
        output::remark(format!("\n{}", say(words::LEFT)));
        return Ok(Exit::Partial);
    }
    done.and_then(|()| closed.map(|()| Exit::Done))
}

/// Whether it ended because of a signal, also one that was typed in place of a password.
fn is_left(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref());
    causes.any(|error: &io::Error| error.kind() == io::ErrorKind::Interrupted)
}

async fn all(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    output::line(say(words::INTRODUCTION));
    for step in Step::ALL {
        if stop.is_cancelled() {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        let steps = look(app).await?;
        output::line(format!("\n{}", standing(&steps, *step)));
        match step {
            Step::Operator => operator(app, &steps).await?,
            Step::Contact => settings::contact(app).await?,
            Step::Examiners => Box::pin(examiner::step(app, &steps, stop)).await?,
            Step::Reading => settings::reading(app).await?,
            Step::Alerts => settings::alerts(app, &steps).await?,
            Step::Key => key(app),
            Step::Backup => backup(app, &steps),
            Step::Address => settings::address(app, &steps).await?,
        }
    }
    let steps = look(app).await?;
    output::line(format!("\n{}", say(words::STANDING)));
    for step in Step::ALL {
        output::line(format!("  {}", standing(&steps, *step)));
        if *step == Step::Alerts {
            tell_left(&steps, "    ");
        }
    }
    output::tell(first_steps::left(steps.left()));
    output::line(say(words::AT_LAST));
    Ok(())
}

async fn look(app: &App) -> anyhow::Result<FirstSteps> {
    let (now, vault) = (app.syncer.clock.now(), &app.syncer.vault);
    Ok(FirstSteps::look(&app.database.store, vault, &app.config(), now).await?)
}

fn standing(steps: &FirstSteps, step: Step) -> String {
    let stand = steps.stand(step);
    let word = say(stand.word());
    let word = match stand {
        Stand::Done => output::green(word),
        Stand::ToDo => output::yellow(word),
        Stand::Optional => word.to_owned(),
    };
    format!("{}: {word}", say(step.title()))
}

async fn operator(app: &App, steps: &FirstSteps) -> anyhow::Result<()> {
    if steps.stand(Step::Operator) == Stand::Done {
        return Ok(());
    }
    let login = ask_until(words::ASK_LOGIN, words::BAD_LOGIN, |text| {
        LoginName::parse(text).ok()
    })?;
    let Some(login) = login else {
        return later().map(|_: Option<()>| ());
    };
    let Some(nome) = ask_until(words::ASK_NAME, users_words::BAD_NAME, a_name)? else {
        return later().map(|_: Option<()>| ());
    };
    let hashed = until_good(async || {
        let Some(typed) = typed_secret(&say(people_words::password_prompt()))? else {
            return Ok(None);
        };
        confirm_login_password(&login, typed).await.map(Some)
    });
    let Some(Hashed(password_hash)) = hashed.await? else {
        return later().map(|_: Option<()>| ());
    };
    let new = NewPerson {
        login: &login,
        nome: &nome,
        role: Role::Operator,
        usuario_id: None,
        password_hash: &password_hash,
    };
    let what = match app.database.store.add_person(&new, &actor()).await? {
        PersonChanged::LoginTaken => people_words::LOGIN_TAKEN,
        PersonChanged::Done(_)
        | PersonChanged::Nobody
        | PersonChanged::Examiner
        | PersonChanged::LastOperator
        | PersonChanged::Invitation => words::ADDED,
    };
    output::tell(people_words::of(login.as_str(), what));
    Ok(())
}

fn key(app: &App) {
    let vault = &app.syncer.vault;
    output::line(format!("{}{}", say(first_steps::KEY_COPY), vault.key_id()));
    if let Some(file) = vault.file() {
        output::line(format!("{}{}", say(words::KEY_FILE), file.display()));
    }
}

fn backup(app: &App, steps: &FirstSteps) {
    match &steps.backup {
        Backup::Elsewhere => output::line(say(first_steps::BACKUP_ELSEWHERE)),
        Backup::Made(at) => output::line(output::local(Some(*at), app.config().timezone)),
        Backup::Off => output::line(say(first_steps::BACKUP_OFF)),
        Backup::None(at) => output::line(format!(
            "{}{}",
            say(first_steps::backup_none(*at)),
            here("agendad backup")
        )),
        Backup::Away(said) => output::line(say(said.clone())),
    }
}
