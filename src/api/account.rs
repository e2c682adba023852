//! `GET` and `PUT /api/detran/configuracao`: the examiner's account. The password goes in and never out.

mod body;
mod change;

use axum::Json;
use axum::extract::State;

use super::body::{Answer, answer};
use super::examiner_query::ExaminerQuery;
use super::input::{Body, Params, not_an_object};
use super::openapi::Failures;
use crate::credentials::{self, Changed, CredentialsError};
use crate::domain::causes::in_a_line;
use crate::domain::{ActionKind, Detail, WorkingDays};
use crate::store::audit::Action;
use crate::store::settings::Settings;
use crate::web::caller::Caller;
use crate::web::errors::{ApiError, Code, ErrorBody};
use crate::web::state::Api;
use crate::words::api as words;
use body::{AccountBody, OtherSessionBody, UnitBody};
use change::{Change, Checked};

/// The account of an examiner.
#[utoipa::path(get, path = "/api/detran/configuracao", tag = "detran", operation_id = "configuracao",
    params(ExaminerQuery),
    responses(
        (status = 200, description = "The account, without its password", body = Answer<AccountBody>),
        (status = 404, description = "They have no account yet", body = ErrorBody),
        Failures))]
pub(crate) async fn show(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<ExaminerQuery>,
) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let usuario_id = query.examiner(caller)?;
    body(&api, usuario_id).await
}

/// Change the account of an examiner, or give them one.
///
/// A new CPF or password ends a pause after a refusal; the same password again does not. The first password of an account
/// switches it on, unless `ativo` says otherwise.
#[utoipa::path(put, path = "/api/detran/configuracao", tag = "detran", operation_id = "configurar",
    params(ExaminerQuery), request_body = Change,
    responses(
        (status = 200, description = "The account as it is now", body = Answer<AccountBody>),
        (status = 404, description = "No such examiner; or no account yet, and CPF or password are missing", body = ErrorBody),
        (status = 409, description = "Another account is synchronised with this CPF (`duplicate_cpf`)", body = ErrorBody),
        Failures))]
pub(crate) async fn change(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<ExaminerQuery>,
    Body(change): Body<Change>,
) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let usuario_id = query.examiner(caller)?;
    let change = change.ok_or_else(not_an_object)?;
    let mut checked = Checked::of(change, &api.window_names())?;
    let mut before = api.store.settings(usuario_id).await?;
    if before.is_none() {
        before = create(&api, usuario_id, &checked).await?;
    }
    // Its first password switches an account on: also one that was made by a request of which no more than that was done.
    if checked.password.is_some() && before.is_none_or(|before| !before.has_password) {
        checked.active.get_or_insert(true);
    }
    let (store, vault) = (&api.store, &api.syncer.vault);
    let password = checked.password.as_ref();
    let changed =
        credentials::change_account(store, vault, usuario_id, &checked.settings(), password).await;
    match changed.map_err(failed)? {
        Changed::Done | Changed::SamePassword | Changed::RefusedBefore(_) => {}
        Changed::NoAccount => return Err(ApiError::of(Code::NoAccount)),
    }
    let action = Action {
        actor: &caller.actor(),
        action: ActionKind::ConfigChange,
        usuario_id: Some(usuario_id),
        details: [Detail::Fields.with(checked.fields())].into(),
    };
    store.record_action(&action).await?;
    body(&api, usuario_id).await
}

async fn body(api: &Api, usuario_id: i32) -> Result<Json<Answer<AccountBody>>, ApiError> {
    let settings = api.store.settings(usuario_id).await?;
    let settings = settings.ok_or_else(|| ApiError::of(Code::NoAccount))?;
    let (units, other) = tokio::try_join!(
        api.store.units(usuario_id, ""),
        api.store.other_session(usuario_id)
    )?;
    let mut body = AccountBody::of(usuario_id, settings);
    body.unidades = units.into_iter().map(UnitBody::of).collect();
    body.perito_no_portal = other.map(|seen| OtherSessionBody::of(seen, &api.syncer.clock));
    Ok(answer(body))
}

/// Makes an account, unless a request beside this one has just made it: then it is what there is.
async fn create(
    api: &Api,
    usuario_id: i32,
    checked: &Checked,
) -> Result<Option<Settings>, ApiError> {
    if !api.store.user_exists(usuario_id).await? {
        return Err(ApiError::of(Code::NotFound).because(words::NO_SUCH_EXAMINER));
    }
    let (Some(cpf), Some(_)) = (&checked.cpf, &checked.password) else {
        return Err(ApiError::of(Code::NoAccount).because(words::NO_ACCOUNT_YET));
    };
    let days = checked.days.unwrap_or(WorkingDays::ALL);
    let added = api
        .store
        .add_user(Some(usuario_id), "", None, cpf, days)
        .await;
    let Err(error) = added else {
        return Ok(None);
    };
    if error.is_duplicate()
        && let Some(made) = api.store.settings(usuario_id).await?
    {
        return Ok(Some(made));
    }
    Err(error.into())
}

fn failed(error: CredentialsError) -> ApiError {
    match error {
        CredentialsError::Store(error) => error.into(),
        CredentialsError::Vault(_)
        | CredentialsError::NoKey { .. }
        | CredentialsError::WrongKey { .. } => {
            tracing::warn!(error = in_a_line(&error), "a password could not be stored");
            ApiError::of(Code::Vault)
        }
    }
}
