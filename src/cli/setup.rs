//! `agendad setup`: the steps of the dashboard's page `/comecar`, asked one after another on a terminal. What is done is not
//! asked again, so that it can be left at any step and taken up later.

use std::io::IsTerminal;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::actor::actor;
use super::language::say;
use super::output::{self, Usage};
use super::people::ask_login_password;
use super::users::typed_password;
use super::{Exit, alerts};
use crate::alerts::Channels;
use crate::app::App;
use crate::backup::nightly::Plan;
use crate::config::Config;
use crate::credentials::{self, CredentialsError, NewAccount};
use crate::domain::ticks::next_tick;
use crate::domain::window::parse_cron;
use crate::domain::{Channel, LoginName, Role};
use crate::examiners::{self, verify};
use crate::staff::Hashed;
use crate::store::StoreError;
use crate::store::audit::Action;
use crate::store::staff::{NewPerson, PersonChanged};
use crate::words::cli::{people as people_words, setup as words, users as users_words};
use crate::words::pages::verify as verify_words;
use crate::words::pages::{first_steps as steps, settings};
use crate::words::{Sentence, window};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same steps as the dashboard's first page: an operator, the first examiner with a test of the login, when the\n\
    agenda is read, who is told, key and backup, the address. Can be stopped and taken up again."
)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, config: Config, stop: CancellationToken) -> anyhow::Result<Exit> {
    if !std::io::stdin().is_terminal() {
        return Err(Usage(say(words::NO_TERMINAL).to_owned()).into());
    }
    let app = App::start(config).await?;
    let done = Box::pin(all(&app, &stop)).await;
    let closed = app.close().await;
    done.and_then(|()| closed.map(|()| Exit::Done))
}

async fn all(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    output::line(say(words::INTRODUCTION));
    operator(app).await?;
    examiner(app, stop).await?;
    heading(settings::CONTACT, app.config().portal.names_a_contact());
    output::line(say(settings::CONTACT_HINT));
    reading(app);
    messages(app).await?;
    key(app);
    backup(app);
    address(app);
    output::line("");
    output::line(say(words::AT_LAST));
    Ok(())
}

fn heading(title: Sentence, done: bool) {
    let mark = if done {
        output::green(say(steps::DONE))
    } else {
        output::yellow(say(steps::TO_DO))
    };
    output::line(format!("\n{}: {mark}", say(title)));
}

