//! `/novo-perito`: an examiner is added, and their login tried at once; and what operators do about an account. The same as
//! `agendad users`, by the same functions.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use secrecy::SecretString;

use super::notice::Notice;
use super::page::{Page, button, refused, token};
use super::problem::{Id, Problem};
use super::recognise::Posted;
use super::visitor::Visitor;
use crate::credentials::{self, Changed, CredentialsError, NewAccount};
use crate::domain::{ActionKind, Details, WorkingDays};
use crate::examiners;
use crate::store::StoreError;
use crate::store::accounts::StoredPassword;
use crate::store::audit::Action;
use crate::store::settings::{Settings, SettingsChange};
use crate::web::state::Api;
use crate::web::sync_now;
use crate::words::Sentence;
use crate::words::code::Code;
use crate::words::pages::enrol as words;

const PAGE: &str = "/novo-perito";
/// What was typed, but for the password.
#[derive(Default)]
struct Typed {
    nome: String,
    cpf: String,
    email: String,
    days: Vec<&'static str>,
}

/// The days that are ticked.
pub(super) fn ticked(posted: &Posted) -> Vec<&'static str> {
    let days = words::WEEKDAYS.iter().map(|(name, _)| *name);
    days.filter(|name| !posted.text(&field(name)).is_empty())
        .collect()
}

/// The days of an account, each ticked if it is one of them.
pub(super) fn days(visitor: &Visitor, chosen: &[&str]) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    html! {
        fieldset.choice {
            legend { (say(words::DAYS)) }
            @for (name, day) in words::WEEKDAYS {
                label { input type="checkbox" name=(field(name)) value="1" checked[chosen.contains(&name)]; " " (say(day)) }
            }
        }
    }
}

/// The windows, by their names and what people call them, each ticked if it is read.
pub(super) fn windows(
    visitor: &Visitor,
    windows: &[(&str, &str)],
    is_read: impl Fn(&str) -> bool,
) -> Markup {
    html! {
        fieldset.choice {
            legend { (visitor.language.say(words::WINDOWS)) }
            @for (name, label) in windows {
                label { input type="checkbox" name=(format!("janela-{name}")) value="1" checked[is_read(name)]; " " (label) }
            }
        }
    }
}

/// The windows that are ticked. All of them are stored as all (`None`), those to come included.
pub(super) fn ticked_windows(api: &Api, posted: &Posted) -> Option<Vec<String>> {
    let known = api.window_names();
    let chosen = known.iter().cloned();
    let chosen: Vec<String> = chosen
        .filter(|name| !posted.text(&format!("janela-{name}")).is_empty())
        .collect();
    let is_all = chosen.is_empty() || chosen.len() == known.len();
    (!is_all).then_some(chosen)
}

impl Typed {
    fn of(posted: &Posted) -> Self {
        Self {
            nome: posted.text("nome").to_owned(),
            cpf: posted.text("cpf").to_owned(),
            email: posted.text("email").to_owned(),
            days: ticked(posted),
        }
    }
}

fn field(day: &str) -> String {
    format!("dia-{day}")
}

/// `GET /novo-perito`
pub(super) async fn show(visitor: Visitor) -> Response {
    page(&visitor, &Typed::default(), None)
}

fn page(visitor: &Visitor, typed: &Typed, wrong: Option<&str>) -> Response {
    let say = |sentence| visitor.language.say(sentence);
    let content = html! {
        section.panel {
            h1 { (say(words::TITLE)) }
            @if let Some(wrong) = wrong { p.notice.bad role="alert" { (wrong) } }
            form method="post" action=(PAGE) autocomplete="off" {
                (token(visitor))
                label for="nome" { (say(words::NAME)) }
                input id="nome" name="nome" type="text" required value=(typed.nome);
                label for="cpf" { "CPF" }
                input id="cpf" name="cpf" type="text" inputmode="numeric" required autocomplete="username" value=(typed.cpf);
                p.hint { (say(words::CPF_HINT)) }
                label for="senha" { (say(words::PASSWORD)) }
                input id="senha" name="senha" type="password" required autocomplete="new-password";
                p.hint { (say(words::PASSWORD_HINT)) }
                label for="email" { (say(words::EMAIL)) }
                input id="email" name="email" type="text" inputmode="email" value=(typed.email);
                (days(visitor, &typed.days))
                button.primary name="testar" value="1" { (say(words::ADD_AND_TEST)) }
                button.quiet name="testar" value="" { (say(words::ADD_ONLY)) }
            }
        }
    };
    Page::of(visitor, say(words::TITLE)).show(&content)
}

