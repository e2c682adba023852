//! The first examiner, and whether the portal takes their password.

use tokio_util::sync::CancellationToken;

use super::ask::{a_name, ask_until, later};
use crate::app::App;
use crate::cli::actor::actor;
use crate::cli::follow::{Followed, follow};
use crate::cli::language::say;
use crate::cli::output;
use crate::cli::users::typed_secret;
use crate::credentials::{self, Changed, CredentialsError, NewAccount};
use crate::domain::verification::Login;
use crate::domain::{ActionKind, Details, PauseReason, WorkingDays};
use crate::examiners::{self, verify};
use crate::first_steps::FirstSteps;
use crate::store::StoreError;
use crate::store::audit::Action;
use crate::words::cli::{setup as words, users as users_words};
use crate::words::command::here;
use crate::words::pages::first_steps;
use crate::words::pages::verify as verify_words;

pub(super) async fn step(
    app: &App,
    steps: &FirstSteps,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    output::line(say(words::SEVERAL_EXAMINERS));
    if steps.examiners > 0 {
        output::tell(first_steps::examiners(steps.examiners));
        if let Some((first, others)) = steps.refused.split_first() {
            output::tell(first_steps::refused(&first.nome, others.len()));
            let command = format!("agendad users set-password --user {}", first.usuario_id);
            output::line(format!("  {}", here(&command)));
        }
        if !output::confirm(say(words::ASK_ANOTHER))? {
            return Ok(());
        }
    }
    let Some(id) = add(app).await? else {
        return Ok(());
    };
    if output::agree(say(words::ASK_TEST))? {
        try_login(app, id, stop).await?;
    }
    Ok(())
}

async fn add(app: &App) -> anyhow::Result<Option<i32>> {
    let (store, vault) = (&app.database.store, &app.syncer.vault);
    let Some(nome) = ask_until(words::ASK_NAME, users_words::BAD_NAME, a_name)? else {
        return later();
    };
    let Some(cpf) = ask_until(words::ASK_CPF, words::BAD_CPF, examiners::cpf)? else {
        return later();
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
    let Some(password) = typed_secret(say(users_words::PASSWORD_PROMPT))? else {
        return later();
    };
    let new = NewAccount {
        usuario_id: None,
        nome: &nome,
        email: email.as_deref(),
        cpf: &cpf,
        days: days.unwrap_or(WorkingDays::ALL),
    };
    let (id, changed) = match credentials::add_account(store, vault, &new, &password).await {
        Ok(added) => added,
        Err(CredentialsError::Store(StoreError::CpfTaken { .. })) => {
            output::remark(say(words::CPF_TAKEN));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let action = Action {
        actor: &actor(),
        action: ActionKind::UsersAdd,
        usuario_id: Some(id),
        details: Details::default(),
    };
    store.record_action(&action).await?;
    output::tell(users_words::of_user(id, words::ADDED));
    if let Changed::RefusedBefore(_) = changed {
        output::tell(users_words::of_user(id, users_words::REFUSED_BEFORE));
    }
    Ok(Some(id))
}

/// A daemon that is quicker reads already: then its reading is the test. A password that the portal refuses can be typed
/// anew, once for each refusal: it is never posted twice.
async fn try_login(app: &App, id: i32, stop: &CancellationToken) -> anyhow::Result<()> {
    let (store, vault) = (&app.database.store, &app.syncer.vault);
    loop {
        let login = Box::pin(verify::try_one(&app.syncer, id, stop)).await?;
        if login == Login::Busy {
            match follow(app, id, stop).await? {
                Followed::Ended(run) => {
                    run.tell(&app.config().windows)?;
                    if !run.is_refused() {
                        return Ok(());
                    }
                }
                // Whoever kept it busy was not reading.
                Followed::Nothing => continue,
                Followed::Left => return Ok(()),
            }
        } else {
            output::line(say(verify_words::login(login)));
            if login == Login::Accepted {
                output::tell(words::read_next(id));
            }
            // It may have been read, and refused, before the question was answered.
            if !matches!(login, Login::Refused | Login::Paused(PauseReason::Refused)) {
                return Ok(());
            }
        }
        output::tell(words::right_password(id));
        let Some(password) = typed_secret(say(users_words::PASSWORD_PROMPT))? else {
            return later().map(|_: Option<()>| ());
        };
        credentials::set_password(store, vault, id, &password).await?;
        let action = Action {
            actor: &actor(),
            action: ActionKind::UsersSetPassword,
            usuario_id: Some(id),
            details: Details::default(),
        };
        store.record_action(&action).await?;
    }
}