/// What is typed, once it is good; `None`: nothing, and the step is for later.
fn ask_until<T>(
    question: Sentence,
    wrong: Sentence,
    good: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<Option<T>> {
    loop {
        let text = output::ask(say(question))?;
        if text.is_empty() {
            return Ok(None);
        }
        match good(&text) {
            Some(value) => return Ok(Some(value)),
            None => output::remark(say(wrong)),
        }
    }
}

/// What a question gives once nothing is wrong with the answer, as it says itself.
async fn until_good<T>(mut ask: impl AsyncFnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    const TRIES: u8 = 3;
    let mut tries = 0;
    loop {
        tries += 1;
        match ask().await {
            Err(error) if error.is::<Usage>() && tries < TRIES => output::remark(error),
            other => return other,
        }
    }
}

async fn operator(app: &App) -> anyhow::Result<()> {
    let store = &app.database.store;
    let has_one = store.staffed().await?.operator;
    heading(steps::OPERATOR, has_one);
    if has_one {
        return Ok(());
    }
    let login = ask_until(words::ASK_LOGIN, words::BAD_LOGIN, |text| {
        LoginName::parse(text).ok()
    })?;
    let Some(login) = login else {
        output::remark(say(words::LATER));
        return Ok(());
    };
    let Some(nome) = ask_until(words::ASK_NAME, users_words::BAD_NAME, a_name)? else {
        output::remark(say(words::LATER));
        return Ok(());
    };
    let Hashed(password_hash) = until_good(async || ask_login_password(&login).await).await?;
    let new = NewPerson {
        login: &login,
        nome: &nome,
        role: Role::Operator,
        usuario_id: None,
        password_hash: &password_hash,
    };
    let what = match store.add_person(&new, &actor()).await? {
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

fn a_name(text: &str) -> Option<String> {
    examiners::is_name(text).then(|| text.to_owned())
}

async fn examiner(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    let (store, vault) = (&app.database.store, &app.syncer.vault);
    let names = store.names().await?;
    heading(steps::EXAMINERS, !names.is_empty());
    if !names.is_empty() {
        output::line(say(steps::examiners(names.len())));
        return Ok(());
    }
    output::line(say(words::SEVERAL_EXAMINERS));
    let Some(nome) = ask_until(words::ASK_NAME, users_words::BAD_NAME, a_name)? else {
        output::remark(say(words::LATER));
        return Ok(());
    };
    let Some(cpf) = ask_until(words::ASK_CPF, words::BAD_CPF, examiners::cpf)? else {
        output::remark(say(words::LATER));
        return Ok(());
    };
    let is_email = |text: &str| examiners::is_email(text).then(|| text.to_owned());
    let email = ask_until(words::ASK_EMAIL, words::BAD_EMAIL, is_email)?;
    let days = ask_until(words::ASK_DAYS, words::BAD_DAYS, |text| {
        let names: Vec<&str> = text
            .split([',', ' '])
            .filter(|name| !name.is_empty())
            .collect();
        examiners::days(&names)
    })?;
    let every_day = crate::domain::WorkingDays::ALL.to_json();
    let senha = until_good(async || typed_password(say(users_words::PASSWORD_PROMPT))).await?;
    let new = NewAccount {
        usuario_id: None,
        nome: &nome,
        email: email.as_deref(),
        cpf: &cpf,
        days: days.as_deref().unwrap_or(&every_day),
    };
    let id = match credentials::add_account(store, vault, &new, &senha).await {
        Ok(id) => id,
        Err(CredentialsError::Store(StoreError::CpfTaken { .. })) => {
            output::remark(say(words::CPF_TAKEN));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let action = Action {
        actor: &actor(),
        action: "users.add",
        usuario_id: Some(id),
        details: json!({}),
    };
    store.record_action(&action).await?;
    output::tell(users_words::of_user(id, words::ADDED));
    if matches!(
        output::ask(say(words::ASK_TEST))?.as_str(),
        "" | "s" | "S" | "sim" | "y" | "Y" | "yes"
    ) {
        let login = Box::pin(verify::try_one(&app.syncer, id, stop)).await?;
        output::line(say(verify_words::login(login)));
    }
    Ok(())
}

fn reading(app: &App) {
    let config = app.config();
    heading(steps::READING, true);
    let (now, zone) = (app.syncer.clock.now(), app.syncer.clock.zone());
    for one in &config.windows {
        let next = parse_cron(&one.cron)
            .ok()
            .and_then(|cron| next_tick(&cron, now, zone));
        let next = next.map_or_else(
            || say(words::NEVER).to_owned(),
            |at| output::local(Some(at), config.timezone),
        );
        let label = say(window::named(&config.windows, &one.name));
        output::line(format!("{label}: {}{next}", say(steps::NEXT)));
    }
    let settings = format!("{}/ajustes", config.http.public_address());
    output::line(format!("{}{settings}", say(words::SETTINGS_PAGE)));
}

async fn messages(app: &App) -> anyhow::Result<()> {
    let config = app.config();
    let channels = Channels::of(&config).ok().filter(|_| config.alerts.enabled);
    let places: Vec<String> = channels
        .iter()
        .flat_map(|channels| Channel::ALL.iter().filter_map(|one| channels.place(*one)))
        .map(say)
        .collect();
    heading(steps::ALERTS, !places.is_empty());
    if places.is_empty() {
        output::line(format!("{}agendad alerts test", say(steps::ALERTS_TODO)));
        return Ok(());
    }
    output::line(places.join(", "));
    if output::confirm(say(words::ASK_MESSAGE))? {
        // Whether it arrived is said; that it did not is no reason to leave the other steps.
        alerts::send_test((*config).clone()).await?;
    }
    Ok(())
}

fn key(app: &App) {
    let vault = &app.syncer.vault;
    heading(steps::KEY, true);
    output::line(format!("{}{}", say(steps::KEY_COPY), vault.key_id()));
    if let Some(file) = vault.file() {
        output::line(format!("{}{}", say(words::KEY_FILE), file.display()));
    }
}

fn backup(app: &App) {
    let config = app.config();
    let Some(plan) = Plan::of(&config) else {
        heading(steps::BACKUP, true);
        output::line(say(steps::BACKUP_ELSEWHERE));
        return;
    };
    let now = app.syncer.clock.now();
    let kept = plan.shelf.list().unwrap_or_default();
    let newest = kept.iter().find(|kept| kept.is_dated(now));
    heading(steps::BACKUP, newest.is_some());
    match newest {
        Some(newest) => output::line(output::local(Some(newest.made_at), config.timezone)),
        None => output::line(format!("{}agendad backup", say(steps::BACKUP_NONE))),
    }
}

fn address(app: &App) {
    let config = app.config();
    let is_public = config.http.public_url.starts_with("https:");
    heading(steps::ADDRESS, is_public);
    output::line(config.http.public_address());
    if !is_public {
        output::line(say(steps::ADDRESS_TODO));
    }
}