/// `POST /novo-perito`
pub(super) async fn add(State(api): State<Api>, mut posted: Posted) -> Result<Response, Problem> {
    let password = posted.secret("senha");
    let typed = Typed::of(&posted);
    let visitor = &posted.visitor;
    let again = |wrong: Sentence| {
        let page = page(visitor, &typed, Some(visitor.language.say(wrong)));
        Ok(refused(page))
    };
    if !examiners::is_name(&typed.nome) {
        return again(words::NO_NAME);
    }
    let Some(cpf) = examiners::cpf(&typed.cpf) else {
        return again(words::BAD_CPF);
    };
    if !typed.email.is_empty() && !examiners::is_email(&typed.email) {
        return again(words::BAD_EMAIL);
    }
    if !examiners::is_password(&password) {
        return again(words::BAD_PASSWORD);
    }
    let days = examiners::days(&typed.days).ok_or(Problem::Form)?;
    let new = NewAccount {
        usuario_id: None,
        nome: &typed.nome,
        email: Some(typed.email.as_str()).filter(|email| !email.is_empty()),
        cpf: &cpf,
        days,
    };
    let vault = &api.syncer.vault;
    let (id, changed) = match credentials::add_account(&api.store, vault, &new, &password).await {
        Ok(added) => added,
        Err(CredentialsError::Store(StoreError::CpfTaken { usuario_id })) => {
            if !is_same(&api, usuario_id, &typed, &password).await? {
                return again(words::CPF_TAKEN);
            }
            return Ok(Redirect::to(&format!("/peritos/{usuario_id}")).into_response());
        }
        Err(CredentialsError::Store(StoreError::UserRefused { by })) => {
            let wrong = visitor.language.say(words::user_refused(&by));
            return Ok(refused(page(visitor, &typed, Some(&wrong))));
        }
        Err(error) => return Err(error.into()),
    };
    record(&api, visitor, ActionKind::UsersAdd, id).await?;
    if let Changed::RefusedBefore(_) = changed {
        return Ok(Notice::RefusedBefore.redirect(id));
    }
    if posted.text("testar").is_empty() {
        return Ok(Redirect::to(&format!("/peritos/{id}")).into_response());
    }
    match sync_now::begin(&api, id, &visitor.actor()).await {
        Ok(run) => Ok(Redirect::to(&format!("/peritos/{id}?execucao={run}")).into_response()),
        Err(error) => Ok(Notice::NotBegun(error.code()).redirect(id)),
    }
}

/// Whether the account that has this CPF is the very same: a form that was sent twice is one wish.
async fn is_same(
    api: &Api,
    id: i32,
    typed: &Typed,
    password: &SecretString,
) -> Result<bool, Problem> {
    let (store, vault) = (&api.store, &api.syncer.vault);
    let (profile, stored) = tokio::try_join!(store.profile(id), store.password(id))?;
    let is_named_so = profile.is_some_and(|profile| {
        profile.nome == typed.nome && profile.email.unwrap_or_default() == typed.email
    });
    let is_stored = |stored: &StoredPassword| credentials::is_stored(vault, id, stored, password);
    Ok(is_named_so && stored.is_some_and(|(stored, _)| is_stored(&stored)))
}

/// What an operator can do about an account.
pub(super) fn section(
    visitor: &Visitor,
    id: i32,
    settings: &Settings,
    windows: &[(&str, &str)],
) -> Markup {
    let say = |sentence| visitor.language.say(sentence);
    let stored = settings.working_days.as_ref();
    let chosen: Vec<&str> = stored.unwrap_or(&WorkingDays::ALL).names().collect();
    let is_read = |name: &str| {
        let named = settings.windows.as_ref();
        named.is_none_or(|names| names.iter().any(|known| known == name))
    };
    let (act, label) = if settings.active {
        ("desligar", words::SWITCH_OFF)
    } else {
        ("ligar", words::SWITCH_ON)
    };
    html! {
        section id="conta" {
            h2 { (say(words::ACCOUNT)) }
            form.filters method="post" action=(format!("/peritos/{id}/senha")) autocomplete="off" {
                (token(visitor))
                // For password managers, which keep a name with it.
                input type="text" name="usuario" value=(format!("e-CNHsp {id}")) autocomplete="username" hidden;
                label { (say(words::NEW_PASSWORD)) input type="password" name="senha" required autocomplete="new-password"; }
                button { (say(words::SAVE)) }
            }
            form method="post" action=(format!("/peritos/{id}/dias")) {
                (token(visitor))
                (days(visitor, &chosen))
                (self::windows(visitor, windows, is_read))
                button { (say(words::SAVE)) }
            }
            div.acts {
                a.button href=(format!("/peritos/{id}/editar")) { (say(words::EDIT)) }
                (button(visitor, &format!("/peritos/{id}/{act}"), label))
                a.button href=(format!("/peritos/{id}/remover")) { (say(words::REMOVE)) }
            }
        }
    }
}

/// `POST /peritos/{id}/senha`
pub(super) async fn set_password(
    State(api): State<Api>,
    id: Id,
    mut posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let password = posted.secret("senha");
    if !examiners::is_password(&password) {
        return Ok(Notice::BadPassword.redirect(id));
    }
    let vault = &api.syncer.vault;
    let changed = credentials::set_password(&api.store, vault, id, &password).await?;
    if changed == Changed::NoAccount {
        return Err(Problem::NotFound);
    }
    record(&api, &posted.visitor, ActionKind::UsersSetPassword, id).await?;
    match changed {
        Changed::Done => try_password(&api, &posted.visitor, id).await,
        Changed::SamePassword => Ok(Notice::SamePassword.redirect(id)),
        Changed::NoAccount | Changed::RefusedBefore(_) => Ok(Notice::RefusedBefore.redirect(id)),
    }
}

/// A new password is stored: it is tried at once by a sync, unless the account is to be left alone.
pub(super) async fn try_password(
    api: &Api,
    visitor: &Visitor,
    id: i32,
) -> Result<Response, Problem> {
    let settings = api.store.settings(id).await?.ok_or(Problem::NotFound)?;
    if !settings.active {
        return Ok(Notice::PasswordOfOneOff.redirect(id));
    }
    match sync_now::begin(api, id, &visitor.actor()).await {
        Ok(run) => Ok(Notice::PasswordTried.redirect_to_run(id, run)),
        // For another account of the same person, say: the new password has ended a pause of this one.
        Err(error) if matches!(error.code(), Code::Paused | Code::Captcha) => {
            Ok(Notice::NotBegun(error.code()).redirect(id))
        }
        // It is stored all the same, and the page says how to try it.
        Err(_) => Ok(Notice::PasswordChanged.redirect(id)),
    }
}

/// `POST /peritos/{id}/dias`: on which days they work, and which windows are read.
pub(super) async fn set_days(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    let Path(id) = id?;
    let days = examiners::days(&ticked(&posted)).ok_or(Problem::Form)?;
    let chosen = ticked_windows(&api, &posted);
    let change = SettingsChange {
        working_days: Some(days),
        windows: Some(chosen.as_deref()),
        ..SettingsChange::default()
    };
    let vault = &api.syncer.vault;
    let changed = credentials::change_account(&api.store, vault, id, &change, None).await?;
    if changed == Changed::NoAccount {
        return Err(Problem::NotFound);
    }
    record(&api, &posted.visitor, ActionKind::UsersDays, id).await?;
    Ok(Notice::DaysChanged.redirect(id))
}

/// `POST /peritos/{id}/ligar`
pub(super) async fn switch_on(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    switch(&api, id?.0, true, &posted.visitor).await
}

/// `POST /peritos/{id}/desligar`
pub(super) async fn switch_off(
    State(api): State<Api>,
    id: Id,
    posted: Posted,
) -> Result<Response, Problem> {
    switch(&api, id?.0, false, &posted.visitor).await
}

async fn switch(api: &Api, id: i32, active: bool, visitor: &Visitor) -> Result<Response, Problem> {
    let (action, notice) = if active {
        (ActionKind::UsersEnable, Notice::SwitchedOn)
    } else {
        (ActionKind::UsersDisable, Notice::SwitchedOff)
    };
    match api.store.set_active(id, active).await {
        Ok(true) => {}
        Ok(false) => return Err(Problem::NotFound),
        Err(StoreError::CpfTaken { .. }) => {
            return Ok(Notice::NotBegun(Code::DuplicateCpf).redirect(id));
        }
        Err(error) => return Err(error.into()),
    }
    record(api, visitor, action, id).await?;
    Ok(notice.redirect(id))
}

async fn record(api: &Api, visitor: &Visitor, action: ActionKind, id: i32) -> Result<(), Problem> {
    let action = Action {
        actor: &visitor.actor(),
        action,
        usuario_id: Some(id),
        details: Details::default(),
    };
    Ok(api.store.record_action(&action).await?)
}
